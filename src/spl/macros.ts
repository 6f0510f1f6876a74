/**
 * Macro expansion: `name` and `name(a, b)` between backticks become the macro's text, before anything is parsed.
 * Comments (between triple backticks) become one space. Neither is looked for within double quotes.
 *
 * The text is pasted as it is, without parentheses, as Splunk does: `a=1 OR b=2` in a macro binds to its neighbours.
 * A macro that is not defined and ends in `_filter` matches everything: such macros are there for users to define.
 */
import { type DashboardToken, type DashboardTokens, dashboardTokens, fillToken } from './dashboard-token.ts';
import { SplError } from './diagnostics.ts';
import { ErrorLog } from './error-log.ts';
import type { SplLimits } from './limits.ts';
import type { Span } from './source.ts';
import { suggest } from './suggestion.ts';

export interface MacroDefinition {
  readonly definition: string;
  /** Names of the arguments, written `$name$` in the definition. */
  readonly arguments: readonly string[];
}

/** By name, or `name(N)` for a macro of N arguments, as Splunk's stanzas are named. */
export type MacroTable = ReadonlyMap<string, MacroDefinition>;

/** Text with its origin: every offset leads back to the search as written. */
export interface ExpandedText {
  readonly text: string;
  /** The place in the search as written; for text from a macro, the whole call. */
  origin(span: Span): Span;
}

interface Piece {
  /** Offset in the expanded text. */
  readonly at: number;
  readonly origin: Span;
  /** The piece stands in the search as written, character by character. */
  readonly verbatim: boolean;
}

interface MacroCall {
  readonly name: string;
  readonly arguments: readonly string[];
}

/**
 * A call that cannot be expanded is left out, its error in `errors`; throws SplError where nothing can be read behind it.
 * Spans of both are in the search as written.
 */
export function expandMacros(
  text: string,
  macros: MacroTable,
  limits: SplLimits,
  errors = new ErrorLog(1),
  tokens: DashboardTokens = new Map(),
): ExpandedText {
  const expander = new Expander(macros, limits, errors, tokens);
  expander.expand(text, undefined, 0);
  return expander.finish();
}

class Expander {
  readonly #macros: MacroTable;
  readonly #limits: SplLimits;
  readonly #errors: ErrorLog;
  readonly #tokens: DashboardTokens;
  readonly #pieces: Piece[] = [];
  readonly #parts: string[] = [];
  #length = 0;
  #lastCharacter = '';

  constructor(macros: MacroTable, limits: SplLimits, errors: ErrorLog, tokens: DashboardTokens) {
    this.#macros = macros;
    this.#limits = limits;
    this.#errors = errors;
    this.#tokens = tokens;
  }

  finish(): ExpandedText {
    const pieces = this.#pieces;
    return {
      text: this.#parts.join(''),
      origin(span) {
        const first = originOf(pieces, span.start, false);
        const last = originOf(pieces, Math.max(span.start, span.end), true);
        return { start: Math.min(first.start, last.end), end: Math.max(first.start, last.end) };
      },
    };
  }

