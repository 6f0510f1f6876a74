/**
 * Arrival times that keep the order of arrival: rows of one batch arrive at once and are put in another order to be
 * stored, so of those with equal event times each is given a later arrival than the one before it, by a microsecond.
 */
export class ArrivalOrder {
  readonly #latest = new Map<number, number>();

  /** Forgets all rows so far. */
  clear(): void {
    this.#latest.clear();
  }

  /** The arrival to store, in microseconds: at least `arrivalMicros`, later than that of any row before with the same event time. */
  next(timeMicros: number, arrivalMicros: number): number {
    const before = this.#latest.get(timeMicros);
    const next = before === undefined || before < arrivalMicros ? arrivalMicros : before + 1;
    this.#latest.set(timeMicros, next);
    return next;
  }
}
