import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Commits what `work` did and gives what it gave, or rolls it back and rejects with why. A failed commit has often
 * ended the transaction itself; that the rollback then fails is not the reason.
 */
export async function inTransaction<T>(engine: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await engine.run('begin transaction');
  try {
    const result = await work();
    await engine.run('commit');
    return result;
  } catch (error: unknown) {
    await engine.run('rollback').catch(() => undefined);
    throw error;
  }
}
