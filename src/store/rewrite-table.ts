/** A table written anew with other rows: DuckDB 1.5.6 gives the blocks of single deleted rows back in no other way. */
import type { DuckDBConnection } from '@duckdb/node-api';

/** Within the transaction that is open; `rows` selects the table's columns in their order. No other writer may be under way. */
export async function rewriteTable(engine: DuckDBConnection, table: string, rows: string): Promise<void> {
  const found = await engine.runAndReadAll(
    `select sql from duckdb_tables()
      where database_name = current_database() and schema_name = 'main' and table_name = '${table}'`,
  );
  const definition = String(found.getRowsJS()[0]?.[0]);
  const head = `CREATE TABLE ${table}(`;
  if (!definition.startsWith(head)) {
    throw new Error(`store retention: expected a definition of ${table} that begins "${head}", found ${definition}.`);
  }
  await engine.run(`CREATE TABLE ${table}_kept(${definition.slice(head.length)}`);
  await engine.run(`insert into ${table}_kept ${rows}`);
  await engine.run(`drop table ${table}`);
  await engine.run(`alter table ${table}_kept rename to ${table}`);
}
