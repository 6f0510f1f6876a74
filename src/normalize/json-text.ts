/**
 * JSON text with its parsed value, and the exact slices of its members.
 *
 * Rows keep the text that came, not a re-serialisation of it, so that numbers beyond 2^53, repeated keys
 * and odd spacing survive. Slicing is only done in text that JSON.parse accepted, which keeps the scanner
 * small: it need not validate. Nothing here recurses (JSON.parse of V8 does not either).
 */
import type { AnyValue } from '../component.ts';
import { printJson } from './print-json.ts';

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** A parsed value with its own text. `origin` is what it was printed from where it came as a map. */
export interface JsonNode {
  /** The text as it came. */
  readonly raw: string;
  /** What DuckDB can read too: `raw` without a byte-order mark, and with U+FFFD for the escapes of lone surrogates. */
  readonly text: string;
  readonly value: JsonValue;
  readonly origin: AnyValue | undefined;
}

/** Why text could not be parsed: in words, and whether the text simply ends too early. */
export interface JsonProblem {
  readonly expected: string;
  readonly found: string;
  /** The first document is whole, and something that is not white space follows it. */
  readonly continues: boolean;
  /** The text was not parsed because it nests too deep or holds too many objects and lists. */
  readonly tooMuch: boolean;
}

/**
 * Objects and lists of one text. V8 keeps a hundred bytes for an empty one, so that 64 MiB of `{},` are two gigabytes and
 * five seconds; the densest events that API servers write, `"f:name":{},` all through, stay below it at that size.
 */
export const MOST_CONTAINERS = 4_000_000;

export type ParsedJson = { readonly node: JsonNode } | { readonly problem: JsonProblem };

/** Parses text as received. */
export function parseJson(text: string, maxNestingDepth: number): ParsedJson {
  const readable = withoutLoneSurrogates(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (readable.length > maxNestingDepth) {
    const excess = findExcess(readable, maxNestingDepth);
    if (excess !== null) {
      const { at, expected } = excess;
      return { problem: { expected, found: `more at character ${at}`, continues: false, tooMuch: true } };
    }
  }
  try {
    return { node: { raw: text, text: readable, value: JSON.parse(readable) as JsonValue, origin: undefined } };
  } catch (error: unknown) {
    return { problem: describeProblem(readable, error) };
  }
}

/** A map or array body as a node: printed in the order received. */
export function nodeOfValue(origin: AnyValue): JsonNode {
  const text = printJson(origin);
  return { raw: text, text, value: JSON.parse(text) as JsonValue, origin };
}

/** The text that identifies a node: its own as it came, or its key-sorted JSON where it came as a map. */
export function identityText(node: JsonNode): string {
  return node.origin === undefined ? node.raw : printJson(node.origin, true);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value where it is an object, else one without members. */
export function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

/** A member of an object node with its exact texts; null where there is none. The last one wins where repeated. */
export function member(node: JsonNode, key: string): JsonNode | null {
  if (!isObject(node.value) || !Object.hasOwn(node.value, key)) return null;
  const { text } = node;
  let found: JsonNode | null = null;
  for (let at = skipSpace(text, skipSpace(text, 0) + 1); text[at] === '"'; ) {
    const keyEnd = skipValue(text, at);
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = skipValue(text, start);
    if ((JSON.parse(text.slice(at, keyEnd)) as string) === key) {
      const origin = originOf(node.origin, key);
      found = { ...slices(node, start, end), value: node.value[key] ?? null, origin };
    }
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
  }
  return found;
}

/** The elements of an array node with their exact texts. */
export function elements(node: JsonNode): readonly JsonNode[] {
  if (!Array.isArray(node.value)) return [];
  const { text } = node;
  const found: JsonNode[] = [];
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  for (const [index, value] of (node.value as readonly JsonValue[]).entries()) {
    const end = skipValue(text, at);
    found.push({ ...slices(node, at, end), value, origin: originOf(node.origin, index) });
    at = skipSpace(text, skipSpace(text, end) + 1);
  }
  return found;
}

/**
 * Cuts text that holds several JSON objects one after the other, with or without white space between, into at most
 * `maxPieces`. The last piece is whatever could not be cut.
 */
export function splitDocuments(text: string, maxPieces: number): readonly string[] {
  const pieces: string[] = [];
  let at = skipSpace(text, text.charCodeAt(0) === 0xfeff ? 1 : 0);
  while (text[at] === '{' && pieces.length < maxPieces - 1) {
    const end = skipValue(text, at);
    if (end < 0) break;
    pieces.push(text.slice(at, end));
    at = skipSpace(text, end);
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

/** The readable text has the length of the one that came, but for the byte-order mark before it. */
function slices({ raw, text }: JsonNode, start: number, end: number): Pick<JsonNode, 'raw' | 'text'> {
  const slice = text.slice(start, end);
  if (raw === text) return { raw: slice, text: slice };
  const mark = raw.length - text.length;
  return { raw: raw.slice(mark + start, mark + end), text: slice };
}

function originOf(origin: AnyValue | undefined, key: string | number): AnyValue | undefined {
  if (typeof origin !== 'object' || origin === null || origin instanceof Uint8Array) return undefined;
  return (origin as Readonly<Record<string | number, AnyValue>>)[key];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function skipSpace(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); code === 0x20 || (code >= 0x09 && code <= 0x0d); code = text.charCodeAt(at))
    at++;
  return at;
}

/** Index after the value that starts at `from`; -1 where the text ends first. */
function skipValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return skipString(text, from);
  let at = from;
  if (first !== 0x7b && first !== 0x5b) {
    for (let code = first; at < text.length && !isDelimiter(code); code = text.charCodeAt(at)) at++;
    return at;
  }
  for (let depth = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = skipString(text, at);
      if (end < 0) return -1;
      at = end - 1;
    } else if (code === 0x7b || code === 0x5b) {
      depth++;
    } else if ((code === 0x7d || code === 0x5d) && --depth === 0) {
      return at + 1;
    }
  }
  return -1;
}

function skipString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slash = at;
    while (text.charCodeAt(slash - 1) === BACKSLASH) slash--;
    if ((at - slash) % 2 === 0) return at + 1;
  }
  return -1;
}

