/** The part of a request that is the same for both protocols: unpack, decode, hand on, wait until durable, count. */
import type { RecordBatch, RecordConsumer } from '../../component.ts';
import { BadDataError } from '../bad-data-error.ts';
import type { ReceivedBody } from '../received-body.ts';
import type { ReceiverMeter } from '../receiver-meter.ts';
import { refusalOf, shorten } from '../refusal.ts';
import { decodeJson } from './decode-json.ts';
import { decodeProtobuf } from './decode-protobuf.ts';
import type { DecodedRequest, Findings } from './decoded-request.ts';
import type { Encoding, ExportResult } from './encode-answer.ts';
import type { ResolvedSettings } from './settings.ts';

export class LogsIntake {
  readonly #receiver: string;
  readonly #settings: ResolvedSettings;
  readonly #next: RecordConsumer;
  readonly #meter: ReceiverMeter;

  /** `receiver` is the name that the batches carry. */
  constructor(receiver: string, settings: ResolvedSettings, next: RecordConsumer, meter: ReceiverMeter) {
    this.#receiver = receiver;
    this.#settings = settings;
    this.#next = next;
    this.#meter = meter;
  }

  /**
   * Takes one request in its turn. Resolves once the accepted records are durable; throws what `refusalOf` sorts, or
   * SenderGoneError where nobody would hear the answer any more when its turn has come. `boundCluster` is the only one
   * that the sender may write as.
   */
  async take(body: ReceivedBody, encoding: Encoding, boundCluster: string | undefined): Promise<ExportResult> {
    const { wire, compression } = body;
    this.#meter.add('received_bytes', wire.length);
    const bytes = await body.unpack(compression);
    if (compression !== undefined) this.#meter.add('decompressed_bytes', bytes.length);
    try {
      return await this.#takeRequest(this.#decode(bytes, encoding), boundCluster);
    } finally {
      body.release();
    }
  }

  async #takeRequest(request: DecodedRequest, boundCluster: string | undefined): Promise<ExportResult> {
    const { rejected, invalidUtf8, logRecords } = request;
    this.#meter.add('received_log_records', logRecords + rejected.count);
    this.#meter.add('rejected_log_records', rejected.count);
    this.#meter.add('invalid_utf8_texts', invalidUtf8.count);
    if (logRecords === 0 && rejected.count > 0) throw new BadDataError(rejected.field, rejected.description);
    if (logRecords === 0) return { rejectedLogRecords: 0, errorMessage: '' };

    const consumed = await this.#consume(request, boundCluster);
    this.#meter.add('accepted_log_records', consumed.acceptedLogRecords);
    this.#meter.add('rejected_log_records', consumed.rejectedLogRecords);
    const messages = [sentence(rejected), consumed.errorMessage, sentence(invalidUtf8)];
    return {
      rejectedLogRecords: rejected.count + consumed.rejectedLogRecords,
      errorMessage: shorten(messages.filter((message) => message !== '').join(' ')),
    };
  }

  #decode(bytes: Buffer, encoding: Encoding): DecodedRequest {
    return encoding === 'json' ? decodeJson(bytes, this.#settings) : decodeProtobuf(bytes, this.#settings);
  }

  async #consume(request: DecodedRequest, boundCluster: string | undefined): ReturnType<RecordConsumer['consume']> {
    const { cluster, metadata } = this.#settings;
    const batch: RecordBatch = {
      receiver: this.#receiver,
      resourceLogs: request.resourceLogs,
      ...(cluster === undefined ? {} : { cluster }),
      ...(boundCluster === undefined ? {} : { boundCluster }),
      ...(metadata === undefined ? {} : { metadata }),
    };
    try {
      return await this.#next.consume(batch);
    } catch (error: unknown) {
      this.#meter.add('refused_log_records', request.logRecords, refusalOf(error).reason);
      throw error;
    }
  }
}

function sentence(findings: Findings): string {
  if (findings.count === 0) return '';
  const others = findings.count === 1 ? '' : ` (and ${findings.count - 1} more)`;
  return `${findings.field}: ${findings.description}${others}`;
}
