/**
 * OTLP/HTTP, binary protobuf: one POST per batch, on a connection of its own (a batch holds hundreds of events, and
 * a kept connection fails just when the other side closes it).
 *
 * | answer | means |
 * |---|---|
 * | 2xx, empty or an ExportLogsServiceResponse | delivered |
 * | 2xx with another body | not the receiver that was meant: sent again, the message says what was found |
 * | 429, 502, 503, 504; no answer | sent again, after Retry-After where given |
 * | 3xx, 401, 403, 404, 405, 407, 415 | the configuration is wrong, not the event: sent again until it is right |
 * | 408, 500 and other 5xx | doubtful: sent again a limited number of times |
 * | 400, 413 and other 4xx | refused |
 *
 * OTLP does not want 401 and its like retried; a mistyped token would then lose every finding until it is noticed.
 */
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { PermanentError, RetryableError } from '../../component.ts';
import type { Clock } from '../clock.ts';
import { DoubtfulError } from '../destination.ts';
import { readRpcStatus } from './rpc-status.ts';
import type { OtlpExporterSettings } from './settings.ts';
import { showUrl } from './show-url.ts';
import { readTlsFiles, type TlsContents } from './tls-files.ts';
import { MAX_ANSWER_BYTES, type OtlpAnswer, type OtlpTransport } from './transport.ts';

const gzipAsync = promisify(gzip);
const RETRYABLE = new Set([429, 502, 503, 504]);
const MISCONFIGURED = new Set([401, 403, 404, 405, 407, 415]);

export class HttpTransport implements OtlpTransport {
  readonly #settings: OtlpExporterSettings;
  readonly #clock: Clock;
  readonly #url: URL;
  readonly #shownUrl: string;
  #tls: TlsContents = {};

  constructor(settings: OtlpExporterSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#url = logsUrl(settings.endpoint);
    this.#shownUrl = showUrl(this.#url);
  }

  async open(): Promise<void> {
    for (const [name, value] of Object.entries(this.#settings.headers)) {
      http.validateHeaderName(name);
      http.validateHeaderValue(name, value);
    }
    this.#tls = await readTlsFiles(this.#settings.name, this.#settings.tls);
  }

  async send(request: Uint8Array, signal: AbortSignal): Promise<OtlpAnswer> {
    const isZipped = this.#settings.compression === 'gzip';
    const body = isZipped ? await gzipAsync(request) : request;
    const headers = {
      ...this.#settings.headers,
      'Content-Type': 'application/x-protobuf',
      'Content-Length': body.byteLength,
      'User-Agent': 'pintail',
      ...(isZipped ? { 'Content-Encoding': 'gzip' } : {}),
    };
    const { message, answer } = await this.#post(headers, body, signal);
    return this.#judge(message, answer);
  }

  async close(): Promise<void> {}

  async #post(headers: http.OutgoingHttpHeaders, body: Uint8Array, signal: AbortSignal): Promise<Received> {
    let timeout: AbortSignal | undefined;
    try {
      timeout = AbortSignal.timeout(this.#settings.timeoutMs);
      const stop = AbortSignal.any([signal, timeout]);
      const message = await new Promise<IncomingMessage>((resolve, reject) => {
        const { request } = this.#url.protocol === 'https:' ? https : http;
        const options = {
          ...this.#tls,
          method: 'POST',
          agent: false,
          headers,
          signal: stop,
        };
        request(this.#url, options, resolve).on('error', reject).end(body);
      });
      return { message, answer: await readAnswer(message) };
    } catch (error: unknown) {
      const found = timeout?.aborted ? `no answer within ${this.#settings.timeoutMs} ms` : describe(error);
      throw new RetryableError(
        `${this.#settings.name}: expected an answer from ${this.#shownUrl}, found ${found}.`,
        0,
        {
          cause: error,
        },
      );
    }
  }

  #judge(message: IncomingMessage, answer: Buffer): OtlpAnswer {
    const status = message.statusCode ?? 0;
    const type = message.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
    const found = `${this.#settings.name}: ${this.#shownUrl} answered ${status}${explain(type, answer)}.`;
    if (status >= 200 && status < 300) {
      if (answer.length === 0 || type === 'application/x-protobuf') return { body: answer, encoding: 'protobuf' };
      if (type === 'application/json') return { body: answer, encoding: 'json' };
      throw new RetryableError(`${found} Expected an OTLP response, found ${type || 'a body without a type'}.`, 0);
    }
    if (RETRYABLE.has(status)) throw new RetryableError(found, this.#retryAfterMs(message.headers['retry-after']));
    if (MISCONFIGURED.has(status) || (status >= 300 && status < 400)) {
      throw new RetryableError(`${found} Check endpoint and headers of the exporter.`, 0);
    }
    if (status === 408 || status >= 500 || status < 200) throw new DoubtfulError(found, 0);
    throw new PermanentError(found);
  }

  /** Seconds or an HTTP date; 0 where absent, past or unreadable. */
  #retryAfterMs(header: string | undefined): number {
    if (header === undefined) return 0;
    if (/^\s*\d+\s*$/u.test(header)) return Number(header) * 1_000;
    const date = Date.parse(header);
    return Number.isNaN(date) ? 0 : Math.max(0, date - this.#clock.now());
  }
}

interface Received {
  readonly message: IncomingMessage;
  readonly answer: Buffer;
}

/** The Collector's rule: the signal's path is appended to the endpoint's own. */
export function logsUrl(endpoint: string): URL {
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/u, '');
  if (!path.endsWith('/v1/logs')) url.pathname = `${path}/v1/logs`;
  return url;
}

async function readAnswer(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      message.destroy();
      throw new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function explain(type: string, answer: Buffer): string {
  if (answer.length === 0) return '';
  const text = type === 'application/x-protobuf' ? readRpcStatus(answer)?.message : answer.toString('utf8');
  const line = text?.replace(/[\p{Cc}\s]+/gu, ' ').trim() ?? '';
  return line === '' ? '' : `: ${line.slice(0, 300)}`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return [code, error.message].filter((part) => part !== '').join(' ');
}
