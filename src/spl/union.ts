/** The rows of one relation behind those of another: append and its kin. */
import type { CommandScope } from './command-scope.ts';
import { cast, column, type Expression, NULL, number, type SortTerm } from './expression.ts';
import type { Column } from './plan.ts';
import { ColumnNames, type Field, fieldValue, type Relation } from './relation.ts';
import { ABSENT, asKind, commonKind, type Value } from './value.ts';

/** Fields of both; one that only one of them has is absent in the rows of the other. */
export function appendRows(input: Relation, added: Relation, scope: CommandScope): Relation {
  const names = new ColumnNames();
  const fields = new Map<string, Field>();
  const first: Column[] = [];
  const second: Column[] = [];
  for (const name of new Set([...input.fields.keys(), ...added.fields.keys()])) {
    if (!scope.wants(name)) continue;
    const sides = [input.fields.get(name), added.fields.get(name)];
    const values = sides.map((side) => (side === undefined ? ABSENT : fieldValue(side)));
    const kind = commonKind(values);
    const whole = sides.every((side) => side === undefined || side.whole);
    const taken = names.take(name);
    const [left = ABSENT, right = ABSENT] = values;
    const columnOf = (value: Value): Expression =>
      whole && value.kind === 'null' ? cast(NULL, 'bigint') : asKind(value, kind);
    first.push({ name: taken, expression: columnOf(left) });
    second.push({ name: taken, expression: columnOf(right) });
    fields.set(name, { column: taken, kind, whole, certain: sides.some((side) => side?.certain === true) });
  }
  const order: SortTerm[] = [];
  if (scope.demand.order || fields.size === 0) {
    const leg = names.take('_order');
    first.push({ name: leg, expression: number(1) });
    second.push({ name: leg, expression: number(2) });
    order.push({ expression: column(leg), descending: false });
  }
  if (scope.demand.order) {
    // Each side keeps its own order; in the other's rows these columns are absent.
    for (const [terms, own, other] of [
      [input.order, first, second],
      [added.order, second, first],
    ] as const) {
      for (const { expression, descending } of terms) {
        const taken = names.take('_order');
        own.push({ name: taken, expression });
        other.push({ name: taken, expression: NULL });
        order.push({ expression: column(taken), descending });
      }
    }
  }
  const legs = [
    { input: input.node, columns: first },
    { input: added.node, columns: second },
  ];
  return {
    node: { kind: 'Union', label: scope.label(), legs },
    fields,
    order: scope.demand.order ? order : [],
    ofEvents: input.ofEvents || added.ofEvents,
  };
}
