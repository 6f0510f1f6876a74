/** What tables and columns the database has. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventTable } from './event-table.ts';

export interface StoredColumn {
  readonly name: string;
  readonly type: string;
}

export async function hasTable(engine: DuckDBConnection, name: string): Promise<boolean> {
  const found = await engine.runAndReadAll(
    `select 1 from duckdb_tables()
      where database_name = current_database() and schema_name = 'main' and table_name = $1`,
    [name],
  );
  return found.currentRowCount > 0;
}

export async function readColumns(engine: DuckDBConnection, table: EventTable): Promise<readonly StoredColumn[]> {
  const result = await engine.runAndReadAll(
    `select column_name, data_type from duckdb_columns()
      where database_name = current_database() and schema_name = 'main' and table_name = $1 order by column_index`,
    [table],
  );
  return result.getRowsJS().map(([name, type]) => ({ name: String(name), type: String(type) }));
}
