/**
 * The store's own Database over an empty in-memory DuckDB with every migration and macro, for tests of rooms that
 * need streams, interrupts and read-only transactions.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DuckdbDatabase } from '../../src/store/duckdb-database.ts';

export interface StoreDatabase extends AsyncDisposable {
  readonly database: DuckdbDatabase;
  /** Runs SQL outside of any read-only transaction. */
  run(sql: string): Promise<void>;
}

export async function openStoreDatabase(): Promise<StoreDatabase> {
  const instance = await DuckDBInstance.create(':memory:');
  const database = new DuckdbDatabase({ service: 2, detection: 2, hunt: 3 });
  database.attach(instance);
  const run = (sql: string): Promise<void> =>
    database.exclusive(async (engine: DuckDBConnection) => {
      await engine.run(sql);
    });
  for (const folder of ['migrations', 'macros', 'views']) {
    const url = new URL(`../../sql/${folder}/`, import.meta.url);
    for (const file of readdirSync(url).sort()) await run(readFileSync(new URL(file, url), 'utf8'));
  }
  return {
    database,
    run,
    [Symbol.asyncDispose]: async () => {
      await database.detach();
      instance.closeSync();
    },
  };
}
