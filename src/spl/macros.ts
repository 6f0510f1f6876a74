/**
 * Macro expansion: `name` and `name(a, b)` between backticks become the macro's text, before anything is parsed.
 * Comments (between triple backticks) become one space. Neither is looked for within double quotes.
 *
 * The text is pasted as it is, without parentheses, as Splunk does: `a=1 OR b=2` in a macro binds to its neighbours.
 * A macro that is not defined and ends in `_filter` matches everything: such macros are there for users to define.
 */
import {
  type DashboardToken,
  type DashboardTokens,
  dashboardTokens,
  type FilledToken,
  fillToken,
} from './dashboard-token.ts';
import { SplError } from './diagnostics.ts';
import { ErrorLog } from './error-log.ts';
import type { SplLimits } from './limits.ts';
import {
  bodyOf,
  endOfCall,
  endOfString,
  type MacroCall,
  type MacroDefinition,
  type PlacedToken,
  parseCall,
  sliceOf,
  type TokenText,
} from './macro-call.ts';
import type { Span } from './source.ts';
import { suggest } from './suggestion.ts';

export type { MacroDefinition } from './macro-call.ts';

/** By name, or `name(N)` for a macro of N arguments, as Splunk's stanzas are named. */
export type MacroTable = ReadonlyMap<string, MacroDefinition>;

/** Text with its origin: every offset leads back to the search as written. */
export interface ExpandedText {
  readonly text: string;
  /** In the order of the text. */
  readonly filled: readonly FilledToken[];
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
  const written = [...dashboardTokens(text, 0, text.length)].map((token) => ({ token, at: token.span }));
  expander.expand({ text, tokens: written }, undefined, 0);
  return expander.finish();
}

class Expander {
  readonly #macros: MacroTable;
  readonly #limits: SplLimits;
  readonly #errors: ErrorLog;
  readonly #tokens: DashboardTokens;
  readonly #pieces: Piece[] = [];
  readonly #parts: string[] = [];
  readonly #filled: FilledToken[] = [];
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
      filled: this.#filled,
      origin(span) {
        const first = originOf(pieces, span.start, false);
        const last = originOf(pieces, Math.max(span.start, span.end), true);
        return { start: Math.min(first.start, last.end), end: Math.max(first.start, last.end) };
      },
    };
  }

  /** `call` is the span of the outermost macro call that the text comes from. */
  expand({ text, tokens }: TokenText, call: Span | undefined, depth: number): void {
    let verbatimStart = 0;
    let offset = 0;
    let next = 0;
    const flush = (end: number): void => {
      if (end > verbatimStart) {
        this.#append(text.slice(verbatimStart, end), call ?? { start: verbatimStart, end }, call === undefined);
      }
    };
    /** The first token at `from` or behind it that ends within `to`. */
    const tokenWithin = (from: number, to: number): PlacedToken | undefined => {
      while ((tokens[next]?.at.start ?? from) < from) next += 1;
      const token = tokens[next];
      return token !== undefined && token.at.end <= to ? token : undefined;
    };
    const fill = ({ token, at }: PlacedToken, quoted: boolean): void => {
      flush(at.start);
      this.#errors.attempt(() => this.#fill(token, quoted), nothing);
      verbatimStart = at.end;
    };
    while (offset < text.length) {
      const character = text[offset];
      if (character === '\\') {
        offset += 2;
      } else if (character === '"') {
        const end = endOfString(text, offset);
        for (let token = tokenWithin(offset, end); token !== undefined; token = tokenWithin(token.at.end, end)) {
          fill(token, true);
        }
        offset = end;
      } else if (character === '$') {
        const token = tokenWithin(offset, text.length);
        if (token?.at.start === offset) fill(token, false);
        offset = token?.at.start === offset ? token.at.end : offset + 1;
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
          const content = sliceOf({ text, tokens }, offset + 1, end);
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

  #fill(token: DashboardToken, quoted: boolean): void {
    const start = this.#length;
    this.#append(fillToken(token, quoted, this.#tokens), token.span, false);
    if (token.asText === undefined) this.#filled.push({ name: token.name, span: { start, end: this.#length } });
  }

  #expandCall(content: TokenText, span: Span, depth: number): void {
    if (depth >= this.#limits.maxMacroDepth) {
      throw new SplError(
        'SPL103',
        `macro "${content.text.trim()}": expected at most ${this.#limits.maxMacroDepth} macros within one another, found more.`,
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
    this.expand(bodyOf(macro, call.arguments), span, depth + 1);
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
