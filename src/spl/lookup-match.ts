/** How a row's key column is compared with a field: exactly, by `*` wildcards that stand in the table, or as a network. */
import { binary, call, column, type Expression, or } from './expression.ts';
import type { LookupTable } from './lookup-table.ts';
import { likePatternOf } from './wildcard-pattern.ts';

/** The column in the form that `matchesRow` compares, worked out once for each row of the table. */
export function patternOf(name: string, table: LookupTable): Expression {
  const cell = folded(column(name), table);
  if (kindOf(name, table) !== 'wildcard') return cell;
  return likePatternOf(cell);
}

/** True where the value matches the row's `pattern`. */
export function matchesRow(value: Expression, pattern: Expression, name: string, table: LookupTable): Expression {
  const compared = folded(value, table);
  switch (kindOf(name, table)) {
    case 'exact':
      return binary('=', compared, pattern);
    case 'wildcard':
      return { op: 'like', operand: compared, pattern, escaped: true };
    case 'cidr':
      return or([binary('=', compared, pattern), call('spl_in_network', compared, pattern)]);
  }
}

function kindOf(name: string, { matchTypes }: LookupTable): 'wildcard' | 'cidr' | 'exact' {
  return matchTypes.find(({ field }) => field === name)?.kind ?? 'exact';
}

function folded(value: Expression, { caseSensitive }: LookupTable): Expression {
  return caseSensitive ? value : call('lower', value);
}
