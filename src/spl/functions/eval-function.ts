/** What a family of eval functions exports, and what its functions share. */
import type { Call, EvalExpression } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import type { Expression } from '../expression.ts';
import { asNumber, asText, eachMember, listValue, numberValue, textValue, type Value } from '../value.ts';

export interface EvalFunction {
  readonly least: number;
  readonly most: number;
  lower(call: Call, context: EvalContext): Value;
}

export type EvalFunctions = Readonly<Record<string, EvalFunction>>;

/** A function whose arguments are all values. */
export function ofValues(
  least: number,
  most: number,
  lower: (values: readonly Value[], call: Call, context: EvalContext) => Value,
): EvalFunction {
  return {
    least,
    most,
    lower: (call, context) =>
      lower(
        call.arguments.map((item) => valueArgument(item, call, context)),
        call,
        context,
      ),
  };
}

/** A function of one text, member by member where there are several. */
export function ofText(change: (text: Expression) => Expression): EvalFunction {
  return ofValues(1, 1, ([value]) => changeText(value, change));
}

/** A function of one number. */
export function ofNumber(change: (number: Expression) => Expression): EvalFunction {
  return ofValues(1, 1, ([value]) => numberValue(change(asNumber(required(value)))));
}

export function changeText(value: Value | undefined, change: (text: Expression) => Expression): Value {
  const given = required(value);
  return given.kind === 'list' ? listValue(eachMember(given.expression, change)) : textValue(change(asText(given)));
}

export function valueArgument(argument: EvalExpression, call: Call, context: EvalContext): Value {
  const value = context.value(argument);
  if (value.kind !== 'boolean') return value;
  throw new SplError('SPL305', `${call.name}(): expected a value, found a condition.`, argument.span);
}

/** The argument as the text it is written as. */
export function literalArgument(call: Call, index: number): string {
  const argument = argumentAt(call, index);
  if (argument.kind === 'StringLiteral') return argument.value;
  throw new SplError('SPL304', `${call.name}(): expected text in double quotes, found an expression.`, argument.span);
}

/** The argument as the whole number it is written as. */
export function integerArgument(call: Call, index: number): number {
  const argument = argumentAt(call, index);
  const isNegative = argument.kind === 'Unary' && argument.operator === '-';
  const number = isNegative ? argument.operand : argument;
  const value = number.kind === 'NumberLiteral' ? Number(number.text) : Number.NaN;
  if (Number.isSafeInteger(value)) return isNegative ? -value : value;
  throw new SplError('SPL304', `${call.name}(): expected a whole number, found an expression.`, argument.span);
}

export function argumentAt(call: Call, index: number): EvalExpression {
  const argument = call.arguments[index];
  if (argument === undefined) throw new Error(`${call.name}: expected argument ${index} to have been counted.`);
  return argument;
}

export function required(value: Value | undefined): Value {
  if (value === undefined) throw new Error('expected arguments to have been counted.');
  return value;
}
