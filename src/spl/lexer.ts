/** Text to tokens, one at a time, in the mode that the parser names. The only place that looks at characters. */
import { SplError } from './diagnostics.ts';
import type { SplLimits } from './limits.ts';
import type { LexerMode, Token, TokenKind } from './token.ts';

/** Characters that end an unquoted word, by mode. */
const WORD_ENDS: Readonly<Record<'search' | 'value' | 'arguments', string>> = {
  search: '|()[],"=<>',
  value: '|()[],"',
  arguments: '|()[],"=',
};

const SEARCH_OPERATORS = ['!=', '<=', '>=', '==', '=', '<', '>'];
const EVAL_OPERATORS = ['!=', '<=', '>=', '==', '=', '<', '>', '+', '-', '*', '/', '%', '.'];
const PUNCTUATION = '|()[],';

export class Lexer {
  readonly text: string;
  readonly #limits: SplLimits;
  #offset = 0;
  #count = 0;
  #peeked: { readonly mode: LexerMode; readonly token: Token } | undefined;

  constructor(text: string, limits: SplLimits) {
    this.text = text;
    this.#limits = limits;
  }

  /** The next token, left where it is. */
  peek(mode: LexerMode): Token {
    if (this.#peeked?.mode !== mode) this.#peeked = { mode, token: this.#read(mode) };
    return this.#peeked.token;
  }

  /** The next token, taken. */
  next(mode: LexerMode): Token {
    const token = this.peek(mode);
    this.#peeked = undefined;
    this.#offset = token.end;
    this.#count += 1;
    if (this.#count > this.#limits.maxTokens) {
      throw new SplError('SPL112', `search: expected at most ${this.#limits.maxTokens} tokens, found more.`, token);
    }
    return token;
  }

  /** Everything up to the bracket that closes one already taken; brackets between double quotes are text. */
  nextBracketed(): Token {
    const start = this.#offset;
    let depth = 1;
    for (let offset = start; offset < this.text.length; offset += 1) {
      const character = this.text[offset];
      if (character === '"') offset = this.#quoted('string', offset).end - 1;
      else if (character === '[') depth += 1;
      else if (character === ']') depth -= 1;
      if (depth > 0) continue;
      this.#peeked = undefined;
      this.#offset = offset;
      return { kind: 'string', text: this.text.slice(start, offset), start, end: offset };
    }
    throw new SplError('SPL104', 'search: expected "]", found the end of the search.', {
      start: start - 1,
      end: start,
    });
  }

  #read(mode: LexerMode): Token {
    let start = this.#offset;
    while (start < this.text.length && isBlank(this.text[start])) start += 1;
    const character = this.text[start];
    if (character === undefined) return { kind: 'end', text: '', start, end: start };
    if (character === '"') return this.#quoted('string', start);
    if (PUNCTUATION.includes(character)) return { kind: 'operator', text: character, start, end: start + 1 };
    if (mode === 'eval') return this.#readEval(start);
    if (mode !== 'value') {
      const operators = mode === 'search' ? SEARCH_OPERATORS : ['='];
      const operator = operators.find((candidate) => this.text.startsWith(candidate, start));
      if (operator !== undefined) return { kind: 'operator', text: operator, start, end: start + operator.length };
    }
    return this.#word(mode, start);
  }

  #word(mode: 'search' | 'value' | 'arguments', start: number): Token {
    const ends = WORD_ENDS[mode];
    let end = start;
    while (end < this.text.length) {
      const character = this.text[end] ?? '';
      if (character === '\\') {
        end += 2;
        continue;
      }
      if (isBlank(character) || ends.includes(character)) break;
      if (mode === 'search' && character === '!' && this.text[end + 1] === '=') break;
      end += 1;
    }
    end = Math.min(end, this.text.length);
    return { kind: 'word', text: unescapeText(this.text.slice(start, end), '"'), start, end };
  }

  /** A backslash escapes a quote or a backslash; before anything else it is itself, as regular expressions want. */
  #quoted(kind: 'string' | 'field', start: number): Token {
    const quote = this.text[start] ?? '"';
    for (let end = start + 1; end < this.text.length; end += 1) {
      const character = this.text[end];
      if (character === '\\') end += 1;
      else if (character === quote) {
        return { kind, text: unescapeText(this.text.slice(start + 1, end), quote), start, end: end + 1 };
      }
    }
    throw new SplError('SPL104', `quote: expected a closing ${quote}, found the end of the search.`, {
      start,
      end: start + 1,
    });
  }

  #readEval(start: number): Token {
    const character = this.text[start] ?? '';
    if (character === "'") return this.#quoted('field', start);
    const number = this.#match(/(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y, start);
    if (number !== '') return this.#token('number', number, start);
    const name = this.#match(/[\p{L}_$][\p{L}\p{N}_$]*/uy, start);
    if (name !== '') return this.#token('word', name, start);
    const operator = EVAL_OPERATORS.find((candidate) => this.text.startsWith(candidate, start));
    if (operator !== undefined) return this.#token('operator', operator, start);
    const shown = String.fromCodePoint(this.text.codePointAt(start) ?? 0);
    throw new SplError(
      'SPL105',
      `expression: expected a value or an operator, found "${shown}".`,
      { start, end: start + shown.length },
      "Names with other characters than letters, digits and _ stand in single quotes: 'sourceIPs{}'.",
    );
  }

  #match(pattern: RegExp, start: number): string {
    pattern.lastIndex = start;
    return pattern.exec(this.text)?.[0] ?? '';
  }

  #token(kind: TokenKind, text: string, start: number): Token {
    return { kind, text, start, end: start + text.length };
  }
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

function unescapeText(text: string, quote: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([\s\S])/g, (whole, character: string) =>
    character === quote || character === '\\' ? character : whole,
  );
}
