/** Memory for the places of texts: rows share blocks of it, which nobody writes to again, so that a row may be kept. */
import type { PlacedTexts } from '../../component.ts';

/** Blocks grow from the first to the second size: a request may have one event or thousands. */
const PLACES = { first: 512, most: 32_768 };
const BYTES = { first: 1024, most: 65_536 };

export class PlaceBlocks {
  #places = new Int32Array(0);
  #placesUsed = 0;
  #placesNext = PLACES.first;
  #unescaped = Buffer.alloc(0);
  #unescapedUsed = 0;
  #unescapedNext = BYTES.first;
  /** Bytes of the event in hand for which there must be room yet: all its unescaped texts stand in one block. */
  #toReserve = 0;

  /** Begins an event of so many bytes. */
  begin(eventBytes: number): void {
    this.#toReserve = eventBytes;
  }

  /** Adds a text, without its escapes and so no longer than it was in the event; returns where it starts. */
  unescape(text: string): { readonly start: number; readonly length: number } {
    if (this.#unescaped.length - this.#unescapedUsed < this.#toReserve) {
      this.#unescaped = Buffer.allocUnsafe(Math.max(this.#unescapedNext, this.#toReserve));
      this.#unescapedUsed = 0;
      this.#unescapedNext = Math.min(this.#unescapedNext * 2, BYTES.most);
    }
    this.#toReserve = 0;
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
      this.#places = new Int32Array(Math.max(this.#placesNext, needed));
      this.#placesUsed = 0;
      this.#placesNext = Math.min(this.#placesNext * 2, PLACES.most);
    }
    const placesAt = this.#placesUsed;
    this.#places.set(fixed, placesAt);
    for (let at = 0; at < count; at++) this.#places[placesAt + fixed.length + at] = lists[at] ?? 0;
    this.#placesUsed += needed;
    return { bytes, unescaped: this.#unescaped, places: this.#places, placesAt, code };
  }
}
