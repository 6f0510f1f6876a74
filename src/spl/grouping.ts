/**
 * BY: rows in which any BY field is absent are dropped; a field with several values counts the row once for each, several such
 * fields once for each combination.
 */
import type { FieldName } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { call, column, type Expression, isNotNull } from './expression.ts';
import type { Column, PlanNode } from './plan.ts';
import { ColumnNames, type Field, type Relation } from './relation.ts';
import { asText, type Value } from './value.ts';

export interface Grouping {
  /** The rows, once for each combination of members; its fields are those of the input. */
  readonly relation: Relation;
  readonly keys: readonly GroupKey[];
}

export interface GroupKey {
  readonly name: string;
  readonly value: Value;
}

/** Undefined where a BY field is no field at all: then no row is left. */
export function groupBy(
  by: readonly FieldName[],
  input: Relation,
  scope: CommandScope,
  dedupSplitValues: boolean,
): Grouping | undefined {
  const keys: GroupKey[] = [];
  let relation = input;
  let count = 0;
  for (const field of by) {
    const value = scope.read(relation, field);
    if (value.kind === 'null') return undefined;
    if (value.kind !== 'list') {
      keys.push({ name: field.name, value });
      continue;
    }
    count += 1;
    const members = dedupSplitValues ? call('list_distinct', value.expression) : value.expression;
    const { node, member, fields, order } = explode(relation, members, scope.label(`each_${count}`));
    relation = { ...relation, node, fields, order };
    keys.push({ name: field.name, value: { kind: 'text', expression: column(member) } });
  }
  // Keys found before an explosion are still named by their column: explosions repeat every column under its own name.
  return { relation, keys };
}

function explode(input: Relation, list: Expression, label: string) {
  const names = new ColumnNames();
  const columns: Column[] = [];
  for (const name of columnsNamed(input)) columns.push({ name: names.take(name), expression: column(name) });
  const member = names.take('member');
  const node: PlanNode = { kind: 'Unnest', label, input: input.node, columns, list, as: member };
  const fields: ReadonlyMap<string, Field> = input.fields;
  return { node, member, fields, order: input.order };
}

/** Columns of fields and of the order, and those of earlier explosions. */
function columnsNamed(input: Relation): readonly string[] {
  const names = new Set<string>();
  for (const field of input.fields.values()) names.add(field.column);
  for (const { expression } of input.order) if (expression.op === 'column') names.add(expression.name);
  if (input.node.kind === 'Unnest') for (const { name } of input.node.columns) names.add(name);
  if (input.node.kind === 'Unnest') names.add(input.node.as);
  return [...names];
}

export function keyExpression(key: GroupKey): Expression {
  return key.value.kind === 'number' ? key.value.expression : asText(key.value);
}

export function keysPresent(keys: readonly GroupKey[]): readonly Expression[] {
  return keys.map((key) => isNotNull(keyExpression(key)));
}
