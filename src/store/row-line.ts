/**
 * Rows to spool lines. A line holds what the tables hold, mostly under the names of the row types, and leaves out
 * what is null, so that an absent part is NULL in its column. `n` numbers the rows of a process, `at` is
 * the arrival in microseconds, `own` is written (as false) only for rows without a time of their own.
 */
import type { AuditRow, LogRow } from '../component.ts';

/** Writes one audit row as a spool line. */
export function auditLine(row: AuditRow, n: number, arrivalMicros: number): string {
  return print({
    n,
    table: 'audit',
    at: arrivalMicros,
    own: row.hasOwnTime ? undefined : false,
    time: row.timeMicros,
    identity: row.identity,
    cluster: row.cluster ?? undefined,
    auditID: row.auditID ?? undefined,
    stage: row.stage ?? undefined,
    level: row.level ?? undefined,
    verb: row.verb ?? undefined,
    requestURI: row.requestURI ?? undefined,
    userAgent: row.userAgent ?? undefined,
    user: present(row.user),
    impersonatedUser: present(row.impersonatedUser),
    sourceIPs: row.sourceIPs ?? undefined,
    objectRef: present(row.objectRef),
    responseStatus: present(row.responseStatus),
    received: row.requestReceivedMicros ?? undefined,
    staged: row.stageMicros ?? undefined,
    annotations: present(row.annotations),
    index: row.index ?? undefined,
    source: row.source ?? undefined,
    sourcetype: row.sourcetype ?? undefined,
    host: row.host ?? undefined,
    cloud: row.cloud ?? undefined,
    resource: row.resource ?? undefined,
    attributes: row.attributes ?? undefined,
    _raw: row._raw,
    event: row.event ?? undefined,
  });
}

/** Writes one log row as a spool line. */
export function logLine(row: LogRow, n: number, arrivalMicros: number): string {
  return print({
    n,
    table: 'log',
    at: arrivalMicros,
    own: row.hasOwnTime ? undefined : false,
    time: row.timeMicros,
    identity: row.identity,
    cluster: row.cluster ?? undefined,
    index: row.index ?? undefined,
    source: row.source ?? undefined,
    sourcetype: row.sourcetype ?? undefined,
    host: row.host ?? undefined,
    severityNumber: row.severityNumber ?? undefined,
    severityText: row.severityText ?? undefined,
    eventName: row.eventName ?? undefined,
    unreadable: row.unreadable ?? undefined,
    resource: row.resource ?? undefined,
    attributes: row.attributes ?? undefined,
    _raw: row._raw,
  });
}

/** The parts that are there; undefined where none is, so that the whole object becomes one NULL. */
function present(value: object | null): Record<string, unknown> | undefined {
  if (value === null) {
    return undefined;
  }
  let some: Record<string, unknown> | undefined;
  for (const [name, part] of Object.entries(value)) {
    if (part !== null && part !== undefined) {
      some ??= {};
      some[name] = part;
    }
  }
  return some;
}

/** Lone surrogates, which JSON text may carry as escapes and DuckDB's reader refuses, become U+FFFD. */
function print(line: Record<string, unknown>): string {
  const text = JSON.stringify(line);
  // An odd number of backslashes tells the escape that JSON.stringify wrote from text that holds one.
  if (!text.includes('\\ud') || !/(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/.test(text)) {
    return text;
  }
  return JSON.stringify(line, (_name, value: unknown) => (typeof value === 'string' ? value.toWellFormed() : value));
}
