/**
 * Fields of a JSON document without DuckDB: what the macros spl_text_at, spl_list_at and spl_members_at find, with
 * numbers as DuckDB writes them.
 */
import { arraySteps, keyReadings } from '../json-path.ts';
import type { SplLimits } from '../limits.ts';
import type { Span } from '../source.ts';
import { mayRepeatKeys, parseFirstKeys } from './first-key-json.ts';
import { isTooHeavy } from './json-weight.ts';

type Keys = readonly string[];

/** A number whose text JavaScript would write in another way. */
class WrittenNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A document that is parsed once, when the first field is asked for. */
export class JsonDocument {
  readonly #text: string | null;
  #isParsed = false;
  #value: unknown;
  #isBroken = false;

  constructor(text: string | null) {
    this.#text = text;
  }

  /** Undefined where the text is no JSON. */
  get value(): unknown {
    this.#parse();
    return this.#value;
  }

  /** It begins as an object does and cannot be read as one, or is too heavy to be read. */
  get isBroken(): boolean {
    this.#parse();
    return this.#isBroken;
  }

  #parse(): void {
    if (this.#isParsed) return;
    this.#isParsed = true;
    if (this.#text === null) return;
    if (isTooHeavy(this.#text)) {
      this.#isBroken = true;
      return;
    }
    try {
      this.#value = parse(this.#text);
    } catch {
      this.#isBroken = /^[\s\uFEFF]*\{/.test(this.#text);
    }
  }
}

/** As DuckDB reads it: of repeated keys the first, numbers as written. Throws where it is no JSON. */
function parse(text: string): unknown {
  const value: unknown = hasUnusualNumber(text) ? JSON.parse(text, writeNumber) : JSON.parse(text);
  return mayRepeatKeys(text, value) ? parseFirstKeys(text, (scalar) => JSON.parse(scalar, writeNumber)) : value;
}

/**
 * A reader of the field `name`: a text, several, or undefined. `known` are the keys that the name begins with, where the
 * document's schema says so. Throws SplError where the name can be read in too many ways.
 */
export function jsonField(
  name: string,
  span: Span,
  limits: SplLimits,
  known: readonly string[] = [],
): (document: unknown) => string | readonly string[] | undefined {
  const steps = arraySteps(name, span, limits);
  const paths = steps.map((step, index): readonly Keys[] =>
    step === '' ? [[]] : keyReadings(step, span, limits, index === 0 ? known : []),
  );
  const [first = [], ...rest] = paths;
  if (rest.length === 0) return (document) => textAt(document, first);
  return (document) => {
    const members = descend(document, first, rest);
    return members.length === 0 ? undefined : members;
  };
}

/** The members of the array at `paths`, and so on down; depth first, as one flat list. */
function descend(value: unknown, paths: readonly Keys[], rest: readonly (readonly Keys[])[]): readonly string[] {
  const [next, ...after] = rest;
  const members = membersAt(value, paths);
  const isLast = next === undefined || (after.length === 0 && next[0]?.length === 0);
  if (isLast) return members.flatMap((member) => scalarText(member) ?? []);
  if (after.length === 0) return members.flatMap((member) => textAt(member, next) ?? []);
  return members.flatMap((member) => descend(member, next, after));
}

/** Of the first reading that leads to a scalar. */
function textAt(value: unknown, paths: readonly Keys[]): string | undefined {
  for (const keys of paths) {
    const found = scalarText(valueAt(value, keys));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of the first reading that leads to an array. */
function membersAt(value: unknown, paths: readonly Keys[]): readonly unknown[] {
  for (const keys of paths) {
    const found = valueAt(value, keys);
    if (Array.isArray(found)) return found;
  }
  return [];
}

function valueAt(value: unknown, keys: Keys): unknown {
  let found = value;
  for (const key of keys) {
    const isObject = typeof found === 'object' && found !== null && !Array.isArray(found);
    if (!isObject || found instanceof WrittenNumber || !Object.hasOwn(found as object, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}

/** Objects, arrays and null have no text. */
function scalarText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (value instanceof WrittenNumber) return value.text;
  return typeof value === 'boolean' || typeof value === 'number' ? String(value) : undefined;
}

/** A fraction, an exponent, or more digits than a double holds. Texts may look like one: then the slower way is taken. */
function hasUnusualNumber(text: string): boolean {
  return /(?:"\s*:|[[,])\s*-?(?:\d+[.eE]|\d{16})/.test(text);
}

function writeNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value;
  const source = context?.source ?? String(value);
  if (/^-?\d+$/.test(source) || !Number.isFinite(value)) return new WrittenNumber(source === '-0' ? '0' : source);
  const digits = Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
  return new WrittenNumber(/[.e]/.test(digits) ? digits : `${digits}.0`);
}