function isDelimiter(code: number): boolean {
  return code === 0x2c || code === 0x7d || code === 0x5d || code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** Where the text first holds more than is parsed, and how much that is; null where it never does. */
function findExcess(text: string, maxDepth: number): { readonly at: number; readonly expected: string } | null {
  for (let at = 0, depth = 0, containers = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = skipString(text, at);
      if (end < 0) return null;
      at = end - 1;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > maxDepth) return { at, expected: `at most ${maxDepth} nested levels of JSON` };
      if (++containers > MOST_CONTAINERS) return { at, expected: `at most ${MOST_CONTAINERS} objects and lists` };
    } else if (code === 0x7d || code === 0x5d) {
      depth--;
    }
  }
  return null;
}

/**
 * U+FFFD for lone surrogates, raw or escaped; its escape is as long as theirs. DuckDB (yyjson) rejects a text with such
 * an escape as a whole, so one of them would make every query over the table fail.
 */
function withoutLoneSurrogates(text: string): string {
  if (!text.includes('\\u') || !/\\u[dD][89a-fA-F]/.test(text)) return text;
  return text.replace(
    /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/gs,
    (sequence) => (sequence.length === 6 ? '\\ufffd' : sequence),
  );
}

function describeProblem(text: string, error: unknown): JsonProblem {
  const message = error instanceof Error ? error.message : String(error);
  const named = /at position (\d+)/.exec(message)?.[1];
  const start = skipSpace(text, 0);
  const position = named === undefined ? start : Number(named);
  const continues = message.startsWith('Unexpected non-whitespace character after JSON');
  const ended =
    /^(Unexpected end|Unterminated string)/.test(message) || (named !== undefined && position >= text.length);
  if (text.length === start) return { expected: 'JSON', found: 'an empty record', continues, tooMuch: false };
  if (ended)
    return { expected: 'whole JSON', found: `its end after ${text.length} characters`, continues, tooMuch: false };
  const shown = JSON.stringify(text.slice(position, position + 24));
  return { expected: 'JSON', found: `${shown} at character ${position}`, continues, tooMuch: false };
}
