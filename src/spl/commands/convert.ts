/**
 * convert: changes the form of values in place. A value that does not fit stays as it is; only num() removes it.
 *
 *   convert [timeformat=<format>] <function>(<field>) [AS <field>] …
 *
 * | ctime     | epoch seconds as text in UTC; the format is `%m/%d/%Y %H:%M:%S` unless another is given |
 * | mktime    | the reverse                                                                              |
 * | dur2sec   | `[<days>+]<hours>:<minutes>:<seconds>` as seconds                                        |
 * | mstime    | `[<minutes>:]<seconds>[.<fraction>]` as seconds                                          |
 * | memk      | a number with k, m, g or nothing behind it as kilobytes                                  |
 * | rmunit    | the number at the beginning                                                              |
 * | rmcomma   | the text without commas                                                                  |
 * | num, auto | a number; auto changes nothing here, where a text that looks like a number counts as one  |
 * | none      | nothing; its fields are left out of wildcards                                            |
 *
 * Wildcards once the fields are known; they match no field that begins with an underscore.
 */
import type { Conversion, ConversionFunction, ConvertCommand, FieldName, StringLiteral } from '../ast.ts';
import { need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, type Expression, number, text, when } from '../expression.ts';
import type { Output, Relation } from '../relation.ts';
import type { Span } from '../source.ts';
import { suggest } from '../suggestion.ts';
import { readTime, writtenTime } from '../time-format.ts';
import { asNumber, asText, commonKind, numberValue, textValue, type Value } from '../value.ts';
import { fillWildcard, hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

const DEFAULT_FORMAT = '%m/%d/%Y %H:%M:%S';
const FUNCTIONS: readonly ConversionFunction[] = [
  'auto',
  'ctime',
  'dur2sec',
  'memk',
  'mktime',
  'mstime',
  'none',
  'num',
  'rmcomma',
  'rmunit',
];
const DURATION = '^(?:([0-9]{1,9})[+])?([0-9]{1,9}):([0-9]{1,9}):([0-9]{1,9})$';
const MINUTES = '^(?:([0-9]{1,9}):)?([0-9]{1,9}(?:[.][0-9]+)?)$';
const MEMORY = '^([0-9]+(?:[.][0-9]*)?|[.][0-9]+) *([kmgKMG]?)$';
const LEADING_NUMBER = '^([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+))';

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
        throw new SplError(
          'SPL301',
          `convert: expected a function, found "${token.text}".`,
          token,
          suggest(token.text, FUNCTIONS),
        );
      }
      input.context.expectOperator('arguments', '(', 'convert');
      const field = input.expectField();
      input.context.expectOperator('arguments', ')', 'convert');
      const output = input.optionalWord('as') === undefined ? undefined : input.expectField();
      const span = { start: token.start, end: input.context.lastEnd };
      checkStars(field, output, span);
      conversions.push({ span, function: name, field, output });
    }
    if (conversions.length === 0) throw input.missing('at least one function');
    return { kind: 'ConvertCommand', span: input.span, name: input.command, timeFormat, conversions };
  },

  demand(command, demand) {
    const plain = command.conversions.filter(({ field }) => !hasWildcard(field.name));
    const rest = plain.reduceRight((after, { field, output }) => {
      const target = output?.name ?? field.name;
      return wants(after, target) ? need(without(after, [target]), [field.name]) : after;
    }, demand);
    return plain.length === command.conversions.length ? rest : { ...rest, all: true };
  },

  lower(command, input, scope) {
    const steps = independentSteps(expand(command, input));
    let relation = input;
    for (const [index, step] of steps.entries()) {
      const later = steps.slice(index + 1).flat();
      const demand = convert.demand({ ...command, conversions: later }, scope.demand);
      const own = later.length === 0 ? scope : scope.step(`step_${index + 1}`, demand);
      const before = relation;
      const outputs = step.flatMap((conversion): readonly Output[] => {
        const source = own.read(before, conversion.field);
        if (source.kind === 'null') return [];
        const value = converted(conversion, source, command.timeFormat);
        return [{ name: targetOf(conversion), value, kind: commonKind([value]), certain: false }];
      });
      relation = own.extend(before, outputs);
    }
    return relation;
  },
};

