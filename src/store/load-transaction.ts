/** Moves segments into the tables in one transaction: all of their rows, or none, and never a copy. */
import { isMachineError, translateEngineError } from './engine-error.ts';
import type { StoredEvents } from './event-table.ts';
import type { LoadConnection } from './load-connection.ts';
import {
  addKnown,
  countConflicts,
  createDropped,
  createIncoming,
  createKnown,
  insertAudit,
  insertLogs,
  kept,
  readRows,
} from './load-sql.ts';
import { sealSegment } from './sealed-segment.ts';
import type { ClosedSegment } from './spool.ts';
import { joinRanges, type TimeRange } from './time-ranges.ts';

export interface LoadResult {
  readonly auditRows: number;
  readonly logRows: number;
  readonly duplicateAuditRows: number;
  readonly duplicateLogRows: number;
  /** Audit rows that share cluster, auditID and stage with another content. */
  readonly conflictingRows: number;
  readonly minutes: readonly number[];
}

export interface LoadRequest {
  readonly events: StoredEvents;
  readonly segments: readonly ClosedSegment[];
  readonly commitSeq: number;
  readonly loadedAtMicros: number;
  readonly recentIdentities: number;
}

interface Incoming {
  readonly rows: number;
  readonly auditRows: number;
  readonly identities: number;
  readonly withoutOwnTime: number;
}

/** Loads and commits, or rolls back and throws. The connection is the loader's own. */
export async function loadSegments(engine: LoadConnection, request: LoadRequest): Promise<LoadResult> {
  const { segments, commitSeq } = request;
  const { names } = request.events;
  const source = readRows(segments.map(({ path }) => path));
  await Promise.all(segments.map(sealSegment));
  try {
    await engine.runInWorker(createIncoming(source));
    const incoming = await describeIncoming(engine);
    const ranges = await readRanges(engine);
    await engine.run(createKnown(names, ranges, incoming.withoutOwnTime > 0));
    await addKnownOfFiles(engine, request, ranges);
    const { droppedAudit, droppedLogs } = await findCopies(engine, incoming);
    const hasDropped = droppedAudit + droppedLogs > 0;
    const [withinLoad = 0, withStored = 0] = await engine.numbers(countConflicts(names, ranges, hasDropped));
    const minutes = await readMinutes(engine, hasDropped);
    await engine.run('begin transaction');
    try {
      const auditRows = incoming.auditRows - droppedAudit;
      const logRows = incoming.rows - incoming.auditRows - droppedLogs;
      if (auditRows > 0) {
        await insert(engine, insertAudit(names.kube_audit, source, commitSeq, hasDropped), auditRows);
      }
      if (logRows > 0) {
        await insert(engine, insertLogs(names.logs, source, commitSeq, hasDropped), logRows);
      }
      if (incoming.withoutOwnTime > 0) {
        await rememberIdentities(engine, commitSeq, request.recentIdentities, hasDropped);
      }
      await engine.run(
        `insert into load_commit by name select ${commitSeq} as commit_seq, make_timestamp(${request.loadedAtMicros}) as loaded_at,
          ${segments.at(-1)?.id} as last_segment, ${auditRows} as audit_rows, ${logRows} as log_rows,
          ${droppedAudit + droppedLogs} as duplicate_rows, [${minutes.join(', ')}]::bigint[] as minutes`,
      );
      await engine.runInWorker('commit');
      return {
        auditRows,
        logRows,
        duplicateAuditRows: droppedAudit,
        duplicateLogRows: droppedLogs,
        conflictingRows: withinLoad + withStored,
        minutes,
      };
    } catch (error: unknown) {
      // A failed commit has ended the transaction already.
      await engine.run('rollback').catch(() => undefined);
      throw error;
    }
  } catch (error: unknown) {
    throw translateEngineError(error);
  }
}

async function describeIncoming(engine: LoadConnection): Promise<Incoming> {
  const [rows = 0, auditRows = 0, identities = 0, withoutOwnTime = 0] = await engine.numbers(
    'select count(*), count(*) filter (where is_audit), count(distinct "identity"), count(*) filter (where not own) from incoming',
  );
  return { rows, auditRows, identities, withoutOwnTime };
}

async function readRanges(engine: LoadConnection): Promise<readonly TimeRange[]> {
  const rows = await engine.rows(
    'select min("time"), max("time") from incoming where own group by floor("time" / 60e6) order by 1',
  );
  return joinRanges(rows.map(([from = 0, to = 0]) => ({ from, to })));
}

async function readMinutes(engine: LoadConnection, hasDropped: boolean): Promise<readonly number[]> {
  const rows = await engine.rows(
    `select distinct floor("time" / 60e6)::bigint from incoming where ${kept(hasDropped)} order by 1`,
  );
  return rows.map(([minute = 0]) => minute);
}

/** Intake does not depend on the cold tier: what cannot be read there is told and left out. */
async function addKnownOfFiles(
  engine: LoadConnection,
  { events }: LoadRequest,
  ranges: readonly TimeRange[],
): Promise<void> {
  for (const path of new Set(ranges.flatMap((range) => events.filesWithin(range)))) {
    try {
      await engine.run(addKnown(path, ranges));
    } catch (error: unknown) {
      if (isMachineError(error)) throw error;
      events.reportDamage(path, error);
    }
  }
}

/** Looks which rows are copies only where there are any, which is rare. */
async function findCopies(
  engine: LoadConnection,
  incoming: Incoming,
): Promise<{ readonly droppedAudit: number; readonly droppedLogs: number }> {
  const [known = 0] = await engine.numbers('select count(*) from known');
  if (known === 0 && incoming.identities === incoming.rows) return { droppedAudit: 0, droppedLogs: 0 };
  await engine.run(createDropped);
  const [droppedAudit = 0, droppedLogs = 0] = await engine.numbers(
    'select count(*) filter (where is_audit), count(*) filter (where not is_audit) from dropped',
  );
  return { droppedAudit, droppedLogs };
}

/** The oldest go first; a quarter more than the bound is let in before that is worth a DELETE. */
async function rememberIdentities(
  engine: LoadConnection,
  commitSeq: number,
  bound: number,
  hasDropped: boolean,
): Promise<void> {
  await engine.run(
    `insert into recent_identity select "identity", ${commitSeq} from incoming where not own and ${kept(hasDropped)}`,
  );
  const [count = 0] = await engine.numbers('select count(*) from recent_identity');
  if (count > bound * 1.25) {
    await engine.run(
      `delete from recent_identity where commit_seq < (
        select min(commit_seq) from (select commit_seq from recent_identity order by commit_seq desc limit ${bound}))`,
    );
  }
}

/** The two passes over the same files must agree, or rows would be lost. */
async function insert(engine: LoadConnection, sql: string, expected: number): Promise<void> {
  const { rowsChanged } = await engine.runInWorker(sql);
  if (rowsChanged !== expected) {
    throw new Error(`store load: expected to insert ${expected} rows, found ${rowsChanged}.`);
  }
}
