/** Tables and views that hunting SQL may read. */
import type { Connection } from '../component.ts';

/** Tables of `main` that are meant for people; bookkeeping (outbox, migrations) is not. */
const huntingTables: ReadonlySet<string> = new Set([
  'kube_audit',
  'logs',
  'finding',
  'risk_event',
  'incident',
  'detection_run',
  'detection_window',
]);

const informationSchema: ReadonlySet<string> = new Set(['tables', 'columns', 'views', 'schemata']);

export interface KnownTables {
  /** Whether `from schema.name` may be read; an empty schema is the default one. Names match in any case. */
  has(schema: string, name: string): boolean;
  /** The schema-qualified name that was probably meant by a name without schema. */
  suggest(name: string): string | undefined;
  /** What may be read, for help texts. */
  readonly description: string;
}

/**
 * Only what the catalog holds now: DuckDB takes an unknown name (`"x.csv"`, also `data.csv` unquoted)
 * for a file to read.
 */
export async function readKnownTables(connection: Connection): Promise<KnownTables> {
  const rows = await connection.query(
    `select lower(table_schema) as table_schema, lower(table_name) as table_name, table_type
     from information_schema.tables
     where table_catalog = current_database() and table_schema in ('main', 'detection')`,
  );
  const known = new Set<string>();
  for (const row of rows) {
    const name = String(row.table_name);
    const isForPeople = huntingTables.has(name) || /^lookup_\w+$/.test(name) || row.table_type === 'VIEW';
    if (row.table_schema === 'detection' || isForPeople) known.add(`${String(row.table_schema)}.${name}`);
  }
  for (const name of informationSchema) known.add(`information_schema.${name}`);
  const ofMain = [...known].filter((name) => name.startsWith('main.')).map((name) => name.slice('main.'.length));
  return {
    has: (schema, name) => known.has(`${schema === '' ? 'main' : schema.toLowerCase()}.${name.toLowerCase()}`),
    suggest: (name) => {
      const found = ['detection', 'information_schema'].find((schema) => known.has(`${schema}.${name.toLowerCase()}`));
      return found && `${found}.${name.toLowerCase()}`;
    },
    description: `${ofMain.sort().join(', ')}, detection.<name>, information_schema.tables, .columns, .views and .schemata`,
  };
}
