/**
 * Search expressions. OR binds tighter than AND, side by side means AND, and only upper-case words are operators:
 *
 *   conjunction := disjunction ( [AND] disjunction )*
 *   disjunction := factor ( OR factor )*
 *   factor      := NOT factor | '(' conjunction ')' | '[' search ']' | term
 *   term        := field comparator value | field IN '(' value ( [','] value )* ')' | word | phrase
 */
import type { SearchExpression, SearchOperator, SearchValue } from './ast.ts';
import { SplError } from './diagnostics.ts';
import type { ParseContext } from './parse-context.ts';
import { joinSpans } from './source.ts';
import type { Token } from './token.ts';

const COMPARATORS: ReadonlyMap<string, SearchOperator> = new Map([
  ['=', '='],
  ['==', '='],
  ['!=', '!='],
  ['<', '<'],
  ['<=', '<='],
  ['>', '>'],
  ['>=', '>='],
]);

const UNSUPPORTED_TIMES = new Set(['_index_earliest', '_index_latest', 'starttime', 'endtime', 'timeformat']);

/** Undefined where the expression is empty. */
export function parseSearchExpression(context: ParseContext): SearchExpression | undefined {
  return context.isCommandEnd('search') ? undefined : parseConjunction(context);
}

function parseConjunction(context: ParseContext): SearchExpression {
  const operands = [parseDisjunction(context)];
  while (!context.isCommandEnd('search') && !context.isOperator('search', ')')) {
    if (isKeyword(context.peek('search'), 'AND')) context.next('search');
    operands.push(parseDisjunction(context));
  }
  return combine('SearchAnd', operands);
}

function parseDisjunction(context: ParseContext): SearchExpression {
  const operands = [parseFactor(context)];
  while (isKeyword(context.peek('search'), 'OR')) {
    context.next('search');
    operands.push(parseFactor(context));
  }
  return combine('SearchOr', operands);
}

function parseFactor(context: ParseContext): SearchExpression {
  const token = context.peek('search');
  if (isKeyword(token, 'NOT')) {
    context.next('search');
    const operand = context.nest(token, () => parseFactor(context));
    return { kind: 'SearchNot', span: joinSpans(token, operand.span), operand };
  }
  if (token.kind === 'operator' && token.text === '(') {
    context.next('search');
    const inner = context.nest(token, () => parseConjunction(context));
    context.expectOperator('search', ')', 'search');
    return inner;
  }
  if (token.kind === 'operator' && token.text === '[') {
    const search = context.subsearch('search', 'search');
    return { kind: 'SearchSubsearch', span: search.span, search };
  }
  return parseTerm(context);
}

function parseTerm(context: ParseContext): SearchExpression {
  const token = context.peek('search');
  if (token.kind !== 'word' && token.kind !== 'string') {
    throw context.unexpected('search', 'a term', token, 'Text with special characters stands in double quotes.');
  }
  for (const operator of ['AND', 'OR']) {
    if (isKeyword(token, operator)) throw context.unexpected('search', `a term before ${operator}`, token);
  }
  context.next('search');
  const following = context.peek('search');
  const comparator = following.kind === 'operator' ? COMPARATORS.get(following.text) : undefined;
  if (comparator !== undefined) return parseComparison(context, token, comparator);
  if (isKeyword(following, 'IN')) return parseIn(context, token);
  if (token.kind === 'word' && /^(?:and|or|not|in)$/.test(token.text)) {
    context.warn(
      'SPL401',
      `search: "${token.text}" is a word to look for; operators are upper case.`,
      token,
      `Write ${token.text.toUpperCase()}.`,
    );
  }
  return parseKeyword(token);
}

function parseKeyword(token: Token): SearchExpression {
  const wrapped = token.kind === 'word' && /^(?:TERM|CASE)$/.test(token.text);
  if (wrapped) throw new SplError('SPL302', `search: ${token.text}() is not supported.`, token);
  if (token.text === '') throw new SplError('SPL201', 'search: expected a phrase, found empty quotes.', token);
  return { kind: 'SearchKeyword', span: token, text: token.text };
}

function parseComparison(context: ParseContext, field: Token, operator: SearchOperator): SearchExpression {
  context.next('search');
  const value = parseValue(context);
  const span = joinSpans(field, value.span);
  if (field.text === 'earliest' || field.text === 'latest') {
    if (operator !== '=') throw new SplError('SPL308', `${field.text}: expected "=", found "${operator}".`, span);
    return { kind: 'SearchTime', span, bound: field.text, value };
  }
  if (UNSUPPORTED_TIMES.has(field.text)) {
    throw new SplError(
      'SPL308',
      `${field.text}: this time modifier is not supported.`,
      span,
      'Use earliest and latest.',
    );
  }
  if (field.text === 'dataset' && operator === '=') return { kind: 'SearchDataset', span, value };
  return {
    kind: 'SearchComparison',
    span,
    field: { kind: 'FieldName', span: field, name: fieldText(field) },
    operator,
    value,
  };
}

function parseIn(context: ParseContext, field: Token): SearchExpression {
  context.next('search');
  context.expectOperator('search', '(', 'IN');
  const values: SearchValue[] = [];
  while (!context.isOperator('value', ')')) {
    if (values.length > 0) context.optionalOperator('value', ',');
    values.push(parseValue(context));
  }
  const close = context.next('value');
  if (values.length === 0) throw new SplError('SPL206', 'IN: expected at least one value, found none.', close);
  return {
    kind: 'SearchIn',
    span: joinSpans(field, close),
    field: { kind: 'FieldName', span: field, name: fieldText(field) },
    values,
  };
}

function parseValue(context: ParseContext): SearchValue {
  const token = context.peek('value');
  if (token.kind === 'operator' && token.text === '[') {
    throw new SplError(
      'SPL207',
      'search: expected a value, found a subsearch.',
      token,
      'A subsearch stands as a term of its own: [search … | fields user].',
    );
  }
  if (token.kind !== 'word' && token.kind !== 'string') {
    throw context.unexpected('search', 'a value', token, 'A value with spaces or brackets stands in double quotes.');
  }
  context.next('value');
  if (token.kind === 'word' && /^\$[^$]+\$$/.test(token.text)) {
    throw new SplError(
      'SPL316',
      `search: expected a value, found the dashboard token "${token.text}".`,
      token,
      'Put the value in its place.',
    );
  }
  return { span: token, text: token.text };
}

function fieldText(token: Token): string {
  if (token.text.includes('*')) {
    throw new SplError('SPL310', `search: expected a field's name, found the wildcard "${token.text}".`, token);
  }
  return token.text;
}

function isKeyword(token: Token, text: string): boolean {
  return token.kind === 'word' && token.text === text;
}

function combine(kind: 'SearchAnd' | 'SearchOr', operands: readonly SearchExpression[]): SearchExpression {
  const [first] = operands;
  const last = operands.at(-1);
  if (first === undefined || last === undefined) throw new Error('combine: expected at least one operand.');
  return operands.length === 1 ? first : { kind, span: joinSpans(first.span, last.span), operands };
}
