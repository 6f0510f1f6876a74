/** Functions of numbers. Where a number has no result (the root of -1), neither has SPL: absent. */
import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import { and, binary, call, type Expression, NULL, number, when } from '../expression.ts';
import { asNumber, numberValue, type Value } from '../value.ts';
import { argumentAt, type EvalFunctions, integerArgument, ofNumber, ofValues, required } from './eval-function.ts';

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
  atan: ofNumber((value) => call('atan', value)),
  atan2: ofValues(2, 2, ([y, x]) => numberValue(call('atan2', asNumber(required(y)), asNumber(required(x))))),
  min: ofValues(1, Number.POSITIVE_INFINITY, (values, expression) => extreme('least', values, expression)),
  max: ofValues(1, Number.POSITIVE_INFINITY, (values, expression) => extreme('greatest', values, expression)),
};

function logarithm(value: Value, base: Value | undefined): Expression {
  const given = asNumber(value);
  if (base === undefined) return when(binary('>', given, number(0)), call('log10', given));
  const root = asNumber(base);
  const isDefined = and([binary('>', given, number(0)), binary('>', root, number(0)), binary('<>', root, number(1))]);
  return when(isDefined, binary('/', call('ln', given), call('ln', root)));
}

/** Of numbers only; SPL's rule that any text is greater than any number would need both kinds in one column. */
function extreme(name: 'least' | 'greatest', values: readonly Value[], expression: Call): Value {
  const literal = values.findIndex((value) => value.kind === 'text' && value.literal !== undefined);
  if (literal !== -1) {
    throw new SplError(
      'SPL304',
      `${expression.name}(): expected numbers, found text.`,
      argumentAt(expression, literal).span,
      'Text beside numbers is not supported here.',
    );
  }
  const present = values.filter(({ kind }) => kind !== 'null');
  if (present.length === 0) return { kind: 'null', expression: NULL };
  return numberValue(call(name, ...present.map(asNumber)));
}
