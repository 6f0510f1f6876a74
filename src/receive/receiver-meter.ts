/** What a receiver counts and says of its requests; the names are the same for every receiver. */
import type { Logger, Metrics } from '../component.ts';
import { type Refusal, refusalOf, refusalReasons } from './refusal.ts';

/** Where a receiver reports what it does. */
export interface ReceiverTelemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** At most one log line per reason in this time; the counters have the rest. */
const LOG_EVERY_MS = 10_000;

export class ReceiverMeter {
  readonly #receiver: string;
  readonly #telemetry: ReceiverTelemetry;
  readonly #lastLoggedMs = new Map<string, number>();

  constructor(receiver: string, telemetry: ReceiverTelemetry) {
    this.#receiver = receiver;
    this.#telemetry = telemetry;
    for (const reason of refusalReasons) {
      telemetry.metrics.add('pintail_receiver_refused_requests_total', 0, { receiver, reason });
    }
  }

  /** Registers the gauges of requests and bytes in hand. */
  watch(load: () => { readonly requests: number; readonly bytes: number }): void {
    const labels = { receiver: this.#receiver };
    this.#telemetry.metrics.gauge('pintail_receiver_in_flight_requests', () => load().requests, labels);
    this.#telemetry.metrics.gauge('pintail_receiver_in_flight_bytes', () => load().bytes, labels);
  }

  /** Registers the gauge of open connections. */
  watchConnections(count: () => number): void {
    this.#telemetry.metrics.gauge('pintail_receiver_connections', count, { receiver: this.#receiver });
  }

  /** Adds to `pintail_receiver_<what>_total`. */
  add(what: string, count: number, reason?: string): void {
    if (count === 0) return;
    const labels = { receiver: this.#receiver, ...(reason === undefined ? {} : { reason }) };
    this.#telemetry.metrics.add(`pintail_receiver_${what}_total`, count, labels);
  }

  /** Records how long a request took, refused or not. */
  observe(durationMs: number): void {
    this.add('requests', 1);
    const labels = { receiver: this.#receiver };
    this.#telemetry.metrics.observe('pintail_receiver_request_duration_seconds', durationMs / 1000, labels);
  }

  /** Counts a refused request and says so in the log, seldom. */
  refuse(error: unknown): Refusal {
    const refusal = refusalOf(error);
    this.add('refused_requests', 1, refusal.reason);
    this.#logSeldom(refusal, error);
    return refusal;
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
