/**
 * Keeps the list of loads short: at one a second it would grow by 86,400 rows a day. Of those older than an hour one row an hour
 * stays, with the hour's last commit and segment and its sums.
 *
 * What the others said nobody asks for: how far the spool was taken is in the newest row, the minutes of a load matter to whoever
 * reconnects behind it, and late rows are found by the commits on the events themselves.
 */
import type { DuckDBConnection } from '@duckdb/node-api';

import { inTransaction } from './engine-transaction.ts';
import { rewriteTable } from './rewrite-table.ts';

const HOUR_MICROS = 3_600_000_000;
/** So many rows must go before the table is written anew. */
const LEAST_ROWS = 600;

/** Gives how many rows went. No load may be under way; in one transaction. */
export async function mergeOldLoads(engine: DuckDBConnection, nowMicros: number): Promise<number> {
  const before = (Math.floor(nowMicros / HOUR_MICROS) - 1) * HOUR_MICROS;
  const isOld = `loaded_at < make_timestamp(${before}) and commit_seq < (select max(commit_seq) from load_commit)`;
  const counted = await engine.runAndReadAll(
    `select count(*) - count(distinct date_trunc('hour', loaded_at)) from load_commit where ${isOld}`,
  );
  const merged = Number(counted.getRowsJS()[0]?.[0] ?? 0);
  if (merged < LEAST_ROWS) return 0;
  await inTransaction(engine, () =>
    rewriteTable(
      engine,
      'load_commit',
      `by name
         select max(commit_seq) as commit_seq, max(loaded_at) as loaded_at, max(last_segment) as last_segment,
           sum(audit_rows)::bigint as audit_rows, sum(log_rows)::bigint as log_rows,
           sum(duplicate_rows)::bigint as duplicate_rows, []::bigint[] as minutes
         from load_commit where ${isOld} group by date_trunc('hour', loaded_at)
       union all by name
         select * from load_commit where (${isOld}) is not true
       order by commit_seq`,
    ),
  );
  return merged;
}
