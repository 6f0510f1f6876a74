/**
 * Values as SPL has them. Everything in a field is text, a number, or a list of texts; text that looks like a number counts as
 * one in arithmetic and in comparisons with numbers, a string literal never does: one that is an operand itself, not one that a
 * function chose. A list of one is the same as its member.
 */
import {
  binary,
  call,
  cast,
  column,
  type Expression,
  isNotNull,
  lambda,
  list,
  NULL,
  number,
  text,
  when,
} from './expression.ts';

export type Value =
  | TextValue
  | NumberValue
  | { readonly kind: 'list'; readonly expression: Expression }
  | { readonly kind: 'boolean'; readonly expression: Expression }
  | { readonly kind: 'null'; readonly expression: Expression };

export interface TextValue {
  readonly kind: 'text';
  readonly expression: Expression;
  /** Set for a string literal: it is never a number. */
  readonly literal?: string;
  /** The same value as BIGINT, where a typed column has it: comparisons with whole numbers use it. */
  readonly whole?: Expression;
  /** Set where a JSON function made it: the same value as JSON text. */
  readonly json?: Expression;
}

interface NumberValue {
  readonly kind: 'number';
  readonly expression: Expression;
  /** Set for a number literal: its value. */
  readonly literal?: number;
  /** The expression is BIGINT. */
  readonly whole?: boolean;
}

export type FieldKind = 'text' | 'number' | 'list';

export const ABSENT: Value = { kind: 'null', expression: NULL };

export function textValue(expression: Expression): Value {
  return { kind: 'text', expression };
}

export function literalText(value: string): Value {
  return { kind: 'text', expression: text(value), literal: value };
}

export function numberValue(expression: Expression): Value {
  return { kind: 'number', expression };
}

/** A BIGINT. */
export function wholeValue(expression: Expression): Value {
  return { kind: 'number', expression, whole: true };
}

export function literalNumber(value: number): Value {
  return { kind: 'number', expression: number(value), literal: value, whole: Number.isSafeInteger(value) };
}

export function listValue(expression: Expression): Value {
  return { kind: 'list', expression };
}

export function booleanValue(expression: Expression): Value {
  return { kind: 'boolean', expression };
}

export function columnValue(name: string, kind: FieldKind, whole = false): Value {
  const expression = column(name);
  return kind === 'number' ? { kind, expression, whole } : { kind, expression };
}

/** As VARCHAR; of a list its only member, else null. A boolean has no text. */
export function asText(value: Value): Expression {
  switch (value.kind) {
    case 'text':
    case 'null':
      return value.expression;
    case 'number':
      return numberText(value);
    case 'list':
      return onlyMember(value.expression);
    case 'boolean':
      return cast(value.expression, 'varchar');
  }
}

function numberText(value: NumberValue): Expression {
  if (value.literal !== undefined)
    return text(value.expression.op === 'number' ? value.expression.text : String(value.literal));
  return value.whole === true ? cast(value.expression, 'varchar') : call('spl_number_text', value.expression);
}

/** As DOUBLE or BIGINT; null where it is no number. */
export function asNumber(value: Value): Expression {
  switch (value.kind) {
    case 'number':
    case 'null':
      return value.expression;
    case 'text':
      if (value.literal !== undefined) return NULL;
      return value.whole ?? call('spl_number', value.expression);
    case 'list':
      return call('spl_number', onlyMember(value.expression));
    case 'boolean':
      return NULL;
  }
}

/** As VARCHAR[], null where there is no value. */
export function asList(value: Value): Expression {
  if (value.kind === 'list') return value.expression;
  if (value.kind === 'null') return cast(NULL, 'varchar[]');
  const scalar = asText(value);
  if (value.kind === 'text' && value.literal !== undefined) return list([scalar]);
  return call('nullif', list([scalar]), cast(list([NULL]), 'varchar[]'));
}

/** As a column of that kind. */
export function asKind(value: Value, kind: FieldKind): Expression {
  switch (kind) {
    case 'text':
      return value.kind === 'null' ? cast(NULL, 'varchar') : asText(value);
    case 'number':
      if (value.kind === 'null') return cast(NULL, 'double');
      return isFraction(value) ? cast(asNumber(value), 'double') : asNumber(value);
    case 'list':
      return asList(value);
  }
}

/** A literal with a fraction is a DECIMAL to DuckDB, which would give other values its digits: 5 beside 1.5 is 5.0. */
function isFraction(value: Value): boolean {
  return value.kind === 'number' && value.literal !== undefined && !Number.isSafeInteger(value.literal);
}

export interface Branch {
  readonly condition: Expression;
  readonly value: Value;
}

/** The value of the first branch whose condition holds. What was chosen is no literal: it may look like a number. */
export function chooseValue(branches: readonly Branch[], otherwise: Value = ABSENT): Value {
  const values = [...branches.map(({ value }) => value), otherwise];
  if (values.every(({ kind }) => kind === 'null')) return ABSENT;
  const kind = commonKind(values);
  const whens = branches.map(({ condition, value }) => ({ condition, result: asKind(value, kind) }));
  const expression: Expression =
    otherwise.kind === 'null' ? { op: 'case', whens } : { op: 'case', whens, otherwise: asKind(otherwise, kind) };
  return { kind, expression };
}

/** The first that is there. */
export function firstValue(values: readonly Value[]): Value {
  const [only, ...rest] = values.filter(({ kind }) => kind !== 'null');
  if (only === undefined) return ABSENT;
  if (rest.length === 0) return only.kind === 'text' ? textValue(only.expression) : only;
  const kind = commonKind([only, ...rest]);
  return { kind, expression: call('coalesce', ...[only, ...rest].map((value) => asKind(value, kind))) };
}

/** The kind that can hold all of them. */
export function commonKind(values: readonly Value[]): FieldKind {
  const kinds = new Set(values.map((value) => value.kind).filter((kind) => kind !== 'null'));
  if (kinds.has('list')) return 'list';
  return kinds.size === 1 && kinds.has('number') ? 'number' : 'text';
}

/** A list of one is the same as its member; of several there is no single text. */
export function onlyMember(expression: Expression): Expression {
  return when(binary('=', call('len', expression), number(1)), { op: 'index', operand: expression, index: number(1) });
}

/** True when any member satisfies the test; null or false otherwise. */
export function anyMember(expression: Expression, test: (member: Expression) => Expression): Expression {
  // Of a list without members no member satisfies anything: whether it is absent or empty makes no difference.
  const isNonEmpty = expression.op === 'call' && expression.name === 'nullif' && expression.arguments[1]?.op === 'cast';
  const members = isNonEmpty ? (expression.arguments[0] ?? expression) : expression;
  return call('list_bool_or', call('list_transform', members, lambda('member_', test)));
}

/** Each member through `change`; members that become null vanish, and so does a list without members. */
export function eachMember(expression: Expression, change: (member: Expression) => Expression): Expression {
  const changed = call('list_transform', expression, lambda('member_', change));
  return nonEmpty(
    call(
      'list_filter',
      changed,
      lambda('kept_', (member) => isNotNull(member)),
    ),
  );
}

/** No list without members: that is an absent field. */
export function nonEmpty(expression: Expression): Expression {
  return call('nullif', expression, cast(list([]), 'varchar[]'));
}

export function exists(value: Value): Expression {
  return isNotNull(value.expression);
}
