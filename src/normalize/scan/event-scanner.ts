/**
 * Reads a plain audit event from its bytes: one pass that checks the text as JSON.parse would and finds the columns, without
 * making an object or a string of any of it.
 *
 * Plain is what API servers write: an object of ASCII with `kind` Event and an `apiVersion` of audit.k8s.io, each member that
 * is a column there at most once, of its own type, and under a name without escapes, and a time of its own, and none that
 * cannot be read. Whatever else an event may be is for `readColumns`, which gives the same row, only slower.
 */
import { fixedPlaces, type PlacedTexts, slotOf } from '../../component.ts';
import { parseTimestampBytes } from '../event-time.ts';
import { eventMembers } from './event-members.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COMMA,
  endOfPlainString,
  notPlain,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
  skipWord,
} from './json-bytes.ts';
import type { Members, Reading } from './members.ts';
import { PlaceBlocks } from './place-blocks.ts';

/** What is read of an event. */
export interface ScannedEvent {
  readonly placed: PlacedTexts;
  /** Microseconds since the epoch. */
  readonly requestReceivedMicros: number | null;
  readonly stageMicros: number | null;
  readonly hasObjects: boolean;
}

/** Their lengths are part of an event's identity, in UTF-16 units: only without escapes are these their bytes. */
const FRAMED = new Set([slotOf.auditID, slotOf.stage]);
/** Annotations are compared with one another. */
const MOST_ANNOTATIONS = 24;
/** Numbers for the places of an event's lists: more would be more memory than the event itself. */
const MOST_LIST_PLACES = 65_536;
/** Digits that a number surely holds. */
const MOST_DIGITS = 15;
const ZERO = 0x30;
const NINE = 0x39;
const UNDERSCORE = 0x5f;
const LETTER_N = 0x6e;

/** Scans one event after the other. */
export class EventScanner {
  readonly #blocks = new PlaceBlocks();
  readonly #fixed = new Int32Array(fixedPlaces);
  #lists = new Int32Array(256);
  #listsUsed = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #end = 0;
  #isEvent = false;
  #isAudit = false;
  #received: number | null = null;
  #staged: number | null = null;
  #code: number | null = null;
  #hasObjects = false;

  /** The event of a text that is all ASCII; null where it is no plain one. */
  scan(text: Buffer): ScannedEvent | null {
    this.#begin(text);
    if (text[0] !== OPEN_OBJECT) return null;
    const behind = this.#readObject(0, eventMembers);
    if (behind < 0 || skipSpace(text, behind, text.length) !== text.length) return null;
    if (!this.#isEvent || !this.#isAudit || (this.#staged ?? this.#received) === null) return null;
    return {
      placed: this.#blocks.keep({ bytes: text, code: this.#code }, this.#fixed, this.#lists, this.#listsUsed),
      requestReceivedMicros: this.#received,
      stageMicros: this.#staged,
      hasObjects: this.#hasObjects,
    };
  }

  #begin(text: Buffer): void {
    this.#bytes = text;
    this.#end = text.length;
    this.#blocks.begin(text.length);
    this.#fixed.fill(-1);
    this.#listsUsed = 0;
    this.#isEvent = false;
    this.#isAudit = false;
    this.#received = null;
    this.#staged = null;
    this.#code = null;
    this.#hasObjects = false;
  }

