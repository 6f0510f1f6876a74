/** Kinds of values in the configuration's schema, each with an error that says what was expected. */
import { z } from 'zod';
import { Redacted } from './redacted.ts';
import {
  type Endpoint,
  type Parsed,
  parseDuration,
  parseEndpoint,
  parsePercentage,
  parseSize,
  printDuration,
} from './units.ts';

/** Whole days that a timer of Node can wait: it holds 2^31-1 milliseconds, and one set to more fires at once. */
const longestWaitMs = 24 * 86_400_000;

/**
 * A map of known keys. A section that is written without content (`otlp:`) is there, with its defaults.
 */
export function section<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess((value) => (value === null ? {} : value), z.strictObject(shape));
}

/** Text, in quotes where YAML would read a number; environment variables always are text. */
export function text() {
  return z.string(`expected text (put quotes around digits)`).min(1, 'expected text');
}

export function secret() {
  return text().transform((value) => new Redacted(value));
}

/** A whole number; digits in a text count too, because a value from the environment is text. */
export function integer(minimum: number, maximum: number) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    z.int().min(minimum).max(maximum),
  );
}

export function flag() {
  return z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : value),
    z.boolean('expected true or false'),
  );
}

/** Bytes, written as `64MiB`. */
export function size(minimumBytes: number, maximumBytes = Number.POSITIVE_INFINITY) {
  return parsed('a size with its unit, such as 64MiB', parseSize, (bytes) =>
    bytes < minimumBytes
      ? `at least ${minimumBytes} bytes`
      : bytes > maximumBytes
        ? `at most ${maximumBytes} bytes`
        : undefined,
  );
}

/** Milliseconds that something waits for, written as `1h30m`; never more than a timer can hold. */
export function duration(minimumMs: number, maximumMs = longestWaitMs) {
  return span(minimumMs, maximumMs);
}

/** Milliseconds that are only compared or added, written as `30d`: no timer waits for them. */
export function span(minimumMs: number, maximumMs = Number.POSITIVE_INFINITY) {
  return parsed('a duration with its unit, such as 30s', parseDuration, (ms) => {
    if (ms < minimumMs) return `a duration of at least ${printDuration(minimumMs)}`;
    return ms > maximumMs ? `a duration of at most ${printDuration(maximumMs)}` : undefined;
  });
}

/** How long something is kept: milliseconds, written as `30d`; null, written as `forever`. */
export function retention(minimumMs: number) {
  return parsed<number | null>(
    'a duration with its unit, such as 30d, or forever',
    (value) => (value.trim() === 'forever' ? { value: null } : parseDuration(value)),
    (ms) =>
      ms === null || ms >= minimumMs ? undefined : `a duration of at least ${printDuration(minimumMs)}, or forever`,
  );
}

/** A part of one, written as `10%`: more than nothing, less than all. */
export function percentage() {
  return parsed('a percentage such as 10%', parsePercentage);
}

export function endpoint() {
  return parsed<Endpoint>('host:port, such as 127.0.0.1:4317', parseEndpoint);
}

/** A folder of a mounted file system, or a bucket of an S3-compatible store. */
export function folderOrBucket() {
  const expected = 'a folder, or a bucket such as s3://bucket/folder';
  return parsed<string>(expected, (value) => {
    if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return { value };
    const isPlain = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/(?!\.\.?(?:\/|$))[A-Za-z0-9_=.~-]+)*\/?$/.test(value);
    return isPlain
      ? { value: value.replace(/\/$/, '') }
      : { expected: `${expected} (letters, digits and ._=~- in names)` };
  });
}

/** An http or https address. */
export function httpUrl() {
  const expected = 'a URL such as http://collector:4318';
  return parsed(expected, (value): Parsed<string> => {
    const url = URL.parse(value);
    if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') return { expected };
    if (url.username !== '' || url.password !== '') return { expected: `${expected} without a password (use headers)` };
    return { value };
  });
}

function parsed<T>(
  kind: string,
  parse: (text: string) => Parsed<T>,
  refuse: (value: T) => string | undefined = () => undefined,
) {
  return z.string(`expected ${kind}`).transform((value, context): T => {
    const result = parse(value);
    const expected = 'expected' in result ? result.expected : refuse(result.value);
    if ('value' in result && expected === undefined) return result.value;
    context.addIssue({ code: 'custom', message: `expected ${expected}` });
    return z.NEVER;
  });
}
