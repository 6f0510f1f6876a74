/** The database's side of late data: which commits were compared with finished windows, and what came after them. */
import type { Connection, LoadCommit } from '../../component.ts';
import { toMicros } from '../run/sql-values.ts';

export async function readLateDataCursor(connection: Connection): Promise<number> {
  const [row] = await connection.query('select commit_seq from late_data_cursor');
  return Number(row?.commit_seq ?? 0);
}

/** Never goes back: an older value is passed over. */
export async function writeLateDataCursor(connection: Connection, commitSeq: number): Promise<void> {
  await connection.run(
    'update late_data_cursor set commit_seq = cast($1 as bigint) where commit_seq < cast($1 as bigint)',
    [commitSeq],
  );
}

/**
 * Compares again, with the windows that are done and were due from `since` to `now`, all that came after one of them: a clock
 * that was ahead passed over rows as too old.
 */
export async function turnBackLateDataCursor(connection: Connection, since: number, now: number): Promise<void> {
  await connection.run(
    `update late_data_cursor set commit_seq = least(commit_seq, coalesce((
       select min(watermark) from detection_run where kind = 'scheduled' and status = 'done'
         and scheduled_at >= make_timestamp(cast($1 as bigint)) and scheduled_at <= make_timestamp(cast($2 as bigint))
     ), commit_seq))`,
    [toMicros(since), toMicros(now)],
  );
}

/** Events that arrived before this time (epoch seconds) are gone. */
export async function readEventHorizon(connection: Connection): Promise<number> {
  const [row] = await connection.query('select epoch(arrived_before) as seconds from event_horizon');
  return Number(row?.seconds ?? 0);
}

/** The newest load commit; 0 where nothing was loaded. Not read from the events, of which there may be very many. */
export async function readNewestCommit(connection: Connection): Promise<number> {
  const [row] = await connection.query('select coalesce(max(commit_seq), 0) as commit_seq from load_commit');
  return Number(row?.commit_seq ?? 0);
}

/** Minutes since `since` (epoch seconds) that got rows after the cursor, one entry per minute with its newest commit. */
export async function readCommitsAfter(
  connection: Connection,
  cursor: number,
  since: number,
): Promise<readonly LoadCommit[]> {
  const rows = await connection.query(
    `select epoch_us(_time) // 60000000 as minute, max(commit_seq) as commit_seq from (
       select _time, commit_seq from kube_audit
       where commit_seq > cast($1 as bigint) and _time >= make_timestamp(cast($2 as bigint))
       union all
       select _time, commit_seq from logs
       where commit_seq > cast($1 as bigint) and _time >= make_timestamp(cast($2 as bigint))
     ) group by minute order by minute`,
    [cursor, toMicros(since)],
  );
  return rows.map((row) => ({ commitSeq: Number(row.commit_seq), minutes: [Number(row.minute)] }));
}
