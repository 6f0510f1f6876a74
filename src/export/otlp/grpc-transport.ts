/**
 * OTLP/gRPC: `opentelemetry.proto.collector.logs.v1.LogsService/Export`.
 *
 * | status | means |
 * |---|---|
 * | CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS | sent again, after RetryInfo's delay where given |
 * | RESOURCE_EXHAUSTED with RetryInfo | sent again after it |
 * | UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, NOT_FOUND | the configuration is wrong, not the event: sent again until it is right |
 * | INTERNAL, UNKNOWN | doubtful: sent again a limited number of times |
 * | INVALID_ARGUMENT, RESOURCE_EXHAUSTED without RetryInfo (too large), any other | refused |
 */
import { Client, credentials, Metadata, type MetadataValue, type ServiceError, status } from '@grpc/grpc-js';
import { PermanentError, RetryableError } from '../../component.ts';
import { DoubtfulError } from '../destination.ts';
import { type RpcStatus, readRpcStatus } from './rpc-status.ts';
import type { OtlpExporterSettings } from './settings.ts';
import { showUrl } from './show-url.ts';
import { readTlsFiles, type TlsContents } from './tls-files.ts';
import { MAX_ANSWER_BYTES, type OtlpAnswer, type OtlpTransport } from './transport.ts';

const PATH = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const RETRYABLE = new Set([
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
]);
const MISCONFIGURED = new Set([
  status.UNAUTHENTICATED,
  status.PERMISSION_DENIED,
  status.UNIMPLEMENTED,
  status.NOT_FOUND,
]);
const DOUBTFUL = new Set([status.INTERNAL, status.UNKNOWN]);
const GZIP = 2;

export class GrpcTransport implements OtlpTransport {
  readonly #settings: OtlpExporterSettings;
  readonly #url: URL;
  readonly #metadata = new Metadata();
  #tls: TlsContents = {};
  #client: Client | undefined;

  constructor(settings: OtlpExporterSettings) {
    this.#settings = settings;
    this.#url = new URL(settings.endpoint);
  }

  async open(): Promise<void> {
    for (const [name, value] of Object.entries(this.#settings.headers)) {
      // Header names that end so carry bytes in gRPC; the configuration has them as base64.
      const bytes: MetadataValue = name.toLowerCase().endsWith('-bin') ? Buffer.from(value, 'base64') : value;
      try {
        this.#metadata.set(name, bytes);
      } catch {
        // The library's message quotes the value, which may be a secret.
        throw new Error(
          `exporters.${this.#settings.name}.headers.${name}: expected a name and value that gRPC allows.`,
        );
      }
    }
    this.#tls = await readTlsFiles(this.#settings.name, this.#settings.tls);
  }

  async send(request: Uint8Array, signal: AbortSignal): Promise<OtlpAnswer> {
    try {
      return { body: await this.#call(request, signal), encoding: 'protobuf' };
    } catch (error: unknown) {
      if (!isServiceError(error)) throw error;
      // The next attempt connects anew: grpc-js would fail it without trying for as long as its own back-off lasts,
      // and it does not notice a connection that died without a word.
      if (error.code === status.UNAVAILABLE || error.code === status.DEADLINE_EXCEEDED) await this.close();
      throw this.#judge(error);
    }
  }

  async close(): Promise<void> {
    this.#client?.close();
    this.#client = undefined;
  }

  #call(request: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    this.#client ??= this.#connect();
    const client = this.#client;
    return new Promise((resolve, reject) => {
      const call = client.makeUnaryRequest(
        PATH,
        (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
        (bytes: Buffer) => new Uint8Array(bytes),
        request,
        this.#metadata,
        { deadline: Date.now() + this.#settings.timeoutMs },
        (error, answer) => {
          signal.removeEventListener('abort', cancel);
          if (error) reject(error);
          else resolve(answer ?? new Uint8Array());
        },
      );
      const cancel = (): void => call.cancel();
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel);
    });
  }

  #connect(): Client {
    const isSecure = this.#url.protocol === 'https:';
    const { ca, cert, key } = this.#tls;
    const channel = isSecure ? credentials.createSsl(ca, key, cert) : credentials.createInsecure();
    const port = this.#url.port || (isSecure ? '443' : '80');
    return new Client(`${this.#url.hostname}:${port}`, channel, {
      'grpc.primary_user_agent': 'pintail',
      'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
      ...(this.#settings.compression === 'gzip' ? { 'grpc.default_compression_algorithm': GZIP } : {}),
    });
  }

  #judge(error: ServiceError): Error {
    const details = readDetails(error);
    const reason = error.details === '' ? '' : `: ${error.details.slice(0, 300)}`;
    const found = `${this.#settings.name}: ${showUrl(this.#url)} answered ${status[error.code]}${reason}.`;
    const options = { cause: error };
    const delayMs = details?.retryDelayMs ?? null;
    const isThrottled = error.code === status.RESOURCE_EXHAUSTED && delayMs !== null;
    if (RETRYABLE.has(error.code) || isThrottled) return new RetryableError(found, delayMs ?? 0, options);
    if (MISCONFIGURED.has(error.code)) {
      return new RetryableError(`${found} Check endpoint and headers of the exporter.`, 0, options);
    }
    return DOUBTFUL.has(error.code) ? new DoubtfulError(found, 0, options) : new PermanentError(found, options);
  }
}

function readDetails(error: ServiceError): RpcStatus | null {
  const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
  return bytes instanceof Uint8Array ? readRpcStatus(bytes) : null;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && typeof error.code === 'number' && 'details' in error;
}
