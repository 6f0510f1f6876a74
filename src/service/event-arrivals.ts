/** When events of each cluster arrive, and how late: an observation per batch and cluster, never per event. */
import type { Metrics, NormalizedBatch } from '../component.ts';

/** Clusters with series of their own; events name their cluster, so there may be any number. */
const MOST_CLUSTERS = 200;
const AHEAD_MICROS = 300 * 1e6;

export class EventArrivals {
  readonly #metrics: Metrics;
  /** Epoch seconds of the newest batch. */
  readonly #newest = new Map<string, number>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  observe({ clusters, arrivalMicros }: SeenArrivals): void {
    for (const [name, { oldest, ahead }] of clusters) {
      const labels = { cluster: this.#label(name) };
      this.#newest.set(labels.cluster, arrivalMicros / 1e6);
      this.#metrics.observe('pintail_event_lag_seconds', Math.max(0, arrivalMicros - oldest) / 1e6, labels);
      if (ahead > 0) this.#metrics.add('pintail_future_events_total', ahead, labels);
    }
  }

  /** `other` once there are too many; '' where events name no cluster. */
  #label(cluster: string): string {
    if (this.#newest.has(cluster)) return cluster;
    const label = this.#newest.size < MOST_CLUSTERS ? cluster : 'other';
    if (!this.#newest.has(label)) {
      this.#newest.set(label, 0);
      const read = (): number => this.#newest.get(label) ?? 0;
      this.#metrics.gauge('pintail_last_arrival_timestamp_seconds', read, { cluster: label });
      this.#metrics.add('pintail_future_events_total', 0, { cluster: label });
    }
    return label;
  }
}

/** What of a batch is observed, gathered while its rows pass. */
export class SeenArrivals {
  readonly arrivalMicros: number;
  /** By cluster: the oldest event's time, and how many events are ahead of their arrival. */
  readonly clusters = new Map<string, { oldest: number; ahead: number }>();

  constructor(arrivalMicros: number) {
    this.arrivalMicros = arrivalMicros;
  }

  add({ audit, logs }: NormalizedBatch): void {
    for (const rows of [audit, logs]) {
      for (const { cluster, timeMicros } of rows) {
        const name = cluster ?? '';
        const seen = this.clusters.get(name);
        const isAhead = timeMicros - this.arrivalMicros > AHEAD_MICROS ? 1 : 0;
        if (seen === undefined) this.clusters.set(name, { oldest: timeMicros, ahead: isAhead });
        else {
          if (timeMicros < seen.oldest) seen.oldest = timeMicros;
          seen.ahead += isAhead;
        }
      }
    }
  }
}
