/** Sends recorded audit events to a running service over OTLP, as a Collector would. */
import { setTimeout } from 'node:timers/promises';
import type { HrTime } from '@opentelemetry/api';
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { PermanentError, RetryableError, type SplunkMetadata } from '../component.ts';
import { systemClock } from '../export/clock.ts';
import { GrpcTransport } from '../export/otlp/grpc-transport.ts';
import { HttpTransport } from '../export/otlp/http-transport.ts';
import { DEFAULT_OTLP_TIMEOUT_MS, DEFAULT_SPLUNK_TARGETS } from '../export/otlp/settings.ts';
import type { OtlpTransport } from '../export/otlp/transport.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../export/settings.ts';
import { readRecordBatches } from '../receive/file/index.ts';
import { newestSecond, shiftTimes } from './shift-times.ts';

export interface ReplayRequest {
  readonly files: readonly string[];
  /** `http://host:4318`, `https://…`, or `grpc://host:4317`, `grpcs://…`. */
  readonly to: string;
  /** Events per second; undefined is as fast as they are taken. */
  readonly rate?: number | undefined;
  /** Epoch seconds at which the newest event shall be; undefined leaves the times as they are. */
  readonly shiftTo?: number | undefined;
  readonly cluster?: string | undefined;
  readonly metadata: SplunkMetadata;
  readonly token?: string | undefined;
  /** How long an unavailable service is asked again; default a minute. */
  readonly patienceMs?: number;
  readonly onProgress?: (sent: number) => void;
  readonly onProblem: (message: string) => void;
  /** Told once per batch that the service has not taken it yet and is asked again. */
  readonly onWait: (message: string) => void;
}

export interface ReplayTotals {
  readonly records: number;
  readonly rejected: number;
}

const batchSize = 1024;

/** Resolves once every record was acknowledged. Rejects with PermanentError where the service refuses a batch for good. */
export async function replayFiles(request: ReplayRequest): Promise<ReplayTotals> {
  const offset = await timeOffset(request);
  const transport = createTransport(request);
  await transport.open();
  const totals = { records: 0, rejected: 0 };
  const started = performance.now();
  try {
    for (const file of request.files) {
      for await (const batch of readFile(file, request)) {
        const texts = batch.map((text) => (offset === 0 ? text : shiftTimes(text, offset)));
        totals.rejected += await sendPatiently(transport, serialize(texts, request), request);
        totals.records += texts.length;
        request.onProgress?.(totals.records);
        if (request.rate !== undefined) {
          const ahead = (totals.records / request.rate) * 1000 - (performance.now() - started);
          if (ahead > 0) await setTimeout(ahead);
        }
      }
    }
  } finally {
    await transport.close();
  }
  return totals;
}

async function* readFile(file: string, request: ReplayRequest): AsyncGenerator<readonly string[]> {
  const size = request.rate === undefined ? batchSize : Math.max(1, Math.min(batchSize, Math.ceil(request.rate / 5)));
  const options = { batchSize: size, onProblem: (problem: Error) => request.onProblem(problem.message) };
  for await (const batch of readRecordBatches(file, options)) {
    yield batch.resourceLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => String(body)));
  }
}

async function timeOffset(request: ReplayRequest): Promise<number> {
  if (request.shiftTo === undefined) return 0;
  if (request.files.includes('-')) {
    throw new PermanentError('replay: --shift-to reads the events twice; expected files, found standard input.');
  }
  let newest: number | null = null;
  for (const file of request.files) {
    for await (const batch of readFile(file, { ...request, onProblem: () => undefined })) {
      for (const text of batch) {
        const second = newestSecond(text);
        if (second !== null && (newest === null || second > newest)) newest = second;
      }
    }
  }
  return newest === null ? 0 : Math.floor(request.shiftTo) - newest;
}

const RECEIVER_URL = /^(http|https|grpc|grpcs):\/\/(.+)$/;

/** True for what `to` of a request may be. */
export function isReceiverUrl(to: string): boolean {
  return RECEIVER_URL.test(to);
}

function createTransport({ to, token }: ReplayRequest): OtlpTransport {
  const match = RECEIVER_URL.exec(to);
  if (match === null) {
    throw new PermanentError(`--to: expected http://…, https://…, grpc://… or grpcs://…, found "${to}".`);
  }
  const [, scheme = '', rest = ''] = match;
  const isSecure = scheme.endsWith('s');
  const settings = {
    name: 'replay',
    endpoint: `${isSecure ? 'https' : 'http'}://${rest}`,
    protocol: scheme.startsWith('grpc') ? ('grpc' as const) : ('http/protobuf' as const),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    compression: 'gzip' as const,
    timeoutMs: DEFAULT_OTLP_TIMEOUT_MS,
    retry: DEFAULT_RETRY,
    batch: DEFAULT_BATCH,
    hostName: '',
    splunk: DEFAULT_SPLUNK_TARGETS,
  };
  return settings.protocol === 'grpc' ? new GrpcTransport(settings) : new HttpTransport(settings, systemClock);
}

async function sendPatiently(
  transport: OtlpTransport,
  body: Uint8Array,
  { onWait, patienceMs = 60_000 }: ReplayRequest,
): Promise<number> {
  let isFirst = true;
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    try {
      const answer = await transport.send(body, AbortSignal.timeout(patienceMs));
      const rejected = ProtobufLogsSerializer.deserializeResponse(answer.body).partialSuccess?.rejectedLogRecords;
      return Number(rejected ?? 0);
    } catch (error: unknown) {
      if (!(error instanceof RetryableError) || performance.now() > giveUpAt) throw error;
      if (isFirst) onWait(`${error.message} Trying again for up to ${patienceMs / 1000} s.`);
      isFirst = false;
      await setTimeout(Math.min(Math.max(error.retryAfterMs, 500), patienceMs));
    }
  }
}

function serialize(texts: readonly string[], request: ReplayRequest): Uint8Array {
  const records: ReadableLogRecord[] = [];
  const provider = new LoggerProvider({
    resource: resourceFromAttributes(resourceAttributes(request)),
    processors: [
      {
        onEmit: (record) => {
          records.push(record);
        },
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  });
  const logger = provider.getLogger('pintail replay');
  const now: HrTime = [Math.floor(Date.now() / 1000), 0];
  for (const body of texts) logger.emit({ body, observedTimestamp: now });
  const bytes = ProtobufLogsSerializer.serializeRequest(records);
  if (bytes === undefined) throw new Error('replay: expected a serialized request, found none.');
  return bytes;
}

function resourceAttributes({ cluster, metadata }: ReplayRequest): Record<string, string> {
  return {
    ...(cluster === undefined ? {} : { 'k8s.cluster.name': cluster }),
    ...(metadata.source === undefined ? {} : { 'com.splunk.source': metadata.source }),
    ...(metadata.sourcetype === undefined ? {} : { 'com.splunk.sourcetype': metadata.sourcetype }),
    ...(metadata.index === undefined ? {} : { 'com.splunk.index': metadata.index }),
    ...(metadata.host === undefined ? {} : { 'host.name': metadata.host }),
  };
}
