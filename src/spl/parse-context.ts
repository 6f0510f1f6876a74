/** What every part of the parser shares: the lexer, the depth of nesting, the warnings. */
import type { Command, Search, StringLiteral } from './ast.ts';
import { checkFilled, type FilledToken, refuseFilled } from './dashboard-token.ts';
import { type Diagnostic, type DiagnosticCode, SplError } from './diagnostics.ts';
import type { ErrorLog } from './error-log.ts';
import { Lexer } from './lexer.ts';
import type { SplLimits } from './limits.ts';
import type { Span } from './source.ts';
import { describeToken, type LexerMode, type Token } from './token.ts';

/** Reads a pipeline up to its end; `search`: one that begins with a search of its own. Set by the parser, which knows the commands. */
export type PipelineParser = (context: ParseContext, form: 'search' | 'pipe') => readonly Command[];

export class ParseContext {
  readonly lexer: Lexer;
  readonly limits: SplLimits;
  readonly errors: ErrorLog;
  /** Values of tokens in the text, in its order: they are texts wherever they stand. */
  readonly #filled: readonly FilledToken[];
  /** Spans in the text with macros expanded. */
  readonly warnings: Diagnostic[] = [];
  #depth = 0;
  #lastEnd = 0;
  #commands = 0;
  readonly #pipeline: PipelineParser;

  constructor(
    text: string,
    limits: SplLimits,
    errors: ErrorLog,
    pipeline: PipelineParser,
    filled: readonly FilledToken[] = [],
  ) {
    this.#filled = filled;
    this.lexer = new Lexer(text, limits);
    this.limits = limits;
    this.errors = errors;
    this.#pipeline = pipeline;
  }

  /** For a text of the literal, with the same bounds. */
  inner({ value, span }: StringLiteral, thing: string): ParseContext {
    refuseFilled(this.#filled, span, thing);
    return new ParseContext(value, this.limits, this.errors, this.#pipeline);
  }

  peek(mode: LexerMode): Token {
    return this.lexer.peek(mode);
  }

  next(mode: LexerMode): Token {
    const token = this.lexer.next(mode);
    this.#lastEnd = token.end;
    checkFilled(this.#filled, this.lexer.text, token, token.kind === 'string');
    return token;
  }

  /** Where the last token taken ended. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  isOperator(mode: LexerMode, text: string): boolean {
    const token = this.peek(mode);
    return token.kind === 'operator' && token.text === text;
  }

  /** Takes the operator if it comes next. */
  optionalOperator(mode: LexerMode, text: string): Token | undefined {
    return this.isOperator(mode, text) ? this.next(mode) : undefined;
  }

  expectOperator(mode: LexerMode, text: string, thing: string): Token {
    if (this.isOperator(mode, text)) return this.next(mode);
    throw this.unexpected(thing, `"${text}"`, this.peek(mode));
  }

  /** At the end of the command: a pipe, a closing bracket or the end of the text. */
  isCommandEnd(mode: LexerMode): boolean {
    const token = this.peek(mode);
    return token.kind === 'end' || (token.kind === 'operator' && (token.text === '|' || token.text === ']'));
  }

  /** Passes over what is left of a command, up to its pipe, the bracket that closes around it, or the end. */
  skipCommand(): void {
    for (let depth = 0; depth > 0 || !this.isCommandEnd('arguments'); ) {
      const { kind, text } = this.lexer.next('arguments');
      if (kind === 'end') return;
      if (kind === 'operator' && text === '[') depth += 1;
      if (kind === 'operator' && text === ']') depth -= 1;
    }
  }

  unexpected(thing: string, expected: string, token: Token, help?: string): SplError {
    return new SplError('SPL201', `${thing}: expected ${expected}, found ${describeToken(token)}.`, token, help);
  }

  /** Runs `parse` one level deeper, within the bound. */
  nest<T>(span: Span, parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > this.limits.maxNesting) {
      throw new SplError(
        'SPL113',
        `search: expected at most ${this.limits.maxNesting} levels of nesting, found more.`,
        span,
      );
    }
    try {
      return parse();
    } finally {
      this.#depth -= 1;
    }
  }

  /** Counts a command, those of subsearches too. */
  countCommand(): void {
    this.#commands += 1;
    if (this.#commands <= this.limits.maxCommands) return;
    throw new SplError('SPL114', `search: expected at most ${this.limits.maxCommands} commands, found more.`, {
      start: this.lastEnd - 1,
      end: this.lastEnd,
    });
  }

  /** `[ <commands> ]`. */
  subsearch(thing: string, form: 'search' | 'pipe'): Search {
    const open = this.expectOperator('arguments', '[', thing);
    const commands = this.nest(open, () => this.#pipeline(this, form));
    const close = this.expectOperator('arguments', ']', thing);
    return { kind: 'Search', span: { start: open.start, end: close.end }, commands };
  }

  /** For the text of a token, which stands where it stands in the search. */
  within(token: Token, thing: string): ParseContext {
    refuseFilled(this.#filled, token, thing);
    const start = token.kind === 'string' ? token.start + 1 : token.start;
    return new ParseContext(`${' '.repeat(start)}${token.text}`, this.limits, this.errors, this.#pipeline);
  }

  /** `[ … ]`, as written: commands that cannot be read yet. */
  bracketed(thing: string): StringLiteral {
    this.expectOperator('arguments', '[', thing);
    const inner = this.lexer.nextBracketed();
    this.expectOperator('arguments', ']', thing);
    refuseFilled(this.#filled, inner, thing);
    return { kind: 'StringLiteral', span: inner, value: inner.text };
  }

  warn(code: DiagnosticCode, message: string, span: Span, help?: string): void {
    this.warnings.push({ code, severity: 'warning', message, span, ...(help === undefined ? {} : { help }) });
  }
}
