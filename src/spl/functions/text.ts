/** Functions of text. Several values are changed member by member. */
import type { Call } from '../ast.ts';
import { SplError } from '../diagnostics.ts';
import type { EvalContext } from '../eval-context.ts';
import { call, cast, type Expression, number, text, when } from '../expression.ts';
import { parsePattern } from '../regular-expression.ts';
import { readReplacement } from '../replacement.ts';
import type { Span } from '../source.ts';
import { asNumber, asText, numberValue, textValue, wholeValue } from '../value.ts';
import { bits } from './bit.ts';
import {
  argumentAt,
  changeText,
  type EvalFunctions,
  integerArgument,
  literalArgument,
  ofText,
  ofValues,
  required,
  valueArgument,
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
      const pattern = parsePattern(literalArgument(expression, 1), argumentAt(expression, 1).span);
      const replacement = readReplacement(literalArgument(expression, 2), pattern, argumentAt(expression, 2).span);
      return changeText(subject, (value) =>
        call('regexp_replace', value, text(pattern.text), text(replacement), text('g')),
      );
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
      if (format === 'hex') return textValue(call('printf', text('0x%X'), bits(value)));
      if (format === 'binary') return textValue(call('to_binary', bits(value)));
      throw new SplError(
        'SPL304',
        `tostring(): expected "binary", "commas", "duration" or "hex", found "${format}".`,
        argumentAt(expression, 1).span,
      );
    },
  },
  tonumber: {
    least: 1,
    most: 2,
    lower(expression, context) {
      const value = valueArgument(argumentAt(expression, 0), expression, context);
      const base = expression.arguments.length === 1 ? 10 : integerArgument(expression, 1);
      if (base === 10) return numberValue(asNumberOfAny(value));
      if (base >= 2 && base <= 36) return numberValue(call('spl_number_in_base', asText(value), number(base)));
      throw new SplError(
        'SPL304',
        `tonumber(): expected a base from 2 to 36, found ${base}.`,
        argumentAt(expression, 1).span,
      );
    },
  },
  printf: {
    least: 1,
    most: Number.POSITIVE_INFINITY,
    lower: (expression, context) => textValue(formatted(expression, context)),
  },
};

/** `%-5s`, `%.2f`, `%05d`, `%%`. */
const DIRECTIVE = /%(?:%|([-+ #0]*)(\d*)(?:\.(\d+))?([a-zA-Z])|[\s\S]?)/g;
const MOST_CHARACTERS = 1_000;

/** Each directive with the argument that it is for, as the type that it wants. */
function formatted(expression: Call, context: EvalContext): Expression {
  const format = literalArgument(expression, 0);
  const directives = [...format.matchAll(DIRECTIVE)].filter(([whole]) => whole !== '%%');
  const given = expression.arguments.length - 1;
  if (directives.length !== given) {
    throw new SplError(
      'SPL303',
      `printf(): expected a value for each of the ${directives.length} directives, found ${given}.`,
      expression.span,
    );
  }
  const values = directives.map(([whole, , width, precision, letter], index) => {
    checkLength(whole, [width, precision], argumentAt(expression, 0).span);
    const value = valueArgument(argumentAt(expression, index + 1), expression, context);
    if (letter === 's') return asText(value);
    if (letter !== undefined && 'di'.includes(letter))
      return call('try', cast(call('trunc', asNumber(value)), 'bigint'));
    if (letter !== undefined && 'xXo'.includes(letter)) return bits(value);
    if (letter !== undefined && 'fFeEgG'.includes(letter)) return cast(asNumber(value), 'double');
    throw new SplError(
      'SPL304',
      `printf(): expected a directive that is supported, found "${whole}".`,
      argumentAt(expression, 0).span,
      'Supported: %s %d %i %f %F %e %E %g %G %x %X %o %%, with the flags - + # 0 and blank, a width, a precision.',
    );
  });
  return call('printf', text(format.replace(DIRECTIVE, asInC)), ...values);
}

/** Without the flags that C passes over and DuckDB does not. */
function asInC(whole: string, flags: string, width: string, precision: string | undefined, letter: string): string {
  if (letter === undefined) return whole;
  const isWhole = 'dixXo'.includes(letter);
  const isPadded = !flags.includes('-') && !(isWhole && precision !== undefined);
  const passedOver = `${isPadded ? '' : '0'}${'xXo'.includes(letter) ? '+ ' : ''}`;
  const kept = [...flags].filter((flag) => !passedOver.includes(flag)).join('');
  return `%${kept}${width}${precision === undefined ? '' : `.${precision}`}${letter}`;
}

function checkLength(directive: string, lengths: readonly (string | undefined)[], span: Span): void {
  if (lengths.every((length) => Number(length ?? 0) <= MOST_CHARACTERS)) return;
  const most = MOST_CHARACTERS.toLocaleString('en');
  throw new SplError(
    'SPL304',
    `printf(): expected a width and a precision of at most ${most}, found "${directive}".`,
    span,
  );
}

/** Even a literal: the point of tonumber is to read text as a number. */
function asNumberOfAny(value: ReturnType<typeof required>): Expression {
  return value.kind === 'text' && value.literal !== undefined ? call('spl_number', value.expression) : asNumber(value);
}

function trimming(name: 'trim' | 'ltrim' | 'rtrim') {
  return ofValues(1, 2, ([value, characters]) =>
    changeText(value, (subject) => call(name, subject, characters === undefined ? text(BLANKS) : asText(characters))),
  );
}
