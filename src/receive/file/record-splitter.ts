/**
 * Bytes of a file to its records: lines, and JSON documents that span lines.
 *
 * NDJSON is cut at newlines. A document that goes on over several lines, documents one after the other without
 * a newline, and the elements of a top-level array are cut where their brackets close, so an array of any length
 * is never held as a whole. Nothing is validated: what is no JSON goes on as the line it is. White space around a
 * record is dropped, as the Collector's filelog receiver does by default.
 *
 * A broken line must not swallow the good ones behind it. JSON allows no newline inside a string, and a line
 * that starts with `{` can continue an open document only where a value may stand; anything else closes the
 * broken document and hands its lines on one by one.
 */

export interface RecordSink {
  /** A record's text, without the newline, and the 1-based line it starts on. */
  record(text: string, line: number): void;
  /** A record longer than the bound was passed over. */
  tooLong(line: number): void;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MAX_DEPTH = 1 << 20;

/** What may stand outside of strings: 1 white space, 2 punctuation, 3 a character of a number or literal. */
const KIND = new Uint8Array(256);
for (const code of [0x20, 0x09, 0x0d, NEWLINE]) KIND[code] = 1;
for (const code of [COMMA, COLON, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY, QUOTE]) KIND[code] = 2;
for (const char of '0123456789+-.eEtrufalsn') KIND[char.charCodeAt(0)] = 3;

type Step = 'done' | 'more';

export class RecordSplitter {
  readonly #sink: RecordSink;
  readonly #maxRecordBytes: number;
  #data: Buffer = Buffer.alloc(0);
  /** Where the current record starts in `#data`, and its line. */
  #start = 0;
  #line = 1;
  #isFinal = false;
  #isArray = false;
  /** The current record is a line whatever it looks like. */
  #isLine = false;
  /** The rest of a line that was too long is passed over. */
  #isSkipping = false;

  // State of the scan of the current document.
  #at = 0;
  #isString = false;
  #depth = 0;
  #containers = new Uint8Array(64);
  #last = 0;
  #newlines = 0;
  #isRefused = false;

  constructor(sink: RecordSink, maxRecordBytes: number) {
    this.#sink = sink;
    this.#maxRecordBytes = maxRecordBytes;
  }

  /** The line reached, for messages. */
  get line(): number {
    return this.#line + this.#newlines;
  }

  push(chunk: Buffer): void {
    const kept = this.#data.length - this.#start;
    this.#data = kept === 0 ? chunk : Buffer.concat([this.#data.subarray(this.#start), chunk]);
    this.#at -= this.#start;
    this.#start = 0;
    this.#split();
  }

  /** Hands on what is left. */
  end(): void {
    this.#isFinal = true;
    this.#split();
  }

  #split(): void {
    while (this.#next() === 'done');
    this.#bound();
  }

