/** The ledger of windows (table detection_run) in terms of rows. */
import type { Connection, SqlRow, SqlValue } from '../../component.ts';
import { hashId } from '../../risk/event-id.ts';
import { toJson, type WindowBounds } from '../run/identify-findings.ts';
import type { RunOutcome, ScheduledWindow } from '../run/run-window.ts';
import { toMicros, writeRows } from '../run/sql-values.ts';
import type { Reach } from './read-range.ts';

export type RunKind = 'scheduled' | 'manual';
export type RunStatus = 'pending' | 'running' | 'done' | 'failed' | 'skipped';

/** One row of the ledger. Times are epoch seconds. */
export interface LedgerRun {
  readonly runId: string;
  readonly detection: string;
  readonly kind: RunKind;
  readonly detectionVersion: string;
  readonly contentHash: string;
  readonly window: ScheduledWindow;
  readonly status: RunStatus;
  /** How often late data re-opened the window. */
  readonly revision: number;
  readonly attempt: number;
  readonly watermark: number | null;
  readonly error: string | null;
}

/** The same window of the same text has the same id, so planning twice writes once. */
export function runIdOf(run: Pick<LedgerRun, 'detection' | 'kind' | 'contentHash' | 'window'>): string {
  const { earliest, latest, now } = run.window;
  return hashId(run.detection, run.kind, run.contentHash, earliest, latest, now);
}

const time = (parameter: string) => `make_timestamp(cast(${parameter} as bigint))`;

const runColumns = {
  run_id: 'VARCHAR',
  detection: 'VARCHAR',
  kind: 'VARCHAR',
  detection_version: 'VARCHAR',
  content_hash: 'VARCHAR',
  scheduled_micros: 'BIGINT',
  earliest_micros: 'BIGINT',
  latest_micros: 'BIGINT',
  status: 'VARCHAR',
  revision: 'INTEGER',
  attempt: 'INTEGER',
  error: 'VARCHAR',
};

/** Adds runs; one that is there already is left as it is. */
export async function insertRuns(connection: Connection, runs: readonly LedgerRun[]): Promise<void> {
  await writeRuns(connection, runs, 'nothing');
}

/**
 * Adds runs that are owed again. The row of one that is there already says so: it may be the run itself, or an earlier
 * one of the same text, which other content had replaced for a while.
 */
export async function reopenRuns(connection: Connection, runs: readonly LedgerRun[]): Promise<void> {
  await writeRuns(
    connection,
    runs,
    `update set status = excluded.status, revision = excluded.revision, attempt = excluded.attempt,
       error = excluded.error, next_attempt_at = null`,
  );
}

async function writeRuns(connection: Connection, runs: readonly LedgerRun[], onConflict: string): Promise<void> {
  await writeRows(
    connection,
    runColumns,
    (source) => `insert into detection_run (
      run_id, detection, kind, detection_version, content_hash, scheduled_at, window_earliest, window_latest,
      status, revision, attempt, error
    ) select run_id, detection, kind, detection_version, content_hash, make_timestamp(scheduled_micros),
      make_timestamp(earliest_micros), make_timestamp(latest_micros), status, revision, attempt, error
    from ${source} on conflict (run_id) do ${onConflict}`,
    runs.map((run) => ({
      run_id: run.runId,
      detection: run.detection,
      kind: run.kind,
      detection_version: run.detectionVersion,
      content_hash: run.contentHash,
      scheduled_micros: toMicros(run.window.now),
      earliest_micros: toMicros(run.window.earliest),
      latest_micros: toMicros(run.window.latest),
      status: run.status,
      revision: run.revision,
      attempt: run.attempt,
      error: run.error,
    })),
    [],
  );
}

const selectRuns = (
  table = 'detection_run',
) => `select run_id, detection, kind, detection_version, content_hash, epoch(scheduled_at) as scheduled_at,
  epoch(window_earliest) as earliest, epoch(window_latest) as latest, status, revision, attempt, watermark, error
  from ${table}`;

/** Of a run that was done and is to run again. */
const wasTakenBack = `(status = 'pending' and finished_at is not null)`;

function toLedgerRun(row: SqlRow): LedgerRun {
  return {
    runId: String(row.run_id),
    detection: String(row.detection),
    kind: row.kind === 'manual' ? 'manual' : 'scheduled',
    detectionVersion: String(row.detection_version),
    contentHash: String(row.content_hash),
    window: { earliest: Number(row.earliest), latest: Number(row.latest), now: Number(row.scheduled_at) },
    status: row.status as RunStatus,
    revision: Number(row.revision),
    attempt: Number(row.attempt),
    watermark: nullableNumber(row.watermark),
    error: row.error == null ? null : String(row.error),
  };
}

function nullableNumber(value: SqlValue | undefined): number | null {
  return value == null ? null : Number(value);
}

