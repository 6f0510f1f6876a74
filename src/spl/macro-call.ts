/** A macro's call and what it becomes: texts that remember which tokens of the search as written they hold. */
import type { DashboardToken } from './dashboard-token.ts';
import type { Span } from './source.ts';

export interface MacroDefinition {
  readonly definition: string;
  /** Names of the arguments, written `$name$` in the definition. */
  readonly arguments: readonly string[];
}

/** Text with the tokens in it that the search as written has; what a macro's own definition has is none. */
export interface TokenText {
  readonly text: string;
  readonly tokens: readonly PlacedToken[];
}

export interface PlacedToken {
  /** Its place in the search as written. */
  readonly token: DashboardToken;
  /** Its place in the text. */
  readonly at: Span;
}

export interface MacroCall {
  readonly name: string;
  readonly arguments: readonly TokenText[];
}

/** The offset behind the closing quote, or the end of the text. */
export function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  return text.length;
}

/** The offset of the closing backtick, or -1. Quoted arguments may hold backticks. */
export function endOfCall(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    if (text[offset] === '`') return offset;
    if (text[offset] === '"') offset = endOfString(text, offset) - 1;
  }
  return -1;
}

/** `name` or `name(a, "b, c", d)`: a quoted argument loses its quotes. */
export function parseCall(content: TokenText): MacroCall {
  const { text } = content;
  const trimmed = text.trim();
  const open = text.indexOf('(');
  if (open === -1 || !trimmed.endsWith(')')) return { name: trimmed, arguments: [] };
  const close = text.trimEnd().length - 1;
  const name = text.slice(0, open).trim();
  if (text.slice(open + 1, close).trim() === '') return { name, arguments: [] };
  const found: TokenText[] = [];
  let depth = 0;
  let start = open + 1;
  for (let offset = start; offset <= close; offset += 1) {
    const character = offset === close ? undefined : text[offset];
    if (character === '"') offset = Math.min(endOfString(text, offset), close) - 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === undefined || (character === ',' && depth === 0)) {
      found.push(argumentOf(content, start, offset));
      start = offset + 1;
    }
  }
  return { name, arguments: found };
}

function argumentOf(content: TokenText, start: number, end: number): TokenText {
  const written = content.text.slice(start, end);
  const from = start + written.length - written.trimStart().length;
  const to = Math.max(from, start + written.trimEnd().length);
  const text = content.text.slice(from, to);
  const isQuoted = text.length >= 2 && text.startsWith('"') && text.endsWith('"');
  return isQuoted ? sliceOf(content, from + 1, to - 1) : sliceOf(content, from, to);
}

export function sliceOf({ text, tokens }: TokenText, start: number, end: number): TokenText {
  let first = 0;
  for (let high = tokens.length; first < high; ) {
    const middle = (first + high) >> 1;
    if ((tokens[middle]?.at.start ?? start) < start) first = middle + 1;
    else high = middle;
  }
  const taken: PlacedToken[] = [];
  for (let place = tokens[first]; place !== undefined && place.at.end <= end; place = tokens[first + taken.length]) {
    taken.push({ token: place.token, at: { start: place.at.start - start, end: place.at.end - start } });
  }
  return { text: text.slice(start, end), tokens: taken };
}

/** The definition with the arguments in their places. */
export function bodyOf(macro: MacroDefinition, given: readonly TokenText[]): TokenText {
  const values = new Map(macro.arguments.map((name, index) => [name, given[index]]));
  const tokens: PlacedToken[] = [];
  let body = '';
  let done = 0;
  for (const match of macro.definition.matchAll(/\$([^$\s]+)\$/g)) {
    const value = values.get(match[1] ?? '');
    if (value === undefined) continue;
    body += macro.definition.slice(done, match.index);
    done = match.index + match[0].length;
    for (const { token, at } of value.tokens) {
      tokens.push({ token, at: { start: body.length + at.start, end: body.length + at.end } });
    }
    body += value.text;
  }
  return { text: body + macro.definition.slice(done), tokens };
}
