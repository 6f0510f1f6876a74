/** What a search that ends in outputlookup writes, and into which table. */
import type { OutputlookupCommand, Search } from './ast.ts';
import { SplError } from './diagnostics.ts';
import { findLookup, type LookupTables } from './lookup-table.ts';
import { searchesOf } from './subsearches.ts';
import { suggest } from './suggestion.ts';

export interface LookupWrite {
  readonly lookup: string;
  /** The SQL table. */
  readonly table: string;
  /** Its columns that the result rows fill, each with the field to take; others are left empty. */
  readonly columns: readonly { readonly column: string; readonly field: string }[];
  /** `update`: rows with the same `key` are replaced, the others appended. */
  readonly mode: 'replace' | 'append' | 'update';
  /** The column that is unique among the rows; of result rows with one key the last counts. */
  readonly key: string | null;
  /** Where there are no result rows: whether a replaced table is emptied. */
  readonly overrideIfEmpty: boolean;
  /** Of more result rows the first are written; null: all. */
  readonly maxRows: number | null;
}

/** Undefined for a search that only reads. Throws SplError for one that would write before its end. */
export function findLookupWrite(
  search: Search,
  fields: readonly ResultField[],
  lookups: LookupTables,
): LookupWrite | undefined {
  const last = search.commands.at(-1);
  const early = writersOf(search).find((command) => command !== last);
  if (early !== undefined) {
    throw new SplError(
      'SPL316',
      `${early.name}: expected it at the end of the search, found commands behind or around it.`,
      early.span,
      'Write with a search of its own.',
    );
  }
  return last?.kind === 'OutputlookupCommand' ? lookupWriteOf(last, fields, lookups) : undefined;
}

function writersOf(search: Search): readonly OutputlookupCommand[] {
  return search.commands.flatMap((command) => {
    if (command.kind === 'OutputlookupCommand') return [command];
    return searchesOf(command).flatMap(writersOf);
  });
}

interface ResultField {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'list' | 'columns';
}

/** Throws SplError where the rows cannot be rows of the lookup. */
export function lookupWriteOf(
  command: OutputlookupCommand,
  fields: readonly ResultField[],
  lookups: LookupTables,
): LookupWrite {
  const { name, append, overrideIfEmpty, max } = command;
  const table = findLookup(name, command.table, lookups);
  const mode = !append ? 'replace' : command.key === undefined ? 'append' : 'update';
  const key = command.key === undefined ? undefined : keyColumn(command, command.key, table.columns);
  const columns = table.columns.flatMap((column) => {
    const field = column === key?.column ? key.field : column;
    return fields.some((one) => one.name === field) ? [{ column, field }] : [];
  });
  const written = new Set(columns.map(({ field }) => field));
  const several = fields.find((field) => field.kind === 'list' && written.has(field.name));
  if (several !== undefined) {
    throw new SplError(
      'SPL315',
      `${name}: expected fields with one value, found "${several.name}", which may hold several.`,
      command.span,
      `Join them first: eval ${several.name}=mvjoin('${several.name}', ",")`,
    );
  }
  // A collection keeps the fields that it lists and no others; of a file all results would be new columns.
  const extra = fields.find((field) => !written.has(field.name) && !field.name.startsWith('_'));
  if ((extra !== undefined && table.isCollection !== true && mode === 'replace') || columns.length === 0) {
    throw new SplError(
      'SPL319',
      `${name}: expected columns of ${command.table.value} (${table.columns.join(', ')}), found "${extra?.name ?? ''}".`,
      command.span,
      extra === undefined ? undefined : (suggest(extra.name, table.columns) ?? 'Choose them with | table … before it.'),
    );
  }
  return {
    lookup: command.table.value,
    table: table.table,
    columns,
    mode,
    key: key?.column ?? null,
    overrideIfEmpty,
    maxRows: max ?? null,
  };
}

/** Splunk's key of a record is its `_key`; a table without that column is keyed by the field's own. */
function keyColumn(
  command: OutputlookupCommand,
  key: NonNullable<OutputlookupCommand['key']>,
  columns: readonly string[],
): { readonly column: string; readonly field: string } {
  const column = columns.includes('_key') ? '_key' : key.name;
  if (columns.includes(column)) return { column, field: key.name };
  throw new SplError(
    'SPL319',
    `${command.name}: expected a column of ${command.table.value} (${columns.join(', ')}), found "${key.name}".`,
    key.span,
    suggest(key.name, columns),
  );
}
