/** Functions that ask for a value's type, and that make one of another type. A type is what the value looks like, as everywhere. */
import {
  and,
  binary,
  call,
  type Expression,
  FALSE,
  isNotNull,
  list,
  NULL,
  number,
  TRUE,
  text,
  when,
} from '../expression.ts';
import { asNumber, asText, booleanValue, listValue, numberValue, onlyMember, type Value } from '../value.ts';
import { type EvalFunction, type EvalFunctions, ofValues, required } from './eval-function.ts';
import { documentOf, jsonValue } from './json-value.ts';
import { textFunctions } from './text.ts';

export const typeFunctions: EvalFunctions = {
  isarray: ofValues(1, 1, ([value]) => booleanValue(isJson(required(value), 'ARRAY'))),
  isobject: ofValues(1, 1, ([value]) => booleanValue(isJson(required(value), 'OBJECT'))),
  isbool: {
    least: 1,
    most: 1,
    lower({ arguments: [argument] }, context) {
      const value = required(argument === undefined ? undefined : context.value(argument));
      return booleanValue(value.kind === 'boolean' ? isNotNull(value.expression) : FALSE);
    },
  },
  isint: ofValues(1, 1, ([value]) => booleanValue(isWholeNumber(required(value), true))),
  isdouble: ofValues(1, 1, ([value]) => booleanValue(isWholeNumber(required(value), false))),
  ismv: ofValues(1, 1, ([value]) => booleanValue(isSeveral(required(value)))),
  /** Several values become the members that they are as JSON. */
  toarray: ofValues(1, 1, ([value]) => {
    const given = required(value);
    const array = when(isJson(given, 'ARRAY'), documentOf(given));
    if (given.kind !== 'list') return jsonValue(array);
    return jsonValue(when(isSeveral(given), call('spl_json_inferred', given.expression), array));
  }),
  toobject: ofValues(1, 1, ([value]) =>
    jsonValue(when(isJson(required(value), 'OBJECT'), documentOf(required(value)))),
  ),
  /** Of a JSON array its members. */
  tomv: ofValues(1, 1, ([value]) => {
    const given = required(value);
    const members = (document: Expression): Expression => call('spl_json_members', document, FALSE);
    if (given.kind !== 'list') return listValue(members(documentOf(given)));
    return listValue(when(isSeveral(given), given.expression, members(onlyMember(given.expression))));
  }),
  tobool: {
    least: 1,
    most: 1,
    lower({ arguments: [argument] }, context) {
      const value = argument === undefined ? undefined : context.value(argument);
      return booleanValue(truthOf(required(value)));
    },
  },
  todouble: ofNumberOrText((value) => value),
  toint: ofNumberOrText((value) => call('floor', value)),
};

function isJson(value: Value, kind: 'ARRAY' | 'OBJECT'): Expression {
  if (value.kind === 'number' || value.kind === 'null') return FALSE;
  return binary('=', call('coalesce', call('spl_json_kind', documentOf(value)), text('')), text(kind));
}

function isWholeNumber(value: Value, whole: boolean): Expression {
  if (value.kind === 'null' || (value.kind === 'text' && value.literal !== undefined)) return FALSE;
  const given = asNumber(value);
  return and([isNotNull(given), binary(whole ? '=' : '<>', given, call('trunc', given))]);
}

function isSeveral(value: Value): Expression {
  if (value.kind !== 'list') return FALSE;
  return call('coalesce', binary('>', call('len', value.expression), number(1)), FALSE);
}

function truthOf(value: Value): Expression {
  if (value.kind === 'boolean') return value.expression;
  if (value.kind === 'null') return NULL;
  const given = asNumber(value);
  const isNumber = { condition: isNotNull(given), result: binary('<>', given, number(0)) };
  if (value.kind === 'number') return isNumber.result;
  const written = asText(value);
  const is = (...spellings: readonly string[]): Expression => call('list_contains', list(spellings.map(text)), written);
  return {
    op: 'case',
    whens: [
      ...(value.kind === 'text' && value.literal !== undefined ? [] : [isNumber]),
      { condition: is('true', 'True'), result: TRUE },
      { condition: is('false', 'False'), result: FALSE },
    ],
  };
}

/** What is written in another base is a text. */
function ofNumberOrText(change: (value: Expression) => Expression): EvalFunction {
  return {
    least: 1,
    most: 2,
    lower(expression, context) {
      const read = textFunctions.tonumber;
      const [argument] = expression.arguments;
      if (read === undefined || argument === undefined) throw new Error('toint: expected tonumber() and an argument.');
      const value = context.value(argument);
      const found = value.kind === 'number' ? value : read.lower(expression, context);
      return numberValue(change(asNumber(found)));
    },
  };
}
