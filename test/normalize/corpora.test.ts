/**
 * Real audit events and cloud envelopes, from the folder that PINTAIL_CORPORA names: how many rows each file
 * gives. Every number has its reason; a change of one is a change of what counts as an audit event.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AuditRow, LogRow } from '../../src/component.ts';
import { readRecordBatches } from '../../src/receive/file/index.ts';
import { normalize } from '../support/normalize.ts';

const CORPORA = process.env.PINTAIL_CORPORA;

interface Expected {
  readonly records: number;
  readonly audit: number;
  readonly logs: number;
  readonly unreadable: number;
  /** Audit rows that name their own time. */
  readonly ownTime: number;
  readonly clouds: readonly (string | null)[];
}

const files: readonly (readonly [string, Expected])[] = [
  // v1 by name, yet with the times of v1beta1: `timestamp` counts as their own.
  ['audit2rbac-demo/events.ndjson', { records: 37, audit: 37, logs: 0, unreadable: 0, ownTime: 37, clouds: [null] }],
  // 38 of the 51 have no apiVersion. Line 49 is {"kind": 0}: an ordinary record, not an audit event.
  ['falco-k8s-audit/events.ndjson', { records: 52, audit: 51, logs: 1, unreadable: 0, ownTime: 51, clouds: [null] }],
  // One MicroK8s node, every line an event of v1.
  [
    'immudb-k8s-microk8s/events.ndjson',
    { records: 2971, audit: 2971, logs: 0, unreadable: 0, ownTime: 2971, clouds: [null] },
  ],
  ['khi/envelope.gcp.ndjson', { records: 3, audit: 3, logs: 0, unreadable: 0, ownTime: 3, clouds: ['gke'] }],
  ['khi/events.ndjson', { records: 1, audit: 1, logs: 0, unreadable: 0, ownTime: 1, clouds: [null] }],
  // container.googleapis.com: operations on clusters, not requests to one.
  ['khi/other.gcp-container-api.ndjson', { records: 9, audit: 0, logs: 9, unreadable: 0, ownTime: 0, clouds: [] }],
  // Events written by hand, 118 of 186 without apiVersion; 16 have requestReceivedTimestamp, in UTC without a zone.
  ['panther-analysis/events.ndjson', { records: 186, audit: 186, logs: 0, unreadable: 0, ownTime: 16, clouds: [null] }],
  // No event in these envelopes has a time.
  [
    'panther-analysis/envelope.azure.ndjson',
    { records: 34, audit: 34, logs: 0, unreadable: 0, ownTime: 0, clouds: ['aks'] },
  ],
  // 14 have a timestamp on the entry, two more inside of protoPayload.
  [
    'panther-analysis/envelope.gcp.ndjson',
    { records: 51, audit: 51, logs: 0, unreadable: 0, ownTime: 16, clouds: ['gke'] },
  ],
  // Deployment Manager, Compute, an Azure activity record, two stubs with `operation` only.
  ['panther-analysis/other.ndjson', { records: 9, audit: 0, logs: 9, unreadable: 0, ownTime: 0, clouds: [] }],
  ['sysdig-aks/events.ndjson', { records: 24, audit: 24, logs: 0, unreadable: 0, ownTime: 24, clouds: [null] }],
  [
    'sysdig-aks/envelope.azure.ndjson',
    { records: 23, audit: 23, logs: 0, unreadable: 0, ownTime: 23, clouds: ['aks'] },
  ],
  // One Event Hub message on one line, its 22 records.
  ['sysdig-aks/envelope.event.json', { records: 1, audit: 22, logs: 0, unreadable: 0, ownTime: 22, clouds: ['aks'] }],
  // One diagnostic record, pretty-printed behind a byte-order mark.
  [
    'sysdig-aks/envelope.sample_EventHubs_event.json',
    { records: 1, audit: 1, logs: 0, unreadable: 0, ownTime: 1, clouds: ['aks'] },
  ],
  // One audit event, pretty-printed behind a byte-order mark, with text in text in requestObject.
  [
    'sysdig-aks/envelope.sample_KubeAuditLog_event.json',
    { records: 1, audit: 1, logs: 0, unreadable: 0, ownTime: 1, clouds: [null] },
  ],
  // Shell commands: 20 lines that are not blank; the one with an audit event in its quotes is marked.
  ['sysdig-aks/envelope.curl.txt', { records: 20, audit: 0, logs: 20, unreadable: 1, ownTime: 0, clouds: [] }],
];

async function rowsOf(path: string): Promise<{ records: number; audit: AuditRow[]; logs: LogRow[] }> {
  const audit: AuditRow[] = [];
  const logs: LogRow[] = [];
  let records = 0;
  for await (const batch of readRecordBatches(path)) {
    records += batch.resourceLogs.reduce((sum, { logRecords }) => sum + logRecords.length, 0);
    const rows = normalize(batch, { arrivalMicros: 1_700_000_000_000_000 });
    audit.push(...rows.audit);
    logs.push(...rows.logs);
  }
  return { records, audit, logs };
}

describe.skipIf(CORPORA === undefined)('the rows of', () => {
  test.each(files)('%s', async (file, expected) => {
    const { records, audit, logs } = await rowsOf(join(CORPORA ?? '', file));
    expect({
      records,
      audit: audit.length,
      logs: logs.length,
      unreadable: logs.filter(({ unreadable }) => unreadable !== null).length,
      ownTime: audit.filter(({ hasOwnTime }) => hasOwnTime).length,
      clouds: [...new Set(audit.map(({ cloud }) => cloud))],
    }).toEqual(expected);
    // No file holds an event twice.
    expect(new Set(audit.map(({ identity }) => identity)).size).toBe(audit.length);
    expect(new Set(logs.map(({ identity }) => identity)).size).toBe(logs.length);
  });

  test('every file of recorded events is counted above', () => {
    const found = readdirSync(CORPORA ?? '', { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.\w+$/.test(name),
    );
    const told = /(?:PROVENANCE\.md|labels\.json)$/;
    expect(found.filter((name) => !told.test(name)).sort()).toEqual(files.map(([name]) => name).sort());
  });

  test('the event inside of an AKS record is the event that was unwrapped from it', async () => {
    const wrapped = await rowsOf(join(CORPORA ?? '', 'sysdig-aks/envelope.event.json'));
    const unwrapped = await rowsOf(join(CORPORA ?? '', 'sysdig-aks/events.ndjson'));
    const texts = new Set(unwrapped.audit.map(({ _raw }) => _raw));
    expect(wrapped.audit.filter(({ event }) => !texts.has(event ?? ''))).toEqual([]);
  });
});
