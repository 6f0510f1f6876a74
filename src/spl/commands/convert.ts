/**
 * convert: changes the form of values in place. A value that does not fit stays as it is; only num() removes it.
 *
 *   convert [timeformat=<format>] <function>(<field>) [AS <field>] …      functions: ctime, mktime, num, auto, none, rmcomma
 *
 * ctime writes epoch seconds as text in UTC; the format is `%m/%d/%Y %H:%M:%S` unless another is given.
 *
 * Not supported: dur2sec, memk, mstime, rmunit; wildcards.
 */
import type { Conversion, ConversionFunction, ConvertCommand, StringLiteral } from '../ast.ts';
import { need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { call, type Expression, text } from '../expression.ts';
import type { Output } from '../relation.ts';
import { suggest } from '../suggestion.ts';
import { readTime, writtenTime } from '../time-format.ts';
import { asNumber, asText, commonKind, numberValue, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const DEFAULT_FORMAT = '%m/%d/%Y %H:%M:%S';
const FUNCTIONS: readonly ConversionFunction[] = ['ctime', 'mktime', 'num', 'auto', 'none', 'rmcomma'];
const UNSUPPORTED = ['dur2sec', 'memk', 'mstime', 'rmunit'];

export const convert: CommandSpec<ConvertCommand> = {
  kind: 'ConvertCommand',
  names: ['convert'],

  parse(input) {
    const option = input.optionalOption(['timeformat']);
    const timeFormat: StringLiteral | undefined =
      option === undefined ? undefined : { kind: 'StringLiteral', span: option.value, value: option.value.text };
    const conversions: Conversion[] = [];
    while (!input.isEnd()) {
      if (conversions.length > 0) input.skipComma();
      const token = input.expectText('a function');
      const name = FUNCTIONS.find((candidate) => candidate === token.text.toLowerCase());
      if (name === undefined) {
        const isKnown = UNSUPPORTED.includes(token.text.toLowerCase());
        throw new SplError(
          isKnown ? 'SPL302' : 'SPL301',
          isKnown
            ? `convert: ${token.text}() is not supported.`
            : `convert: expected a function, found "${token.text}".`,
          token,
          isKnown ? undefined : suggest(token.text, FUNCTIONS),
        );
      }
      input.context.expectOperator('arguments', '(', 'convert');
      const field = input.expectPlainField();
      input.context.expectOperator('arguments', ')', 'convert');
      const output = input.optionalWord('as') === undefined ? undefined : input.expectPlainField();
      const span = { start: token.start, end: input.context.lastEnd };
      conversions.push({ span, function: name, field, output });
    }
    if (conversions.length === 0) throw input.missing('at least one function');
    return { kind: 'ConvertCommand', span: input.span, name: input.command, timeFormat, conversions };
  },

  demand(command, demand) {
    return command.conversions.reduceRight((rest, { field, output }) => {
      const target = output?.name ?? field.name;
      return wants(rest, target) ? need(without(rest, [target]), [field.name]) : rest;
    }, demand);
  },

  lower(command, input, scope) {
    return command.conversions.reduce((relation, conversion, index) => {
      const isLast = index === command.conversions.length - 1;
      const own = isLast ? scope : scope.step(`step_${index + 1}`, demandAfter(command, index, scope.demand));
      const source = own.read(relation, conversion.field);
      if (source.kind === 'null') return relation;
      const value = converted(conversion, source, command.timeFormat);
      const name = conversion.output?.name ?? conversion.field.name;
      const output: Output = { name, value, kind: commonKind([value]), certain: false };
      return own.extend(relation, [output]);
    }, input);
  },
};

function demandAfter(command: ConvertCommand, index: number, demand: Parameters<typeof convert.demand>[1]) {
  return convert.demand({ ...command, conversions: command.conversions.slice(index + 1) }, demand);
}

function converted(conversion: Conversion, source: Value, format: StringLiteral | undefined): Value {
  const written = format?.value ?? DEFAULT_FORMAT;
  const span = format?.span ?? conversion.span;
  const orUnchanged = (value: Expression): Value => textValue(call('coalesce', value, asText(source)));
  switch (conversion.function) {
    case 'ctime':
      return orUnchanged(writtenTime(asNumber(source), written, span));
    case 'mktime':
      return orUnchanged(call('spl_number_text', readTime(asText(source), written, span)));
    case 'num':
      return numberValue(asNumber(source));
    case 'rmcomma':
      return textValue(call('replace', asText(source), text(','), text('')));
    case 'auto':
    case 'none':
      return source;
    case 'rmunit':
      throw new Error('convert: expected rmunit to have been refused.');
  }
}
