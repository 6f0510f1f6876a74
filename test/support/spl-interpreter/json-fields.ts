/**
 * Fields of a JSON document (rule 14): keys joined with `.`, a step into an array written `{}`, depth first. A name is resolved
 * against the document, the longest key first. Numbers keep the text that the document has.
 */
import { type FieldValue, fromMembers } from './field-value.ts';

export type Json = null | boolean | string | JsonNumber | readonly Json[] | ReadonlyMap<string, Json>;

export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Undefined where the text is no JSON. Of repeated keys the first counts, which JSON.parse does not tell. */
export function parseJson(text: string): Json | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return new JsonReader(text).value();
}

/** Reads text that is known to be JSON. */
class JsonReader {
  readonly #parts: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#parts = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs) ?? [];
  }

  value(): Json {
    const part = this.#take();
    if (part === '{') return this.#members();
    if (part === '[') return this.#items();
    if (part.startsWith('"')) return JSON.parse(part) as string;
    return /^[-\d]/.test(part) ? new JsonNumber(part) : (JSON.parse(part) as boolean | null);
  }

  #members(): Json {
    const members = new Map<string, Json>();
    for (let part = this.#take(); part !== '}'; part = this.#take()) {
      if (part === ',') continue;
      const key = JSON.parse(part) as string;
      this.#take();
      const value = this.value();
      if (!members.has(key)) members.set(key, value);
    }
    return members;
  }

  #items(): Json {
    const items: Json[] = [];
    for (; this.#parts[this.#next] !== ']'; ) {
      if (this.#parts[this.#next] === ',') this.#take();
      else items.push(this.value());
    }
    this.#take();
    return items;
  }

  #take(): string {
    this.#next += 1;
    return this.#parts[this.#next - 1] ?? '}';
  }
}

function isMap(value: Json): value is ReadonlyMap<string, Json> {
  return value instanceof Map;
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Every name under which the document has a value. */
export function fieldNames(document: Json | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (value: Json, name: string): void => {
    if (isMap(value)) for (const [key, member] of value) walk(member, name === '' ? key : `${name}.${key}`);
    else if (isArray(value)) for (const member of value) walk(member, `${name}{}`);
    else if (value !== null && name !== '') names.add(name);
  };
  if (document !== undefined) walk(document, '');
  return names;
}

/** The value of a field; objects and arrays have none of their own. */
export function fieldOf(document: Json | undefined, name: string): FieldValue {
  return fromMembers(nodesAt(document, name).flatMap((node) => scalarText(node) ?? []));
}

/** The field `rest` of what stands at `known`: `<key>`, or three keys and, behind them, one with any dots. */
export function fieldBehind(document: Json | undefined, known: string, rest: string): FieldValue {
  const [object = '', metadata, map, ...key] = known.split('.');
  const keys = metadata === undefined || map === undefined ? [object] : [object, metadata, map, key.join('.')];
  const node = keys.reduce(
    (found, name) => (found !== undefined && isMap(found) ? found.get(name) : undefined),
    document,
  );
  return fieldOf(node, rest.replace(/^\./, ''));
}

/** As `fieldOf`, but an object or array gives its JSON text. */
export function textAt(document: Json | undefined, path: string): FieldValue {
  const whole = document === undefined ? [] : resolve(document, path, (node) => node !== null);
  return fromMembers(whole.flatMap((node) => scalarText(node) ?? (node === null ? [] : [printJson(node)])));
}

function nodesAt(document: Json | undefined, name: string): readonly Json[] {
  return document === undefined ? [] : resolve(document, name, (node) => scalarText(node) !== undefined);
}

/** The first way to read the name, longest key first, that leads to a node that counts. */
function resolve(node: Json, rest: string, counts: (node: Json) => boolean): readonly Json[] {
  if (rest === '') return counts(node) ? [node] : [];
  if (rest.startsWith('{}')) {
    if (!isArray(node)) return [];
    const after = rest.slice(2).replace(/^\./, '');
    return node.flatMap((member) => resolve(member, after, counts));
  }
  if (!isMap(node)) return [];
  for (const end of keyEnds(rest)) {
    const child = node.get(rest.slice(0, end));
    if (child === undefined) continue;
    const found = resolve(child, rest.slice(end).replace(/^\./, ''), counts);
    if (found.length > 0) return found;
  }
  return [];
}

/** Where the first key may end, the longest first; a key never holds `{}`. */
function keyEnds(rest: string): readonly number[] {
  const braces = rest.indexOf('{}');
  const limit = braces === -1 ? rest.length : braces;
  const ends: number[] = [limit];
  for (let at = limit - 1; at > 0; at -= 1) if (rest[at] === '.') ends.push(at);
  return ends;
}

export function scalarText(node: Json): string | undefined {
  if (typeof node === 'string') return node;
  if (typeof node === 'boolean') return String(node);
  return node instanceof JsonNumber ? node.text : undefined;
}

export function printJson(node: Json): string {
  if (node instanceof JsonNumber) return node.text;
  if (isMap(node))
    return `{${[...node].map(([key, value]) => `${JSON.stringify(key)}:${printJson(value)}`).join(',')}}`;
  if (isArray(node)) return `[${node.map(printJson).join(',')}]`;
  return JSON.stringify(node);
}
