/** A command's arguments, as the command files read them: options, field lists, numbers, expressions. */
import type { EvalExpression, FieldName, SearchExpression, SortKey, StringLiteral } from './ast.ts';
import { SplError } from './diagnostics.ts';
import { parseEvalExpression } from './eval-parser.ts';
import type { ParseContext } from './parse-context.ts';
import { parseSearchExpression } from './search-parser.ts';
import type { Span } from './source.ts';
import { suggest } from './suggestion.ts';
import type { Token } from './token.ts';

export interface Option {
  readonly span: Span;
  /** Lower case. */
  readonly name: string;
  readonly value: Token;
}

export class Arguments {
  readonly context: ParseContext;
  /** As written. */
  readonly command: string;
  readonly commandSpan: Span;

  constructor(context: ParseContext, command: Token) {
    this.context = context;
    this.command = command.text;
    this.commandSpan = command;
  }

  /** From the command's name to the last token taken. */
  get span(): Span {
    return { start: this.commandSpan.start, end: Math.max(this.commandSpan.end, this.context.lastEnd) };
  }

  isEnd(): boolean {
    return this.context.isCommandEnd('arguments');
  }

  /** The next token is this word, in any case. */
  isWord(word: string): boolean {
    const token = this.context.peek('arguments');
    return token.kind === 'word' && token.text.toLowerCase() === word;
  }

  optionalWord(word: string): Token | undefined {
    return this.isWord(word) ? this.context.next('arguments') : undefined;
  }

  skipComma(): boolean {
    return this.context.optionalOperator('arguments', ',') !== undefined;
  }

  /** A word or a quoted string, or an error that says what was `expected`. */
  expectText(expected: string): Token {
    const token = this.context.peek('arguments');
    if (token.kind === 'word' || token.kind === 'string') return this.context.next('arguments');
    if (this.isEnd()) {
      throw new SplError('SPL206', `${this.command}: expected ${expected}, found nothing.`, this.commandSpan);
    }
    throw this.context.unexpected(this.command, expected, token);
  }

  expectString(expected: string): StringLiteral {
    const token = this.expectText(expected);
    return { kind: 'StringLiteral', span: token, value: token.text };
  }

  expectField(): FieldName {
    const token = this.expectText("a field's name");
    if (token.kind === 'word' && token.text.startsWith("'")) {
      throw new SplError(
        'SPL105',
        `${this.command}: expected a field's name, found a single quote.`,
        token,
        'Names with blanks stand in double quotes here; single quotes are for eval and where.',
      );
    }
    if (token.text === '') throw new SplError('SPL206', `${this.command}: expected a field's name, found "".`, token);
    return { kind: 'FieldName', span: token, name: token.text };
  }

  /** One field, without wildcards. */
  expectPlainField(): FieldName {
    const field = this.expectField();
    if (field.name.includes('*')) {
      throw new SplError(
        'SPL310',
        `${this.command}: expected one field, found the wildcard "${field.name}".`,
        field.span,
      );
    }
    return field;
  }

  /** Fields up to the end or a word of `stop`, separated by blanks or commas. */
  fieldList(stop: readonly string[] = [], wildcards = false): readonly FieldName[] {
    const fields: FieldName[] = [];
    while (!this.isEnd() && !stop.some((word) => this.isWord(word))) {
      if (fields.length > 0) this.skipComma();
      fields.push(wildcards ? this.expectField() : this.expectPlainField());
    }
    return fields;
  }

