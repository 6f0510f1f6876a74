/**
 * Small whole numbers in Parquet's RLE/bit-packing hybrid: levels, and places in a dictionary. One run where all are
 * the same, else all of them packed.
 *
 * https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
import type { GrowingBuffer } from './growing-buffer.ts';

export class NumberRuns {
  #values = new Uint32Array(1024);
  #length = 0;
  #isUniform = true;
  #spare = new Uint32Array(0);

  get length(): number {
    return this.#length;
  }

  /** All are the same, or there is none. */
  get isUniform(): boolean {
    return this.#isUniform;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  clear(): void {
    this.#length = 0;
    this.#isUniform = true;
    if (this.#values.length > 65_536) {
      this.#values = new Uint32Array(1024);
      this.#spare = new Uint32Array(0);
    }
  }

  /** Makes the number at `order[i]` the one at `i`, for all of them. */
  rearrange(order: Uint32Array): void {
    if (this.#isUniform) return;
    const before = this.#values;
    if (this.#spare.length !== before.length) this.#spare = new Uint32Array(before.length);
    const after = this.#spare;
    for (let at = 0; at < this.#length; at++) after[at] = before[order[at] ?? 0] ?? 0;
    this.#values = after;
    this.#spare = before;
  }

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    if (value !== this.#values[0] && this.#length > 0) this.#isUniform = false;
    this.#values[this.#length++] = value;
  }

  /** Writes all numbers, each of at most `bits` (1 to 24) bits. */
  write(out: GrowingBuffer, bits: number): void {
    if (!this.#isUniform) {
      out.varint(Math.ceil(this.#length / 8) * 2 + 1);
      this.writePacked(out, bits);
      return;
    }
    out.varint(this.#length * 2);
    const value = this.#values[0] ?? 0;
    for (let shift = 0; shift < bits; shift += 8) out.byte((value >>> shift) & 0xff);
  }

  /** The numbers alone, the least bits first, filled up with zeros to a whole number of eights. */
  writePacked(out: GrowingBuffer, bits: number): void {
    const groups = Math.ceil(this.#length / 8);
    let pending = 0;
    let pendingBits = 0;
    for (let at = 0; at < groups * 8; at++) {
      // At most 7 bits pend, so that 31 suffice.
      pending |= (at < this.#length ? (this.#values[at] ?? 0) : 0) << pendingBits;
      pendingBits += bits;
      while (pendingBits >= 8) {
        out.byte(pending & 0xff);
        pending >>>= 8;
        pendingBits -= 8;
      }
    }
  }
}

/** How many bits numbers up to `largest` need; at least one. */
export function bitsOf(largest: number): number {
  return Math.max(1, 32 - Math.clz32(largest));
}
