/**
 * Rows to spool lines. A line holds what the tables hold, mostly under the names of the row types, and leaves out
 * what is null, so that an absent part is NULL in its column. `n` numbers the rows of a process, `at` is the
 * arrival in microseconds, `own` is written (as false) only for rows without a time of their own.
 *
 * Put together by hand: this runs for every row on the thread that answers senders, and an object built for
 * JSON.stringify costs a third more.
 */
import type { AuditRow, LogRow } from '../component.ts';

/** Writes one audit row as a spool line. */
export function auditLine(row: AuditRow, n: number, arrivalMicros: number): string {
  return wellFormed(
    start('audit', row, n, arrivalMicros) +
      member('auditID', row.auditID) +
      member('stage', row.stage) +
      member('level', row.level) +
      member('verb', row.verb) +
      member('requestURI', row.requestURI) +
      member('userAgent', row.userAgent) +
      objectMember('user', row.user) +
      objectMember('impersonatedUser', row.impersonatedUser) +
      member('sourceIPs', row.sourceIPs) +
      objectMember('objectRef', row.objectRef) +
      objectMember('responseStatus', row.responseStatus) +
      member('received', row.requestReceivedMicros) +
      member('staged', row.stageMicros) +
      objectMember('annotations', row.annotations) +
      member('cloud', row.cloud) +
      member('event', row.event) +
      '}',
  );
}

/** Writes one log row as a spool line. */
export function logLine(row: LogRow, n: number, arrivalMicros: number): string {
  return wellFormed(
    start('log', row, n, arrivalMicros) +
      member('severityNumber', row.severityNumber) +
      member('severityText', row.severityText) +
      member('eventName', row.eventName) +
      member('unreadable', row.unreadable) +
      '}',
  );
}

/** What both tables have. */
function start(table: 'audit' | 'log', row: AuditRow | LogRow, n: number, arrivalMicros: number): string {
  return (
    `{"n":${n},"table":"${table}","at":${arrivalMicros},"time":${row.timeMicros}` +
    (row.hasOwnTime ? '' : ',"own":false') +
    member('identity', row.identity) +
    member('cluster', row.cluster) +
    member('index', row.index) +
    member('source', row.source) +
    member('sourcetype', row.sourcetype) +
    member('host', row.host) +
    member('resource', row.resource) +
    member('attributes', row.attributes) +
    member('_raw', row._raw)
  );
}

function member(name: string, value: string | number | readonly string[] | null): string {
  return value === null ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** Left out where no part is there, so that the whole object becomes one NULL. */
function objectMember(name: string, value: object | null): string {
  return value === null || Object.values(value).every((part) => part === null)
    ? ''
    : `,"${name}":${JSON.stringify(value)}`;
}

/** Lone surrogates, which JSON text may carry as escapes and DuckDB's reader refuses, become U+FFFD. */
function wellFormed(line: string): string {
  // JSON.stringify writes them as escapes. An odd number of backslashes tells those from text that holds one.
  if (!line.includes('\\ud') || !/(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/.test(line)) {
    return line;
  }
  return JSON.stringify(JSON.parse(line), (_name, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
}