  /** `name=value` if that comes next. Only names of `known` are options; others are named in the error. */
  optionalOption(known: readonly string[], unsupported: readonly string[] = []): Option | undefined {
    const token = this.context.peek('arguments');
    if (token.kind !== 'word' || !this.#isFollowedByEquals(token)) return undefined;
    const name = token.text.toLowerCase();
    if (!known.includes(name)) {
      const help = known.length === 0 ? undefined : `Supported: ${known.join(', ')}.`;
      const what = unsupported.includes(name) ? 'is not supported' : 'is not known';
      throw new SplError(
        'SPL204',
        `${this.command}: option "${token.text}" ${what}.`,
        token,
        (unsupported.includes(name) ? undefined : suggest(name, known)) ?? help,
      );
    }
    this.context.next('arguments');
    this.context.next('arguments');
    const value = this.expectText(`a value of "${name}"`);
    return { span: { start: token.start, end: value.end }, name, value };
  }

  /** `name=` if that comes next; what stands behind it is left to the caller. */
  optionalAssignment(names: readonly string[]): Token | undefined {
    const token = this.context.peek('arguments');
    if (token.kind !== 'word' || !names.includes(token.text.toLowerCase())) return undefined;
    if (!this.#isFollowedByEquals(token)) return undefined;
    this.context.next('arguments');
    this.context.next('arguments');
    return token;
  }

  /** A token cannot be put back, so this looks at the text behind the word. */
  #isFollowedByEquals(token: Token): boolean {
    const { text } = this.context.lexer;
    let offset = token.end;
    while (/\s/.test(text[offset] ?? '')) offset += 1;
    return text[offset] === '=';
  }

  boolean(option: Option): boolean {
    const text = option.value.text.toLowerCase();
    if (['t', 'true', '1'].includes(text)) return true;
    if (['f', 'false', '0'].includes(text)) return false;
    throw this.misfit(option, 'true or false');
  }

  integer(option: Option, least: number): number {
    return this.integerToken(option.value, least, option.name);
  }

  integerToken(token: Token, least: number, what: string): number {
    const number = /^\d{1,9}$/.test(token.text) ? Number(token.text) : -1;
    if (number >= least) return number;
    throw new SplError(
      'SPL205',
      `${this.command}: ${what}: expected a whole number of at least ${least}, found "${token.text}".`,
      token,
    );
  }

  misfit(option: Option, expected: string): SplError {
    return new SplError(
      'SPL205',
      `${this.command}: ${option.name}: expected ${expected}, found "${option.value.text}".`,
      option.value,
    );
  }

  missing(expected: string, help?: string): SplError {
    return new SplError('SPL206', `${this.command}: expected ${expected}, found nothing.`, this.commandSpan, help);
  }

  expression(): EvalExpression {
    return parseEvalExpression(this.context);
  }

  searchExpression(): SearchExpression | undefined {
    return parseSearchExpression(this.context);
  }

  /** A search expression that stands between quotes, or is one word. */
  quotedSearch(token: Token): SearchExpression {
    const context = this.context.within(token, this.command);
    const expression = parseSearchExpression(context);
    const rest = context.peek('search');
    if (expression === undefined) throw this.missing('a search expression between the quotes');
    if (rest.kind !== 'end') throw context.unexpected(this.command, 'the end of the expression', rest);
    return expression;
  }

  /** `[+|-]field`, or `[+|-]auto(field)` and its kin. A sign with a blank behind it holds for all following fields. */
  sortKeys(): readonly SortKey[] {
    const keys: SortKey[] = [];
    let isDescending = false;
    while (!this.isEnd()) {
      if (keys.length > 0) this.skipComma();
      const token = this.expectText("a field's name");
      const sign = token.kind === 'word' ? /^[+-]/.exec(token.text)?.[0] : undefined;
      if (sign === undefined) {
        keys.push(this.#sortKey(token, isDescending));
      } else if (token.text === sign) {
        isDescending = sign === '-';
        keys.push(this.#sortKey(this.expectText("a field's name"), isDescending));
      } else {
        keys.push(this.#sortKey({ ...token, text: token.text.slice(1) }, sign === '-'));
      }
    }
    return keys;
  }

  #sortKey(token: Token, descending: boolean): SortKey {
    const as = token.text.toLowerCase();
    const isCall = token.kind === 'word' && this.context.isOperator('arguments', '(');
    if (!isCall) return this.#plainSortKey(token, descending);
    if (as !== 'auto' && as !== 'str' && as !== 'num' && as !== 'ip') {
      throw new SplError('SPL205', `${this.command}: expected auto, str, num or ip, found "${token.text}".`, token);
    }
    this.context.next('arguments');
    const field = this.expectPlainField();
    this.context.expectOperator('arguments', ')', this.command);
    return { span: { start: token.start, end: this.context.lastEnd }, field, descending, as };
  }

  #plainSortKey(token: Token, descending: boolean): SortKey {
    if (token.text.includes('*')) {
      throw new SplError('SPL310', `${this.command}: expected one field, found the wildcard "${token.text}".`, token);
    }
    return { span: token, field: { kind: 'FieldName', span: token, name: token.text }, descending, as: 'auto' };
  }
}