  #next(): Step {
    if (this.#at > this.#start || this.#isRefused) return this.#takeDocument();
    if (this.#isSkipping) return this.#skipLine();
    if (this.#isLine) return this.#takeLine();
    this.#skipBetween();
    const data = this.#data;
    if (this.#start >= data.length) return 'more';
    const first = data[this.#start];
    if (first === OPEN_ARRAY && !this.#isArray) return this.#openArray();
    if (first === OPEN_OBJECT) return this.#takeFastLine() ? 'done' : this.#beginDocument();
    if (first === OPEN_ARRAY) return this.#beginDocument();
    return this.#takeLine();
  }

  #skipBetween(): void {
    const data = this.#data;
    let at = this.#start;
    for (; at < data.length; at++) {
      const code = data[at] ?? 0;
      if (code === NEWLINE) this.#line++;
      else if (this.#isArray && code === CLOSE_ARRAY) this.#isArray = false;
      else if (KIND[code] !== 1 && !(this.#isArray && code === COMMA)) break;
    }
    this.#start = at;
    this.#at = at;
  }

  /** `[` opens a list of records only where an object or array follows it; text may start with `[` too. */
  #openArray(): Step {
    const data = this.#data;
    let at = this.#start + 1;
    while (at < data.length && KIND[data[at] ?? 0] === 1) at++;
    if (at === data.length && !this.#isFinal) return 'more';
    const follows = data[at];
    if (follows !== OPEN_OBJECT && follows !== OPEN_ARRAY && follows !== CLOSE_ARRAY) return this.#takeLine();
    this.#isArray = true;
    this.#start++;
    return 'done';
  }

  /** The common case without a scan: a line from `{` to `}` with another such line behind it. */
  #takeFastLine(): boolean {
    if (this.#isArray) return false;
    const data = this.#data;
    const newline = data.indexOf(NEWLINE, this.#start);
    if (newline < 0 || data[newline + 1] !== OPEN_OBJECT || newline - this.#start > this.#maxRecordBytes) return false;
    const end = trimEnd(data, this.#start, newline);
    if (data[end - 1] !== CLOSE_OBJECT) return false;
    const text = data.toString('utf8', this.#start, end);
    // Perhaps several documents on one line, which only the scan can tell.
    if (text.includes('}{') || text.includes('} ') || text.includes('}\t') || text.includes('}[')) return false;
    this.#sink.record(text, this.#line);
    this.#moveTo(newline + 1, 1);
    return true;
  }

  #takeLine(): Step {
    const data = this.#data;
    let end = data.indexOf(NEWLINE, this.#start);
    if (end < 0) {
      if (!this.#isFinal) {
        this.#isLine = true;
        return 'more';
      }
      end = data.length;
    }
    this.#isLine = false;
    this.#emit(this.#start, trimEnd(data, this.#start, end));
    this.#moveTo(Math.min(end + 1, data.length), end < data.length ? 1 : 0);
    return 'done';
  }

  #skipLine(): Step {
    const newline = this.#data.indexOf(NEWLINE, this.#start);
    if (newline < 0) {
      this.#moveTo(this.#data.length, 0);
      return 'more';
    }
    this.#isSkipping = false;
    this.#moveTo(newline + 1, 1);
    return 'done';
  }

  #beginDocument(): Step {
    this.#at = this.#start;
    this.#isString = false;
    this.#depth = 0;
    this.#last = 0;
    this.#newlines = 0;
    return this.#takeDocument();
  }

  #takeDocument(): Step {
    const data = this.#data;
    for (let at = this.#at; at < data.length; at++) {
      if (this.#isString) {
        at = skipString(data, at);
        const code = data[at];
        if (code === QUOTE) {
          this.#isString = false;
        } else if (code === BACKSLASH) {
          if (at + 1 === data.length && !this.#isFinal) return this.#wait(at);
          if (data[at + 1] !== NEWLINE) at++;
        } else if (code === NEWLINE) {
          return this.#breakAt(at);
        }
        continue;
      }
      const code = data[at] ?? 0;
      const kind = KIND[code];
      if (kind === 1) {
        if (code !== NEWLINE) continue;
        if (at + 1 === data.length && !this.#isFinal) return this.#wait(at);
        if (data[at + 1] === OPEN_OBJECT && !this.#mayHoldValue()) return this.#breakAt(at);
        this.#newlines++;
        continue;
      }
      if (kind === 0 || (kind === 3 && this.#last === OPEN_OBJECT)) return this.#breakAt(at);
      if (code === QUOTE) {
        this.#isString = true;
      } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
        if (this.#depth === MAX_DEPTH) return this.#breakAt(at);
        this.#open(code);
      } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
        // In ASCII a closing bracket stands two behind its opening one.
        if (this.#containers[this.#depth - 1] !== code - 2) return this.#breakAt(at);
        if (--this.#depth === 0) return this.#close(at + 1);
      }
      this.#last = code;
    }
    if (!this.#isFinal) return this.#wait(data.length);
    return this.#breakAt(data.length);
  }

  #wait(at: number): Step {
    this.#at = at;
    // Of a document that was refused for its length nothing needs to be kept.
    if (this.#isRefused) this.#start = at;
    return 'more';
  }

  #open(code: number): void {
    if (this.#depth === this.#containers.length) {
      const wider = new Uint8Array(this.#containers.length * 2);
      wider.set(this.#containers);
      this.#containers = wider;
    }
    this.#containers[this.#depth++] = code;
  }

  #mayHoldValue(): boolean {
    if (this.#last === COLON) return true;
    const isInArray = this.#containers[this.#depth - 1] === OPEN_ARRAY;
    return isInArray && (this.#last === OPEN_ARRAY || this.#last === COMMA);
  }

  /** The brackets closed at `end`. Text that goes on behind them on the same line was no document. */
  #close(end: number): Step {
    const data = this.#data;
    let at = end;
    while (at < data.length && data[at] !== NEWLINE && KIND[data[at] ?? 0] === 1) at++;
    if (at === data.length && !this.#isFinal) {
      this.#depth++;
      return this.#wait(end - 1);
    }
    const follows = data[at];
    const isWhole =
      this.#isRefused ||
      this.#newlines > 0 ||
      follows === undefined ||
      follows === NEWLINE ||
      follows === OPEN_OBJECT ||
      follows === OPEN_ARRAY ||
      (this.#isArray && (follows === COMMA || follows === CLOSE_ARRAY));
    if (!isWhole) return this.#breakAt(end - 1);
    if (!this.#isRefused) this.#emit(this.#start, end);
    this.#moveTo(end, this.#newlines);
    return 'done';
  }

  /** The document is broken at `at`: its whole lines go on one by one, and what is on the line of `at` as a line. */
  #breakAt(at: number): Step {
    const data = this.#data;
    if (this.#isRefused) {
      this.#moveTo(at, this.#newlines);
      this.#isSkipping = true;
      return 'done';
    }
    for (let newline = data.indexOf(NEWLINE, this.#start); newline >= 0 && newline <= at; ) {
      const end = trimEnd(data, this.#start, newline);
      if (end > this.#start) this.#emit(this.#start, end);
      this.#moveTo(newline + 1, 1);
      newline = data.indexOf(NEWLINE, this.#start);
    }
    this.#moveTo(this.#start, 0);
    if (at < data.length && data[at] === NEWLINE) return 'done';
    if (this.#start >= data.length) return 'done';
    return this.#takeLine();
  }

  /** Refuses a record that outgrew the bound; a broken document's lines go on instead where it has whole ones. */
  #bound(): void {
    const data = this.#data;
    if (data.length - this.#start <= this.#maxRecordBytes || this.#isRefused || this.#isSkipping) return;
    const isDocument = this.#at > this.#start;
    const newline = data.indexOf(NEWLINE, this.#start);
    if (isDocument && newline >= 0 && data[newline + 1] === OPEN_OBJECT) {
      this.#breakAt(data.lastIndexOf(NEWLINE));
      this.#split();
      return;
    }
    this.#sink.tooLong(this.#line);
    if (isDocument) {
      this.#isRefused = true;
      this.#start = this.#at;
    } else {
      this.#isLine = false;
      this.#isSkipping = true;
      this.#moveTo(data.length, 0);
    }
  }

  #emit(start: number, end: number): void {
    if (end - start > this.#maxRecordBytes) this.#sink.tooLong(this.#line);
    else this.#sink.record(this.#data.toString('utf8', start, end), this.#line);
  }

  #moveTo(at: number, newlines: number): void {
    this.#start = at;
    this.#at = at;
    this.#line += newlines;
    this.#newlines = 0;
    this.#isRefused = false;
  }
}

/** Where the plain characters of a string end: at a quote, backslash or newline, or with the data. */
function skipString(data: Buffer, from: number): number {
  let at = from;
  for (; at < data.length; at++) {
    const code = data[at];
    if (code === QUOTE || code === BACKSLASH || code === NEWLINE) break;
  }
  return at;
}

/** End of a line without a carriage return and blanks. */
function trimEnd(data: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && KIND[data[at - 1] ?? 0] === 1) at--;
  return at;
}
