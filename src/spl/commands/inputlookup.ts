/**
 * inputlookup: the rows of a lookup, at the beginning of a search or behind the rows so far.
 *
 *   inputlookup [append=<bool>] [strict=<bool>] <name>
 *
 * Not supported: start, max, where.
 */
import type { InputlookupCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { SplError } from '../diagnostics.ts';
import { column } from '../expression.ts';
import { findLookup, LOOKUP_ROW } from '../lookup-table.ts';
import type { Relation } from '../relation.ts';
import { appendRows } from '../union.ts';
import type { CommandSpec } from './command.ts';

export const inputlookup: CommandSpec<InputlookupCommand> = {
  kind: 'InputlookupCommand',
  names: ['inputlookup'],

  parse(input) {
    let append = false;
    for (;;) {
      // A lookup that is not there is an error in any case: `strict` changes nothing.
      const option = input.optionalOption(['append', 'strict'], ['start', 'max']);
      if (option === undefined) break;
      const value = input.boolean(option);
      if (option.name === 'append') append = value;
    }
    const table = input.expectString("a lookup's name");
    const where = input.optionalWord('where');
    if (where !== undefined) {
      throw new SplError('SPL316', `${input.command}: "where" is not supported.`, where, 'Put | where … behind it.');
    }
    return { kind: 'InputlookupCommand', span: input.span, name: input.command, table, append };
  },

  demand: (_, demand) => demand,

  lower(command, input, scope) {
    if (command.append) return appendRows(input, lowerInputlookup(command, scope, 'rows'), scope);
    throw new SplError(
      'SPL316',
      `${command.name}: expected append=true behind another command, found none.`,
      command.span,
    );
  },
};

/** The table's rows in the order of its file, with the columns that the rest of the search needs. */
export function lowerInputlookup(command: InputlookupCommand, scope: CommandScope, part?: string): Relation {
  const { table, columns } = findLookup(command.name, command.table, scope.settings.lookups);
  const wanted = columns.filter((name) => scope.wants(name));
  const kept = [...wanted, LOOKUP_ROW].map((name) => ({ name, expression: column(name) }));
  return {
    node: { kind: 'Scan', label: scope.label(part), legs: [{ table, columns: kept, predicates: [] }] },
    fields: new Map(wanted.map((name) => [name, { column: name, kind: 'text', whole: false, certain: false }])),
    order: scope.demand.order ? [{ expression: column(LOOKUP_ROW), descending: false }] : [],
    ofEvents: false,
  };
}
