/** The words of a column's dictionary: each is kept once, in the order in which it came. */
import { randomInt } from 'node:crypto';
import { GrowingBuffer } from './growing-buffer.ts';

/** Slots that are looked at for a word before it is taken for new. */
const MOST_STEPS = 32;
/**
 * Other words of the same hash that a word is compared with before it is taken for new. Honest words hardly ever meet one;
 * a sender can make any number of words with one hash, and comparing long ones would hold up everybody. A dictionary may
 * hold a word twice.
 */
const MOST_ALIKE = 2;
const SMALLEST = 256;
/** Against words that were made to collide in the slots of every process. */
const seed = randomInt(2 ** 31);

export class WordTable {
  /** Each word behind its length in four bytes. */
  readonly #plain = new GrowingBuffer(1024);
  /** By place. */
  #starts = new Int32Array(SMALLEST);
  #hashes = new Int32Array(SMALLEST);
  /** Places plus one, by hash. */
  #slots = new Int32Array(SMALLEST * 2);
  #size = 0;
  #lastText: string | undefined;
  #lastPlace = 0;
  /** Of the word that was not found; no slot (-1) where too many others stand in its way. */
  #newHash = 0;
  #newSlot = 0;

  get size(): number {
    return this.#size;
  }

  /** The words as a dictionary's page holds them; valid until the next call of anything else. */
  get bytes(): Buffer {
    return this.#plain.bytes;
  }

  clear(mostKept: number): void {
    if (this.#starts.length > 65_536) {
      this.#starts = new Int32Array(SMALLEST);
      this.#hashes = new Int32Array(SMALLEST);
      this.#slots = new Int32Array(SMALLEST * 2);
    } else this.#slots.fill(0);
    this.#size = 0;
    this.#lastText = undefined;
    this.#plain.clear(mostKept);
  }

  /** The place of a text, which is added where it is new. */
  placeOf(text: string): number {
    if (text === this.#lastText) return this.#lastPlace;
    const start = this.#plain.length;
    this.#plain.sizedText(text);
    const place = this.#find(this.#plain.bytes, start + 4, this.#plain.length);
    if (place < this.#size) this.#plain.cut(start);
    else this.#add(start);
    this.#lastText = text;
    this.#lastPlace = place;
    return place;
  }

  /** The place of UTF-8 bytes, which are added where they are new. */
  placeOfBytes(source: Uint8Array, start: number, end: number): number {
    if (this.#size > 0 && this.#isAt(this.#lastPlace, source, start, end)) return this.#lastPlace;
    const place = this.#find(source, start, end);
    if (place === this.#size) {
      const at = this.#plain.length;
      this.#plain.sizedBytes(source, start, end);
      this.#add(at);
    }
    this.#lastText = undefined;
    this.#lastPlace = place;
    return place;
  }

  /** The place of an equal word, else the one that a new word gets; then its hash and its slot are kept for `#add`. */
  #find(source: Uint8Array, start: number, end: number): number {
    const hash = hashOf(source, start, end);
    const mask = this.#slots.length - 1;
    this.#newHash = hash;
    let alike = 0;
    for (let step = 0; step < MOST_STEPS && alike < MOST_ALIKE; step++) {
      const slot = (hash + step) & mask;
      const place = (this.#slots[slot] ?? 0) - 1;
      if (place < 0) {
        this.#newSlot = slot;
        return this.#size;
      }
      if (this.#hashes[place] !== hash) continue;
      if (this.#isAt(place, source, start, end)) return place;
      alike += 1;
    }
    this.#newSlot = -1;
    return this.#size;
  }

  #add(start: number): void {
    const place = this.#size++;
    this.#starts[place] = start;
    this.#hashes[place] = this.#newHash;
    if (this.#newSlot >= 0) this.#slots[this.#newSlot] = place + 1;
    if (this.#size === this.#starts.length) this.#grow();
  }

  #grow(): void {
    const before = { starts: this.#starts, hashes: this.#hashes };
    const capacity = this.#size * 2;
    this.#starts = new Int32Array(capacity);
    this.#starts.set(before.starts);
    this.#hashes = new Int32Array(capacity);
    this.#hashes.set(before.hashes);
    this.#slots = new Int32Array(capacity * 2);
    const mask = this.#slots.length - 1;
    for (let place = 0; place < this.#size; place++) {
      const hash = before.hashes[place] ?? 0;
      for (let step = 0; step < MOST_STEPS; step++) {
        const slot = (hash + step) & mask;
        if (this.#slots[slot] !== 0) continue;
        this.#slots[slot] = place + 1;
        break;
      }
    }
  }

  #isAt(place: number, source: Uint8Array, start: number, end: number): boolean {
    return this.#plain.holdsSized(this.#starts[place] ?? 0, source, start, end);
  }
}

/** Four bytes at a time, mixed as in MurmurHash3. */
function hashOf(source: Uint8Array, start: number, end: number): number {
  let hash = seed ^ (end - start);
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four =
      (source[at] ?? 0) | ((source[at + 1] ?? 0) << 8) | ((source[at + 2] ?? 0) << 16) | ((source[at + 3] ?? 0) << 24);
    hash = mix(hash, four);
  }
  let rest = 0;
  for (; at < end; at++) rest = (rest << 8) | (source[at] ?? 0);
  hash = mix(hash, rest);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}

function mix(hash: number, four: number): number {
  const scattered = Math.imul(four, 0xcc9e_2d51);
  const mixed = hash ^ Math.imul((scattered << 15) | (scattered >>> 17), 0x1b87_3593);
  return Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64;
}
