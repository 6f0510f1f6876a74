/**
 * makemv: splits a text into several values.
 *
 *   makemv [delim=<text> | tokenizer=<expression>] [allowempty=<bool>] <field>      delim is a blank by default
 *
 * With a tokenizer every match of the regular expression gives a value, that of its first group.
 *
 * Not supported: setsv.
 */
import type { Option } from '../arguments.ts';
import type { MakemvCommand, StringLiteral } from '../ast.ts';
import { need, wants } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, type Expression, lambda, number, text } from '../expression.ts';
import { parsePattern } from '../regular-expression.ts';
import { asText, listValue, nonEmpty } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const makemv: CommandSpec<MakemvCommand> = {
  kind: 'MakemvCommand',
  names: ['makemv'],

  parse(input) {
    let split: MakemvCommand['split'] = { kind: 'delimiter', text: ' ' };
    let allowEmpty = false;
    for (;;) {
      const option = input.optionalOption(['delim', 'tokenizer', 'allowempty'], ['setsv']);
      if (option === undefined) break;
      if (option.name === 'delim') split = { kind: 'delimiter', text: option.value.text };
      else if (option.name === 'tokenizer') split = { kind: 'tokenizer', pattern: tokenizerOf(option) };
      else allowEmpty = input.boolean(option);
    }
    if (split.kind === 'delimiter' && split.text === '') throw input.missing('a delimiter');
    const field = input.expectPlainField();
    return { kind: 'MakemvCommand', span: input.span, name: input.command, field, split, allowEmpty };
  },

  demand: (command, demand) => (wants(demand, command.field.name) ? need(demand, [command.field.name]) : demand),

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    if (value.kind === 'null') return input;
    const { split: way } = command;
    const pattern = way.kind === 'tokenizer' ? parsePattern(way.pattern.value, way.pattern.span).text : '';
    const split = (subject: Expression): Expression =>
      way.kind === 'delimiter'
        ? call('string_split', subject, text(way.text))
        : call('regexp_extract_all', subject, text(pattern), number(1));
    const parts =
      value.kind === 'list'
        ? call('flatten', call('list_transform', value.expression, lambda('member_', split)))
        : split(asText(value));
    const kept = command.allowEmpty
      ? parts
      : call(
          'list_filter',
          parts,
          lambda('kept_', (part) => binary('<>', part, text(''))),
        );
    return scope.extend(input, [
      { name: command.field.name, value: listValue(nonEmpty(kept)), kind: 'list', certain: false },
    ]);
  },
};

function tokenizerOf(option: Option): StringLiteral {
  const pattern: StringLiteral = { kind: 'StringLiteral', span: option.value, value: option.value.text };
  if (
    !parsePattern(pattern.value, pattern.span)
      .text.replace(/\\./g, '')
      .match(/\((?!\?)/)
  ) {
    throw new SplError('SPL206', 'makemv: expected a group (…) in the tokenizer, found none.', pattern.span);
  }
  return pattern;
}
