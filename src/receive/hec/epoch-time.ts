/**
 * HEC's `time` to nanoseconds, from its decimal digits: a double would be off by some hundred nanoseconds.
 *
 * Splunk reads whole numbers by their size: up to 11 digits are seconds, 13 are milliseconds, 19 nanoseconds
 * (16, microseconds, follow the same rule here).
 */
const DECIMAL = /^(\d{1,30})(?:\.(\d{1,60}))?(?:[eE]([+-]?\d{1,2}))?$/;

/** Largest time that LogRecord's fixed64 and every reader behind it hold. */
const MAX_NANOS = 2n ** 63n - 1n;

/** Nanoseconds since the epoch; null where the text is no such time. Digits beyond the nanosecond are cut off. */
export function parseEpochNanos(text: string): bigint | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  // The decimal point moved: all digits, and how many of them stand before it.
  const digits = whole + fraction;
  const point = whole.length + shift;
  const integer = (point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0')).replace(/^0+/, '');
  const rest = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point);
  const scale = scaleOf(integer.length);
  const nanos = BigInt((integer === '' ? '0' : integer) + rest.slice(0, scale).padEnd(scale, '0'));
  return nanos > MAX_NANOS ? null : nanos;
}

/** Decimal places from the unit, told by the digits before the point, to the nanosecond. */
function scaleOf(integerDigits: number): number {
  if (integerDigits <= 11) return 9;
  if (integerDigits <= 14) return 6;
  return integerDigits <= 17 ? 3 : 0;
}
