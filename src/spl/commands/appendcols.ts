/**
 * appendcols: the fields of another search's rows beside those of the rows so far, the first beside the first and so on.
 *
 *   appendcols [override=<bool>] [maxout=<int>] [ search … ]
 *
 * A field of both is that of the rows so far, with `override=t` that of the other search where its row has one. Internal fields of the
 * other search are left out. Where it has more rows, those stand alone.
 *
 * Not supported: maxtime, timeout, extendtimerange.
 */
import type { AppendcolsCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { withOrder } from '../demand.ts';
import { call, column, type Expression, NULL } from '../expression.ts';
import { type Column, columnsOf, type PlanNode } from '../plan.ts';
import { absentOf, ColumnNames, certaintyOf, type Field, fieldValue, firstRows, type Relation } from '../relation.ts';
import { asKind, commonKind } from '../value.ts';
import { subsearchOptions } from './append.ts';
import type { CommandSpec } from './command.ts';

export const appendcols: CommandSpec<AppendcolsCommand> = {
  kind: 'AppendcolsCommand',
  names: ['appendcols'],

  parse(input) {
    let override = false;
    const limit = subsearchOptions(input, ['override'], (option) => {
      override = input.boolean(option);
    });
    const search = input.context.subsearch(input.command, 'search');
    return { kind: 'AppendcolsCommand', span: input.span, name: input.command, override, limit, search };
  },

  demand: (_, demand) => withOrder(demand),

  lower(command, input, scope) {
    const demand = withOrder(scope.demand);
    const found = scope.subsearches.search(command.search, demand, scope.label());
    const other = firstRows(found, command.limit, scope.label('first'));
    return besideOneAnother(command, input, other, scope);
  },
};

/** A side's columns under names of their own, and its rows' places. */
interface Side {
  readonly rows: Relation;
  readonly fields: ReadonlyMap<string, { readonly field: Field; readonly column: string }>;
  readonly numbered: PlanNode;
  readonly place: string;
}

function besideOneAnother(command: AppendcolsCommand, input: Relation, other: Relation, scope: CommandScope): Relation {
  const names = new ColumnNames();
  const place = names.take('place');
  const sides = [
    sideOf(input, (name) => scope.wants(name), names, scope.label('left')),
    sideOf(other, (name) => scope.wants(name) && !name.startsWith('_'), names, scope.label('right')),
  ];
  const both: PlanNode = {
    kind: 'Union',
    label: scope.label('both'),
    legs: sides.map((side) => ({
      input: side.numbered,
      columns: [
        { name: place, expression: column(side.place) },
        ...sides.flatMap(({ fields }) =>
          [...fields.values()].map(
            ({ field, column: taken }): Column => ({
              name: taken,
              expression: fields === side.fields ? fieldValue(field).expression : absentOf(field),
            }),
          ),
        ),
      ],
    })),
  };
  const outputs = new ColumnNames();
  const placed = outputs.take('_order');
  const fields = new Map<string, Field>();
  const aggregates = [...new Set(sides.flatMap((side) => [...side.fields.keys()]))].map((name): Column => {
    const own = sides.flatMap((side) => side.fields.get(name) ?? []);
    const values = own.map(({ field, column: taken }) => ({ ...fieldValue(field), expression: onlyValue(taken) }));
    const kind = commonKind(values);
    const whole = own.every(({ field }) => field.whole);
    const made = values.map((value) => asKind(value, kind));
    if (command.override) made.reverse();
    const taken = outputs.take(name);
    fields.set(name, {
      column: taken,
      kind,
      whole,
      certain: certaintyOf(sides.map((side) => side.fields.get(name)?.field.certain)),
    });
    return { name: taken, expression: made.length === 1 ? (made[0] ?? NULL) : call('coalesce', ...made) };
  });
  return {
    node: {
      kind: 'Aggregate',
      label: scope.label(),
      input: both,
      predicates: [],
      keys: [{ name: placed, expression: column(place) }],
      aggregates,
    },
    fields,
    order: [{ expression: column(placed), descending: false }],
    ofEvents: input.ofEvents,
  };
}

function sideOf(rows: Relation, keeps: (name: string) => boolean, names: ColumnNames, label: string): Side {
  const fields = new Map(
    [...rows.fields]
      .filter(([name]) => keeps(name))
      .map(([name, field]) => [name, { field, column: names.take(name) }] as const),
  );
  const own = new ColumnNames();
  for (const name of columnsOf(rows.node)) own.take(name);
  const place = own.take('place');
  const numbered: PlanNode = {
    kind: 'Rank',
    label,
    input: rows.node,
    call: { name: 'row_number', arguments: [] },
    partitionBy: [],
    orderBy: rows.order,
    as: place,
  };
  return { rows, fields, numbered, place };
}

/** Each side has one row at a place at most. */
function onlyValue(name: string): Expression {
  return { op: 'aggregate', call: { name: 'any_value', arguments: [column(name)] } };
}
