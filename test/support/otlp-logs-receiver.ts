/**
 * OTLP logs receivers on loopback for tests of what leaves: real HTTP and gRPC servers that decode every request and
 * answer as they are told. The schema is written down here again, on purpose: it must not come from the code under
 * test.
 */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const SCHEMA = `
syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Resource { repeated KeyValue attributes = 1; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message Scope { string name = 1; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed64 observed_time_unix_nano = 11;
  string event_name = 12;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue { oneof value {
  string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message Response { PartialSuccess partial_success = 1; }
message PartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
message Any { string type_url = 1; bytes value = 2; }
message RetryInfo { Duration retry_delay = 1; }
message Duration { int64 seconds = 1; int32 nanos = 2; }
`;
const schema = protobuf.parse(SCHEMA, { keepCase: false }).root;

export interface ReceivedRecord {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly scope: string;
  readonly eventName: string;
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly droppedAttributesCount: number;
}

export interface ReceivedRequest {
  readonly records: readonly ReceivedRecord[];
  readonly headers: Readonly<Record<string, unknown>>;
  /** Path of an HTTP request, empty over gRPC. */
  readonly path: string;
}

/** Encodes a message of the schema above, e.g. `Response`, from its JSON form. */
export function encodeMessage(type: string, value: object): Buffer {
  const message = schema.lookupType(type);
  return Buffer.from(message.encode(message.fromObject(value)).finish());
}

export interface Receiver extends AsyncDisposable {
  readonly endpoint: string;
  /** Resolves once this many requests came in. */
  received(count: number): Promise<void>;
  readonly requests: readonly ReceivedRequest[];
  /** From now on answers with these bytes of an ExportLogsServiceResponse, or not at all. */
  respond(answer: Buffer | 'silence'): void;
  close(): Promise<void>;
}

export interface HttpReceiver extends Receiver {
  /** Answers a request that was decoded; by default 200 without a body. */
  answer: (response: ServerResponse, request: ReceivedRequest, message: IncomingMessage) => void;
}

export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Clients must show a certificate of this authority. */
  readonly clientCa?: Buffer;
}

export async function startHttpReceiver(port = 0, tls?: ServerTls): Promise<HttpReceiver> {
  const { requests, push, received } = collectRequests();
  const onRequest = (message: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const body = Buffer.concat(chunks);
      const request = {
        records: decodeRecords(message.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body),
        headers: message.headers,
        path: message.url ?? '',
      };
      push(request);
      receiver.answer(response, request, message);
    });
  };
  const server =
    tls === undefined
      ? createServer(onRequest)
      : createTlsServer(
          { cert: tls.cert, key: tls.key, ...(tls.clientCa && { ca: tls.clientCa, requestCert: true }) },
          onRequest,
        );
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const receiver: HttpReceiver = {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    received,
    answer: (response) => response.end(),
    respond: (bytes) => {
      receiver.answer = (response) => {
        if (bytes !== 'silence') response.setHeader('Content-Type', 'application/x-protobuf').end(bytes);
      };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return receiver;
}

/** Bytes of an ExportLogsServiceResponse, or a gRPC error. */
export type GrpcAnswer = Buffer | { readonly code: number; readonly details?: string; readonly status?: Buffer };

export interface GrpcReceiver extends Receiver {
  /** Answers a request that was decoded; by default an empty response. Null leaves it unanswered. */
  answer: (request: ReceivedRequest) => GrpcAnswer | null;
}

export async function startGrpcReceiver(port = 0, tls?: ServerTls): Promise<GrpcReceiver> {
  const { requests, push, received } = collectRequests();
  const server = new Server({ 'grpc.max_receive_message_length': 4 * 1_048_576 });
  const pass = (bytes: Buffer): Buffer => bytes;
  server.register(
    '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
      const request = { records: decodeRecords(call.request), headers: call.metadata.getMap(), path: '' };
      push(request);
      const answer = receiver.answer(request);
      if (answer === null) return;
      if (Buffer.isBuffer(answer)) {
        callback(null, answer);
        return;
      }
      const metadata = new Metadata();
      if (answer.status !== undefined) metadata.set('grpc-status-details-bin', answer.status);
      callback({ code: answer.code, details: answer.details ?? '', metadata });
    },
    pass,
    pass,
    'unary',
  );
  const credentials =
    tls === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          tls.clientCa ?? null,
          [{ cert_chain: tls.cert, private_key: tls.key }],
          tls.clientCa !== undefined,
        );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, actual) => (error ? reject(error) : resolve(actual)));
  });
  const close = async (): Promise<void> => server.forceShutdown();
  const receiver: GrpcReceiver = {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${bound}`,
    requests,
    received,
    answer: () => Buffer.alloc(0),
    respond: (bytes) => {
      receiver.answer = () => (bytes === 'silence' ? null : bytes);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return receiver;
}

interface Collected {
  readonly requests: readonly ReceivedRequest[];
  push(request: ReceivedRequest): void;
  received(count: number): Promise<void>;
}

function collectRequests(): Collected {
  const requests: ReceivedRequest[] = [];
  const arrivals = new EventEmitter();
  return {
    requests,
    push: (request) => {
      requests.push(request);
      arrivals.emit('request');
    },
    received: async (count) => {
      while (requests.length < count) await once(arrivals, 'request');
    },
  };
}

interface Tree {
  readonly [key: string]: never;
}

function decodeRecords(bytes: Uint8Array): readonly ReceivedRecord[] {
  const type = schema.lookupType('Request');
  const request = type.toObject(type.decode(bytes), { longs: String, arrays: true, defaults: false }) as {
    resourceLogs: {
      resource: { attributes: Tree[] };
      scopeLogs: { scope: { name: string }; logRecords: Record<string, never>[] }[];
    }[];
  };
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords.map((record) => ({
        resource: readMap(resource.attributes),
        scope: scope.name,
        eventName: record.eventName ?? '',
        timeUnixNano: String(record.timeUnixNano ?? '0'),
        observedTimeUnixNano: String(record.observedTimeUnixNano ?? '0'),
        severityNumber: record.severityNumber ?? 0,
        severityText: record.severityText ?? '',
        body: readAny(record.body),
        attributes: readMap(record.attributes ?? []),
        droppedAttributesCount: record.droppedAttributesCount ?? 0,
      })),
    ),
  );
}

function readMap(pairs: readonly Tree[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map((pair) => [pair.key, readAny(pair.value)]));
}

function readAny(value: Tree | undefined): unknown {
  if (value === undefined) return undefined;
  const [kind] = Object.keys(value);
  const inner: unknown = kind === undefined ? null : value[kind];
  if (kind === 'arrayValue') return ((inner as { values?: Tree[] }).values ?? []).map(readAny);
  if (kind === 'kvlistValue') return readMap((inner as { values?: Tree[] }).values ?? []);
  return kind === 'intValue' ? Number(inner) : inner;
}
