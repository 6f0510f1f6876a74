/**
 * Search expressions to a test of one event: the meaning of `../predicate.ts`, without SQL. A field that is absent
 * satisfies no comparison, and so every NOT of one; of several values any decides.
 */
import type { SearchComparison, SearchExpression, SearchOperator, SearchValue } from '../ast.ts';
import type { RowReading } from '../catalogue.ts';
import { SplError } from '../diagnostics.ts';
import { parseKeyword } from '../keyword.ts';
import type { SplLimits } from '../limits.ts';
import { isNetwork, isNumeric } from '../predicate.ts';
import { type FieldReader, fieldReader, type ReadEvent } from './event-row.ts';
import { compareText, foldText, numberIn } from './fold-text.ts';
import { networkTest } from './network.ts';

export type EventTest = (event: ReadEvent) => boolean;

/** A test of one value: as it is, and in lower case. */
type ValueTest = (value: string, folded: string) => boolean;

/** Throws SplError where the expression asks for what one event cannot answer. */
export function matchSearch(expression: SearchExpression, reading: RowReading, limits: SplLimits): EventTest {
  const match = (operand: SearchExpression): EventTest => matchSearch(operand, reading, limits);
  switch (expression.kind) {
    case 'SearchAnd': {
      const operands = expression.operands.map(match);
      return (event) => operands.every((operand) => operand(event));
    }
    case 'SearchOr': {
      const operands = expression.operands.map(match);
      return (event) => operands.some((operand) => operand(event));
    }
    case 'SearchNot': {
      const operand = match(expression.operand);
      return (event) => !operand(event);
    }
    case 'SearchComparison':
      return anyValue(readerOf(expression.field.name), comparisonTest(expression));
    case 'SearchIn': {
      const tests = expression.values.map(equalityTest);
      return anyValue(readerOf(expression.field.name), (value, folded) => tests.some((test) => test(value, folded)));
    }
    case 'SearchKeyword':
      return keywordTest(expression.text);
    case 'SearchSubsearch':
      throw new SplError(
        'SPL320',
        'search: expected a condition on one event, found a subsearch, which would look at others.',
        expression.span,
      );
    case 'SearchTime':
    case 'SearchDataset':
      throw new SplError(
        'SPL307',
        `${expression.kind === 'SearchTime' ? expression.bound : 'dataset'}: expected at the top of the first search, found elsewhere.`,
        expression.span,
      );
  }

  function readerOf(name: string): FieldReader {
    const { span } = expression;
    if (name === '_time' || name === '_indextime') {
      throw new SplError(
        'SPL320',
        `search: expected a field of the event, found ${name}, which may differ between two copies of one event.`,
        span,
      );
    }
    return fieldReader(name, span, reading, limits);
  }
}

function anyValue(read: FieldReader, test: ValueTest): EventTest {
  return (event) => {
    const values = read(event);
    if (values === undefined) return false;
    if (typeof values === 'string') return test(values, foldText(values));
    return values.some((value) => test(value, foldText(value)));
  };
}

function comparisonTest({ operator, value }: SearchComparison): ValueTest {
  if (operator === '=') return equalityTest(value);
  if (operator === '!=') {
    const isSame = equalityTest(value);
    return (text, folded) => !isSame(text, folded);
  }
  return orderTest(operator, value);
}

function equalityTest({ text }: SearchValue): ValueTest {
  const literal = foldText(text);
  if (literal.includes('*')) return wildcardTest(literal);
  const isWithin = isNetwork(text) ? networkTest(text) : undefined;
  if (isWithin === undefined) return (_, folded) => folded === literal;
  return (value, folded) => folded === literal || isWithin(value);
}

/** `*` stands for any run; `f=*` matches every value there is. */
function wildcardTest(literal: string): ValueTest {
  const parts = literal.split(/\*+/);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const inner = parts.slice(1, -1);
  return (_, folded) => {
    if (folded.length < first.length + last.length || !folded.startsWith(first) || !folded.endsWith(last)) return false;
    const end = folded.length - last.length;
    let offset = first.length;
    for (const part of inner) {
      const at = folded.indexOf(part, offset);
      if (at === -1 || at + part.length > end) return false;
      offset = at + part.length;
    }
    return true;
  };
}

function orderTest(operator: Exclude<SearchOperator, '=' | '!='>, value: SearchValue): ValueTest {
  if (value.text.includes('*')) {
    throw new SplError(
      'SPL205',
      `search: expected a value to compare with, found the wildcard "${value.text}".`,
      value.span,
    );
  }
  const literal = foldText(value.text);
  const bound = isNumeric(value.text) ? Number(value.text) : undefined;
  return (text, folded) => {
    const number = bound === undefined ? undefined : numberIn(text);
    const order = number === undefined || bound === undefined ? compareText(folded, literal) : number - bound;
    switch (operator) {
      case '<':
        return order < 0;
      case '<=':
        return order <= 0;
      case '>':
        return order > 0;
      case '>=':
        return order >= 0;
    }
  };
}

function keywordTest(keyword: string): EventTest {
  if (/^\*+$/.test(keyword)) return () => true;
  const { part, pattern } = parseKeyword(keyword, ' \\t\\n\\f\\r');
  const wanted = foldText(part);
  const expression = pattern === undefined ? undefined : new RegExp(pattern);
  return (event) => {
    const raw = foldText(String(event.columns._raw));
    return raw.includes(wanted) && (expression === undefined || expression.test(raw));
  };
}
