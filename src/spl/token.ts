/** Tokens of SPL. Which characters make a word depends on where it stands, so the parser asks for a token in a mode. */
import type { Span } from './source.ts';

/**
 * search: terms of a search expression. value: what follows a comparison there, where `=` and `<` are ordinary.
 * arguments: field names and options of commands. eval: expressions.
 */
export type LexerMode = 'search' | 'value' | 'arguments' | 'eval';

export type TokenKind =
  | 'word' // unquoted text; in eval a name
  | 'string' // "…"
  | 'field' // '…', in eval only
  | 'number' // in eval only
  | 'operator'
  | 'end';

export interface Token extends Span {
  readonly kind: TokenKind;
  /** Without quotes, escapes undone. */
  readonly text: string;
}

/** How a message names a token. */
export function describeToken(token: Token): string {
  if (token.kind === 'end') return 'the end of the search';
  const shown = token.text.length > 60 ? `${token.text.slice(0, 60)}…` : token.text;
  return `"${shown}"`;
}
