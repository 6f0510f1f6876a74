/**
 * Comparisons and arithmetic of eval and where. Text is compared with regard to case. Text that looks like a number counts as one
 * beside another number, a string literal never does. Of several values any may satisfy a comparison; none has arithmetic.
 */
import type { ArithmeticOperator, ComparisonOperator } from './ast.ts';
import {
  and,
  type BinaryOperator,
  binary,
  call,
  cast,
  type Expression,
  isNotNull,
  isNull,
  NULL,
  number,
  or,
  when,
} from './expression.ts';
import { anyMember, asNumber, asText, type Value } from './value.ts';

const SQL_COMPARATOR: Readonly<Record<Exclude<ComparisonOperator, 'like'>, BinaryOperator>> = {
  '=': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** A condition; null where a side is absent. */
export function compareValues(operator: ComparisonOperator, left: Value, right: Value): Expression {
  if (left.kind === 'null' || right.kind === 'null') return NULL;
  if (left.kind === 'list') {
    return anyMember(left.expression, (member) => compareValues(operator, { kind: 'text', expression: member }, right));
  }
  if (right.kind === 'list') {
    return anyMember(right.expression, (member) => compareValues(operator, left, { kind: 'text', expression: member }));
  }
  if (operator === 'like') {
    return { op: 'like', operand: asText(left), pattern: asText(right), escaped: false };
  }
  const comparator = SQL_COMPARATOR[operator];
  if (left.kind === 'boolean' && right.kind === 'boolean') return binary(comparator, left.expression, right.expression);
  const byText = binary(comparator, asText(left), asText(right));
  if (isTextLiteral(left) || isTextLiteral(right)) return byText;
  const byNumber = binary(comparator, asNumber(left), asNumber(right));
  if (left.kind === 'number' && right.kind === 'number') return byNumber;
  const texts = [left, right].filter((value) => value.kind === 'text').map((value) => isNotNull(asNumber(value)));
  return when(and(texts), byNumber, byText);
}

function isTextLiteral(value: Value): boolean {
  return value.kind === 'text' && value.literal !== undefined;
}

/** All operators but `+`, which is `add`. */
export function calculate(operator: Exclude<ArithmeticOperator, '+'>, left: Value, right: Value): Value {
  if (operator === '.') return { kind: 'text', expression: concatenate(left, right) };
  return { kind: 'number', expression: arithmetic(operator, left, right) };
}

/** `a + b + …`: numbers are added, texts joined; one among the others of the other sort, or an absent one, and there is no result. */
export function add(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  if (first === undefined || values.some(({ kind }) => kind === 'null')) return { kind: 'null', expression: NULL };
  const numbers = (): Expression =>
    rest.reduce<Value>((sum, value) => ({ kind: 'number', expression: arithmetic('+', sum, value) }), first).expression;
  if (values.some(({ kind }) => kind === 'number')) return { kind: 'number', expression: numbers() };
  const joined = rest.reduce((text, value) => binary('||', text, asText(value)), asText(first));
  const unsure = values.filter((value) => !isTextLiteral(value));
  const areTexts = and(unsure.map((value) => isNull(asNumber(value))));
  if (unsure.length === 0) return { kind: 'text', expression: joined };
  if (unsure.length < values.length) return { kind: 'text', expression: when(areTexts, joined) };
  const areNumbers = and(values.map((value) => isNotNull(asNumber(value))));
  const expression: Expression = {
    op: 'case',
    whens: [
      { condition: areNumbers, result: call('spl_number_text', numbers()) },
      { condition: areTexts, result: joined },
    ],
  };
  return { kind: 'text', expression };
}

/** In doubles: whole numbers of the database would overflow where SPL's do not. Division by zero has no result. */
function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: Value, right: Value): Expression {
  const divides = operator === '/' || operator === '%';
  const second = asNumber(right);
  const divisor =
    divides && !(right.kind === 'number' && right.literal !== undefined && right.literal !== 0)
      ? call('nullif', second, number(0))
      : second;
  return binary(operator, isWhole(left) && isWhole(right) ? cast(asNumber(left), 'double') : asNumber(left), divisor);
}

/** Not a DOUBLE: a literal is a DECIMAL or an integer to DuckDB. */
function isWhole(value: Value): boolean {
  if (value.kind === 'number') return value.whole === true || value.literal !== undefined;
  return value.kind === 'text' && value.whole !== undefined;
}

function concatenate(left: Value, right: Value): Expression {
  return binary('||', asText(left), asText(right));
}

/** Any of the values. */
export function isAmong(value: Value, values: readonly Value[]): Expression {
  return or(values.map((candidate) => compareValues('=', value, candidate)));
}
