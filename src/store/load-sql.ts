/**
 * The statements of one load. Two passes over the segments: a narrow one that finds what is a copy (0.6 µs a
 * row), and the insert proper (DuckDB skips building the columns that a pass does not ask for).
 */
import { quotedString } from '@duckdb/node-api';
import { readParquet } from './cold-view.ts';
import { eventTables, type TableNames } from './event-table.ts';
import { type TimeRange, within } from './time-ranges.ts';

const user = 'struct(username varchar, uid varchar, groups varchar[])';

/** Names and types of spool lines (row-line.ts). */
const lineColumns: Readonly<Record<string, string>> = {
  n: 'bigint',
  table: 'varchar',
  at: 'bigint',
  own: 'boolean',
  time: 'bigint',
  identity: 'varchar',
  cluster: 'varchar',
  auditID: 'varchar',
  stage: 'varchar',
  level: 'varchar',
  verb: 'varchar',
  requestURI: 'varchar',
  userAgent: 'varchar',
  user,
  impersonatedUser: user,
  sourceIPs: 'varchar[]',
  objectRef:
    'struct(resource varchar, namespace varchar, name varchar, uid varchar, "apiGroup" varchar, "apiVersion" varchar, "resourceVersion" varchar, subresource varchar)',
  responseStatus: 'struct(status varchar, message varchar, reason varchar, code bigint)',
  received: 'bigint',
  staged: 'bigint',
  annotations: 'map(varchar, varchar)',
  index: 'varchar',
  source: 'varchar',
  sourcetype: 'varchar',
  host: 'varchar',
  cloud: 'varchar',
  severityNumber: 'integer',
  severityText: 'varchar',
  eventName: 'varchar',
  unreadable: 'varchar',
  resource: 'varchar',
  attributes: 'varchar',
  _raw: 'varchar',
  event: 'varchar',
};

const declaredColumns = Object.entries(lineColumns)
  .map(([name, type]) => `"${name}": ${quotedString(type)}`)
  .join(', ');

const smallestObjectBound = 16 * 1024 * 1024;

/** The lines of segments; batch headers have no `n`. */
export function readLines(paths: readonly string[], longestRow: number): string {
  const files = paths.map(quotedString).join(', ');
  const bound = Math.max(smallestObjectBound, longestRow + 1024);
  return `read_ndjson([${files}], columns = {${declaredColumns}}, filename = true, maximum_object_size = ${bound})`;
}

/** What the narrow pass keeps of every row. */
export function createIncoming(source: string): string {
  return `create or replace temp table incoming as
    select filename, n, "table" = 'audit' as is_audit, coalesce(own, true) as own, "time",
      "identity"::uuid as "identity", cluster, "auditID", stage
    from ${source} where n is not null`;
}

/** Stored rows with the identity of an incoming one, within literal ranges so that DuckDB skips all other row groups. */
export function createKnown(names: TableNames, ranges: readonly TimeRange[], recent: boolean): string {
  const stored = ranges.flatMap((range) =>
    eventTables.map((table) => `select "identity" from ${names[table]} where ${within(range)}`),
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

/** Audit rows that share cluster, auditID and stage with a row of other content, as far as that is not in a file. */
export function countConflicts(names: TableNames, ranges: readonly TimeRange[]): string {
  const stored = ranges.map(
    (range) => `select cluster, "auditID", stage from ${names.kube_audit} where ${within(range)}`,
  );
  const added = `select cluster, "auditID", stage, n, filename from incoming
      where is_audit and "auditID" is not null and (filename, n) not in (select (filename, n) from dropped)`;
  return `with added as (${added}),
    repeated as (select cluster, "auditID", stage, count(*) as copies from added group by all having count(*) > 1)
    select
      coalesce((select sum(copies - 1) from repeated), 0) as within_load,
      (select count(*) from added a semi join (${stored.join(' union all ') || 'select null, null, null where false'}) k(cluster, "auditID", stage)
        on a.cluster is not distinct from k.cluster and a."auditID" = k."auditID" and a.stage is not distinct from k.stage) as with_stored`;
}

export const kept = '(filename, n) not in (select (filename, n) from dropped)';

export function insertAudit(name: string, source: string, commitSeq: number, hasDropped: boolean): string {
  return `insert into ${name} by name select
    make_timestamp("time") as _time, make_timestamp("at") as _indextime, cluster, "auditID", stage, "level", verb,
    "requestURI", "userAgent", "user", "impersonatedUser", "sourceIPs", "objectRef", "responseStatus",
    make_timestamp(received) as "requestReceivedTimestamp", make_timestamp(staged) as "stageTimestamp", annotations,
    "index", source, sourcetype, host, cloud, resource::json as resource, attributes::json as attributes, _raw, event,
    "identity"::uuid as "identity", ${commitSeq}::bigint as commit_seq
    from ${source} where "table" = 'audit'${hasDropped ? ` and ${kept}` : ''}`;
}

export function insertLogs(name: string, source: string, commitSeq: number, hasDropped: boolean): string {
  return `insert into ${name} by name select
    make_timestamp("time") as _time, make_timestamp("at") as _indextime, cluster, "index", source, sourcetype, host,
    "severityNumber" as severity_number, "severityText" as severity_text, "eventName" as event_name, unreadable,
    resource::json as resource, attributes::json as attributes, _raw,
    "identity"::uuid as "identity", ${commitSeq}::bigint as commit_seq
    from ${source} where "table" = 'log'${hasDropped ? ` and ${kept}` : ''}`;
}
