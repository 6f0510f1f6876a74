/**
 * The statements of one load. Two passes over the segments: a narrow one that finds what is a copy (0.3 µs a
 * row: only its columns are read), and the insert proper.
 */
import { quotedString } from '@duckdb/node-api';
import { readParquet } from './cold-view.ts';
import { eventTables, hotNames } from './event-table.ts';
import { writeTexts } from './event-texts.ts';
import type { ClosedSegment } from './spool.ts';
import { isOlderForm } from './spool-format.ts';
import { type TimeRange, within } from './time-ranges.ts';

/**
 * Rows that are never there, behind those that are. A source that DuckDB cannot number makes it insert in one thread,
 * which fills whole row groups: several threads write pieces of a row group each, and everything once more to merge
 * them at the checkpoint (twice the processor time, up to twice the file).
 */
const inOneThread = 'union all by name select null::bigint as commit_seq from range(0)';

/** The rows of sealed segments (row-fields.ts), to select from. */
export function readRows(segments: readonly Pick<ClosedSegment, 'path' | 'batches'>[]): string {
  const older = segments.filter(({ batches }) => isOlderForm(batches));
  if (older.length === 0) return readSegments(segments);
  const newer = segments.filter((segment) => !older.includes(segment));
  const selects = [`select *, null::varchar as "rawStart" from ${readSegments(older)}`];
  if (newer.length > 0) selects.push(`select * from ${readSegments(newer)}`);
  return `(${selects.join(' union all by name ')})`;
}

function readSegments(segments: readonly Pick<ClosedSegment, 'path'>[]): string {
  const paths = segments.map(({ path }) => quotedString(path)).join(', ');
  return `read_parquet([${paths}], filename = true, file_row_number = true)`;
}

/** A number for cluster, auditID and stage: quicker to compare than the three, and what it decides is only counted. */
const stageKey = 'hash(cluster, "auditID", stage)';

/** What the narrow pass keeps of every row; `n` is its place in its file. */
export function createIncoming(source: string): string {
  return `create or replace temp table incoming as
    select filename, file_row_number as n, "table" = 'audit' as is_audit, own, epoch_us("time") as "time",
      "identity", case when "table" = 'audit' and "auditID" is not null then ${stageKey} end as stage_key
    from ${source}`;
}

/**
 * Of each minute of event time, in their order: its number, its rows, how many of these are audit rows, and have no time of
 * their own; the earliest and the latest time of the others. And the identities of all minutes.
 */
export const describeIncoming = `select floor("time" / 60e6)::bigint as "minute", count(*), count(*) filter (where is_audit),
    count(*) filter (where not own), min("time") filter (where own), max("time") filter (where own),
    (select count(distinct "identity") from incoming)
  from incoming group by "minute" order by "minute"`;

/** Stored rows with the identity of an incoming one, within literal ranges so that DuckDB skips all other row groups. */
export function createKnown(ranges: readonly TimeRange[], recent: boolean): string {
  const stored = ranges.flatMap((range) =>
    eventTables.map((table) => `select "identity" from ${hotNames[table]} where ${within(range)}`),
  );
  const sources = [...stored, ...(recent ? ['select "identity" from recent_identity'] : [])];
  return `create or replace temp table known as
    select distinct i."identity" from incoming i semi join (${sources.join('\n    union all ')}) k using ("identity")`;
}

/** The same of a file of the cold tier. */
export function addKnown(path: string, ranges: readonly TimeRange[]): string {
  const stored = `select "identity" from ${readParquet([path])} where ${ranges.map((range) => `(${within(range)})`).join(' or ')}`;
  return `insert into known select distinct i."identity" from incoming i semi join (${stored}) k using ("identity")`;
}

/** Rows that are copies: of a stored row, or of an earlier row of this load. */
export const createDropped = `create or replace temp table dropped as
  select filename, n, is_audit from (
    select filename, n, is_audit, "identity",
      row_number() over (partition by "identity" order by filename, n) as copy
    from incoming
  ) where copy > 1 or "identity" in (select "identity" from known)`;

/**
 * Audit rows that share cluster, auditID and stage with a row of this load of other content, and with such a stored row
 * as far as that is not in a file; and how many identities are known.
 */
export function countConflicts(ranges: readonly TimeRange[], hasDropped: boolean): string {
  const stored = ranges.map(
    (range) => `select ${stageKey} from ${hotNames.kube_audit} where "auditID" is not null and ${within(range)}`,
  );
  return `with added as (select stage_key from incoming where stage_key is not null and ${kept(hasDropped)})
    select
      (select count(*) - count(distinct stage_key) from added) as within_load,
      (select count(*) from added
        semi join (${stored.join(' union all ') || 'select null where false'}) k(stage_key) using (stage_key)) as with_stored,
      (select count(*) from known) as known`;
}

/** Holds for rows of `incoming` that are no copies. */
export function kept(hasDropped: boolean): string {
  return hasDropped ? '(filename, n) not in (select (filename, n) from dropped)' : 'true';
}

export const readKeptMinutes = `select distinct floor("time" / 60e6)::bigint from incoming where ${kept(true)} order by 1`;

const keptOfSource = '(filename, file_row_number) not in (select (filename, n) from dropped)';

export function insertAudit(source: string, commitSeq: number, hasDropped: boolean): string {
  return `insert into ${hotNames.kube_audit} by name select
    "time" as _time, "at" as _indextime, cluster, "auditID", stage, "level", verb,
    "requestURI", "userAgent", "user", "impersonatedUser", "sourceIPs", "objectRef", "responseStatus",
    received as "requestReceivedTimestamp", staged as "stageTimestamp", annotations,
    "hasObjects" as has_objects, "objectKeys" as object_keys,
    "index", source, sourcetype, host, cloud, resource, attributes, ${writeTexts},
    "identity", ${commitSeq}::bigint as commit_seq
    from ${source} where "table" = 'audit'${hasDropped ? ` and ${keptOfSource}` : ''}
    ${inOneThread}`;
}

export function insertLogs(source: string, commitSeq: number, hasDropped: boolean): string {
  return `insert into ${hotNames.logs} by name select
    "time" as _time, "at" as _indextime, cluster, "index", source, sourcetype, host,
    "severityNumber" as severity_number, "severityText" as severity_text, "eventName" as event_name, unreadable,
    resource, attributes, _raw,
    "identity", ${commitSeq}::bigint as commit_seq
    from ${source} where "table" = 'log'${hasDropped ? ` and ${keptOfSource}` : ''}
    ${inOneThread}`;
}
