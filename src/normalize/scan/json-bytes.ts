/**
 * The grammar of JSON over ASCII bytes, as strict as JSON.parse. Functions take where something starts and where the text
 * ends, and give where it ended, or `notPlain`: the text is no JSON, or JSON that the slow way should read.
 */

/** What any scan gives for a text that it does not take. */
export const notPlain = -1;

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
const BACKSLASH = 0x5c;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
export const CLOSE_OBJECT = 0x7d;
const LETTER_U = 0x75;

/** Lists and objects in one another; deeper texts are for the slow way. */
const MOST_DEPTH = 30;

/** 1 for what ends a run of plain characters in a string: a quote, a backslash, a control character. */
const STOPS = byteTable('"\\');
STOPS.fill(1, 0, 0x20);
/** 1 for what may follow a backslash, but for `u`. */
const ESCAPES = byteTable('"\\/bfnrt');
const HEX_DIGITS = byteTable('0123456789abcdefABCDEF');

function byteTable(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}

export function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
    at++;
  }
  return at;
}

/** Where the run of plain characters from `from` on ends. Four at a time: most of a text is read here. */
function skipPlain(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  for (; at + 4 <= end; at += 4) {
    if (STOPS[bytes[at] as number] === 1) return at;
    if (STOPS[bytes[at + 1] as number] === 1) return at + 1;
    if (STOPS[bytes[at + 2] as number] === 1) return at + 2;
    if (STOPS[bytes[at + 3] as number] === 1) return at + 3;
  }
  while (at < end && STOPS[bytes[at] as number] === 0) at++;
  return at;
}

/** Behind the string whose opening quote stands at `from`. A surrogate's escape is for the slow way. */
export function skipString(bytes: Uint8Array, from: number, end: number): number {
  for (let at = from + 1; ; ) {
    at = skipPlain(bytes, at, end);
    if (at >= end) return notPlain;
    if (bytes[at] === QUOTE) return at + 1;
    if (bytes[at] !== BACKSLASH) return notPlain;
    at = skipEscape(bytes, at, end);
    if (at < 0) return notPlain;
  }
}

/** The closing quote of the string without escapes whose opening quote stands at `from`. */
export function endOfPlainString(bytes: Uint8Array, from: number, end: number): number {
  const at = skipPlain(bytes, from + 1, end);
  return at < end && bytes[at] === QUOTE ? at : notPlain;
}

/** Behind the escape whose backslash stands at `from`. */
function skipEscape(bytes: Uint8Array, from: number, end: number): number {
  const kind = bytes[from + 1] ?? 0;
  if (ESCAPES[kind] === 1) return from + 2 <= end ? from + 2 : notPlain;
  if (kind !== LETTER_U || from + 6 > end) return notPlain;
  for (let at = from + 2; at < from + 6; at++) if (HEX_DIGITS[bytes[at] ?? 0] === 0) return notPlain;
  const isSurrogate = ((bytes[from + 2] ?? 0) | 0x20) === 0x64 && (bytes[from + 3] ?? 0) >= 0x38;
  return isSurrogate ? notPlain : from + 6;
}

/** Behind the value that starts at `from`, whatever it is. */
export function skipValue(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from] ?? 0;
  if (first === QUOTE) return skipString(bytes, from, end);
  if (first === OPEN_OBJECT || first === OPEN_LIST) return skipContainer(bytes, from, end);
  return skipScalar(bytes, from, end);
}

function skipContainer(bytes: Uint8Array, from: number, end: number): number {
  // One bit a level: 1 for an object, 0 for a list.
  let objects = 0;
  let depth = 0;
  let at = from;
  for (;;) {
    // Here a value starts.
    const first = bytes[at] ?? 0;
    if (first === OPEN_OBJECT || first === OPEN_LIST) {
      if (depth === MOST_DEPTH) return notPlain;
      depth += 1;
      objects = (objects << 1) | (first === OPEN_OBJECT ? 1 : 0);
      at = skipSpace(bytes, at + 1, end);
      const isEmpty = bytes[at] === (first === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST) && at < end;
      if (!isEmpty) {
        if (first === OPEN_OBJECT) at = skipName(bytes, at, end);
        if (at < 0) return notPlain;
        continue;
      }
    } else {
      at = first === QUOTE ? skipString(bytes, at, end) : skipScalar(bytes, at, end);
      if (at < 0) return notPlain;
      at = skipSpace(bytes, at, end);
    }
    // Here a value ended, or stands at the end of what it is in.
    while (at < end && bytes[at] === ((objects & 1) === 1 ? CLOSE_OBJECT : CLOSE_LIST)) {
      objects >>= 1;
      depth -= 1;
      if (depth === 0) return at + 1;
      at = skipSpace(bytes, at + 1, end);
    }
    if (at >= end || bytes[at] !== COMMA) return notPlain;
    at = skipSpace(bytes, at + 1, end);
    if ((objects & 1) === 1) at = skipName(bytes, at, end);
    if (at < 0) return notPlain;
  }
}

/** To the value behind the name that starts at `from`. */
function skipName(bytes: Uint8Array, from: number, end: number): number {
  if (from >= end || bytes[from] !== QUOTE) return notPlain;
  const nameEnd = skipString(bytes, from, end);
  return nameEnd < 0 ? notPlain : skipColon(bytes, nameEnd, end);
}

/** To the value behind the colon, which white space may surround. */
export function skipColon(bytes: Uint8Array, from: number, end: number): number {
  const at = skipSpace(bytes, from, end);
  if (at >= end || bytes[at] !== COLON) return notPlain;
  return skipSpace(bytes, at + 1, end);
}

function skipScalar(bytes: Uint8Array, from: number, end: number): number {
  const first = bytes[from] ?? 0;
  if (first === 0x74) return skipWord(bytes, from, end, 'true');
  if (first === 0x66) return skipWord(bytes, from, end, 'false');
  if (first === 0x6e) return skipWord(bytes, from, end, 'null');
  return skipNumber(bytes, from, end);
}

export function skipWord(bytes: Uint8Array, from: number, end: number, word: string): number {
  if (from + word.length > end) return notPlain;
  for (let at = 0; at < word.length; at++) if (bytes[from + at] !== word.charCodeAt(at)) return notPlain;
  return from + word.length;
}

function skipNumber(bytes: Uint8Array, from: number, end: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const whole = at;
  at = skipDigits(bytes, at, end);
  if (at === whole || (at > whole + 1 && bytes[whole] === 0x30)) return notPlain;
  if (at < end && bytes[at] === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(bytes, fraction, end);
    if (at === fraction) return notPlain;
  }
  if (at < end && ((bytes[at] ?? 0) | 0x20) === 0x65) {
    at += 1;
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at += 1;
    const exponent = at;
    at = skipDigits(bytes, exponent, end);
    if (at === exponent) return notPlain;
  }
  return at;
}

function skipDigits(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && (bytes[at] ?? 0) >= 0x30 && (bytes[at] ?? 0) <= 0x39) at++;
  return at;
}
