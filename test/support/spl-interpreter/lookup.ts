/** Lookups (rules 39, 40): rows of tables, matched key by key. */
import type { InputlookupCommand, LookupCommand } from '../../../src/spl/ast.ts';
import type { LookupTable } from '../../../src/spl/lookup-table.ts';
import { fromMembers, membersOf } from './field-value.ts';
import { isInNetwork, parseNetwork } from './network.ts';
import { refuse } from './refusal.ts';
import { Row, type Settings } from './row.ts';
import { matchesSearch } from './search-expression.ts';
import { starPattern } from './wildcard.ts';

/** A lookup's settings with its rows, cells in the order of the columns; null is an empty cell. */
export interface StoredLookup extends Omit<LookupTable, 'table'> {
  readonly rows: readonly (readonly (string | null)[])[];
}

export function lookupRows({ table, where, start, max }: InputlookupCommand, settings: Settings): readonly Row[] {
  const { columns, rows } = findLookup(table.value, settings);
  return rows
    .map((cells) => Row.of(columns.map((name, index) => [name, cells[index] ?? undefined])))
    .filter((row) => where === undefined || matchesSearch(where, row, () => refuse('a subsearch in inputlookup')))
    .slice(start, max === undefined ? undefined : start + max);
}

/** A row without a key stays; a key with several values is looked up for each, one behind the other. */
export function lookUp(command: LookupCommand, row: Row, settings: Settings): Row {
  const lookup = findLookup(command.table.value, settings);
  const keys = command.keys.map(({ column, field }) => ({
    column: column.name,
    members: membersOf(row.get(field.name)),
  }));
  if (keys.some(({ members }) => members.length === 0)) return row;
  if (keys.filter(({ members }) => members.length > 1).length > 1)
    return refuse('a lookup with two keys of several values');
  const times = Math.max(...keys.map(({ members }) => members.length));
  const asked = Array.from({ length: times }, (_, index) =>
    keys.map(({ column, members }) => [column, members[members.length > 1 ? index : 0] ?? ''] as const),
  );
  const isKey = (name: string): boolean => keys.some(({ column }) => column === name);
  const outputs =
    command.outputs?.map(({ column, field }) => [column.name, field.name] as const) ??
    lookup.columns.filter((name) => !isKey(name)).map((name) => [name, name] as const);
  const isWritten = (field: string): boolean => command.mode === 'overwrite' || row.get(field) === undefined;
  return row.with(
    outputs
      .filter(([, field]) => isWritten(field))
      .map(([column, field]) => [field, fromMembers(asked.flatMap((values) => valuesOf(column, values, lookup)))]),
  );
}

function findLookup(name: string, { lookups }: Settings): StoredLookup {
  const ofFile = Object.values(lookups).find(({ fileName }) => fileName === name);
  const plain = { matchTypes: [], caseSensitive: true, minMatches: 0, maxMatches: 1000, defaultMatch: null };
  return lookups[name] ?? (ofFile === undefined ? refuse(`the lookup ${name}`) : { ...ofFile, ...plain });
}

/** Of the first rows that match the cells that are not empty; the default for rows that are missing. */
function valuesOf(
  column: string,
  values: readonly (readonly [string, string])[],
  lookup: StoredLookup,
): readonly string[] {
  const { columns, rows, minMatches, maxMatches, defaultMatch } = lookup;
  const matching = rows
    .filter((cells) =>
      values.every(([name, value]) => matches(value, cells[columns.indexOf(name)] ?? null, name, lookup)),
    )
    .slice(0, maxMatches);
  const missing = Math.max(0, minMatches - matching.length);
  const padding = defaultMatch === null ? [] : Array.from({ length: missing }, () => defaultMatch);
  return [...matching.flatMap((cells) => cells[columns.indexOf(column)] ?? []), ...padding];
}

function matches(value: string, cell: string | null, column: string, lookup: StoredLookup): boolean {
  if (cell === null) return false;
  const [left, right] = lookup.caseSensitive ? [value, cell] : [value.toLowerCase(), cell.toLowerCase()];
  const kind = lookup.matchTypes.find(({ field }) => field === column)?.kind ?? 'exact';
  if (kind === 'wildcard') return starPattern(right, 's').test(left);
  const network = kind === 'cidr' ? parseNetwork(right) : undefined;
  return left === right || (network !== undefined && isInNetwork(left, network));
}
