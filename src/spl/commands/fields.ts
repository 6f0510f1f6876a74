/**
 * fields: keeps or drops fields. Keeping keeps the internal fields `_time` and `_raw` too; order is not changed.
 *
 *   fields [+|-] <field-list>      wildcards allowed
 *
 * While the rows are events, a wildcard that keeps covers the fields known at this point: those of the dataset's columns and those
 * that commands made.
 */
import type { FieldsCommand } from '../ast.ts';
import { type Demand, only, without } from '../demand.ts';
import { hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

const INTERNAL = ['_time', '_raw'];

export const fields: CommandSpec<FieldsCommand> = {
  kind: 'FieldsCommand',
  names: ['fields'],

  parse(input) {
    const sign = input.optionalWord('-') ?? input.optionalWord('+');
    const fieldList = input.fieldList([], true);
    if (fieldList.length === 0) throw input.missing('at least one field');
    const remove = sign?.text === '-';
    return { kind: 'FieldsCommand', span: input.span, name: input.command, remove, fields: fieldList };
  },

  demand(command, demand): Demand {
    const names = [...demand.names.keys()];
    if (command.remove)
      return without(
        demand,
        names.filter((name) => isListed(command, name)),
      );
    if (!demand.all)
      return without(
        demand,
        names.filter((name) => !isKept(command, name)),
      );
    const plain = command.fields.map(({ name }) => name).filter((name) => !hasWildcard(name));
    const kept = only([...INTERNAL, ...plain, ...names.filter((name) => isKept(command, name))], demand.order);
    const all = command.fields.some(({ name }) => hasWildcard(name));
    return { ...kept, all, ...(demand.closed === undefined ? {} : { closed: demand.closed }) };
  },

  lower(command, input) {
    const keeps = (name: string): boolean => (command.remove ? !isListed(command, name) : isKept(command, name));
    return { ...input, fields: new Map([...input.fields].filter(([name]) => keeps(name))) };
  },
};

function isListed(command: FieldsCommand, name: string): boolean {
  return command.fields.some((field) => matchWildcard(field.name, name) !== undefined);
}

function isKept(command: FieldsCommand, name: string): boolean {
  return INTERNAL.includes(name) || isListed(command, name);
}
