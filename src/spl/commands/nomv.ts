/**
 * nomv: makes one text of a field's values, a line for each, or what the delim of mvcombine says between them.
 *
 *   nomv <field>
 */
import type { NomvCommand } from '../ast.ts';
import { need, wants } from '../demand.ts';
import { call, text } from '../expression.ts';
import { textValue } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const nomv: CommandSpec<NomvCommand> = {
  kind: 'NomvCommand',
  names: ['nomv'],

  parse(input) {
    const field = input.expectPlainField();
    return { kind: 'NomvCommand', span: input.span, name: input.command, field };
  },

  demand: (command, demand) => (wants(demand, command.field.name) ? need(demand, [command.field.name]) : demand),

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    if (value.kind !== 'list') return input;
    const field = input.fields.get(command.field.name);
    const joined = textValue(call('array_to_string', value.expression, text(field?.delimiter ?? '\n')));
    const certain = field?.certain ?? false;
    return scope.extend(input, [{ name: command.field.name, value: joined, kind: 'text', certain }]);
  },
};
