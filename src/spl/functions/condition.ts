/** Functions that choose or test. */
import type { Call } from '../ast.ts';
import { compareValues, isAmong } from '../compare.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import { and, call, type Expression, FALSE, isNotNull, isNull, NULL, TRUE, text } from '../expression.ts';
import { rePattern } from '../regular-expression.ts';
import {
  ABSENT,
  anyMember,
  asNumber,
  asText,
  booleanValue,
  chooseValue,
  firstValue,
  textValue,
  type Value,
} from '../value.ts';
import { argumentAt, type EvalFunctions, literalArgument, ofValues, required, valueArgument } from './eval-function.ts';

export const conditionFunctions: EvalFunctions = {
  if: {
    least: 3,
    most: 3,
    lower(call, context) {
      const condition = context.condition(argumentAt(call, 0));
      const results = [1, 2].map((index) => valueArgument(argumentAt(call, index), call, context));
      return chooseValue([{ condition, value: required(results[0]) }], required(results[1]));
    },
  },
  case: {
    least: 2,
    most: Number.POSITIVE_INFINITY,
    lower(call, context) {
      if (call.arguments.length % 2 !== 0) {
        throw new SplError(
          'SPL303',
          `case(): expected conditions and values in pairs, found ${call.arguments.length} arguments.`,
          call.span,
        );
      }
      const branches = Array.from({ length: call.arguments.length / 2 }, (_, index) => ({
        condition: context.condition(argumentAt(call, index * 2)),
        value: valueArgument(argumentAt(call, index * 2 + 1), call, context),
      }));
      return chooseValue(branches, ABSENT);
    },
  },
  /** The value behind the first condition that does not hold. */
  validate: {
    least: 2,
    most: Number.POSITIVE_INFINITY,
    lower(call, context) {
      if (call.arguments.length % 2 !== 0) {
        throw new SplError(
          'SPL303',
          `validate(): expected conditions and values in pairs, found ${call.arguments.length} arguments.`,
          call.span,
        );
      }
      const branches = Array.from({ length: call.arguments.length / 2 }, (_, index) => ({
        condition: { op: 'not', operand: context.condition(argumentAt(call, index * 2)) } as Expression,
        value: valueArgument(argumentAt(call, index * 2 + 1), call, context),
      }));
      return chooseValue(branches, ABSENT);
    },
  },
  coalesce: ofValues(1, Number.POSITIVE_INFINITY, firstValue),
  nullif: ofValues(2, 2, ([first, second]) => {
    const value = required(first);
    return chooseValue([{ condition: compareValues('=', value, required(second)), value: ABSENT }], value);
  }),
  in: ofValues(2, Number.POSITIVE_INFINITY, ([value, ...values]) => booleanValue(isAmong(required(value), values))),
  isnull: ofValues(1, 1, ([value]) => booleanValue(value?.kind === 'null' ? TRUE : isNull(required(value).expression))),
  isnotnull: ofValues(1, 1, ([value]) =>
    booleanValue(value?.kind === 'null' ? FALSE : isNotNull(required(value).expression)),
  ),
  isnum: ofValues(1, 1, ([value]) => booleanValue(isNumber(required(value)))),
  isstr: ofValues(1, 1, ([value]) => {
    const given = required(value);
    return booleanValue(and([isNotNull(given.expression), { op: 'not', operand: isNumber(given) }]));
  }),
  typeof: { least: 1, most: 1, lower: (expression, context) => typeName(expression, context) },
  null: { least: 0, most: 0, lower: () => ABSENT },
  true: { least: 0, most: 0, lower: () => booleanValue(TRUE) },
  false: { least: 0, most: 0, lower: () => booleanValue(FALSE) },
  like: ofValues(2, 2, ([value, pattern]) => booleanValue(compareValues('like', required(value), required(pattern)))),
  match: ofValues(2, 2, ([value], expression) => {
    const pattern = text(rePattern(literalArgument(expression, 1), argumentAt(expression, 1).span));
    return booleanValue(test(required(value), (subject) => call('regexp_matches', subject, pattern)));
  }),
  cidrmatch: ofValues(2, 2, ([network, value]) => {
    const range = asText(required(network));
    return booleanValue(test(required(value), (subject) => call('spl_in_network', subject, range)));
  }),
};

function isNumber(value: Value): Expression {
  if (value.kind === 'null') return FALSE;
  return isNotNull(asNumber(value));
}

function test(value: Value, condition: (subject: Expression) => Expression): Expression {
  if (value.kind === 'null') return NULL;
  return value.kind === 'list' ? anyMember(value.expression, condition) : condition(asText(value));
}

/** Text that looks like a number is one, a literal in quotes never. */
function typeName(expression: Call, context: EvalContext): Value {
  const argument = argumentAt(expression, 0);
  const value = context.value(argument);
  if (value.kind === 'list') {
    throw new SplError(
      'SPL315',
      'typeof(): expected a value, found a field that may hold several.',
      argument.span,
      'mvcount() tells how many.',
    );
  }
  const invalid = text('Invalid');
  if (value.kind === 'null') return textValue(invalid);
  const whens = [{ condition: isNull(value.expression), result: invalid }];
  if (value.kind === 'boolean') return textValue({ op: 'case', whens, otherwise: text('Boolean') });
  whens.push({ condition: isNotNull(asNumber(value)), result: text('Number') });
  return textValue({ op: 'case', whens, otherwise: text('String') });
}
