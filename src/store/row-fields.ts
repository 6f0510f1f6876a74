/**
 * The columns of spooled rows: one schema for both tables, mostly under the names of the row types. What a table
 * does not have is absent in its rows. `own` is false for rows without a time of their own. Where `rawStart` is there, the
 * text is `rawStart`, `auditID`, `_raw`, one behind the other (raw-columns.ts).
 */
import { type Field, listOf, mapOf, optional, required, struct } from './parquet/schema.ts';

const user = [optional('username', 'word'), optional('uid', 'word'), listOf('groups', 'word')];

export const rowFields: readonly Field[] = [
  required('table', 'word'),
  required('at', 'time'),
  required('own', 'flag'),
  required('time', 'time'),
  required('identity', 'uuid'),
  optional('cluster', 'word'),
  optional('auditID', 'text'),
  optional('stage', 'word'),
  optional('level', 'word'),
  optional('verb', 'word'),
  optional('requestURI', 'word'),
  optional('userAgent', 'word'),
  struct('user', user),
  struct('impersonatedUser', user),
  listOf('sourceIPs', 'word'),
  struct('objectRef', [
    optional('resource', 'word'),
    optional('namespace', 'word'),
    optional('name', 'word'),
    optional('uid', 'word'),
    optional('apiGroup', 'word'),
    optional('apiVersion', 'word'),
    optional('resourceVersion', 'word'),
    optional('subresource', 'word'),
  ]),
  struct('responseStatus', [
    optional('status', 'word'),
    optional('message', 'word'),
    optional('reason', 'word'),
    optional('code', 'integer'),
  ]),
  optional('received', 'time'),
  optional('staged', 'time'),
  mapOf('annotations'),
  required('hasObjects', 'flag'),
  optional('objectKeys', 'word'),
  optional('index', 'word'),
  optional('source', 'word'),
  optional('sourcetype', 'word'),
  optional('host', 'word'),
  optional('cloud', 'word'),
  optional('severityNumber', 'integer'),
  optional('severityText', 'word'),
  optional('eventName', 'word'),
  optional('unreadable', 'word'),
  optional('resource', 'json'),
  optional('attributes', 'json'),
  optional('rawStart', 'word'),
  required('_raw', 'text'),
  optional('event', 'text'),
];

/** As versions before `rawStart` left them in the spool. */
export const olderRowFields: readonly Field[] = rowFields.filter(({ name }) => name !== 'rawStart');
