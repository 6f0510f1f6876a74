/**
 * A bound on attributes that many rows share: a request names them once, and the tables hold them with each row, so that
 * a request of megabytes would become a load of gigabytes.
 */

/** Characters of JSON; resources have a few hundred. */
export const DEFAULT_MAX_SHARED_ATTRIBUTES = 16_384;

interface Described {
  readonly resource: string | null;
  readonly attributes: string | null;
}

/** Bounds the texts of one resource after the other. Instead of one that is too long, rows have one that says so. */
export class SharedAttributes {
  readonly #most: number;
  readonly #onLeftOut: (records: number) => void;
  #isResourceLeftOut = false;

  /** `onLeftOut` hears of how many records too much was left out: of each once. */
  constructor(most: number, onLeftOut: (records: number) => void) {
    this.#most = most;
    this.#onLeftOut = onLeftOut;
  }

  /** The resource of the records that follow. */
  boundResource(text: string | null, records: number): string | null {
    const bounded = this.#bound(text, records);
    this.#isResourceLeftOut = bounded !== text;
    if (this.#isResourceLeftOut) this.#onLeftOut(records);
    return bounded;
  }

  /** What one of these records says of itself to each of its rows. */
  boundRecord<Context extends Described>(context: Context, rows: number): Context {
    const resource = this.#bound(context.resource, rows);
    const attributes = this.#bound(context.attributes, rows);
    const isLeftOut = resource !== context.resource || attributes !== context.attributes;
    if (isLeftOut && !this.#isResourceLeftOut) this.#onLeftOut(1);
    return isLeftOut ? { ...context, resource, attributes } : context;
  }

  #bound(text: string | null, rows: number): string | null {
    if (text === null || rows <= 1 || text.length <= this.#most) return text;
    return `{"pintail.left_out_characters":${text.length}}`;
  }
}
