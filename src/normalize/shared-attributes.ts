/**
 * A bound on attributes that many rows share: a request names them once, and the tables hold them with each row, so that
 * a request of megabytes would become a load of gigabytes.
 */

/** Characters of JSON; resources have a few hundred. */
export const DEFAULT_MAX_SHARED_ATTRIBUTES = 16_384;

export class SharedAttributes {
  readonly #most: number;
  readonly #onLeftOut: (records: number) => void;

  /** `onLeftOut` hears of how many records too much was left out. */
  constructor(most: number, onLeftOut: (records: number) => void) {
    this.#most = most;
    this.#onLeftOut = onLeftOut;
  }

  /** The JSON of attributes that `rows` rows share; instead of one that is too long, one that says so. */
  bound(text: string | null, rows: number, records = rows): string | null {
    if (text === null || rows <= 1 || text.length <= this.#most) return text;
    this.#onLeftOut(records);
    return `{"pintail.left_out_characters":${text.length}}`;
  }
}
