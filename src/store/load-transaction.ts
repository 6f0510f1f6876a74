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
  describeIncoming,
  insertAudit,
  insertLogs,
  kept,
  readKeptMinutes,
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

/** What the narrow pass found. */
interface Incoming {
  readonly rows: number;
  readonly auditRows: number;
  readonly withoutOwnTime: number;
  readonly identities: number;
  /** Of rows with a time of their own. */
  readonly ranges: readonly TimeRange[];
  readonly minutes: readonly number[];
}

/** What is not inserted, and what the rest tells. */
interface Comparison {
  readonly droppedAudit: number;
  readonly droppedLogs: number;
  readonly conflictingRows: number;
  readonly minutes: readonly number[];
}

/** Loads and commits, or rolls back and throws. The connection is the loader's own. */
export async function loadSegments(engine: LoadConnection, request: LoadRequest): Promise<LoadResult> {
  const { segments, commitSeq } = request;
  const source = readRows(segments);
  await Promise.all(segments.map(sealSegment));
  try {
    await engine.runInWorker(createIncoming(source));
    const incoming = await readIncoming(engine);
    await engine.run(createKnown(incoming.ranges, incoming.withoutOwnTime > 0));
    await addKnownOfFiles(engine, request, incoming.ranges);
    const { droppedAudit, droppedLogs, conflictingRows, minutes } = await compare(engine, incoming);
    const hasDropped = droppedAudit + droppedLogs > 0;
    await engine.run('begin transaction');
    try {
      const auditRows = incoming.auditRows - droppedAudit;
      const logRows = incoming.rows - incoming.auditRows - droppedLogs;
      if (auditRows > 0) {
        await insert(engine, insertAudit(source, commitSeq, hasDropped), auditRows);
      }
      if (logRows > 0) {
        await insert(engine, insertLogs(source, commitSeq, hasDropped), logRows);
      }
      if (incoming.withoutOwnTime > 0) {
        await rememberIdentities(engine, commitSeq, request.recentIdentities, hasDropped);
      }
      await engine.run(
        `insert into load_commit by name select ${commitSeq} as commit_seq, make_timestamp(${request.loadedAtMicros}) as loaded_at,
          ${segments.at(-1)?.id} as last_segment, ${auditRows} as audit_rows, ${logRows} as log_rows,
          ${droppedAudit + droppedLogs} as duplicate_rows, [${minutes.join(', ')}]::bigint[] as minutes`,
      );
      await engine.commit();
      return {
        auditRows,
        logRows,
        duplicateAuditRows: droppedAudit,
        duplicateLogRows: droppedLogs,
        conflictingRows,
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

async function readIncoming(engine: LoadConnection): Promise<Incoming> {
  const minutes = (await engine.rows(describeIncoming)).map(
    ([minute = 0, rows = 0, auditRows = 0, withoutOwnTime = 0, from = 0, to = 0, identities = 0]) => ({
      minute,
      rows,
      auditRows,
      withoutOwnTime,
      range: { from, to },
      identities,
    }),
  );
  const sum = (of: 'rows' | 'auditRows' | 'withoutOwnTime'): number =>
    minutes.reduce((all, { [of]: count }) => all + count, 0);
  return {
    rows: sum('rows'),
    auditRows: sum('auditRows'),
    withoutOwnTime: sum('withoutOwnTime'),
    identities: minutes[0]?.identities ?? 0,
    ranges: joinRanges(minutes.filter((own) => own.withoutOwnTime < own.rows).map(({ range }) => range)),
    minutes: minutes.map(({ minute }) => minute),
  };
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
async function compare(engine: LoadConnection, incoming: Incoming): Promise<Comparison> {
  const { ranges, minutes } = incoming;
  const [withinLoad = 0, withStored = 0, known = 0] = await engine.numbers(countConflicts(ranges, false));
  if (known === 0 && incoming.identities === incoming.rows) {
    return { droppedAudit: 0, droppedLogs: 0, conflictingRows: withinLoad + withStored, minutes };
  }
  await engine.run(createDropped);
  const [droppedAudit = 0, droppedLogs = 0] = await engine.numbers(
    'select count(*) filter (where is_audit), count(*) filter (where not is_audit) from dropped',
  );
  const [keptWithinLoad = 0, keptWithStored = 0] = await engine.numbers(countConflicts(ranges, true));
  const kept = await engine.rows(readKeptMinutes);
  return {
    droppedAudit,
    droppedLogs,
    conflictingRows: keptWithinLoad + keptWithStored,
    minutes: kept.map(([minute = 0]) => minute),
  };
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
