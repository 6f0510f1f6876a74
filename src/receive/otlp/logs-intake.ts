/** The part of a request that is the same for both protocols: decompress, decode, hand on, wait until durable, count. */
import type { RecordBatch, RecordConsumer } from '../../component.ts';
import type { Ticket } from './admission.ts';
import { SenderGoneError } from './collect-bytes.ts';
import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import { BadDataError, type DecodedRequest, type Findings } from './decoded-request.ts';
import { type Compression, decompress } from './decompress.ts';
import type { Encoding, ExportResult } from './encode-answer.ts';
import { type Refusal, refusalOf, shorten } from './refusal.ts';
import type { ReceiverTelemetry, ResolvedSettings } from './settings.ts';

/** At most one log line per reason in this time; the counters have the rest. */
const LOG_EVERY_MS = 10_000;

export class LogsIntake {
  readonly #receiver: string;
  readonly #settings: ResolvedSettings;
  readonly #next: RecordConsumer;
  readonly #telemetry: ReceiverTelemetry;
  readonly #lastLoggedMs = new Map<string, number>();

  constructor(receiver: string, settings: ResolvedSettings, next: RecordConsumer, telemetry: ReceiverTelemetry) {
    this.#receiver = receiver;
    this.#settings = settings;
    this.#next = next;
    this.#telemetry = telemetry;
  }

  /**
   * Takes one request as it came off the wire, in its turn. Resolves once the accepted records are durable; throws what
   * `refusalOf` sorts, or SenderGoneError where `isGone` when its turn has come: nobody would hear the answer.
   */
  async take(
    wire: Buffer,
    compression: Compression | undefined,
    encoding: Encoding,
    ticket: Ticket,
    isGone: () => boolean,
  ): Promise<ExportResult> {
    this.#add('received_bytes', wire.length);
    await ticket.waitForTurn();
    if (isGone()) throw new SenderGoneError('the sender went away while its request waited.');
    const bytes = compression === undefined ? wire : await this.#decompress(wire, compression, ticket);
    const request = this.#decode(bytes, encoding);
    const { rejected, invalidUtf8, logRecords } = request;
    this.#add('received_log_records', logRecords + rejected.count);
    this.#add('rejected_log_records', rejected.count);
    this.#add('invalid_utf8_texts', invalidUtf8.count);
    if (logRecords === 0 && rejected.count > 0) throw new BadDataError(rejected.field, rejected.description);
    if (logRecords === 0) return { rejectedLogRecords: 0, errorMessage: '' };

    const consumed = await this.#consume(request);
    this.#add('accepted_log_records', consumed.acceptedLogRecords);
    this.#add('rejected_log_records', consumed.rejectedLogRecords);
    const messages = [sentence(rejected), consumed.errorMessage, sentence(invalidUtf8)];
    return {
      rejectedLogRecords: rejected.count + consumed.rejectedLogRecords,
      errorMessage: shorten(messages.filter((message) => message !== '').join(' ')),
    };
  }

  /** Records how long a request took, refused or not. */
  observe(durationMs: number): void {
    const labels = { receiver: this.#receiver };
    this.#telemetry.metrics.add('pintail_receiver_requests_total', 1, labels);
    this.#telemetry.metrics.observe('pintail_receiver_request_duration_seconds', durationMs / 1000, labels);
  }

  /** Counts a refused request and says so in the log, seldom. */
  refuse(error: unknown): Refusal {
    const refusal = refusalOf(error);
    const labels = { receiver: this.#receiver, reason: refusal.reason };
    this.#telemetry.metrics.add('pintail_receiver_refused_requests_total', 1, labels);
    this.#logSeldom(refusal, error);
    return refusal;
  }

  async #decompress(wire: Buffer, compression: Compression, ticket: Ticket): Promise<Buffer> {
    const limitBytes = this.#settings.maxDecompressedBytes;
    const bytes = await decompress(wire, compression, { limitBytes, reserve: (count) => ticket.reserve(count) });
    this.#add('decompressed_bytes', bytes.length);
    return bytes;
  }

  #decode(bytes: Buffer, encoding: Encoding): DecodedRequest {
    return encoding === 'json' ? decodeJson(bytes, this.#settings) : decodeProtobuf(bytes, this.#settings);
  }

  async #consume(request: DecodedRequest): ReturnType<RecordConsumer['consume']> {
    const { cluster, metadata } = this.#settings;
    const batch: RecordBatch = {
      receiver: this.#receiver,
      resourceLogs: request.resourceLogs,
      ...(cluster === undefined ? {} : { cluster }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    try {
      return await this.#next.consume(batch);
    } catch (error: unknown) {
      this.#add('refused_log_records', request.logRecords, refusalOf(error).reason);
      throw error;
    }
  }

  #add(what: string, count: number, reason?: string): void {
    if (count === 0) return;
    const labels = { receiver: this.#receiver, ...(reason === undefined ? {} : { reason }) };
    this.#telemetry.metrics.add(`pintail_receiver_${what}_total`, count, labels);
  }

  #logSeldom(refusal: Refusal, error: unknown): void {
    const now = performance.now();
    const last = this.#lastLoggedMs.get(refusal.reason);
    if (last !== undefined && now - last < LOG_EVERY_MS) return;
    this.#lastLoggedMs.set(refusal.reason, now);
    const fields = { receiver: this.#receiver, reason: refusal.reason, error: refusal.message };
    if (refusal.reason === 'internal') {
      this.#telemetry.logger.error({ ...fields, err: error }, 'request failed by a bug of ours');
    } else {
      this.#telemetry.logger.warn(fields, 'request refused');
    }
  }
}

function sentence(findings: Findings): string {
  if (findings.count === 0) return '';
  const others = findings.count === 1 ? '' : ` (and ${findings.count - 1} more)`;
  return `${findings.field}: ${findings.description}${others}`;
}
