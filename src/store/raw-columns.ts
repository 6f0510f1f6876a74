/**
 * `_raw` as two columns of the spool: what stands before the auditID, and what stands behind it. The auditID has a column
 * of its own and is left out, which spares its random digits a second place.
 */
import type { Column } from './parquet/column.ts';

/** The auditID ends within so many characters, or the text stays whole. */
const mostCharacters = 256;
/** Starts of a batch. Where each is another one (a time stands in it, say), cutting them off would take more room than it spares. */
const mostStarts = 64;

export class RawColumns {
  readonly #start: Column;
  readonly #raw: Column;

  /** `column`: the one of that path. */
  constructor(column: (path: string) => Column) {
    this.#start = column('rawStart');
    this.#raw = column('_raw');
  }

  whole(raw: string): void {
    this.#start.absent(0);
    this.#raw.text(raw);
  }

  /** Without the auditID where that stands in it as it is. */
  add(raw: string, auditID: string | null): void {
    const at = auditID === null || auditID === '' ? -1 : raw.slice(0, mostCharacters).indexOf(auditID);
    // Half a surrogate pair is no text: cutting it off would damage the other half.
    if (auditID === null || at < 0 || !auditID.isWellFormed() || !this.#hasRoom) {
      this.whole(raw);
      return;
    }
    this.#start.text(raw.slice(0, at));
    this.#raw.text(raw.slice(at + auditID.length));
  }

  /** The same of ASCII bytes, in which the auditID's begin at `at`; any other number where they do not stand there. */
  addBytes(raw: Uint8Array, at: number, length: number): void {
    if (at < 0 || length <= 0 || at + length > mostCharacters || !this.#hasRoom) {
      this.#start.absent(0);
      this.#raw.textBytes(raw, 0, raw.length);
      return;
    }
    this.#start.textBytes(raw, 0, at);
    this.#raw.textBytes(raw, at + length, raw.length);
  }

  get #hasRoom(): boolean {
    return this.#start.words < mostStarts;
  }
}
