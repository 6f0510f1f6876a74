/** The rows of several relations: behind one another (append and its kin) or as one stream of events (multisearch). */
import type { CommandScope } from './command-scope.ts';
import { column, type Expression, NULL, number, type SortTerm } from './expression.ts';
import type { Column } from './plan.ts';
import { absentOf, ColumnNames, certaintyOf, type Field, fieldValue, type Relation } from './relation.ts';
import { ABSENT, asKind, commonKind, type Value } from './value.ts';

/** `behind`: each in its own order. `newestFirst`: all in the order of a scan, which is that of each. */
export type Arrangement = 'behind' | 'newestFirst';

/** Fields of both; one that only one of them has is absent in the rows of the other. */
export function appendRows(input: Relation, added: Relation, scope: CommandScope): Relation {
  return unionRows([input, added], 'behind', scope);
}

/** Fields of all; one that a relation does not have is absent in its rows. */
export function unionRows(relations: readonly Relation[], arrangement: Arrangement, scope: CommandScope): Relation {
  const names = new ColumnNames();
  const fields = new Map<string, Field>();
  const columns: Column[][] = relations.map(() => []);
  for (const name of new Set(relations.flatMap((relation) => [...relation.fields.keys()]))) {
    if (!scope.wants(name)) continue;
    const sides = relations.map((relation) => relation.fields.get(name));
    const values = sides.map((side) => (side === undefined ? ABSENT : fieldValue(side)));
    const kind = commonKind(values);
    const whole = sides.every((side) => side === undefined || side.whole);
    const taken = names.take(name);
    const columnOf = (value: Value): Expression =>
      value.kind === 'null' ? absentOf({ kind, whole }) : asKind(value, kind);
    for (const [leg, value] of values.entries()) columns[leg]?.push({ name: taken, expression: columnOf(value) });
    fields.set(name, { column: taken, kind, whole, certain: certaintyOf(sides.map((side) => side?.certain)) });
  }
  const order: SortTerm[] = [];
  /** A column of the order; absent in the rows of the others. */
  const addOrder = (expressions: readonly (Expression | undefined)[], descending: boolean): void => {
    const taken = names.take('_order');
    for (const [leg, own] of columns.entries()) own.push({ name: taken, expression: expressions[leg] ?? NULL });
    order.push({ expression: column(taken), descending });
  };
  const ownTerms = relations.map((relation) => [...relation.order]);
  if (scope.demand.order && arrangement === 'newestFirst') {
    const shared = ownTerms.map((terms) => terms.shift());
    addOrder(
      shared.map((term) => term?.expression),
      true,
    );
  }
  if (scope.demand.order || fields.size === 0) {
    addOrder(
      relations.map((_, leg) => number(leg + 1)),
      false,
    );
  }
  if (scope.demand.order && ownTerms.some((terms) => terms.length > 0)) addOrder(ownTerms.map(placeIn), false);
  const legs = relations.map(({ node }, leg) => ({ input: node, columns: columns[leg] ?? [] }));
  return {
    node: { kind: 'Union', label: scope.label(), legs },
    fields,
    order: scope.demand.order ? order : [],
    ofEvents: relations.some(({ ofEvents }) => ofEvents),
  };
}

/** The row's number in its own order: what the sides are ordered by may be of types that no column can hold both of. */
function placeIn(orderBy: readonly SortTerm[]): Expression {
  if (orderBy.length === 0) return number(1);
  return { op: 'window', call: { name: 'row_number', arguments: [] }, partitionBy: [], orderBy };
}
