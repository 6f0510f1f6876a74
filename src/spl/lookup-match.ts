/** How a row's key column is compared with a field: exactly, by `*` wildcards that stand in the table, or as a network. */
import {
  and,
  binary,
  call,
  cast,
  column,
  type Expression,
  isNotNull,
  lambda,
  list,
  number,
  or,
  text,
} from './expression.ts';
import type { LookupTable } from './lookup-table.ts';
import { nonEmpty } from './value.ts';
import { likePatternOf } from './wildcard-pattern.ts';

/** The column in the form that `matchesRow` compares, worked out once for each row of the table. */
export function patternOf(name: string, table: LookupTable): Expression {
  const cell = folded(column(name), table);
  if (kindOf(name, table) !== 'wildcard') return cell;
  return likePatternOf(cell);
}

/** The text that every match of a row's pattern contains; undefined where the column holds no patterns. */
export function literalOf(name: string, table: LookupTable): Expression | undefined {
  return kindOf(name, table) === 'wildcard' ? call('spl_longest_literal', folded(column(name), table)) : undefined;
}

/** A key in the form that `matchesRow` compares, worked out once for each key. */
export function comparedOf(value: Expression, table: LookupTable): Expression {
  return folded(value, table);
}

/** True where the value, as `comparedOf` gives it, matches the row's `pattern`. */
export function matchesRow(
  compared: Expression,
  pattern: Expression,
  literal: Expression | undefined,
  name: string,
  table: LookupTable,
): Expression {
  switch (kindOf(name, table)) {
    case 'exact':
      return binary('=', compared, pattern);
    case 'wildcard': {
      const like: Expression = { op: 'like', operand: compared, pattern, escaped: true };
      return literal === undefined ? like : and([call('contains', compared, literal), like]);
    }
    case 'cidr':
      return or([binary('=', compared, pattern), call('spl_in_network', compared, pattern)]);
  }
}

/** Of the cells of all rows that match, in order: as many as count, the default for those that are missing, without empty ones. */
export function keptValues(matched: Expression, { minMatches, maxMatches, defaultMatch }: LookupTable): Expression {
  const none = cast(list([]), 'varchar[]');
  const first: Expression = {
    op: 'index',
    operand: call('coalesce', matched, none),
    index: number(1),
    end: number(maxMatches),
  };
  const isPadded = minMatches > 0 && defaultMatch !== null;
  const missing = call('greatest', binary('-', number(minMatches), call('len', first)), number(0));
  const padding: Expression = {
    op: 'index',
    operand: list(Array.from({ length: minMatches }, () => text(defaultMatch ?? ''))),
    index: number(1),
    end: missing,
  };
  const all = isPadded ? call('list_concat', first, padding) : first;
  return nonEmpty(
    call(
      'list_filter',
      all,
      lambda('kept_', (value) => isNotNull(value)),
    ),
  );
}

function kindOf(name: string, { matchTypes }: LookupTable): 'wildcard' | 'cidr' | 'exact' {
  return matchTypes.find(({ field }) => field === name)?.kind ?? 'exact';
}

function folded(value: Expression, { caseSensitive }: LookupTable): Expression {
  return caseSensitive ? value : call('lower', value);
}
