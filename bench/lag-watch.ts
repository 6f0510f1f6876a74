/** How long an acknowledged event stays invisible to queries. */
export class LagWatch {
  acknowledgedEvents = 0;
  rawBytes = 0;
  maxLagMs = 0;
  polls = 0;
  /** Acknowledgements in order: when, and how many events were acknowledged up to then. */
  readonly #acknowledged: { readonly atMs: number; readonly total: number }[] = [];
  #seen = 0;

  acknowledge(atMs: number, events: number, rawBytes: number): void {
    this.acknowledgedEvents += events;
    this.rawBytes += rawBytes;
    this.#acknowledged.push({ atMs, total: this.acknowledgedEvents });
  }

  /** A query that was asked at `askedMs` saw `queryable` events: the oldest one missing tells the lag. */
  observe(askedMs: number, queryable: number): void {
    this.polls += 1;
    let oldest = this.#acknowledged[this.#seen];
    while (oldest !== undefined && oldest.total <= queryable) {
      this.#seen += 1;
      oldest = this.#acknowledged[this.#seen];
    }
    if (oldest !== undefined) this.maxLagMs = Math.max(this.maxLagMs, askedMs - oldest.atMs);
  }
}
