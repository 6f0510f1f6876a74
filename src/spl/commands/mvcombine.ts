/**
 * mvcombine: makes one row of those that differ in one field only, which then holds all their values, in the order of the rows.
 *
 *   mvcombine [delim=<text>] <field>
 *
 * Rows that lack the field are alike where the others are. The row stands where the first of them stood. `delim` is what nomv puts between the values, if it comes next to that field.
 *
 * Not supported: events, of which no two are alike: `table` says which fields count.
 */
import type { MvcombineCommand } from '../ast.ts';
import { type Demand, withOrder } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { call, column, type Expression, isNotNull, type SortTerm } from '../expression.ts';
import { type Column, columnsOf, type PlanNode } from '../plan.ts';
import { ColumnNames, type Field, fieldValue } from '../relation.ts';
import { asKind, asText, listValue, nonEmpty } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const mvcombine: CommandSpec<MvcombineCommand> = {
  kind: 'MvcombineCommand',
  names: ['mvcombine'],

  parse(input) {
    const option = input.optionalOption(['delim']);
    const field = input.expectPlainField();
    return { kind: 'MvcombineCommand', span: input.span, name: input.command, field, delimiter: option?.value.text };
  },

  /** Rows differ in every field, whoever reads it. */
  demand: (_, demand): Demand => withOrder({ ...demand, all: true }),

  lower(command, input, scope) {
    if (input.ofEvents) {
      throw new SplError(
        'SPL316',
        'mvcombine: expected rows whose fields are known, found events.',
        command.span,
        'Put table before it, with the fields that make rows alike.',
      );
    }
    const { name } = command.field;
    const value = scope.read(input, command.field);
    const names = new ColumnNames(columnsOf(input.node));
    const place = names.take('place');
    const ranked: PlanNode = {
      kind: 'Rank',
      label: scope.label('places'),
      input: input.node,
      call: { name: 'row_number', arguments: [] },
      partitionBy: [],
      orderBy: input.order,
      as: place,
    };
    const taken = new ColumnNames();
    const keys: Column[] = [];
    const fields = new Map<string, Field>();
    const byPlace: readonly SortTerm[] = [{ expression: column(place), descending: false }];
    const aggregates: Column[] = [];
    for (const [other, field] of input.fields) {
      const own = taken.take(other);
      if (other !== name) {
        keys.push({ name: own, expression: fieldValue(field).expression });
        fields.set(other, { ...field, column: own });
        continue;
      }
      const items = value.kind === 'list' ? value.expression : asText(value);
      const all: Expression = {
        op: 'aggregate',
        call: { name: 'list', arguments: [items], orderBy: byPlace, filter: isNotNull(items) },
      };
      const values = listValue(nonEmpty(value.kind === 'list' ? call('flatten', all) : all));
      aggregates.push({ name: own, expression: asKind(values, 'list') });
      const { certain } = field;
      const { delimiter } = command;
      fields.set(name, {
        column: own,
        kind: 'list',
        whole: false,
        certain,
        ...(delimiter === undefined ? {} : { delimiter }),
      });
    }
    const first = taken.take('_order');
    aggregates.push({
      name: first,
      expression: { op: 'aggregate', call: { name: 'min', arguments: [column(place)] } },
    });
    const order: readonly SortTerm[] = scope.demand.order ? [{ expression: column(first), descending: false }] : [];
    const isOnly = keys.length === 0;
    const label = scope.label(isOnly ? 'all' : undefined);
    const node: PlanNode = { kind: 'Aggregate', label, input: ranked, predicates: [], keys, aggregates };
    const combined = { ...input, node, fields, order };
    // Without other fields there is a row of no rows too.
    return isOnly ? scope.filter(combined, [isNotNull(column(first))]) : combined;
  },
};
