/** Text functions; several values are changed member by member. Lengths and places count characters. */
import { createHash } from 'node:crypto';
import type { EvalFunction } from './eval-scope.ts';
import { type EvalValue, isLiteral, toMembers, toNumber, toText } from './eval-value.ts';
import { fromMembers, numberIn } from './field-value.ts';
import { replaceAll, toRegExp } from './pattern.ts';
import { printf } from './printf.ts';
import { refuse } from './refusal.ts';

function ofText(change: (text: string) => string): EvalFunction {
  return ([value]) => fromMembers(toMembers(value).map(change));
}

function trimming(start: boolean, end: boolean): EvalFunction {
  return ([value, set]) => {
    if (set !== undefined && !isLiteral(set)) return refuse('trim with characters that are not written out');
    const characters = new Set(set === undefined ? [' ', '\t'] : [...set.literal]);
    return fromMembers(
      toMembers(value).map((text) => {
        const kept = [...text];
        while (start && kept.length > 0 && characters.has(kept[0] ?? '')) kept.shift();
        while (end && kept.length > 0 && characters.has(kept.at(-1) ?? '')) kept.pop();
        return kept.join('');
      }),
    );
  };
}

function hash(algorithm: string): EvalFunction {
  return ofText((text) => createHash(algorithm).update(text).digest('hex'));
}

const toNumeral: EvalFunction = ([value, base]) => {
  const text = toText(value);
  const radix = base === undefined ? 10 : toNumber(base);
  if (text === undefined || radix === undefined) return undefined;
  if (radix === 10) return typeof value === 'number' ? value : numberIn(text);
  const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  return new RegExp(`^[${digits}]+$`, 'i').test(text) ? readDigits(text, radix) : undefined;
};

/** What is written in another base is a text. */
const toDouble: EvalFunction = (values, scope) =>
  typeof values[0] === 'number' ? values[0] : toNumeral(values, scope);

export const TEXT_FUNCTIONS: Readonly<Record<string, EvalFunction>> = {
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  trim: trimming(true, true),
  ltrim: trimming(true, false),
  rtrim: trimming(false, true),
  urldecode: ofText((text) => {
    try {
      return decodeURIComponent(text.replaceAll('+', ' '));
    } catch {
      return refuse('urldecode of a broken escape');
    }
  }),
  md5: hash('md5'),
  sha1: hash('sha1'),
  sha256: hash('sha256'),
  len: ([value]) => {
    const lengths = toMembers(value).map((text) => [...text].length);
    return lengths.length === 1 ? lengths[0] : fromMembers(lengths.map(String));
  },
  substr: ([value, start, length]) => {
    const [from, count] = [toNumber(start), length === undefined ? Number.POSITIVE_INFINITY : toNumber(length)];
    if (from === undefined || count === undefined) return undefined;
    if (from === 0 || count < 0) return refuse('substr from 0 or of a negative length');
    return fromMembers(toMembers(value).map((text) => partOf(text, from, count)));
  },
  replace: ([value, pattern, replacement]) => {
    if (!isLiteral(pattern)) return refuse('replace with a pattern that is not written out');
    const by = toText(replacement);
    if (by === undefined) return undefined;
    const expression = toRegExp(pattern.literal);
    return fromMembers(toMembers(value).map((text) => replaceAll(text, expression, by)));
  },
  printf: ([format, ...values]) => {
    if (format === undefined || !isLiteral(format)) return refuse('printf with a format that is not written out');
    return printf(format.literal, values);
  },
  tostring: ([value, format]) => (format === undefined ? plainText(value) : formatted(value, toText(format))),
  tonumber: toNumeral,
  todouble: toDouble,
  toint: (values, scope) => {
    const value = toDouble(values, scope);
    return typeof value === 'number' ? Math.floor(value) : undefined;
  },
};

function readDigits(text: string, radix: number): number {
  return [...text.toLowerCase()].reduce((value, digit) => value * radix + Number.parseInt(digit, 36), 0);
}

function partOf(text: string, from: number, count: number): string {
  const characters = [...text];
  const start = from > 0 ? from - 1 : Math.max(0, characters.length + from);
  return characters.slice(start, start + count).join('');
}

function plainText(value: EvalValue): EvalValue {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return fromMembers(toMembers(value));
}

function formatted(value: EvalValue, format: string | undefined): EvalValue {
  const number = toNumber(value);
  if (format === 'hex' || format === 'binary') {
    if (number === undefined || !Number.isSafeInteger(number) || number < 0) return undefined;
    return format === 'hex' ? `0x${number.toString(16).toUpperCase()}` : number.toString(2);
  }
  if (number === undefined) return undefined;
  if (!Number.isInteger(number) || number < 0) return refuse('formatting of fractions and negative numbers');
  if (format === 'commas') return number.toString().replace(/\B(?=(?:\d{3})+$)/g, ',');
  if (format !== 'duration') return refuse(`tostring as ${format}`);
  const two = (part: number): string => String(part).padStart(2, '0');
  const clock = `${two(Math.floor(number / 3600) % 24)}:${two(Math.floor(number / 60) % 60)}:${two(number % 60)}`;
  const days = Math.floor(number / 86_400);
  return days === 0 ? clock : `${days}+${clock}`;
}
