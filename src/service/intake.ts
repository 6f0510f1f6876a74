/**
 * The consumer behind every receiver: normalise, leave out what the volume rules say, make durable, and only then answer.
 */
import type { Consumed, EventStore, Metrics, RecordBatch, RecordConsumer } from '../component.ts';
import { normalize } from '../normalize/index.ts';
import { EventArrivals } from './event-arrivals.ts';
import type { VolumeControl } from './volume-rules.ts';

export interface IntakeOptions {
  /** Microseconds since the epoch. */
  readonly nowMicros: () => number;
  readonly maxNestingDepth: number;
}

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

  /** Rejects with the store's RetryableError when it is full or shutting down. Nothing is refused for good: what cannot be read is kept in `logs`. */
  async consume(batch: RecordBatch): Promise<Consumed> {
    const { nowMicros, maxNestingDepth } = this.#options;
    const arrivalMicros = nowMicros();
    const normalized = normalize(batch, { arrivalMicros, maxNestingDepth });
    const { kept, dropped } = this.#volume.select(normalized);
    await this.#store.append(kept);
    this.#volume.count(dropped);
    this.#arrivals.observe(normalized, arrivalMicros);
    const labels = { receiver: batch.receiver };
    const unreadable = kept.logs.reduce((count, row) => count + (row.unreadable === null ? 0 : 1), 0);
    this.#metrics.add('pintail_audit_events_total', kept.audit.length, labels);
    this.#metrics.add('pintail_log_records_total', kept.logs.length - unreadable, labels);
    if (unreadable > 0) this.#metrics.add('pintail_unreadable_records_total', unreadable, labels);
    let records = 0;
    for (const resourceLogs of batch.resourceLogs) records += resourceLogs.logRecords.length;
    return { acceptedLogRecords: records, rejectedLogRecords: 0, errorMessage: '' };
  }
}
