/** Functions of numbers. Where a number has no result (the root of -1), neither has SPL: absent. */
import { and, binary, call, cast, type Expression, isNull, lambda, NULL, number, when } from '../expression.ts';
import { ABSENT, asNumber, asText, numberValue, textValue, type Value } from '../value.ts';
import { type EvalFunctions, integerArgument, ofNumber, ofValues, required } from './eval-function.ts';

export const mathFunctions: EvalFunctions = {
  abs: ofNumber((value) => call('abs', value)),
  ceil: ofNumber((value) => call('ceil', value)),
  ceiling: ofNumber((value) => call('ceil', value)),
  floor: ofNumber((value) => call('floor', value)),
  exp: ofNumber((value) => call('exp', value)),
  sqrt: ofNumber((value) => when(binary('>=', value, number(0)), call('sqrt', value))),
  ln: ofNumber((value) => when(binary('>', value, number(0)), call('ln', value))),
  log: ofValues(1, 2, ([value, base]) => numberValue(logarithm(required(value), base))),
  pow: ofValues(2, 2, ([base, exponent]) =>
    numberValue(call('pow', asNumber(required(base)), asNumber(required(exponent)))),
  ),
  round: {
    least: 1,
    most: 2,
    lower(expression, context) {
      const [argument] = expression.arguments;
      if (argument === undefined) throw new Error('round: expected its argument to have been counted.');
      const digits = expression.arguments.length === 2 ? integerArgument(expression, 1) : 0;
      return numberValue(call('spl_round', asNumber(context.value(argument)), number(digits)));
    },
  },
  pi: { least: 0, most: 0, lower: () => numberValue(call('pi')) },
  sin: ofNumber((value) => call('sin', value)),
  cos: ofNumber((value) => call('cos', value)),
  tan: ofNumber((value) => call('tan', value)),
  asin: ofNumber((value) => when(isWithin(value, -1, 1), call('asin', value))),
  acos: ofNumber((value) => when(isWithin(value, -1, 1), call('acos', value))),
  atan: ofNumber((value) => call('atan', value)),
  atan2: ofValues(2, 2, ([y, x]) => numberValue(call('atan2', asNumber(required(y)), asNumber(required(x))))),
  sinh: ofNumber((value) => call('sinh', value)),
  cosh: ofNumber((value) => call('cosh', value)),
  tanh: ofNumber((value) => call('tanh', value)),
  asinh: ofNumber((value) => call('asinh', value)),
  acosh: ofNumber((value) => when(binary('>=', value, number(1)), call('acosh', value))),
  atanh: ofNumber((value) =>
    when(and([binary('>', value, number(-1)), binary('<', value, number(1))]), call('atanh', value)),
  ),
  hypot: ofValues(2, 2, ([x, y]) => {
    const squares = [x, y].map((side) => call('pow', asNumber(required(side)), number(2)));
    return numberValue(
      call(
        'sqrt',
        squares.reduce((sum, square) => binary('+', sum, square)),
      ),
    );
  }),
  /** Numbers have all their digits here anyway. */
  exact: ofNumber((value) => value),
  min: ofValues(1, Number.POSITIVE_INFINITY, (values) => extreme('least', values)),
  max: ofValues(1, Number.POSITIVE_INFINITY, (values) => extreme('greatest', values)),
};

function isWithin(value: Expression, least: number, most: number): Expression {
  return and([binary('>=', value, number(least)), binary('<=', value, number(most))]);
}

function logarithm(value: Value, base: Value | undefined): Expression {
  const given = asNumber(value);
  if (base === undefined) return when(binary('>', given, number(0)), call('log10', given));
  const root = asNumber(base);
  const isDefined = and([binary('>', given, number(0)), binary('>', root, number(0)), binary('<>', root, number(1))]);
  return when(isDefined, binary('/', call('ln', given), call('ln', root)));
}

/**
 * Numbers come before text: the least is the smallest number, the greatest the last text. Several values count one by one, absent
 * ones not at all. A number only where all are numbers, since a column has one type.
 */
function extreme(name: 'least' | 'greatest', values: readonly Value[]): Value {
  const present = values.filter(({ kind }) => kind !== 'null');
  if (present.length === 0) return ABSENT;
  const ofNumbers = among(
    name,
    present.flatMap((value) => numbersOf(name, value)),
  );
  if (present.every(({ kind }) => kind === 'number')) return numberValue(ofNumbers);
  const ofTexts = among(
    name,
    present.flatMap((value) => textsOf(name, value)),
  );
  const number = call('spl_number_text', ofNumbers);
  return textValue(name === 'least' ? call('coalesce', number, ofTexts) : call('coalesce', ofTexts, number));
}

function among(name: 'least' | 'greatest', found: readonly Expression[]): Expression {
  const [first] = found;
  if (first === undefined) return NULL;
  return found.length === 1 ? first : call(name, ...found);
}

function numbersOf(name: 'least' | 'greatest', value: Value): readonly Expression[] {
  if (value.kind === 'text' && value.literal !== undefined) return [];
  if (value.kind !== 'list') return [cast(asNumber(value), 'double')];
  const numbers = call(
    'list_transform',
    value.expression,
    lambda('member_', (member) => call('spl_number', member)),
  );
  return [{ op: 'listAggregate', operand: numbers, name: name === 'least' ? 'min' : 'max', rest: [] }];
}

function textsOf(name: 'least' | 'greatest', value: Value): readonly Expression[] {
  if (value.kind === 'number') return [];
  if (value.kind === 'text' && value.literal !== undefined) return [value.expression];
  if (value.kind !== 'list') return [when(isNull(asNumber(value)), asText(value))];
  const isText = lambda('kept_', (member) => isNull(call('spl_number', member)));
  const texts = call('list_filter', value.expression, isText);
  return [{ op: 'listAggregate', operand: texts, name: name === 'least' ? 'min' : 'max', rest: [] }];
}
