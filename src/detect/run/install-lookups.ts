/** The tables of the lookups, which compiled searches and hunters read. */
import type { Connection, Database } from '../../component.ts';
import { LOOKUP_ROW } from '../../spl/index.ts';
import type { Lookup } from '../detection.ts';

/** Rows handed to DuckDB at once. */
const batchRows = 10_000;

/** Creates the tables anew from what was read. One transaction: a search sees all of the old rows or all of the new. */
export async function installLookups(database: Database, lookups: Iterable<Lookup>): Promise<void> {
  const all = [...lookups];
  if (all.length === 0) return;
  await database.write(async (connection) => {
    for (const lookup of all) await install(connection, lookup);
  });
}

/** Drops tables of lookups that are gone: their rows would be taken for current ones. */
export async function dropOtherLookups(database: Database, lookups: Iterable<Lookup>): Promise<void> {
  const wanted = new Set([...lookups].map(({ table }) => table));
  await database.write(async (connection) => {
    const tables = await connection.query(
      `select table_name from duckdb_tables() where schema_name = 'main' and starts_with(table_name, 'lookup_')`,
    );
    for (const { table_name } of tables) {
      const name = String(table_name);
      if (!wanted.has(name)) await connection.run(`drop table ${quoted(name)}`);
    }
  });
}

async function install(connection: Connection, { table, columns, rows }: Lookup): Promise<void> {
  const definitions = [`${quoted(LOOKUP_ROW)} bigint`, ...columns.map((name) => `${quoted(name)} varchar`)];
  await connection.run(`create or replace table ${quoted(table)} (${definitions.join(', ')})`);
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows).map((cells, index) => [String(start + index + 1), ...cells]);
    const cells = columns.map((_, index) => `cells[${index + 2}]`);
    await connection.run(
      `insert into ${quoted(table)} select ${['cells[1]::bigint', ...cells].join(', ')} from (select unnest(from_json($1, '[["VARCHAR"]]')) as cells)`,
      [JSON.stringify(batch)],
    );
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
