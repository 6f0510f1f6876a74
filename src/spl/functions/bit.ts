/** Functions of bits: of whole numbers that a double holds exactly. */
import { and, binary, call, cast, type Expression, number, when } from '../expression.ts';
import { asNumber, asText, textValue, type Value, wholeValue } from '../value.ts';
import { type EvalFunction, type EvalFunctions, ofValues, required } from './eval-function.ts';

export const bitFunctions: EvalFunctions = {
  bit_and: ofBits('spl_bit_and'),
  bit_or: ofBits('spl_bit_or'),
  bit_xor: ofBits('xor'),
  /** All 53 bits turned, or those that the second argument has. */
  bit_not: ofValues(1, 2, ([value, mask]) => {
    const turned = call('xor', bits(required(value)), number(Number.MAX_SAFE_INTEGER));
    return wholeValue(mask === undefined ? turned : call('spl_bit_and', turned, bits(mask)));
  }),
  bit_shift_left: ofValues(2, 2, ([value, places]) =>
    wholeValue(call('spl_bit_shift', bits(required(value)), bits(required(places)))),
  ),
  bit_shift_right: ofValues(2, 2, ([value, places]) =>
    wholeValue(call('spl_bit_shift', bits(required(value)), { op: 'negate', operand: bits(required(places)) })),
  ),
  ipmask: ofValues(2, 2, ([mask, address]) =>
    textValue(call('spl_ip_mask', asText(required(mask)), asText(required(address)))),
  ),
};

function ofBits(name: 'spl_bit_and' | 'spl_bit_or' | 'xor'): EvalFunction {
  return ofValues(2, Number.POSITIVE_INFINITY, ([first, ...rest]) =>
    wholeValue(rest.reduce((made, value) => call(name, made, bits(value)), bits(required(first)))),
  );
}

/** As BIGINT; nothing of a negative number, a fraction, a number beyond 2^53 - 1. */
export function bits(value: Value): Expression {
  const given = cast(asNumber(value), 'double');
  const isWhole = binary('=', given, call('trunc', given));
  const isSafe = binary('<=', given, number(Number.MAX_SAFE_INTEGER));
  return when(and([isWhole, binary('>=', given, number(0)), isSafe]), cast(given, 'bigint'));
}
