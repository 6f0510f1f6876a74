/**
 * BY: rows in which any BY field is absent are dropped; a field with several values counts the row once for each, several such
 * fields once for each combination.
 */
import type { FieldName } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { SplError } from './diagnostics.ts';
import { call, column, type Expression, isNotNull } from './expression.ts';
import type { PlanNode } from './plan.ts';
import { isAlwaysPresent } from './presence.ts';
import { ColumnNames, type Field, type Relation } from './relation.ts';
import { asText, type Value } from './value.ts';

export interface Grouping {
  /** The rows, once for each combination of members. */
  readonly relation: Relation;
  readonly keys: readonly GroupKey[];
}

export interface GroupKey {
  readonly name: string;
  readonly value: Value;
}

export interface GroupingOptions {
  /** A value that a field holds twice counts once. */
  readonly dedupSplitValues: boolean;
  /** Fields that are read as a whole beside the keys. */
  readonly alsoRead: ReadonlySet<string>;
}

/** Undefined where a BY field is no field at all: then no row is left. */
export function groupBy(
  by: readonly FieldName[],
  input: Relation,
  scope: CommandScope,
  options: GroupingOptions,
): Grouping | undefined {
  const keyColumns = new Map<string, Value>();
  const members: string[] = [];
  let relation = input;
  for (const { name, span } of by) {
    const value = scope.read(relation, { kind: 'FieldName', span, name });
    if (value.kind === 'null') return undefined;
    if (value.kind !== 'list') {
      keyColumns.set(name, value);
      continue;
    }
    const { maxSplitFields } = scope.settings.limits;
    if (members.length === maxSplitFields) {
      throw new SplError(
        'SPL117',
        `BY: expected at most ${maxSplitFields} fields that may hold several values, found more.`,
        span,
      );
    }
    const list = options.dedupSplitValues ? call('list_distinct', value.expression) : value.expression;
    const label = scope.label(`each_${members.length + 1}`);
    const exploded = explode(relation, name, list, label, members, options.alsoRead.has(name));
    relation = exploded.relation;
    members.push(exploded.member);
    keyColumns.set(name, { kind: 'text', expression: column(exploded.member) });
  }
  const keys = by.flatMap(({ name }) => {
    const value = keyColumns.get(name);
    return value === undefined ? [] : [{ name, value }];
  });
  return { relation, keys };
}

/** A row for each member. The member takes the field's column, unless the whole list is read too. */
function explode(
  input: Relation,
  name: string,
  list: Expression,
  label: string,
  earlierMembers: readonly string[],
  keepsList: boolean,
): { readonly relation: Relation; readonly member: string } {
  const names = new ColumnNames();
  const fields = new Map<string, Field>([...input.fields].filter(([other]) => keepsList || other !== name));
  const kept = new Set<string>([...fields.values()].map((field) => field.column));
  for (const { expression } of input.order) if (expression.op === 'column') kept.add(expression.name);
  for (const member of earlierMembers) kept.add(member);
  const columns = [...kept].map((taken) => ({ name: names.take(taken), expression: column(taken) }));
  const member = names.take(name);
  const node: PlanNode = { kind: 'Unnest', label, input: input.node, columns, list, as: member };
  return { relation: { ...input, node, fields }, member };
}

export function keyExpression(key: GroupKey): Expression {
  return key.value.kind === 'number' ? key.value.expression : asText(key.value);
}

/** That the rows of `node` have all of them; nothing is asked of those that are always there. */
export function keysPresent(keys: readonly GroupKey[], node: PlanNode): readonly Expression[] {
  return keys
    .map(keyExpression)
    .filter((key) => !isAlwaysPresent(key, node))
    .map(isNotNull);
}

/** What the keys' columns become in the result. */
export function keyField(key: GroupKey, taken: string): Field {
  const isNumber = key.value.kind === 'number';
  const whole = key.value.kind === 'number' && key.value.whole === true;
  return { column: taken, kind: isNumber ? 'number' : 'text', whole, certain: 'rows' };
}
