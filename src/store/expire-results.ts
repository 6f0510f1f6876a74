/** Lets go of old results of detections and of the bookkeeping beside them. */
import type { DuckDBConnection } from '@duckdb/node-api';

import { inTransaction } from './engine-transaction.ts';
import { rewriteTable } from './rewrite-table.ts';

/** Times before which rows go, microseconds; null: none. */
export interface Expiry {
  readonly events: number | null;
  readonly findings: number | null;
}

interface ExpiringTable {
  readonly table: string;
  readonly expiry: keyof Expiry;
  /** True for rows older than `$before`. */
  readonly isOld: (before: string) => string;
}

/**
 * The ledger goes with the events: at 100 detections every five minutes it grows by 28,800 rows a day. What is still
 * to be done stays, whatever its age, and so does the newest load, which says how far the spool was taken.
 * Delivered events and dead letters of the outbox have a memory of their own (exporters.outbox).
 */
const expiringTables: readonly ExpiringTable[] = [
  { table: 'finding', expiry: 'findings', isOld: (before) => `greatest(window_latest, updated_at) < ${before}` },
  { table: 'risk_event', expiry: 'findings', isOld: (before) => `greatest(window_latest, _time) < ${before}` },
  { table: 'incident', expiry: 'findings', isOld: (before) => `_time < ${before}` },
  {
    table: 'detection_run',
    expiry: 'events',
    isOld: (before) =>
      `status not in ('pending', 'running') and next_attempt_at is null
        and greatest(window_latest, scheduled_at, coalesce(finished_at, scheduled_at)) < ${before}`,
  },
  {
    table: 'load_commit',
    expiry: 'events',
    isOld: (before) => `loaded_at < ${before} and commit_seq < (select max(commit_seq) from load_commit)`,
  },
];

/** In one transaction; gives how many rows went from each table, leaving out those that lost none. */
export async function expireResults(
  engine: DuckDBConnection,
  expiry: Expiry,
): Promise<Readonly<Record<string, number>>> {
  return inTransaction(engine, async () => {
    const deleted: Record<string, number> = {};
    for (const { table, expiry: kind, isOld } of expiringTables) {
      const before = expiry[kind];
      if (before === null) continue;
      const rows = await expire(engine, table, isOld(`make_timestamp(${before})`));
      if (rows > 0) deleted[table] = rows;
    }
    return deleted;
  });
}

/**
 * Deletes, or where the table has an index writes it anew: DuckDB 1.5.6 gives the blocks of deleted rows back only
 * where there is none.
 */
async function expire(engine: DuckDBConnection, table: string, isOld: string): Promise<number> {
  const found = await engine.runAndReadAll(
    `select index_count from duckdb_tables()
      where database_name = current_database() and schema_name = 'main' and table_name = '${table}'`,
  );
  const indexes = Number(found.getRowsJS()[0]?.[0]);
  if (indexes === 0) return (await engine.run(`delete from ${table} where ${isOld}`)).rowsChanged;
  const counted = await engine.runAndReadAll(`select count(*) from ${table} where ${isOld}`);
  const old = Number(counted.getRowsJS()[0]?.[0]);
  if (old > 0) await rewriteTable(engine, table, `select * from ${table} where (${isOld}) is not true`);
  return old;
}
