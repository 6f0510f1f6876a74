import type { DuckDBConnection } from '@duckdb/node-api';

/** Commits what `work` did, or rolls it back and rejects with why. */
export async function inTransaction(engine: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await engine.run('begin transaction');
  try {
    await work();
    await engine.run('commit');
  } catch (error: unknown) {
    await engine.run('rollback').catch(() => undefined);
    throw error;
  }
}
