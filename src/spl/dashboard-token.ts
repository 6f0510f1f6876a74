/**
 * `$name$` in a search: a value that a person or a dashboard gives. It is put in as text, never as SPL: within double quotes with its
 * quotes escaped, elsewhere as a quoted text of its own. The parser then sees to it that it reads no value as anything else. `$$name$$` is the text `$name$`,
 * `$$$name$$$` the text `$$name$$`, and so on.
 */
import { SplError } from './diagnostics.ts';
import type { Span } from './source.ts';

/** Values by name. */
export type DashboardTokens = ReadonlyMap<string, string>;

export interface DashboardToken {
  readonly name: string;
  readonly span: Span;
  /** Set where more than one dollar stands on each side: no token, but this text. */
  readonly asText: string | undefined;
}

/** The tokens of a piece of text, in its order. */
export function* dashboardTokens(text: string, start: number, end: number): Generator<DashboardToken> {
  const pattern = /(?<!\$)(\$+)([A-Za-z_][\w.]*)\1(?!\$)/g;
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match !== null && pattern.lastIndex <= end; match = pattern.exec(text)) {
    const [, dollars = '', name = ''] = match;
    const asText = dollars.length === 1 ? undefined : `${dollars.slice(1)}${name}${dollars.slice(1)}`;
    yield { name, span: { start: match.index, end: pattern.lastIndex }, asText };
  }
}

/** What stands in a token's place: with quotes of its own outside of quotes. Throws SplError where it has no value. */
export function fillToken({ name, span, asText }: DashboardToken, quoted: boolean, tokens: DashboardTokens): string {
  if (asText !== undefined) return asText;
  const value = tokens.get(name);
  if (value === undefined) {
    throw new SplError(
      'SPL316',
      `search: expected a value, found the dashboard token "$${name}$".`,
      span,
      `Give it one: --token ${name}=…, or "tokens" of the API.`,
    );
  }
  const escaped = value.replace(/["\\]/g, '\\$&');
  return quoted ? escaped : `"${escaped}"`;
}

/** A value in the text with macros expanded. */
export interface FilledToken {
  readonly name: string;
  readonly span: Span;
}

/**
 * Throws SplError where the parser is about to read a value as anything but text: `taken` is what it takes of the text next, quotes
 * and all, which may hold whole values or be one.
 */
export function checkFilled(filled: readonly FilledToken[], text: string, taken: Span, isString: boolean): void {
  for (const { name, span } of overlapping(filled, taken)) {
    const isWithin = span.start > taken.start && span.end < taken.end;
    const isAll = span.start === taken.start && span.end === taken.end;
    const isAlone =
      /(?:^|[\s=<>!(,|[])$/.test(text.slice(Math.max(0, span.start - 1), span.start)) &&
      /^(?:[\s),|\]]|$)/.test(text.slice(span.end, span.end + 1));
    if (isString && (isWithin || (isAll && isAlone))) continue;
    throw new SplError(
      'SPL316',
      `search: expected the dashboard token "$${name}$" by itself or within double quotes, found it within a word.`,
      span,
    );
  }
}

/** Throws SplError where a text that is SPL itself holds a value. */
export function refuseFilled(filled: readonly FilledToken[], text: Span, what: string): void {
  const [first] = overlapping(filled, text);
  if (first === undefined) return;
  throw new SplError(
    'SPL316',
    `${what}: expected no dashboard token in a text that is read as SPL, found "$${first.name}$".`,
    first.span,
  );
}

function overlapping(filled: readonly FilledToken[], { start, end }: Span): readonly FilledToken[] {
  let low = 0;
  let high = filled.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((filled[middle]?.span.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  let after = low;
  while (after < filled.length && (filled[after]?.span.start ?? end) < end) after += 1;
  return filled.slice(low, after);
}
