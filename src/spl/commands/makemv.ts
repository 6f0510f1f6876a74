/**
 * makemv: splits a text into several values.
 *
 *   makemv [delim=<text>] [allowempty=<bool>] <field>      a blank by default
 *
 * Not supported: tokenizer, setsv.
 */
import type { MakemvCommand } from '../ast.ts';
import { need, wants } from '../demand.ts';
import { binary, call, type Expression, lambda, text } from '../expression.ts';
import { asText, listValue, nonEmpty } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const makemv: CommandSpec<MakemvCommand> = {
  kind: 'MakemvCommand',
  names: ['makemv'],

  parse(input) {
    let delimiter = ' ';
    let allowEmpty = false;
    for (;;) {
      const option = input.optionalOption(['delim', 'allowempty'], ['tokenizer', 'setsv']);
      if (option === undefined) break;
      if (option.name === 'delim') delimiter = option.value.text;
      else allowEmpty = input.boolean(option);
    }
    if (delimiter === '') throw input.missing('a delimiter');
    const field = input.expectPlainField();
    return { kind: 'MakemvCommand', span: input.span, name: input.command, field, delimiter, allowEmpty };
  },

  demand: (command, demand) => (wants(demand, command.field.name) ? need(demand, [command.field.name]) : demand),

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    if (value.kind === 'null') return input;
    const split = (subject: Expression): Expression => call('string_split', subject, text(command.delimiter));
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
