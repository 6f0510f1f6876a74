/**
 * dedup: keeps the first rows for each combination of values, in the order that the rows have here (events: newest first).
 *
 *   dedup [<int>] <field-list> [keepempty=<bool>] [sortby <sort-list>]
 *
 * Rows that lack one of the fields are dropped, or kept untouched with keepempty=true. A field with several values is compared as a whole.
 *
 * With consecutive=t only rows that follow one another count as the same. With keepevents=t every row stays, and those that would have
 * gone lose the fields.
 */
import type { DedupCommand, FieldName, SortKey } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, withOrder } from '../demand.ts';
import { and, binary, column, type Expression, FALSE, isNotNull, isNull, number, or, when } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { columnsOf, type PlanNode } from '../plan.ts';
import { ColumnNames, fieldValue, type Output, type Relation } from '../relation.ts';
import type { Value } from '../value.ts';
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
    let consecutive = false;
    let keepEvents = false;
    let sortBy: readonly SortKey[] = [];
    while (!input.isEnd()) {
      const option = input.optionalOption(['keepempty', 'consecutive', 'keepevents']);
      if (option?.name === 'keepempty') keepEmpty = input.boolean(option);
      else if (option?.name === 'consecutive') consecutive = input.boolean(option);
      else if (option !== undefined) keepEvents = input.boolean(option);
      else if (input.optionalWord('sortby') !== undefined) {
        sortBy = input.sortKeys();
      } else {
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectPlainField());
      }
    }
    if (fields.length === 0) throw input.missing('at least one field', 'Example: dedup user.username');
    const { span, command: name } = input;
    return { kind: 'DedupCommand', span, name, count, fields, keepEmpty, consecutive, keepEvents, sortBy };
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
      return command.keepEmpty || command.keepEvents ? sorted : scope.filter(sorted, [FALSE]);
    }
    const names = new ColumnNames();
    // Also those that no field has any more: the places of an earlier dedup.
    for (const name of columnsOf(sorted.node)) names.take(name);
    const place = names.take('place');
    const values = keys.map(({ expression }) => expression);
    const run = command.consecutive ? numberRuns(values, sorted, names, scope) : undefined;
    const numbered: PlanNode = {
      kind: 'Rank',
      label: scope.label('places'),
      input: run?.node ?? sorted.node,
      call: { name: 'row_number', arguments: [] },
      partitionBy: run === undefined ? values : [...values, column(run.column)],
      orderBy: sorted.order,
      as: place,
    };
    const isAmongFirst = binary('<=', column(place), number(command.count));
    if (command.keepEvents) {
      const outputs = command.fields.flatMap(({ name }): readonly Output[] => {
        const field = sorted.fields.get(name);
        if (field === undefined) return [];
        const isKept = or([...values.map(isNull), isAmongFirst]);
        const expression = when(isKept, fieldValue(field).expression);
        return [
          { name, value: { ...fieldValue(field), expression } as Value, kind: field.kind, certain: field.certain },
        ];
      });
      return scope.extend({ ...sorted, node: numbered }, outputs);
    }
    const predicate: Expression = command.keepEmpty
      ? or([...keys.map(({ expression }) => isNull(expression)), isAmongFirst])
      : and([...keys.map(({ expression }) => isNotNull(expression)), isAmongFirst]);
    return scope.filter({ ...sorted, node: numbered }, [predicate]);
  },
};

/** Rows of the same values that follow one another have the same number: their place in all rows less that among their like. */
function numberRuns(
  values: readonly Expression[],
  input: Relation,
  names: ColumnNames,
  scope: CommandScope,
): { readonly node: PlanNode; readonly column: string } {
  const made = names.take('run');
  const place = (partitionBy: readonly Expression[]): Expression => ({
    op: 'window',
    call: { name: 'row_number', arguments: [] },
    partitionBy,
    orderBy: input.order,
  });
  const columns = columnsOf(input.node).map((name) => ({ name, expression: column(name) }));
  const expression = binary('-', place([]), place(values));
  const node: PlanNode = {
    kind: 'Project',
    label: scope.label('runs'),
    input: input.node,
    columns: [...columns, { name: made, expression }],
  };
  return { node, column: made };
}
