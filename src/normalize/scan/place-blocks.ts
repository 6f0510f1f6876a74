/** Memory for the places of texts: rows share blocks of it, which nobody writes to again, so that a row may be kept. */
import type { PlacedTexts } from '../../component.ts';

const BLOCK_PLACES = 32_768;
const BLOCK_BYTES = 65_536;

export class PlaceBlocks {
  #places = new Int32Array(BLOCK_PLACES);
  #placesUsed = 0;
  #unescaped = Buffer.alloc(0);
  #unescapedUsed = 0;

  /** Makes room for the unescaped texts of an event, which all have to stand in one block. */
  reserve(eventBytes: number): void {
    if (this.#unescaped.length - this.#unescapedUsed >= eventBytes) return;
    this.#unescaped = Buffer.allocUnsafe(Math.max(BLOCK_BYTES, eventBytes));
    this.#unescapedUsed = 0;
  }

  /** Adds a text within what was reserved; returns where it starts. */
  unescape(text: string): { readonly start: number; readonly length: number } {
    const start = this.#unescapedUsed;
    const length = this.#unescaped.write(text, start);
    this.#unescapedUsed += length;
    return { start, length };
  }

  /** Keeps the places of the row that is read from `bytes`: `fixed`, then the first `count` of `lists`. */
  keep(
    { bytes, code }: Pick<PlacedTexts, 'bytes' | 'code'>,
    fixed: Int32Array,
    lists: Int32Array,
    count: number,
  ): PlacedTexts {
    const needed = fixed.length + count;
    if (this.#places.length - this.#placesUsed < needed) {
      this.#places = new Int32Array(Math.max(BLOCK_PLACES, needed));
      this.#placesUsed = 0;
    }
    const placesAt = this.#placesUsed;
    this.#places.set(fixed, placesAt);
    for (let at = 0; at < count; at++) this.#places[placesAt + fixed.length + at] = lists[at] ?? 0;
    this.#placesUsed += needed;
    return { bytes, unescaped: this.#unescaped, places: this.#places, placesAt, code };
  }
}
