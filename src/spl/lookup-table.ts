/** Lookups as a search sees them: the table, its columns, how its rows are matched. */
import type { FieldName, StringLiteral } from './ast.ts';
import { SplError } from './diagnostics.ts';
import { suggest } from './suggestion.ts';

export interface LookupTable {
  /** The SQL table: a VARCHAR column for each of `columns`, and `LOOKUP_ROW`. An empty cell is null. */
  readonly table: string;
  /** In the order of the file. No two of them differ only in case. */
  readonly columns: readonly string[];
  /** The CSV file's own name: searches may say it in place of the lookup's, and then nothing of the definition counts. */
  readonly fileName?: string;
  /** A collection keeps what searches write into it, of the columns it has; a file is made anew at every start. */
  readonly isCollection?: boolean;
  /** Of the table's columns; those that are not named match exactly. */
  readonly matchTypes: readonly { readonly kind: 'wildcard' | 'cidr' | 'exact'; readonly field: string }[];
  readonly caseSensitive: boolean;
  /** Where fewer rows match, `defaultMatch` stands for those that are missing. */
  readonly minMatches: number;
  /** At least 1: of more rows that match the first ones count. */
  readonly maxMatches: number;
  /** Null: nothing is written. */
  readonly defaultMatch: string | null;
}

/** By name. */
export type LookupTables = ReadonlyMap<string, LookupTable>;

/** The column with the row's place in the file, from 1. */
export const LOOKUP_ROW = '_row';

/** How Splunk matches in a file that no definition names. */
const PLAIN = { matchTypes: [], caseSensitive: true, minMatches: 0, maxMatches: 1000, defaultMatch: null } as const;

/** Throws SplError where there is none of that name. */
export function findLookup(command: string, name: StringLiteral, lookups: LookupTables): LookupTable {
  const found = lookups.get(name.value);
  if (found !== undefined) return found;
  const ofFile = [...lookups.values()].find(({ fileName }) => fileName === name.value);
  if (ofFile !== undefined) return { ...ofFile, ...PLAIN };
  throw new SplError(
    'SPL318',
    `${command}: expected the name of a lookup, found "${name.value}", which nothing defines.`,
    name.span,
    suggest(name.value, lookups.keys()) ??
      'Lookups come from lookups/ and transforms.conf of the content and from detections.lookups.',
  );
}

/** Throws SplError where the lookup has no such column. */
export function findColumn(command: string, column: FieldName, name: StringLiteral, lookup: LookupTable): string {
  if (lookup.columns.includes(column.name)) return column.name;
  throw new SplError(
    'SPL319',
    `${command}: expected a column of ${name.value} (${lookup.columns.join(', ')}), found "${column.name}".`,
    column.span,
    suggest(column.name, lookup.columns),
  );
}
