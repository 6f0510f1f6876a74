/**
 * The store's own Database with every migration, in memory or in a file that a test opens again: for tests of rooms
 * that write tables.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Database, SqlRow, SqlValue } from '../../src/component.ts';
import { DuckdbDatabase } from '../../src/store/duckdb-database.ts';

const MIGRATIONS = new URL('../../sql/migrations/', import.meta.url);

export interface TestDatabase extends Database {
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  close(): Promise<void>;
}

/** Opens `path`, `:memory:` by default; a file that has the tables already is taken as it is. */
export async function openTestDatabase(path = ':memory:'): Promise<TestDatabase> {
  const instance = await DuckDBInstance.create(path);
  const database = new DuckdbDatabase({ service: 2, detection: 2, hunt: 3 });
  database.attach(instance);
  await database.exclusive(async (engine) => {
    const tables = await engine.runAndReadAll(`select 1 from information_schema.tables where table_name = 'outbox'`);
    if (tables.currentRowCount > 0) return;
    for (const file of readdirSync(MIGRATIONS).sort()) {
      await engine.run(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
    }
  });
  return {
    read: (options, work) => database.read(options, work),
    write: (work) => database.write(work),
    query: (sql, parameters) => database.read({ share: 'service' }, (connection) => connection.query(sql, parameters)),
    close: async () => {
      await database.detach();
      instance.closeSync();
    },
  };
}
