/** A column in the place of another, for commands that write over a field of the rows that they join to others. */
import type { SortTerm } from './expression.ts';
import type { Column } from './plan.ts';
import type { ColumnNames } from './relation.ts';

/**
 * Puts the column in the place of an `earlier` one; where the rows are ordered by that, it stays, and the new one stands
 * beside it. Gives the name under which it stands.
 */
export function replaceColumn(
  earlier: string | undefined,
  made: Column,
  columns: Column[],
  passed: { readonly names: ColumnNames; readonly order: readonly SortTerm[] },
): string {
  const isOrder = passed.order.some(({ expression }) => expression.op === 'column' && expression.name === earlier);
  const index = columns.findIndex(({ name }) => name === earlier);
  if (earlier === undefined || isOrder || index < 0) {
    const name = passed.names.take(made.name);
    columns.push({ name, expression: made.expression });
    return name;
  }
  columns[index] = { name: earlier, expression: made.expression };
  return earlier;
}
