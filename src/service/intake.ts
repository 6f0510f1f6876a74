/**
 * The consumer behind every receiver: normalise, leave out what the volume rules say, make durable, and only then answer.
 */
import type { Consumed, EventStore, Metrics, NormalizedBatch, RecordBatch, RecordConsumer } from '../component.ts';
import { normalizePieces } from '../normalize/index.ts';
import { EventArrivals, SeenArrivals } from './event-arrivals.ts';
import type { VolumeControl } from './volume-rules.ts';

export interface IntakeOptions {
  /** Microseconds since the epoch; no two batches may hear the same. */
  readonly nowMicros: () => number;
  readonly maxNestingDepth: number;
  readonly maxRowsPerRecord: number;
  readonly maxSharedAttributes: number;
}

/** Rows of a large batch that are made at a time. */
const ROWS_EACH = 256;

export class Intake implements RecordConsumer {
  readonly #store: Pick<EventStore, 'append'>;
  readonly #metrics: Metrics;
  readonly #options: IntakeOptions;
  readonly #volume: VolumeControl;
  readonly #arrivals: EventArrivals;

  constructor(store: Pick<EventStore, 'append'>, volume: VolumeControl, metrics: Metrics, options: IntakeOptions) {
    this.#store = store;
    this.#volume = volume;
    this.#metrics = metrics;
    this.#arrivals = new EventArrivals(metrics);
    this.#options = options;
  }

  /** Rejects with the store's RetryableError when it is full or shutting down. What cannot be read is kept in `logs`; refused for good (PermanentError) is only what the spool could never hold. */
  async consume(batch: RecordBatch): Promise<Consumed> {
    const { records, textBytes } = sizeOf(batch);
    const { nowMicros, ...bounds } = this.#options;
    let leftOut = 0;
    const onAttributesLeftOut = (count: number): void => {
      leftOut += count;
    };
    let unreadableTimes = 0;
    const onUnreadableTime = (): void => {
      unreadableTimes += 1;
    };
    const context = { arrivalMicros: nowMicros(), ...bounds, onAttributesLeftOut, onUnreadableTime };
    const passed = new PassedRows(this.#volume, context.arrivalMicros);
    const pieces = passed.takeEach(normalizePieces(batch, context, ROWS_EACH));
    const [first = { audit: [], logs: [] }, second] = [pieces.next().value, pieces.next().value];
    if (second === undefined) await this.#store.append(first);
    else {
      const made = [first, second].reduce((sum, { audit, logs }) => sum + audit.length + logs.length, 0);
      const expectedRows = Math.max(records, made);
      await this.#store.append({ pieces: chain([first, second], pieces), expectedBytes: textBytes, expectedRows });
    }
    this.#count(passed, { receiver: batch.receiver });
    this.#metrics.add('pintail_attributes_left_out_total', leftOut, { receiver: batch.receiver });
    this.#metrics.add('pintail_unreadable_times_total', unreadableTimes, { receiver: batch.receiver });
    return { acceptedLogRecords: records, rejectedLogRecords: 0, errorMessage: '' };
  }

  #count({ dropped, arrivals, audit, logs, unreadable }: PassedRows, labels: { readonly receiver: string }): void {
    this.#volume.count(dropped);
    this.#arrivals.observe(arrivals);
    this.#metrics.add('pintail_audit_events_total', audit, labels);
    this.#metrics.add('pintail_log_records_total', logs - unreadable, labels);
    this.#metrics.add('pintail_unreadable_records_total', unreadable, labels);
  }
}

/** What is counted of a batch, once it is durable, while its rows pass on their way to the store. */
class PassedRows {
  readonly arrivals: SeenArrivals;
  readonly dropped: number[] = [];
  audit = 0;
  logs = 0;
  unreadable = 0;
  readonly #volume: VolumeControl;

  constructor(volume: VolumeControl, arrivalMicros: number) {
    this.#volume = volume;
    this.arrivals = new SeenArrivals(arrivalMicros);
  }

  /** The rows that the volume rules keep. */
  take(rows: NormalizedBatch): NormalizedBatch {
    this.arrivals.add(rows);
    const { kept, dropped } = this.#volume.select(rows);
    for (const [rule, count] of dropped.entries()) this.dropped[rule] = (this.dropped[rule] ?? 0) + count;
    this.audit += kept.audit.length;
    this.logs += kept.logs.length;
    for (const row of kept.logs) if (row.unreadable !== null) this.unreadable += 1;
    return kept;
  }

  *takeEach(pieces: Iterable<NormalizedBatch>): Generator<NormalizedBatch, undefined> {
    for (const piece of pieces) yield this.take(piece);
  }
}

function* chain(first: readonly NormalizedBatch[], rest: Iterable<NormalizedBatch>): Generator<NormalizedBatch> {
  yield* first;
  yield* rest;
}

function sizeOf(batch: RecordBatch): { readonly records: number; readonly textBytes: number } {
  let records = 0;
  let textBytes = 0;
  for (const { logRecords } of batch.resourceLogs) {
    records += logRecords.length;
    for (const record of logRecords) {
      const body = record.asciiBody ?? record.body;
      if (typeof body === 'string' || body instanceof Uint8Array) textBytes += body.length;
    }
  }
  return { records, textBytes };
}
