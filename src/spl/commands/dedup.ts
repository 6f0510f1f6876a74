/**
 * dedup: keeps the first rows for each combination of values, in the order that the rows have here (events: newest first).
 *
 *   dedup [<int>] <field-list> [keepempty=<bool>] [sortby <sort-list>]
 *
 * Rows that lack one of the fields are dropped, or kept untouched with keepempty=true. A field with several values is compared as a whole.
 *
 * Not supported: consecutive, keepevents. Each changes which rows survive.
 */
import type { DedupCommand, FieldName, SortKey } from '../ast.ts';
import { need, withOrder } from '../demand.ts';
import { and, binary, column, type Expression, FALSE, isNotNull, isNull, number, or } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { columnsOf, type PlanNode } from '../plan.ts';
import { ColumnNames } from '../relation.ts';
import type { CommandSpec } from './command.ts';
import { sortRows } from './sort.ts';

export const dedup: CommandSpec<DedupCommand> = {
  kind: 'DedupCommand',
  names: ['dedup'],

  parse(input) {
    const token = input.context.peek('arguments');
    const isCount = token.kind === 'word' && /^\d+$/.test(token.text);
    const count = isCount ? input.integerToken(input.context.next('arguments'), 1, 'count') : 1;
    const fields: FieldName[] = [];
    let keepEmpty = false;
    let sortBy: readonly SortKey[] = [];
    while (!input.isEnd()) {
      const option = input.optionalOption(['keepempty'], ['consecutive', 'keepevents']);
      if (option !== undefined) {
        keepEmpty = input.boolean(option);
      } else if (input.optionalWord('sortby') !== undefined) {
        sortBy = input.sortKeys();
      } else {
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectPlainField());
      }
    }
    if (fields.length === 0) throw input.missing('at least one field', 'Example: dedup user.username');
    return { kind: 'DedupCommand', span: input.span, name: input.command, count, fields, keepEmpty, sortBy };
  },

  demand(command, demand) {
    return withOrder(need(demand, [...namesOf(command.fields), ...command.sortBy.map(({ field }) => field.name)]));
  },

  lower(command, input, scope) {
    const sorted =
      command.sortBy.length === 0
        ? input
        : sortRows(
            command.sortBy,
            0,
            input,
            scope.step('sorted', withOrder(need(scope.demand, namesOf(command.fields)))),
          );
    const keys = command.fields.map((field) => scope.read(sorted, field));
    if (keys.some(({ kind }) => kind === 'null')) {
      return command.keepEmpty ? sorted : scope.filter(sorted, [FALSE]);
    }
    const names = new ColumnNames();
    // Also those that no field has any more: the places of an earlier dedup.
    for (const name of columnsOf(sorted.node)) names.take(name);
    const place = names.take('place');
    const numbered: PlanNode = {
      kind: 'Rank',
      label: scope.label('places'),
      input: sorted.node,
      call: { name: 'row_number', arguments: [] },
      partitionBy: keys.map(({ expression }) => expression),
      orderBy: sorted.order,
      as: place,
    };
    const isAmongFirst = binary('<=', column(place), number(command.count));
    const predicate: Expression = command.keepEmpty
      ? or([...keys.map(({ expression }) => isNull(expression)), isAmongFirst])
      : and([...keys.map(({ expression }) => isNotNull(expression)), isAmongFirst]);
    return scope.filter({ ...sorted, node: numbered }, [predicate]);
  },
};
