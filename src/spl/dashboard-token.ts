/**
 * `$name$` in a search: a value that a person or a dashboard gives. It is put in as text, never as SPL: within double quotes with its
 * quotes escaped, elsewhere as a quoted text of its own. `$$` is a dollar sign.
 */
import { SplError } from './diagnostics.ts';
import type { Span } from './source.ts';

/** Values by name. */
export type DashboardTokens = ReadonlyMap<string, string>;

export interface DashboardToken {
  readonly name: string;
  readonly span: Span;
}

/** The tokens of a piece of text, in its order. */
export function* dashboardTokens(text: string, start: number, end: number): Generator<DashboardToken> {
  const pattern = /(?<!\$)\$([A-Za-z_][\w.]*)\$(?!\$)/g;
  pattern.lastIndex = start;
  for (let match = pattern.exec(text); match !== null && pattern.lastIndex <= end; match = pattern.exec(text)) {
    yield { name: match[1] ?? '', span: { start: match.index, end: pattern.lastIndex } };
  }
}

/** Throws SplError where the token has no value, or stands where a text cannot. */
export function fillToken(
  text: string,
  { name, span }: DashboardToken,
  quoted: boolean,
  tokens: DashboardTokens,
): string {
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
  const isAlone =
    /(?:^|[\s=<>!(,|[])$/.test(text.slice(0, span.start)) && /^(?:[\s),|\]]|$)/.test(text.slice(span.end));
  if (isAlone) return `"${escaped}"`;
  throw new SplError(
    'SPL316',
    `search: expected the dashboard token "$${name}$" by itself or within double quotes, found it within a word.`,
    span,
  );
}
