/**
 * Times of audit events to whole microseconds since the epoch, exactly: no floating point, no Date.
 *
 * Read are RFC 3339 (`2024-11-13T18:34:10.595494Z`, any number of fraction digits, numeric offsets) and the
 * form that exports through databases leave behind, `2024-11-13 18:34:10.595494000`, which is taken as UTC.
 * Digits beyond the microsecond are cut off, as DuckDB's own cast does. A time before 1684 or after 2255, which
 * a 53-bit integer of microseconds cannot hold, counts as none; Go's zero time (year 1) is one.
 */

const MICROS_PER_SECOND = 1_000_000;

/** Microseconds since the epoch; null where the value is not such a time. */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value !== 'string' || value.length < 19) return null;
  const year = digits(value, 0, 4);
  const month = digits(value, 5, 2);
  const day = digits(value, 8, 2);
  const hour = digits(value, 11, 2);
  const minute = digits(value, 14, 2);
  const second = digits(value, 17, 2);
  // A digit that is none makes its number NaN, and every comparison with NaN is false.
  const inRange = year >= 1 && month >= 1 && month <= 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 60;
  if (!inRange || day > daysInMonth(year, month)) return null;
  if (value[4] !== '-' || value[7] !== '-' || value[13] !== ':' || value[16] !== ':' || !isSeparator(value))
    return null;

  let at = 19;
  let micros = 0;
  if (value[at] === '.') {
    const start = ++at;
    for (let scale = 100_000; isDigit(value.charCodeAt(at)); at++, scale = Math.floor(scale / 10)) {
      micros += (value.charCodeAt(at) - 48) * scale;
    }
    if (at === start) return null;
  }
  const offset = offsetMinutes(value, at);
  if (offset === null) return null;
  const seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3_600 + (minute - offset) * 60 + second;
  const total = seconds * MICROS_PER_SECOND + micros;
  return Number.isSafeInteger(total) ? total : null;
}

/**
 * The same of ASCII bytes: quickly for a time as API servers write it, `2024-11-13T18:34:10.595494Z`, otherwise by its text.
 */
export function parseTimestampBytes(bytes: Buffer, start: number, end: number): number | null {
  const micros = end - start === 27 ? microsOfServerTime(bytes, start) : Number.NaN;
  return Number.isNaN(micros) ? parseTimestamp(bytes.toString('latin1', start, end)) : micros;
}

/** NaN for every other form, and for what is no time. */
function microsOfServerTime(bytes: Uint8Array, at: number): number {
  const isForm =
    bytes[at + 4] === 0x2d &&
    bytes[at + 7] === 0x2d &&
    bytes[at + 10] === 0x54 &&
    bytes[at + 13] === 0x3a &&
    bytes[at + 16] === 0x3a &&
    bytes[at + 19] === 0x2e &&
    bytes[at + 26] === 0x5a;
  const year = number(bytes, at, 4);
  const month = number(bytes, at + 5, 2);
  const day = number(bytes, at + 8, 2);
  const hour = number(bytes, at + 11, 2);
  const minute = number(bytes, at + 14, 2);
  const second = number(bytes, at + 17, 2);
  const inRange =
    year >= 1970 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
  if (!isForm || !inRange || !(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
  const seconds = daysFromCivil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
  return seconds * MICROS_PER_SECOND + number(bytes, at + 20, 6);
}

/** NaN where one of the digits is none. */
function number(bytes: Uint8Array, from: number, count: number): number {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = (bytes[at] as number) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

/** OTLP nanoseconds to microseconds; null for 0 (unknown) and for times that no 53-bit integer of microseconds holds. */
export function microsOfNanos(nanos: bigint): number | null {
  if (nanos === 0n) return null;
  const micros = Number(nanos / 1000n);
  return Number.isSafeInteger(micros) ? micros : null;
}

function isSeparator(value: string): boolean {
  const separator = value[10];
  return separator === 'T' || separator === ' ' || separator === 't';
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function digits(value: string, from: number, count: number): number {
  let number = 0;
  for (let at = from; at < from + count; at++) {
    const code = value.charCodeAt(at);
    if (!isDigit(code)) return Number.NaN;
    number = number * 10 + code - 48;
  }
  return number;
}

function offsetMinutes(value: string, at: number): number | null {
  if (at === value.length) return 0;
  const sign = value[at];
  if ((sign === 'Z' || sign === 'z') && value.length === at + 1) return 0;
  if ((sign !== '+' && sign !== '-') || value[at + 3] !== ':' || value.length !== at + 6) return null;
  const hours = digits(value, at + 1, 2);
  const minutes = digits(value, at + 4, 2);
  if (!(hours <= 23 && minutes <= 59)) return null;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that leap days come last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