/** Scheduled runs that are not finished: pending, and running ones of a process that is gone. Oldest first. */
export async function readUnfinishedRuns(connection: Connection): Promise<readonly LedgerRun[]> {
  const rows = await connection.query(
    `${selectRuns()} where kind = 'scheduled' and status in ('pending', 'running') order by scheduled_at, detection`,
  );
  return rows.map(toLedgerRun);
}

/** Scheduled runs that failed for good, and then those that were skipped, of windows due since a time. */
export async function readRunsNotDone(connection: Connection, since: number): Promise<readonly LedgerRun[]> {
  const rows = await connection.query(
    `${selectRuns()} where kind = 'scheduled' and status in ('failed', 'skipped') and scheduled_at >= ${time('$1')}
     order by status, scheduled_at, detection`,
    [toMicros(since)],
  );
  return rows.map(toLedgerRun);
}

/** Windows that nobody has looked at under a detection's old name are owed under its new one. */
export async function renameUnseenRuns(connection: Connection, from: string, to: string): Promise<void> {
  await connection.run(
    `update detection_run set detection = $2
     where kind = 'scheduled' and detection = $1 and revision = 0 and status <> 'done' and not ${wasTakenBack}`,
    [from, to],
  );
}

/**
 * The newest run of every window that was due since a time, where it is done and may have read one of the stretches.
 * `reaches`: by detection, how far around its scheduled time a run may read beside its window.
 */
export async function readDoneRuns(
  connection: Connection,
  stretches: readonly WindowBounds[],
  reaches: ReadonlyMap<string, Reach>,
  scheduledSince: number,
): Promise<readonly LedgerRun[]> {
  const micros = stretches.map(({ earliest, latest }) => ({ earliest: toMicros(earliest), latest: toMicros(latest) }));
  const own = [...reaches].map(([detection, { back, ahead }]) => ({
    detection,
    back: toMicros(back),
    ahead: toMicros(ahead),
  }));
  const rows = await connection.query(
    `with stretch as (
       select make_timestamp(earliest) as earliest, make_timestamp(latest) as latest
       from (select unnest(from_json_strict($1::json, '[{"earliest":"BIGINT","latest":"BIGINT"}]'), recursive := true))
     ), reach as (
       select unnest(
         from_json_strict($2::json, '[{"detection":"VARCHAR","back":"BIGINT","ahead":"BIGINT"}]'), recursive := true
       )
     ), newest as (
       from detection_run where kind = 'scheduled' and scheduled_at >= ${time('$3')} and (
         detection in (select detection from reach)
         or exists (from stretch where window_latest > stretch.earliest and window_earliest < stretch.latest)
       )
       qualify row_number() over (
         partition by detection, window_earliest, window_latest order by revision desc, scheduled_at desc
       ) = 1
     ), done as (
       select newest.*,
         least(window_earliest, scheduled_at - to_microseconds(back)) as read_from,
         greatest(window_latest, scheduled_at + to_microseconds(ahead)) as read_until
       from newest left join reach using (detection) where status = 'done'
     )
     ${selectRuns('done')}
     where exists (from stretch where read_until > stretch.earliest and read_from < stretch.latest)
     order by scheduled_at, detection`,
    [toJson(micros), toJson(own), toMicros(scheduledSince)],
  );
  return rows.map(toLedgerRun);
}

/** Of every detection, the latest end of a window that is done and the latest scheduled time of such a one. */
export async function readLatestDone(
  connection: Connection,
): Promise<readonly { readonly detection: string; readonly latest: number; readonly scheduledAt: number }[]> {
  const rows = await connection.query(
    `select detection, epoch(max(window_latest)) as latest, epoch(max(scheduled_at)) as scheduled_at
     from detection_run where kind = 'scheduled' and status = 'done' group by detection`,
  );
  return rows.map((row) => ({
    detection: String(row.detection),
    latest: Number(row.latest),
    scheduledAt: Number(row.scheduled_at),
  }));
}

export async function markPending(connection: Connection, run: LedgerRun): Promise<void> {
  await connection.run(
    `update detection_run set status = 'pending', revision = $2, attempt = $3, next_attempt_at = null where run_id = $1`,
    [run.runId, run.revision, run.attempt],
  );
}

/** Records that the window is not run (skipped, failed) with the reason in `error`. */
export async function markNotRun(connection: Connection, run: LedgerRun): Promise<void> {
  await connection.run(`update detection_run set status = $2, error = $3, next_attempt_at = null where run_id = $1`, [
    run.runId,
    run.status,
    run.error,
  ]);
}

/** A run starts, under the text that the detection has now. */
export async function markRunning(connection: Connection, run: LedgerRun, startedAt: number): Promise<void> {
  await connection.run(
    `update detection_run set status = 'running', attempt = $2, detection_version = $3, content_hash = $4,
       started_at = ${time('$5')}, finished_at = null, duration_ms = null, next_attempt_at = null, error = null
     where run_id = $1`,
    [run.runId, run.attempt, run.detectionVersion, run.contentHash, toMicros(startedAt)],
  );
}

