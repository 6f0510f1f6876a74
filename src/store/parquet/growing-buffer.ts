/** Bytes that are added at the end. The memory is kept when it is emptied, so that the next batch needs no new one. */
/** Fewer bytes are copied faster one by one than by a call. */
const MOST_BY_HAND = 48;

export class GrowingBuffer {
  #bytes: Buffer;
  #length = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** What was added; valid until the next call of anything else. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Empties it; what grew beyond `mostKept` bytes is given back. */
  clear(mostKept: number): void {
    this.#length = 0;
    if (this.#bytes.length > mostKept) this.#bytes = Buffer.allocUnsafe(mostKept);
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  /** Writes over what stands at `position`. */
  setUint32(value: number, position: number): void {
    this.#bytes.writeUInt32LE(value, position);
  }

  /** LEB128 of a whole number from 0 to 2^53. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** UTF-8; lone surrogates become U+FFFD. */
  text(value: string): void {
    this.#reserve(value.length * 3);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** UTF-8 behind its length in four bytes. */
  sizedText(value: string): void {
    // A UTF-16 unit needs at most three bytes.
    this.#reserve(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#length + 4);
    this.#bytes.writeUInt32LE(written, this.#length);
    this.#length += 4 + written;
  }

  /** Bytes from elsewhere behind their length in four bytes. */
  sizedBytes(source: Uint8Array, start: number, end: number): void {
    this.setSizedBytes(this.extend(4 + end - start), source, start, end);
  }

  /** Whether those bytes stand at `position` behind their length. */
  holdsSized(position: number, source: Uint8Array, start: number, end: number): boolean {
    const bytes = this.#bytes;
    const size = end - start;
    const is =
      (bytes[position] ?? 0) |
      ((bytes[position + 1] ?? 0) << 8) |
      ((bytes[position + 2] ?? 0) << 16) |
      ((bytes[position + 3] ?? 0) << 24);
    if (is !== size) return false;
    const from = position + 4;
    for (let at = 0; at < size; at++) if (bytes[from + at] !== source[start + at]) return false;
    return true;
  }

  /** Forgets what was added behind `length`. */
  cut(length: number): void {
    this.#length = length;
  }

  /** Bytes written as hexadecimal digits. */
  hex(digits: string): void {
    this.#reserve(digits.length / 2);
    this.#length += this.#bytes.write(digits, this.#length, 'hex');
  }

  /** A whole number as 64 bits; beyond 2^53 the one that its digits say. */
  int64(value: number): void {
    this.#reserve(8);
    if (!Number.isSafeInteger(value)) {
      this.#length = this.#bytes.writeBigInt64LE(BigInt(String(value)), this.#length);
      return;
    }
    const low = value >>> 0;
    this.#bytes.writeUInt32LE(low, this.#length);
    this.#bytes.writeInt32LE(Math.floor(value / 0x1_0000_0000), this.#length + 4);
    this.#length += 8;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Makes room for so many bytes, which are to be set, and returns where it begins. */
  extend(size: number): number {
    this.#reserve(size);
    this.#length += size;
    return this.#length - size;
  }

  /** `sizedBytes` at a position. */
  setSizedBytes(position: number, source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#bytes.writeUInt32LE(size, position);
    const to = position + 4;
    if (size > MOST_BY_HAND) this.#bytes.set(source.subarray(start, end), to);
    else for (let at = 0; at < size; at++) this.#bytes[to + at] = source[start + at] ?? 0;
  }

  /** A part of other bytes. */
  appendPart(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.#reserve(size);
    const to = this.#length;
    if (size > MOST_BY_HAND) this.#bytes.set(source.subarray(start, end), to);
    else for (let at = 0; at < size; at++) this.#bytes[to + at] = source[start + at] ?? 0;
    this.#length = to + size;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
