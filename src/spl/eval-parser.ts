/**
 * Expressions of eval, where and eval() within stats. AND binds tighter than OR; operators in any case.
 *
 *   expression := conjunction ( (OR | XOR) conjunction )*
 *   conjunction := negation ( AND negation )*
 *   negation := NOT negation | comparison
 *   comparison := sum ( comparator sum | [NOT] LIKE sum | [NOT] IN '(' expression, … ')' )?
 *   sum := product ( ('+' | '-' | '.') product )*
 *   product := sign ( ('*' | '/' | '%') sign )*
 *   sign := '-' sign | '+' sign | primary
 *   primary := number | "text" | 'field' | name | name '(' expression, … ')' | '(' expression ')'
 */
import type { ArithmeticOperator, ComparisonOperator, EvalExpression, LogicalOperator } from './ast.ts';
import { atSpan, SplError } from './diagnostics.ts';
import type { ParseContext } from './parse-context.ts';
import { parseSearchExpression } from './search-parser.ts';
import { joinSpans, type Span } from './source.ts';
import { subsearchesIn } from './subsearches.ts';
import type { Token } from './token.ts';

const COMPARATORS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

/** Levels of one expression's tree. `a + b + c …` leans to the left, so each operator is one. */
const DEEPEST_TREE = 1_000;
const depths = new WeakMap<EvalExpression, number>();

export function parseEvalExpression(context: ParseContext): EvalExpression {
  const start = context.peek('eval');
  return context.nest(start, () => parseLogical(context, ['or', 'xor'], () => parseConjunction(context)));
}

function parseConjunction(context: ParseContext): EvalExpression {
  return parseLogical(context, ['and'], () => parseNegation(context));
}

function parseLogical(
  context: ParseContext,
  operators: readonly LogicalOperator[],
  parseOperand: () => EvalExpression,
): EvalExpression {
  let left = parseOperand();
  for (;;) {
    const token = context.peek('eval');
    const operator = operators.find((candidate) => isWord(token, candidate));
    if (operator === undefined) return left;
    context.next('eval');
    left = binary(operator, left, parseOperand());
  }
}

function parseNegation(context: ParseContext): EvalExpression {
  const token = context.peek('eval');
  if (!isWord(token, 'not')) return parseComparison(context);
  context.next('eval');
  const operand = context.nest(token, () => parseNegation(context));
  return bounded({ kind: 'Unary', span: joinSpans(token, operand.span), operator: 'not', operand }, [operand]);
}

function parseComparison(context: ParseContext): EvalExpression {
  const left = parseSum(context);
  const token = context.peek('eval');
  const comparator = token.kind === 'operator' ? COMPARATORS.get(token.text) : undefined;
  if (comparator !== undefined) {
    context.next('eval');
    return binary(comparator, left, parseSum(context));
  }
  if (isWord(token, 'like')) {
    context.next('eval');
    return binary('like', left, parseSum(context));
  }
  if (isWord(token, 'in')) return parseIn(context, left);
  if (isWord(token, 'not')) {
    context.next('eval');
    const positive = isWord(context.peek('eval'), 'in') ? parseIn(context, left) : parseLike(context, left);
    return bounded({ kind: 'Unary', span: positive.span, operator: 'not', operand: positive }, [positive]);
  }
  return left;
}

function parseLike(context: ParseContext, left: EvalExpression): EvalExpression {
  expectWord(context, 'like');
  return binary('like', left, parseSum(context));
}

function parseIn(context: ParseContext, operand: EvalExpression): EvalExpression {
  context.next('eval');
  const list = context.peek('eval');
  if (list.kind === 'operator' && list.text === '[') throw foundSubsearch(list);
  context.expectOperator('eval', '(', 'IN');
  const values = parseArguments(context);
  if (values.length === 0) throw new SplError('SPL206', 'IN: expected at least one value, found none.', operand.span);
  const span = { start: operand.span.start, end: context.lastEnd };
  return bounded({ kind: 'EvalIn', span, operand, values }, [operand, ...values]);
}

function parseSum(context: ParseContext): EvalExpression {
  return parseArithmetic(context, ['+', '-', '.'], () => parseProduct(context));
}

function parseProduct(context: ParseContext): EvalExpression {
  return parseArithmetic(context, ['*', '/', '%'], () => parseSign(context));
}

function parseArithmetic(
  context: ParseContext,
  operators: readonly ArithmeticOperator[],
  parseOperand: () => EvalExpression,
): EvalExpression {
  let left = parseOperand();
  for (;;) {
    const token = context.peek('eval');
    const operator = operators.find((candidate) => token.kind === 'operator' && token.text === candidate);
    if (operator === undefined) return left;
    context.next('eval');
    const right = parseOperand();
    if (operator === '.') warnOfDottedName(context, left, token, right);
    left = binary(operator, left, right);
  }
}

/** `user.username` is the value of user, then that of username: nearly never what was meant. */
function warnOfDottedName(context: ParseContext, left: EvalExpression, dot: Token, right: EvalExpression): void {
  const touches = left.span.end === dot.start && dot.end === right.span.start;
  if (!touches || right.kind !== 'FieldReference') return;
  const name = context.lexer.text.slice(left.span.start, right.span.end);
  if (!/^[\w.]+$/.test(name)) return;
  context.warn(
    'SPL402',
    `expression: "${name}" joins the values of several fields; a name with dots stands in single quotes.`,
    joinSpans(left.span, right.span),
    `For the field write '${name}'.`,
  );
}

