/**
 * How many rows one record may become. A list of two-byte items is as long as a request allows: 60 KB of gzip would be
 * thirty million rows.
 */

/** Found where a record would become more rows than that: caught where it is opened, which keeps it whole. */
export class TooManyRowsError extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`expected at most ${limit} rows in one record, found more.`);
    this.limit = limit;
  }
}

export class RowBudget {
  readonly #limit: number;
  #left: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#left = limit;
  }

  get left(): number {
    return this.#left;
  }

  /** To be called before a list is cut into `rows`. Throws TooManyRowsError. */
  take(rows: number): void {
    this.#left -= rows;
    if (this.#left < 0) throw new TooManyRowsError(this.#limit);
  }
}
