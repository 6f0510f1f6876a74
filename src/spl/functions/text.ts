/** Functions of text. Several values are changed member by member. */
import { SplError } from '../diagnostics.ts';
import { call, type Expression, number, text, when } from '../expression.ts';
import { rePattern } from '../regular-expression.ts';
import { asNumber, asText, numberValue, textValue, wholeValue } from '../value.ts';
import {
  argumentAt,
  changeText,
  type EvalFunctions,
  integerArgument,
  literalArgument,
  ofText,
  ofValues,
  required,
} from './eval-function.ts';

const BLANKS = ' \t';

export const textFunctions: EvalFunctions = {
  lower: ofText((value) => call('lower', value)),
  upper: ofText((value) => call('upper', value)),
  trim: trimming('trim'),
  ltrim: trimming('ltrim'),
  rtrim: trimming('rtrim'),
  urldecode: ofText((value) => call('spl_url_decode', value)),
  md5: ofText((value) => call('md5', value)),
  sha1: ofText((value) => call('sha1', value)),
  sha256: ofText((value) => call('sha256', value)),
  len: ofValues(1, 1, ([value]) => wholeValue(call('len', asText(required(value))))),
  /** From 1; a negative start counts from the end. */
  substr: {
    least: 2,
    most: 3,
    lower(expression, context) {
      const subject = context.value(argumentAt(expression, 0));
      const start = integerArgument(expression, 1);
      const length = expression.arguments.length === 3 ? integerArgument(expression, 2) : undefined;
      if (length !== undefined && length < 0) {
        throw new SplError(
          'SPL304',
          `substr(): expected a length of at least 0, found ${length}.`,
          argumentAt(expression, 2).span,
        );
      }
      const from = number(start === 0 ? 1 : start);
      return changeText(subject, (value) =>
        length === undefined ? call('substr', value, from) : call('substr', value, from, number(length)),
      );
    },
  },
  replace: {
    least: 3,
    most: 3,
    lower(expression, context) {
      const subject = context.value(argumentAt(expression, 0));
      const pattern = rePattern(literalArgument(expression, 1), argumentAt(expression, 1).span);
      const replacement = literalArgument(expression, 2);
      return changeText(subject, (value) => call('regexp_replace', value, text(pattern), text(replacement), text('g')));
    },
  },
  tostring: {
    least: 1,
    most: 2,
    lower(expression, context) {
      const argument = argumentAt(expression, 0);
      const value = context.value(argument);
      if (value.kind === 'boolean') return textValue(when(value.expression, text('True'), text('False')));
      if (expression.arguments.length === 1) return value.kind === 'list' ? value : textValue(asText(value));
      const format = literalArgument(expression, 1);
      if (format === 'duration') return textValue(call('spl_duration', asNumber(value)));
      if (format === 'commas') return textValue(call('spl_commas', asNumber(value)));
      throw new SplError(
        'SPL304',
        `tostring(): expected "commas" or "duration", found "${format}".`,
        argumentAt(expression, 1).span,
      );
    },
  },
  tonumber: ofValues(1, 1, ([value]) => numberValue(asNumberOfAny(required(value)))),
};

/** Even a literal: the point of tonumber is to read text as a number. */
function asNumberOfAny(value: ReturnType<typeof required>): Expression {
  return value.kind === 'text' && value.literal !== undefined ? call('spl_number', value.expression) : asNumber(value);
}

function trimming(name: 'trim' | 'ltrim' | 'rtrim') {
  return ofValues(1, 2, ([value, characters]) =>
    changeText(value, (subject) => call(name, subject, characters === undefined ? text(BLANKS) : asText(characters))),
  );
}