  /** Reads the members of the object that starts at `from`. */
  #readObject(from: number, members: Members): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = skipSpace(bytes, from + 1, end);
    let seen = 0;
    while (at < end && bytes[at] === QUOTE) {
      const nameEnd = endOfPlainString(bytes, at, end);
      if (nameEnd < 0) return notPlain;
      const member = members.find(bytes, at + 1, nameEnd - at - 1);
      const value = skipColon(bytes, nameEnd + 1, end);
      if (value < 0) return notPlain;
      if (member === undefined) at = skipValue(bytes, value, end);
      else {
        // Of repeated members JSON.parse takes the last one.
        if ((seen & member.bit) !== 0) return notPlain;
        seen |= member.bit;
        // The same holds for one whose members are all null.
        if (bytes[value] === LETTER_N && members !== eventMembers) return notPlain;
        at = this.#read(member.reading, value);
      }
      if (at < 0) return notPlain;
      at = skipSpace(bytes, at, end);
      // An object without any of them is one thing in a row, and an absent object another.
      if (at < end && bytes[at] === CLOSE_OBJECT) return seen === 0 ? notPlain : at + 1;
      if (at >= end || bytes[at] !== COMMA) return notPlain;
      at = skipSpace(bytes, at + 1, end);
    }
    return notPlain;
  }

  #read(reading: Reading, from: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    // Nothing stands where there is null, as where there is no such member.
    if (bytes[from] === LETTER_N && reading.as !== 'request') return skipWord(bytes, from, end, 'null');
    switch (reading.as) {
      case 'text':
        return this.#readText(from, reading.slot);
      case 'texts':
        return this.#readTexts(from, reading.slot);
      case 'annotations':
        return this.#readAnnotations(from, reading.slot);
      case 'object':
        return bytes[from] === OPEN_OBJECT ? this.#readObject(from, reading.members) : notPlain;
      case 'code':
        return this.#readCode(from);
      case 'request':
        this.#hasObjects = true;
        return skipValue(bytes, from, end);
      default:
        return this.#readPlain(reading.as, from);
    }
  }

  #readText(from: number, slot: number): number {
    const behind = this.#place(from, this.#fixed, slot);
    const isEscaped = (this.#fixed[slot] ?? 0) < 0;
    return isEscaped && FRAMED.has(slot) ? notPlain : behind;
  }

  /** Writes where the text of the string that starts at `from` stands. */
  #place(from: number, places: Int32Array, at: number): number {
    if (this.#bytes[from] !== QUOTE) return notPlain;
    const close = endOfPlainString(this.#bytes, from, this.#end);
    if (close >= 0) {
      places[at] = from + 1;
      places[at + 1] = close - from - 1;
      return close + 1;
    }
    const behind = skipString(this.#bytes, from, this.#end);
    if (behind < 0) return notPlain;
    const { start, length } = this.#blocks.unescape(JSON.parse(this.#bytes.toString('latin1', from, behind)) as string);
    places[at] = ~start;
    places[at + 1] = length;
    return behind;
  }

  #readTexts(from: number, slot: number): number {
    if (this.#bytes[from] !== OPEN_LIST) return notPlain;
    const first = this.#listsUsed;
    let at = skipSpace(this.#bytes, from + 1, this.#end);
    if (at < this.#end && this.#bytes[at] === CLOSE_LIST) return this.#endList(slot, first, 0, at);
    for (let count = 1; ; count++) {
      at = this.#addText(at);
      if (at < 0) return notPlain;
      at = skipSpace(this.#bytes, at, this.#end);
      if (at < this.#end && this.#bytes[at] === CLOSE_LIST) return this.#endList(slot, first, count, at);
      if (at >= this.#end || this.#bytes[at] !== COMMA) return notPlain;
      at = skipSpace(this.#bytes, at + 1, this.#end);
    }
  }

  /** Annotations whose names an object would order or drop are left to one. */
  #readAnnotations(from: number, slot: number): number {
    const bytes = this.#bytes;
    if (bytes[from] !== OPEN_OBJECT) return notPlain;
    const first = this.#listsUsed;
    let at = skipSpace(bytes, from + 1, this.#end);
    if (at < this.#end && bytes[at] === CLOSE_OBJECT) return this.#endList(slot, first, 0, at);
    for (let count = 1; count <= MOST_ANNOTATIONS; count++) {
      const name = at;
      at = this.#addText(name);
      if (at < 0 || this.#isOddName(name + 1) || this.#isRepeated(first)) return notPlain;
      at = skipColon(bytes, at, this.#end);
      if (at < 0) return notPlain;
      at = this.#addText(at);
      if (at < 0) return notPlain;
      at = skipSpace(bytes, at, this.#end);
      if (at < this.#end && bytes[at] === CLOSE_OBJECT) return this.#endList(slot, first, count, at);
      if (at >= this.#end || bytes[at] !== COMMA) return notPlain;
      at = skipSpace(bytes, at + 1, this.#end);
    }
    return notPlain;
  }

  /** Objects list names that are numbers first, and may have a prototype. */
  #isOddName(from: number): boolean {
    const first = this.#bytes[from] ?? 0;
    return first === UNDERSCORE || (first >= ZERO && first <= NINE);
  }

  /** Whether the annotation's name that was added last is, or with its escapes may be, one of those since `first`. */
  #isRepeated(first: number): boolean {
    const last = this.#listsUsed - 2;
    const start = this.#lists[last] ?? 0;
    if (start < 0) return true;
    const length = this.#lists[last + 1] ?? 0;
    for (let at = first; at < last; at += 4) {
      const other = this.#lists[at] ?? 0;
      if (this.#lists[at + 1] !== length) continue;
      let same = 0;
      while (same < length && this.#bytes[start + same] === this.#bytes[other + same]) same++;
      if (same === length) return true;
    }
    return false;
  }

  /** Adds the text that starts at `from` to the list in hand. */
  #addText(from: number): number {
    if (from >= this.#end) return notPlain;
    if (this.#listsUsed === MOST_LIST_PLACES) return notPlain;
    if (this.#listsUsed + 2 > this.#lists.length) {
      const larger = new Int32Array(this.#lists.length * 2);
      larger.set(this.#lists);
      this.#lists = larger;
    }
    const behind = this.#place(from, this.#lists, this.#listsUsed);
    this.#listsUsed += 2;
    return behind;
  }

  #endList(slot: number, first: number, count: number, close: number): number {
    this.#fixed[slot] = fixedPlaces + first;
    this.#fixed[slot + 1] = count;
    return close + 1;
  }

  #readCode(from: number): number {
    let at = from;
    let code = 0;
    for (
      let byte = this.#bytes[at] ?? 0;
      at < this.#end && byte >= ZERO && byte <= NINE;
      byte = this.#bytes[++at] ?? 0
    ) {
      code = code * 10 + byte - ZERO;
    }
    const digits = at - from;
    // What a fraction or an exponent leaves behind is neither a comma nor a bracket.
    if (digits === 0 || digits > MOST_DIGITS || (digits > 1 && this.#bytes[from] === ZERO)) return notPlain;
    this.#code = code;
    return at;
  }

  #readPlain(as: 'kind' | 'apiVersion' | 'received' | 'staged', from: number): number {
    if (this.#bytes[from] !== QUOTE) return notPlain;
    const close = endOfPlainString(this.#bytes, from, this.#end);
    if (close < 0) return notPlain;
    if (as === 'kind') this.#isEvent = close === skipWord(this.#bytes, from + 1, close, 'Event');
    else if (as === 'apiVersion') this.#isAudit = skipWord(this.#bytes, from + 1, close, 'audit.k8s.io/') >= 0;
    else {
      const micros = parseTimestampBytes(this.#bytes, from + 1, close);
      if (micros === null) return notPlain;
      if (as === 'received') this.#received = micros;
      else this.#staged = micros;
    }
    return close + 1;
  }
}
