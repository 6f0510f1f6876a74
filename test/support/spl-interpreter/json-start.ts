/** Reads a JSON document from its front, as far as the text goes: what spath sees of a long text under strict (rule 15). */
import { type Json, parseJson } from './json-fields.ts';

/** What was whole before the text ended, or nothing. */
interface Read {
  readonly value: Json | undefined;
  readonly isCut: boolean;
}

const CUT: Read = { value: undefined, isCut: true };

class Malformed extends Error {}

/** The document of a text that may have lost its end; undefined where the text is no JSON so far. */
export function parseJsonStart(text: string): Json | undefined {
  try {
    return new Reader(text).value().value;
  } catch (error: unknown) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Read {
    const next = this.#peek();
    if (next === undefined) return CUT;
    if (next === '{') return this.#object();
    if (next === '[') return this.#array();
    return next === '"' ? this.#string() : this.#word();
  }

  #peek(): string | undefined {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    return this.#text[this.#at];
  }

  /** True where the next character is the one; undefined at the end. */
  #take(character: string): boolean | undefined {
    const next = this.#peek();
    if (next === undefined) return undefined;
    if (next !== character) return false;
    this.#at += 1;
    return true;
  }

  #object(): Read {
    const value = new Map<string, Json>();
    this.#take('{');
    if (this.#take('}') === true) return { value, isCut: false };
    for (;;) {
      if (this.#peek() === undefined) return { value, isCut: true };
      if (this.#peek() !== '"') throw new Malformed();
      const key = this.#string();
      if (key.isCut) return { value, isCut: true };
      const colon = this.#take(':');
      if (colon === undefined) return { value, isCut: true };
      if (!colon) throw new Malformed();
      const member = this.value();
      if (member.value !== undefined && !value.has(String(key.value))) value.set(String(key.value), member.value);
      if (member.isCut) return { value, isCut: true };
      const end = this.#endOf('}');
      if (end !== 'more') return { value, isCut: end === 'cut' };
    }
  }

  #array(): Read {
    const value: Json[] = [];
    this.#take('[');
    if (this.#take(']') === true) return { value, isCut: false };
    for (;;) {
      const member = this.value();
      if (member.value !== undefined) value.push(member.value);
      if (member.isCut) return { value, isCut: true };
      const end = this.#endOf(']');
      if (end !== 'more') return { value, isCut: end === 'cut' };
    }
  }

  #endOf(bracket: string): 'end' | 'more' | 'cut' {
    const closed = this.#take(bracket);
    if (closed === undefined) return 'cut';
    if (closed) return 'end';
    if (this.#take(',') !== true) throw new Malformed();
    return 'more';
  }

  #string(): Read {
    for (let end = this.#at + 1; end < this.#text.length; end += 1) {
      if (this.#text[end] === '\\') end += 1;
      else if (this.#text[end] === '"') return this.#scalar(end + 1);
    }
    return CUT;
  }

  /** A number might go on behind the end. */
  #word(): Read {
    let end = this.#at;
    while (end < this.#text.length && !/[\s{}[\],:"]/.test(this.#text[end] ?? '')) end += 1;
    return end === this.#text.length ? CUT : this.#scalar(end);
  }

  #scalar(end: number): Read {
    const value = parseJson(this.#text.slice(this.#at, end));
    if (value === undefined) throw new Malformed();
    this.#at = end;
    return { value, isCut: false };
  }
}
