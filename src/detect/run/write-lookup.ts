/** Rows of a search that ends in outputlookup, written into the lookup's table. */
import type { Connection, SqlRow, SqlValue } from '../../component.ts';
import { LOOKUP_ROW, type LookupWrite } from '../../spl/index.ts';
import { quoteIdentifier } from '../../spl/quote.ts';

/** Rows handed to DuckDB at once. */
const batchRows = 10_000;

/**
 * Within the caller's transaction: a search sees all of it or nothing. What was there keeps its place, what is new comes
 * behind it. An empty text is an empty cell.
 */
export async function writeLookup(connection: Connection, write: LookupWrite, found: readonly SqlRow[]): Promise<void> {
  const rows = distinctKeys(write, found.slice(0, write.maxRows ?? found.length));
  if (write.mode === 'replace') {
    if (rows.length === 0 && !write.overrideIfEmpty) return;
    await connection.run(`delete from ${quoteIdentifier(write.table)}`);
  }
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows);
    if (write.mode === 'update') await deleteKeys(connection, write, batch);
    await insert(connection, write, batch);
  }
}

async function deleteKeys(connection: Connection, write: LookupWrite, rows: readonly SqlRow[]): Promise<void> {
  const keys = rows.map((row) => keyOf(write, row)).filter((key) => key !== null);
  await connection.run(
    `delete from ${quoteIdentifier(write.table)} where ${quoteIdentifier(write.key ?? '')} in (select unnest(from_json($1, '["VARCHAR"]')))`,
    [JSON.stringify(keys)],
  );
}

async function insert(connection: Connection, write: LookupWrite, rows: readonly SqlRow[]): Promise<void> {
  const names = [LOOKUP_ROW, ...write.columns.map(({ column }) => column)].map(quoteIdentifier);
  const cells = write.columns.map((_, index) => `cells[${index + 1}]`);
  await connection.run(
    `insert into ${quoteIdentifier(write.table)} (${names.join(', ')})
     select (select coalesce(max(${quoteIdentifier(LOOKUP_ROW)}), 0) from ${quoteIdentifier(write.table)}) + place, ${cells.join(', ')}
     from (select unnest(rows) as cells, generate_subscripts(rows, 1) as place
       from (select from_json($1, '[["VARCHAR"]]') as rows))`,
    [JSON.stringify(rows.map((row) => write.columns.map(({ field }) => cellOf(row[field]))))],
  );
}

/** Of rows with one key the last counts. */
function distinctKeys(write: LookupWrite, rows: readonly SqlRow[]): readonly SqlRow[] {
  if (write.key === null) return rows;
  const last = new Map(rows.map((row) => [keyOf(write, row), row]));
  return rows.filter((row) => keyOf(write, row) === null || last.get(keyOf(write, row)) === row);
}

function keyOf({ key, columns }: LookupWrite, row: SqlRow): string | null {
  const field = columns.find(({ column }) => column === key)?.field;
  return field === undefined ? null : cellOf(row[field]);
}

/** Numbers as SPL writes them. */
function cellOf(value: SqlValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e17) return BigInt(value).toString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
