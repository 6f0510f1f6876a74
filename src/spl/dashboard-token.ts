/**
 * `$name$` in a search: a value that a person or a dashboard gives. It is put in as text, never as SPL: within double quotes with its
 * quotes escaped, elsewhere as a quoted text of its own. `$$name$$` is the text `$name$`,
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

/** Throws SplError where the token has no value, or stands where a text cannot. */
export function fillToken(
  text: string,
  { name, span, asText }: DashboardToken,
  quoted: boolean,
  tokens: DashboardTokens,
): string {
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
  if (quoted) return escaped;
  const before = text.slice(0, span.start);
  // Between single quotes stands a field's name; a quote in the value would end it.
  const inName = (before.slice(before.lastIndexOf('|') + 1).split("'").length - 1) % 2 === 1;
  const isAlone = /(?:^|[\s=<>!(,|[])$/.test(before) && /^(?:[\s),|\]]|$)/.test(text.slice(span.end));
  if (isAlone && !(inName && value.includes("'"))) return `"${escaped}"`;
  throw new SplError(
    'SPL316',
    `search: expected the dashboard token "$${name}$" by itself or within double quotes, found it within a word.`,
    span,
  );
}
