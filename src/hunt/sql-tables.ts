/** Tables and views that hunting SQL may read. */
import type { Connection } from '../component.ts';

export interface KnownTables {
  /** Whether `from schema.name` may be read; an empty schema is the default one. Names match in any case. */
  has(schema: string, name: string): boolean;
  /** The schema-qualified name that was probably meant by a name without schema. */
  suggest(name: string): string | undefined;
  /** What may be read, for help texts. */
  readonly description: string;
}

/**
 * What the view catalog.tables (sql/views) lists now: DuckDB takes an unknown name (`"x.csv"`, also `data.csv` unquoted)
 * for a file to read.
 */
export async function readKnownTables(connection: Connection): Promise<KnownTables> {
  const rows = await connection.query(
    'select lower(table_schema) as table_schema, lower(table_name) as table_name from catalog.tables',
  );
  const known = new Set(rows.map((row) => `${row.table_schema}.${row.table_name}`));
  const ofMain = [...known].filter((name) => name.startsWith('main.')).map((name) => name.slice('main.'.length));
  return {
    has: (schema, name) => known.has(`${schema === '' ? 'main' : schema.toLowerCase()}.${name.toLowerCase()}`),
    suggest: (name) => {
      const found = ['detection', 'catalog'].find((schema) => known.has(`${schema}.${name.toLowerCase()}`));
      return found && `${found}.${name.toLowerCase()}`;
    },
    description: `${ofMain.sort().join(', ')}, detection.<name>, catalog.tables, .columns and .views`,
  };
}
