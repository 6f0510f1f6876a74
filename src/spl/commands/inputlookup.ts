/**
 * inputlookup: the rows of a lookup, at the beginning of a search or behind the rows so far.
 *
 *   inputlookup [append=<bool>] [strict=<bool>] [start=<int>] [max=<int>] <name> [where <search expression>]
 *
 * The condition is read first, over the lookup's columns; of the rows that satisfy it `start` are passed over and `max` taken.
 */
import type { FieldName, InputlookupCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { SplError } from '../diagnostics.ts';
import { binary, column, type Expression, number, type SortTerm } from '../expression.ts';
import { findLookup, LOOKUP_ROW } from '../lookup-table.ts';
import type { PlanNode, Scan } from '../plan.ts';
import { lowerSearch, type SubsearchUse } from '../predicate.ts';
import { ColumnNames, type Relation } from '../relation.ts';
import { suggest } from '../suggestion.ts';
import { appendRows } from '../union.ts';
import { textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const inputlookup: CommandSpec<InputlookupCommand> = {
  kind: 'InputlookupCommand',
  names: ['inputlookup'],

  parse(input) {
    let append = false;
    let start = 0;
    let max: number | undefined;
    for (;;) {
      // A lookup that is not there is an error in any case: `strict` changes nothing.
      const option = input.optionalOption(['append', 'strict', 'start', 'max']);
      if (option === undefined) break;
      if (option.name === 'start') start = input.integer(option, 0);
      else if (option.name === 'max') max = input.integer(option, 0);
      else {
        const value = input.boolean(option);
        if (option.name === 'append') append = value;
      }
    }
    const table = input.expectString("a lookup's name");
    const hasWhere = input.optionalWord('where') !== undefined;
    const where = hasWhere ? input.searchExpression() : undefined;
    if (hasWhere && where === undefined) throw input.missing('a condition behind where');
    return { kind: 'InputlookupCommand', span: input.span, name: input.command, table, append, start, max, where };
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
  const isPart = command.start > 0 || command.max !== undefined;
  const own = scope.label(part);
  const scan = {
    kind: 'Scan',
    label: isPart ? `${own}_all` : own,
    legs: [{ table, columns: kept, predicates: conditionOf(command, columns) }],
  } as const;
  return {
    node: isPart ? partOf(scan, command, own) : scan,
    fields: new Map(wanted.map((name) => [name, { column: name, kind: 'text', whole: false, certain: false }])),
    order: scope.demand.order ? [IN_FILE_ORDER] : [],
    ofEvents: false,
  };
}

const IN_FILE_ORDER: SortTerm = { expression: column(LOOKUP_ROW), descending: false };

function conditionOf({ name, table, where }: InputlookupCommand, columns: readonly string[]): readonly Expression[] {
  if (where === undefined) return [];
  const read = (field: FieldName): Value => {
    if (columns.includes(field.name)) return textValue(column(field.name));
    throw new SplError(
      'SPL319',
      `${name}: expected a column of ${table.value} (${columns.join(', ')}), found "${field.name}".`,
      field.span,
      suggest(field.name, columns),
    );
  };
  const subsearch = ({ subsearch: { span } }: SubsearchUse): never => {
    throw new SplError('SPL207', `${name}: expected no subsearch here, found one.`, span, 'Put | search … behind it.');
  };
  return [lowerSearch(where, { read, raw: () => undefined, subsearch })];
}

function partOf(scan: Scan, { start, max }: InputlookupCommand, own: string): PlanNode {
  const limit = { kind: 'Limit', orderBy: [IN_FILE_ORDER] } as const;
  if (start === 0) return { ...limit, label: own, input: scan, count: max ?? 0 };
  // No name of a lookup's own column.
  const names = new ColumnNames();
  for (const one of scan.legs[0]?.columns ?? []) names.take(one.name);
  const placeName = names.take('_place');
  const place = column(placeName);
  const ranked: PlanNode = {
    kind: 'Rank',
    label: `${own}_placed`,
    input: scan,
    call: { name: 'row_number', arguments: [] },
    partitionBy: [],
    orderBy: [IN_FILE_ORDER],
    as: placeName,
  };
  const bounds = [binary('>', place, number(start))];
  if (max !== undefined) bounds.push(binary('<=', place, number(start + max)));
  return { kind: 'Filter', label: own, input: ranked, predicates: bounds };
}