function parseSign(context: ParseContext): EvalExpression {
  const token = context.peek('eval');
  const isSign = token.kind === 'operator' && (token.text === '-' || token.text === '+');
  if (!isSign) return parsePrimary(context);
  context.next('eval');
  const operand = context.nest(token, () => parseSign(context));
  if (token.text === '+') return operand;
  return bounded({ kind: 'Unary', span: joinSpans(token, operand.span), operator: '-', operand }, [operand]);
}

function parsePrimary(context: ParseContext): EvalExpression {
  const token = context.peek('eval');
  switch (token.kind) {
    case 'number':
      context.next('eval');
      if (!Number.isFinite(Number(token.text))) {
        throw new SplError('SPL205', `number: expected one that a double can hold, found "${token.text}".`, token);
      }
      return { kind: 'NumberLiteral', span: token, text: token.text };
    case 'string':
      context.next('eval');
      return { kind: 'StringLiteral', span: token, value: token.text };
    case 'field':
      context.next('eval');
      return { kind: 'FieldReference', span: token, name: token.text };
    case 'word':
      return parseName(context);
    case 'operator':
      if (token.text === '(') return parseParenthesis(context);
      if (token.text === '[') throw foundSubsearch(token);
      break;
    case 'end':
      break;
  }
  throw context.unexpected('expression', 'a value', token);
}

function parseParenthesis(context: ParseContext): EvalExpression {
  context.next('eval');
  const inner = parseEvalExpression(context);
  context.expectOperator('eval', ')', 'expression');
  return inner;
}

function parseName(context: ParseContext): EvalExpression {
  const token = context.next('eval');
  // `like(a, b)` and `in(a, b)` are functions, `a LIKE b` and `a IN (b)` operators.
  const isFunction = /^(?:like|in)$/i.test(token.text) && context.isOperator('eval', '(');
  if (!isFunction && /^(?:and|or|xor|not|like|in)$/i.test(token.text))
    throw context.unexpected('expression', 'a value', token);
  if (/^\$.+\$$/.test(token.text)) {
    throw new SplError('SPL316', `expression: expected a value, found the token "${token.text}".`, token);
  }
  if (!context.isOperator('eval', '(')) return { kind: 'FieldReference', span: token, name: token.text };
  context.next('eval');
  const found = parseArguments(context);
  const span = { start: token.start, end: context.lastEnd };
  const name = token.text.toLowerCase();
  if (name === 'searchmatch') return parseSearchMatch(context, found, span);
  return bounded({ kind: 'Call', span, name, nameSpan: token, arguments: found }, found);
}

/** The text is a search expression of its own; what is wrong in it is reported at the text. */
function parseSearchMatch(context: ParseContext, found: readonly EvalExpression[], span: Span): EvalExpression {
  const [literal, ...rest] = found;
  if (literal?.kind !== 'StringLiteral' || rest.length > 0) {
    throw new SplError('SPL304', 'searchmatch(): expected one search expression in double quotes.', span);
  }
  const inner = context.inner(literal, 'searchmatch()');
  const expression = atSpan(literal.span, () => {
    const parsed = parseSearchExpression(inner);
    if (inner.peek('search').kind !== 'end')
      throw inner.unexpected('searchmatch()', 'the end of the text', inner.peek('search'));
    if (subsearchesIn(parsed).length === 0) return parsed;
    throw new SplError(
      'SPL207',
      'searchmatch(): expected a condition on one event, found a subsearch, which would look at others.',
      literal.span,
    );
  });
  for (const { code, message, help } of inner.warnings) context.warn(code, message, literal.span, help);
  return { kind: 'EvalSearch', span: literal.span, expression };
}

/** What stands between brackets, the closing one taken too. */
function parseArguments(context: ParseContext): readonly EvalExpression[] {
  const found: EvalExpression[] = [];
  if (context.optionalOperator('eval', ')') !== undefined) return found;
  for (;;) {
    found.push(parseEvalExpression(context));
    if (context.optionalOperator('eval', ')') !== undefined) return found;
    context.expectOperator('eval', ',', 'expression');
  }
}

function binary(
  operator: ArithmeticOperator | ComparisonOperator | LogicalOperator,
  left: EvalExpression,
  right: EvalExpression,
): EvalExpression {
  return bounded({ kind: 'Binary', span: joinSpans(left.span, right.span), operator, left, right }, [left, right]);
}

/** The node, if its tree is not too deep. */
function bounded<E extends EvalExpression>(made: E, children: readonly EvalExpression[]): E {
  const depth = 1 + Math.max(0, ...children.map((child) => depths.get(child) ?? 0));
  if (depth > DEEPEST_TREE) {
    throw new SplError('SPL113', `expression: expected at most ${DEEPEST_TREE} levels, found more.`, made.span);
  }
  depths.set(made, depth);
  return made;
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word;
}

function expectWord(context: ParseContext, word: string): void {
  if (!isWord(context.peek('eval'), word)) throw context.unexpected('expression', `"${word}"`, context.peek('eval'));
  context.next('eval');
}

function foundSubsearch(token: Token): SplError {
  const help = 'A subsearch is a term of search: search [search … | fields user].';
  return new SplError('SPL207', 'expression: expected a value, found a subsearch.', token, help);
}
