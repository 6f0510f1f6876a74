/** Columns of a node that has one row, beside every row of a relation. */
import type { CommandScope } from './command-scope.ts';
import { column, type Expression, TRUE } from './expression.ts';
import type { PlanNode } from './plan.ts';
import type { Relation } from './relation.ts';

/** The expression over the columns of `node`, where those of another node stand beside them. */
export function beside(expression: Expression, node: PlanNode): Expression {
  if (expression.op === 'column') return column(expression.name, node.label);
  if (expression.op === 'call') {
    return { ...expression, arguments: expression.arguments.map((item) => beside(item, node)) };
  }
  return expression;
}

/** The fields for which `keep` holds, and every column of `row` under a name that no field has. */
export function besideRow(
  relation: Relation,
  row: PlanNode,
  columns: readonly string[],
  keep: (name: string) => boolean,
  scope: CommandScope,
): { readonly relation: Relation; readonly names: readonly string[] } {
  const left = relation.node;
  const passed = scope.passThrough(relation, keep);
  const own = passed.columns.map(({ name, expression }) => ({ name, expression: beside(expression, left) }));
  const taken = columns.map((name) => ({ name: passed.names.take(name), expression: column(name, row.label) }));
  const node: PlanNode = {
    kind: 'Join',
    label: scope.label('beside'),
    left,
    right: row,
    on: TRUE,
    columns: [...own, ...taken],
  };
  const names = taken.map(({ name }) => name);
  return { relation: { ...relation, node, fields: passed.fields, order: passed.order }, names };
}
