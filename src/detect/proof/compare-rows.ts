/** Expected rows against found rows, in any order. Pure. */
import type { SqlRow } from '../../component.ts';
import { canonicalJson } from '../run/identify-findings.ts';

export interface RowComparison {
  /** Expected rows that no found row is. */
  readonly missing: readonly SqlRow[];
  /** Found rows that no expected row describes. */
  readonly surplus: readonly SqlRow[];
}

/**
 * An expected row describes a found one where every field that it names is equal; a null says that the field is
 * absent, and fields that it does not name may be anything. Each row counts once, paired so that the fewest are left.
 */
export function compareRows(expected: readonly SqlRow[], found: readonly SqlRow[]): RowComparison {
  /** Index of the expected row that each found row is paired with. */
  const partners = new Map<number, number>();
  const pair = (index: number, tried: Set<number>): boolean =>
    found.some((row, candidate) => {
      const wanted = expected[index];
      if (wanted === undefined || tried.has(candidate) || !describes(wanted, row)) return false;
      tried.add(candidate);
      const rival = partners.get(candidate);
      if (rival !== undefined && !pair(rival, tried)) return false;
      partners.set(candidate, index);
      return true;
    });
  const missing = expected.filter((_row, index) => !pair(index, new Set()));
  return { missing, surplus: found.filter((_row, index) => !partners.has(index)) };
}

function describes(expected: SqlRow, found: SqlRow): boolean {
  return Object.entries(expected).every(
    ([name, value]) =>
      canonicalJson(value) === canonicalJson(Object.hasOwn(found, name) ? (found[name] ?? null) : null),
  );
}