/** A conversion of what an earlier one makes needs a step of its own. */
function independentSteps(conversions: readonly Conversion[]): readonly (readonly Conversion[])[] {
  const steps: Conversion[][] = [];
  let made = new Set<string>();
  for (const conversion of conversions) {
    const step = steps.at(-1);
    if (step === undefined || made.has(conversion.field.name) || made.has(targetOf(conversion))) {
      steps.push([conversion]);
      made = new Set([targetOf(conversion)]);
    } else {
      step.push(conversion);
      made.add(targetOf(conversion));
    }
  }
  return steps;
}

function targetOf({ output, field }: Conversion): string {
  return (output ?? field).name;
}

function checkStars(field: FieldName, output: FieldName | undefined, span: Span): void {
  const stars = (name: string): number => name.split('*').length - 1;
  if (output === undefined || stars(output.name) === stars(field.name)) return;
  throw new SplError(
    'SPL311',
    `convert: expected as many * in both names, found ${stars(field.name)} in "${field.name}" and ${stars(output.name)} in "${output.name}".`,
    span,
  );
}

/** The conversions with every wildcard spelled out. */
function expand(command: ConvertCommand, input: Relation): readonly Conversion[] {
  const left = command.conversions.filter((conversion) => conversion.function === 'none');
  return command.conversions.flatMap((conversion): readonly Conversion[] => {
    const { field, output } = conversion;
    if (!hasWildcard(field.name)) return [conversion];
    if (input.ofEvents) {
      throw new SplError(
        'SPL310',
        `convert: expected a field, found "${field.name}", which would have to cover every field of every event.`,
        field.span,
        'Name the fields, or put convert behind stats or table.',
      );
    }
    return [...input.fields.keys()].flatMap((name) => {
      const found = name.startsWith('_') ? undefined : matchWildcard(field.name, name);
      const isLeft =
        conversion.function !== 'none' && left.some((none) => matchWildcard(none.field.name, name) !== undefined);
      if (found === undefined || isLeft) return [];
      const target = output === undefined ? undefined : { ...output, name: fillWildcard(output.name, found) };
      return [{ ...conversion, field: { ...field, name }, output: target }];
    });
  });
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
      return orUnchanged(part(asText(source), LEADING_NUMBER, 1));
    case 'dur2sec':
      return orUnchanged(call('spl_number_text', secondsOf(asText(source), DURATION, [86_400, 3_600, 60, 1])));
    case 'mstime':
      return orUnchanged(call('spl_number_text', secondsOf(asText(source), MINUTES, [60, 1])));
    case 'memk': {
      const unit = call('lower', part(asText(source), MEMORY, 2));
      const factor: Expression = {
        op: 'case',
        whens: [
          { condition: binary('=', unit, text('m')), result: number(1_024) },
          { condition: binary('=', unit, text('g')), result: number(1_048_576) },
        ],
        otherwise: number(1),
      };
      const size = call('spl_number', part(asText(source), MEMORY, 1));
      return orUnchanged(call('spl_number_text', binary('*', size, factor)));
    }
  }
}

/** What a group matched; absent where the text does not match. */
function part(subject: Expression, pattern: string, group: number): Expression {
  const found = call('regexp_extract', subject, text(pattern), number(group));
  return when(call('regexp_matches', subject, text(pattern)), found);
}

/** The groups' numbers times these many seconds each; a group that took no part counts nothing. */
function secondsOf(subject: Expression, pattern: string, factors: readonly number[]): Expression {
  const terms = factors.map((factor, index) => {
    const found = call('spl_number', call('regexp_extract', subject, text(pattern), number(index + 1)));
    return binary('*', call('coalesce', found, number(0)), number(factor));
  });
  const [first = number(0), ...others] = terms;
  const sum = others.reduce((left, right) => binary('+', left, right), first);
  return when(call('regexp_matches', subject, text(pattern)), sum);
}
