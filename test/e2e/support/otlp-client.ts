/** An OTLP logs client that can also be rude: it sends the bytes it is given and tells all of the answer. */
import * as grpc from '@grpc/grpc-js';
import protobuf from 'protobufjs';

const schema = protobuf.parse(`
  syntax = "proto3";
  message AnyValue { oneof value { string string_value = 1; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
  message KeyValueList { repeated KeyValue values = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message LogRecord { AnyValue body = 5; fixed64 observed_time_unix_nano = 11; }
  message ScopeLogs { repeated LogRecord log_records = 2; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
  message ExportLogsPartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
  message ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1; }
  message Status { int32 code = 1; string message = 2; }
`).root;

const requestType = schema.lookupType('ExportLogsServiceRequest');
const statusType = schema.lookupType('Status');

/** ExportLogsServiceRequest as protobuf, one record per body. */
export function encodeLogs(
  bodies: readonly (string | Uint8Array)[],
  resource: Readonly<Record<string, string>> = {},
): Uint8Array {
  const request = {
    resourceLogs: [
      {
        resource: {
          attributes: Object.entries(resource).map(([key, value]) => ({ key, value: { stringValue: value } })),
        },
        scopeLogs: [
          {
            logRecords: bodies.map((body) => ({
              body: typeof body === 'string' ? { stringValue: body } : { bytesValue: body },
            })),
          },
        ],
      },
    ],
  };
  return requestType.encode(requestType.create(request)).finish();
}

/** ExportLogsServiceRequest as OTLP/JSON, one record per body. */
export function jsonLogs(bodies: readonly string[], resource: Readonly<Record<string, string>> = {}): string {
  return JSON.stringify({
    resourceLogs: [
      {
        resource: {
          attributes: Object.entries(resource).map(([key, value]) => ({ key, value: { stringValue: value } })),
        },
        scopeLogs: [{ logRecords: bodies.map((body) => ({ body: { stringValue: body } })) }],
      },
    ],
  });
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** POSTs to /v1/logs. Rejects only where there is no answer. */
export async function postLogs(
  httpEndpoint: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
  signal: AbortSignal = AbortSignal.timeout(60_000),
): Promise<HttpAnswer> {
  const answer = await fetch(`${httpEndpoint}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: body as string,
    signal,
  });
  return { status: answer.status, headers: answer.headers, body: new Uint8Array(await answer.arrayBuffer()) };
}

/** The `message` of a google.rpc.Status in protobuf: the body of every OTLP/HTTP error. */
export function statusMessage(body: Uint8Array): string {
  return String(statusType.toObject(statusType.decode(body)).message ?? '');
}

export interface GrpcAnswer {
  readonly code: grpc.status;
  readonly details: string;
}

/** Calls LogsService/Export with the given bytes; resolves to the status of the call. */
export async function exportOverGrpc(
  endpoint: string,
  request: Uint8Array,
  { gzip = false, deadlineMs = 60_000 }: { readonly gzip?: boolean; readonly deadlineMs?: number } = {},
): Promise<GrpcAnswer> {
  const client = new grpc.Client(endpoint, grpc.credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.default_compression_algorithm': gzip ? grpc.compressionAlgorithms.gzip : grpc.compressionAlgorithms.identity,
  });
  try {
    return await new Promise<GrpcAnswer>((resolve) => {
      client.makeUnaryRequest(
        '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
        (bytes: Uint8Array) => Buffer.from(bytes),
        (bytes: Buffer) => bytes,
        request,
        { deadline: Date.now() + deadlineMs },
        (error) =>
          resolve(
            error === null ? { code: grpc.status.OK, details: '' } : { code: error.code, details: error.details },
          ),
      );
    });
  } finally {
    client.close();
  }
}