export async function markDone(
  connection: Connection,
  run: LedgerRun,
  done: {
    readonly outcome: RunOutcome;
    readonly watermark: number;
    readonly startedAt: number;
    readonly finishedAt: number;
  },
): Promise<void> {
  await connection.run(
    `update detection_run set status = 'done', finished_at = ${time('$2')}, duration_ms = cast($3 as bigint),
       "rows" = cast($4 as bigint), missing_risk_objects = cast($5 as bigint), watermark = cast($6 as bigint),
       dropped_risk_objects = cast($7 as bigint), error = null
     where run_id = $1`,
    [
      run.runId,
      toMicros(done.finishedAt),
      Math.round((done.finishedAt - done.startedAt) * 1000),
      done.outcome.rows,
      done.outcome.missingRiskObjects,
      done.watermark,
      done.outcome.droppedRiskObjects,
    ],
  );
}

/** `nextAttemptAt` is null where no further attempt follows. */
export async function markFailed(
  connection: Connection,
  run: LedgerRun,
  failed: {
    readonly error: string;
    readonly startedAt: number;
    readonly finishedAt: number;
    readonly nextAttemptAt: number | null;
  },
): Promise<void> {
  await connection.run(
    `update detection_run set status = $2, finished_at = ${time('$3')}, duration_ms = cast($4 as bigint),
       error = $5, next_attempt_at = ${time('$6')}
     where run_id = $1`,
    [
      run.runId,
      'failed',
      toMicros(failed.finishedAt),
      Math.round((failed.finishedAt - failed.startedAt) * 1000),
      failed.error,
      failed.nextAttemptAt === null ? null : toMicros(failed.nextAttemptAt),
    ],
  );
}

/**
 * Makes the scheduled runs of one detection that are due after a time wait for it: those that were done are pending, with
 * what they found left on record; the others are deleted. Resolves to what they were.
 */
export async function takeBackRunsAfter(
  connection: Connection,
  detection: string,
  after: number,
): Promise<readonly LedgerRun[]> {
  const due = `kind = 'scheduled' and detection = $1 and scheduled_at > ${time('$2')}`;
  const parameters = [detection, toMicros(after)];
  const rows = await connection.query(`${selectRuns()} where ${due} order by scheduled_at`, parameters);
  await connection.run(
    `delete from detection_run where ${due} and status <> 'done' and not ${wasTakenBack}`,
    parameters,
  );
  await connection.run(
    `update detection_run set status = 'pending', attempt = 0, next_attempt_at = null where ${due} and status = 'done'`,
    parameters,
  );
  return rows.map(toLedgerRun);
}

/** The latest scheduled time of a run that was taken back and is due after `now`; null where none is. */
export async function readTakenBackUntil(connection: Connection, now: number): Promise<number | null> {
  const [row] = await connection.query(
    `select epoch(max(scheduled_at)) as until from detection_run
     where kind = 'scheduled' and ${wasTakenBack} and scheduled_at > ${time('$1')}`,
    [toMicros(now)],
  );
  return nullableNumber(row?.until);
}

/** Runs of one detection that were taken back, due after `after` up to `until`. */
export async function readTakenBackRuns(
  connection: Connection,
  detection: string,
  after: number,
  until: number,
): Promise<readonly LedgerRun[]> {
  const rows = await connection.query(
    `${selectRuns()} where kind = 'scheduled' and detection = $1 and ${wasTakenBack}
       and scheduled_at > ${time('$2')} and scheduled_at <= ${time('$3')}
     qualify row_number() over (partition by scheduled_at order by revision desc, started_at desc) = 1`,
    [detection, toMicros(after), toMicros(until)],
  );
  return rows.map(toLedgerRun);
}

/** A run that was taken back counts as done again, where it was done before `now`. Resolves to whether it was. */
export async function restoreDone(connection: Connection, run: LedgerRun, now: number): Promise<boolean> {
  const rows = await connection.query(
    `update detection_run set status = 'done' where run_id = $1 and finished_at <= ${time('$2')} returning run_id`,
    [run.runId, toMicros(now)],
  );
  return rows.length > 0;
}

/**
 * Scheduled runs of one detection, due from `since` to `now`, that only a clock ahead of `now` can have skipped, or that
 * began at a time which has not come.
 */
export async function readRunsOfClockAhead(
  connection: Connection,
  detection: string,
  since: number,
  now: number,
): Promise<readonly LedgerRun[]> {
  const rows = await connection.query(
    `${selectRuns()} where kind = 'scheduled' and detection = $1
       and scheduled_at >= ${time('$2')} and scheduled_at <= ${time('$3')}
       and (status = 'skipped' or status = 'done' and started_at > ${time('$3')})
     order by scheduled_at`,
    [detection, toMicros(since), toMicros(now)],
  );
  return rows.map(toLedgerRun);
}
