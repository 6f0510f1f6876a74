/** Lookups of the golden format, for the compiler and for the interpreter. */
import type { LookupTable } from '../../src/spl/index.ts';
import type { StoredLookup } from './spl-interpreter/lookup.ts';

/** A lookup's settings with its rows, cells in the order of the columns; null is an empty cell. */
export interface GoldenLookup extends Partial<Omit<LookupTable, 'table'>> {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

export type GoldenLookups = Readonly<Record<string, GoldenLookup>>;

/** Splunk's defaults. */
const DEFAULTS = { matchTypes: [], caseSensitive: true, minMatches: 0, maxMatches: 1000, defaultMatch: null };

/** Each lookup's SQL table is `lookup_<name>`. */
export function lookupTables(lookups: GoldenLookups = {}): ReadonlyMap<string, LookupTable> {
  return new Map(
    Object.entries(lookups).map(([name, lookup]) => [name, { ...DEFAULTS, ...lookup, table: `lookup_${name}` }]),
  );
}

export function storedLookups(lookups: GoldenLookups = {}): Readonly<Record<string, StoredLookup>> {
  return Object.fromEntries(Object.entries(lookups).map(([name, lookup]) => [name, { ...DEFAULTS, ...lookup }]));
}
