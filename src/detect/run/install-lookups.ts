/** The tables of the lookups, which compiled searches and hunters read. */
import type { Connection, Database } from '../../component.ts';
import { LOOKUP_ROW } from '../../spl/index.ts';
import { quoteIdentifier } from '../../spl/quote.ts';
import type { Lookup } from '../detection.ts';

/** Rows handed to DuckDB at once. */
const batchRows = 10_000;

/** The comment on the table of a collection, whose rows come from searches and not from a file. */
const collectionMark = 'collection';

/**
 * Creates the tables anew from what was read; of a collection the rows stay, in the columns that it has now. One
 * transaction: a search sees all of the old rows or all of the new.
 */
export async function installLookups(database: Database, lookups: Iterable<Lookup>): Promise<void> {
  const all = [...lookups];
  if (all.length === 0) return;
  await database.write(async (connection) => {
    const collections = await readCollections(connection);
    for (const lookup of all) {
      const columns = lookup.isCollection === true ? collections.get(lookup.table) : undefined;
      if (columns === undefined) await install(connection, lookup);
      else await keepRows(connection, lookup, columns);
    }
  });
}

/**
 * Drops tables of lookups that are gone: their rows would be taken for current ones. Those of collections stay, for when
 * their definition is back: nothing else has their rows.
 */
export async function dropOtherLookups(database: Database, lookups: Iterable<Lookup>): Promise<void> {
  const wanted = new Set([...lookups].map(({ table }) => table));
  await database.write(async (connection) => {
    for (const table of (await readCollections(connection)).keys()) wanted.add(table);
    const tables = await connection.query(
      `select table_name from duckdb_tables() where schema_name = 'main' and starts_with(table_name, 'lookup_')`,
    );
    for (const { table_name } of tables) {
      const name = String(table_name);
      if (!wanted.has(name)) await connection.run(`drop table ${quoteIdentifier(name)}`);
    }
  });
}

/** The columns of each collection's table, by its name. */
async function readCollections(connection: Connection): Promise<ReadonlyMap<string, readonly string[]>> {
  const tables = await connection.query(
    `select table_name, list(column_name order by column_index) as columns
     from duckdb_tables() join duckdb_columns() using (database_oid, schema_name, table_name)
     where schema_name = 'main' and duckdb_tables.comment = '${collectionMark}'
     group by all`,
  );
  return new Map(tables.map(({ table_name, columns }) => [String(table_name), (columns as unknown[]).map(String)]));
}

async function keepRows(connection: Connection, { table, columns }: Lookup, had: readonly string[]): Promise<void> {
  const wanted = [LOOKUP_ROW, ...columns];
  if (had.length === wanted.length && had.every((name, index) => name === wanted[index])) return;
  const taken = wanted.map((name) =>
    had.includes(name) ? quoteIdentifier(name) : `null::varchar as ${quoteIdentifier(name)}`,
  );
  await connection.run(
    `create or replace table ${quoteIdentifier(table)} as select ${taken.join(', ')} from ${quoteIdentifier(table)}`,
  );
  await markCollection(connection, table);
}

async function markCollection(connection: Connection, table: string): Promise<void> {
  await connection.run(`comment on table ${quoteIdentifier(table)} is '${collectionMark}'`);
}

async function install(connection: Connection, { table, columns, rows, isCollection }: Lookup): Promise<void> {
  const definitions = [
    `${quoteIdentifier(LOOKUP_ROW)} bigint`,
    ...columns.map((name) => `${quoteIdentifier(name)} varchar`),
  ];
  await connection.run(`create or replace table ${quoteIdentifier(table)} (${definitions.join(', ')})`);
  if (isCollection === true) await markCollection(connection, table);
  for (let start = 0; start < rows.length; start += batchRows) {
    const batch = rows.slice(start, start + batchRows).map((cells, index) => [String(start + index + 1), ...cells]);
    const cells = columns.map((_, index) => `cells[${index + 2}]`);
    await connection.run(
      `insert into ${quoteIdentifier(table)} select ${['cells[1]::bigint', ...cells].join(', ')} from (select unnest(from_json($1, '[["VARCHAR"]]')) as cells)`,
      [JSON.stringify(batch)],
    );
  }
}