  /** `call` is the span of the outermost macro call that the text comes from. */
  expand(text: string, call: Span | undefined, depth: number): void {
    let verbatimStart = 0;
    let offset = 0;
    const flush = (end: number): void => {
      if (end > verbatimStart) {
        this.#append(text.slice(verbatimStart, end), call ?? { start: verbatimStart, end }, call === undefined);
      }
    };
    const fill = (token: DashboardToken, quoted: boolean): void => {
      flush(token.span.start);
      this.#errors.attempt(
        () => this.#append(fillToken(text, token, quoted, this.#tokens), token.span, false),
        nothing,
      );
      verbatimStart = token.span.end;
    };
    while (offset < text.length) {
      const character = text[offset];
      if (character === '\\') {
        offset += 2;
      } else if (character === '"') {
        const end = endOfString(text, offset);
        if (call === undefined) for (const token of dashboardTokens(text, offset, end)) fill(token, true);
        offset = end;
      } else if (character === '$' && call === undefined) {
        const [token] = dashboardTokens(text, offset, text.length);
        if (token?.span.start === offset) fill(token, false);
        offset = token?.span.start === offset ? token.span.end : offset + 1;
      } else if (character === '`') {
        flush(offset);
        const isComment = text.startsWith('```', offset);
        const end = isComment ? text.indexOf('```', offset + 3) : endOfCall(text, offset);
        const span = call ?? { start: offset, end: end === -1 ? text.length : end + 1 };
        if (end === -1) {
          const what = isComment ? 'comment: expected three closing backticks' : 'macro: expected a closing backtick';
          throw new SplError('SPL104', `${what}, found the end of the text.`, span);
        }
        if (isComment) this.#append(' ', span, false);
        else {
          const content = text.slice(offset + 1, end);
          this.#errors.attempt(() => this.#expandCall(content, span, depth), nothing);
        }
        offset = end + (isComment ? 3 : 1);
        verbatimStart = offset;
      } else {
        offset += 1;
      }
    }
    flush(text.length);
  }

  #expandCall(content: string, span: Span, depth: number): void {
    if (depth >= this.#limits.maxMacroDepth) {
      throw new SplError(
        'SPL103',
        `macro "${content.trim()}": expected at most ${this.#limits.maxMacroDepth} macros within one another, found more.`,
        span,
        'Does a macro use itself?',
      );
    }
    const call = parseCall(content);
    const macro = this.#find(call, span);
    if (macro === undefined) {
      this.#append(/[|[]$/.test(this.#lastCharacter) ? 'search *' : '*', span, false);
      return;
    }
    const values = new Map(macro.arguments.map((name, index) => [name, call.arguments[index] ?? '']));
    const body = macro.definition.replace(/\$([^$\s]+)\$/g, (whole, name: string) => values.get(name) ?? whole);
    // The body stands apart from what surrounds the call, so that two words never grow together.
    this.expand(body, span, depth + 1);
  }

  /** Undefined for a filter macro that nobody defined. */
  #find(call: MacroCall, span: Span): MacroDefinition | undefined {
    const count = call.arguments.length;
    const exact = this.#macros.get(count === 0 ? call.name : `${call.name}(${count})`);
    if (exact !== undefined && exact.arguments.length === count) return exact;
    const plain = this.#macros.get(call.name);
    if (plain !== undefined && plain.arguments.length === count) return plain;
    const sizes = [...this.#macros]
      .filter(([key]) => key === call.name || key.startsWith(`${call.name}(`))
      .map(([, definition]) => definition.arguments.length);
    if (sizes.length > 0) {
      const expected = sizes.join(' or ');
      throw new SplError(
        'SPL102',
        `macro "${call.name}": expected ${expected} ${expected === '1' ? 'argument' : 'arguments'}, found ${count}.`,
        span,
      );
    }
    if (call.name.endsWith('_filter')) return undefined;
    const names = [...this.#macros.keys()].map((key) => key.replace(/\(\d+\)$/, ''));
    throw new SplError(
      'SPL101',
      `macro "${call.name}": expected the name of a macro, found none of that name.`,
      span,
      suggest(call.name, names) ?? 'Define it in the file that the configuration key detections.macros names.',
    );
  }

  #append(text: string, origin: Span, verbatim: boolean): void {
    if (text === '') return;
    this.#length += text.length;
    if (this.#length > this.#limits.maxExpandedLength) {
      throw new SplError(
        'SPL111',
        `search: expected at most ${this.#limits.maxExpandedLength} characters once macros are expanded, found more.`,
        origin,
      );
    }
    this.#pieces.push({ at: this.#length - text.length, origin, verbatim });
    this.#parts.push(text);
    this.#lastCharacter = /\S(?=\s*$)/.test(text.slice(-64)) ? lastVisible(text) : this.#lastCharacter;
  }
}

function nothing(): void {}

function lastVisible(text: string): string {
  return text.trimEnd().slice(-1);
}

function originOf(pieces: readonly Piece[], offset: number, isEnd: boolean): Span {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const at = pieces[middle]?.at ?? 0;
    if (isEnd ? at < offset : at <= offset) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  if (piece === undefined) return { start: 0, end: 0 };
  if (!piece.verbatim) return piece.origin;
  const position = Math.min(piece.origin.start + offset - piece.at, piece.origin.end);
  return { start: position, end: position };
}

/** The offset behind the closing quote, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    if (text[offset] === '\\') offset += 1;
    else if (text[offset] === '"') return offset + 1;
  }
  return text.length;
}

/** The offset of the closing backtick, or -1. Quoted arguments may hold backticks. */
function endOfCall(text: string, start: number): number {
  for (let offset = start + 1; offset < text.length; offset += 1) {
    if (text[offset] === '`') return offset;
    if (text[offset] === '"') offset = endOfString(text, offset) - 1;
  }
  return -1;
}

/** `name` or `name(a, "b, c", d)`: a quoted argument loses its quotes. */
function parseCall(content: string): MacroCall {
  const trimmed = content.trim();
  const open = trimmed.indexOf('(');
  if (open === -1 || !trimmed.endsWith(')')) return { name: trimmed, arguments: [] };
  const inner = trimmed.slice(open + 1, -1);
  const name = trimmed.slice(0, open).trim();
  if (inner.trim() === '') return { name, arguments: [] };
  const found: string[] = [];
  let depth = 0;
  let start = 0;
  for (let offset = 0; offset <= inner.length; offset += 1) {
    const character = inner[offset];
    if (character === '"') offset = endOfString(inner, offset) - 1;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === undefined || (character === ',' && depth === 0)) {
      found.push(unquote(inner.slice(start, offset).trim()));
      start = offset + 1;
    }
  }
  return { name, arguments: found };
}

function unquote(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
