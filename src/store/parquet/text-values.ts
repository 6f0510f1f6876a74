/** Texts of a column one after the other: those that are there as bytes are copied once, when they are written. */
import { GrowingBuffer } from './growing-buffer.ts';

export class TextValues {
  /** Texts that came as strings. */
  readonly #own = new GrowingBuffer(1024);
  /** Where the bytes of each text are; null for those in `#own`. */
  #sources: (Uint8Array | null)[] = [];
  /** Of each its start and its end. */
  #bounds = new Uint32Array(2048);
  #count = 0;
  #bytes = 0;

  /** Bytes of all texts, each with four for its length. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Lets go of the texts; keeps memory up to `mostKept` bytes. */
  clear(mostKept: number): void {
    this.#own.clear(mostKept);
    this.#sources = [];
    if (this.#bounds.length > 65_536) this.#bounds = new Uint32Array(2048);
    this.#count = 0;
    this.#bytes = 0;
  }

  /** Lone surrogates become U+FFFD. */
  text(value: string): void {
    const start = this.#own.length;
    this.#own.text(value);
    this.#add(null, start, this.#own.length);
  }

  /** UTF-8 that nobody changes until it is written. */
  textBytes(source: Uint8Array, start: number, end: number): void {
    this.#add(source, start, end);
  }

  /** Writes each behind its length in four bytes; the text that was added as `order[i]` comes at `i`. */
  write(out: GrowingBuffer, order: Uint32Array): void {
    const own = this.#own.bytes;
    const starts = new Uint32Array(this.#count);
    let end = out.extend(this.#bytes);
    for (const at of order) {
      starts[at] = end;
      end += 4 + (this.#bounds[at * 2 + 1] ?? 0) - (this.#bounds[at * 2] ?? 0);
    }
    // In the order in which they were added they stand one behind the other in memory, which reads much faster.
    for (let at = 0; at < this.#count; at++) {
      out.setSizedBytes(
        starts[at] ?? 0,
        this.#sources[at] ?? own,
        this.#bounds[at * 2] ?? 0,
        this.#bounds[at * 2 + 1] ?? 0,
      );
    }
  }

  #add(source: Uint8Array | null, start: number, end: number): void {
    const at = this.#count++ * 2;
    if (at === this.#bounds.length) {
      const larger = new Uint32Array(at * 2);
      larger.set(this.#bounds);
      this.#bounds = larger;
    }
    this.#sources.push(source);
    this.#bounds[at] = start;
    this.#bounds[at + 1] = end;
    this.#bytes += 4 + end - start;
  }
}
