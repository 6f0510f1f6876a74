import { describe, expect, it, test } from 'vitest';
import type { AnyValue } from '../../../src/component.ts';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

const RESOURCE_ID =
  '/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/SHOP';
const EVENT = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","stage":"ResponseComplete","verb":"get"}';
const KLOG = 'I0304 05:06:07.000000 1 trace.go:116] Trace[1]';

function record(log: unknown, fields: object = {}): string {
  return JSON.stringify({
    operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
    category: 'kube-audit',
    resourceId: RESOURCE_ID,
    properties: { log, stream: 'stdout', pod: 'kube-apiserver-0' },
    time: '2026-03-04T05:06:07.0000000Z',
    ...fields,
  });
}

function rowsOf(body: AnyValue) {
  return normalize(recordBatch([logRecord(body)]), { arrivalMicros: 1 });
}

describe('a diagnostic record', () => {
  it('is _raw as it came, and the event in properties.log is the row', () => {
    const text = record(`${EVENT}\n`);
    expect(rowsOf(text).audit).toMatchObject([
      {
        _raw: text,
        event: EVENT,
        cloud: 'aks',
        cluster: 'SHOP',
        auditID: 'a-1',
        verb: 'get',
        timeMicros: 1_772_600_767_000_000,
        hasOwnTime: false,
      },
    ]);
  });

  it('may hold the event as an object, with properties as text, as bytes and behind a byte-order mark', () => {
    const asObject = record({ kind: 'Event', verb: 'get', n: 1 });
    expect(rowsOf(asObject).audit).toMatchObject([{ event: '{"kind":"Event","verb":"get","n":1}', cloud: 'aks' }]);
    const asText = JSON.stringify({ category: 'kube-audit-admin', properties: JSON.stringify({ log: EVENT }) });
    expect(rowsOf(asText).audit).toMatchObject([{ _raw: asText, event: EVENT, cluster: null }]);
    const bytes = new TextEncoder().encode(`\ufeff${record(EVENT)}`);
    expect(rowsOf(bytes).audit).toMatchObject([{ _raw: `\ufeff${record(EVENT)}`, event: EVENT }]);
  });

  test.each(['kube-audit', 'kube-audit-admin', 'KUBE-AUDIT'])(
    'of category %s is marked where its log is no event',
    (category) => {
      expect(rowsOf(record(KLOG, { category })).logs[0]?.unreadable).toBe(
        `audit event in properties.log of a ${category} record: expected JSON, found "I0304 05:06:07.000000 1 " at character 0.`,
      );
      expect(rowsOf(record(EVENT.slice(0, 50), { category })).logs[0]?.unreadable).toContain('expected whole JSON');
      expect(rowsOf(record('{"a":1}', { category })).logs[0]?.unreadable).toContain('found an object with a.');
      expect(rowsOf(record(null, { category })).logs[0]?.unreadable).toContain('found null.');
    },
  );

  test.each(['kube-apiserver', 'guard', 'cluster-autoscaler'])('of category %s is an ordinary log', (category) => {
    const text = record(KLOG, { category });
    expect(rowsOf(text).logs).toMatchObject([
      { _raw: text, unreadable: null, cluster: 'SHOP', timeMicros: 1_772_600_767_000_000 },
    ]);
  });
});

describe('an Event Hub message', () => {
  const AUDIT = record(EVENT);
  const OTHER = record(KLOG, { category: 'kube-controller-manager' });

  it('makes a row of each record, with the record’s exact text', () => {
    const { audit, logs } = rowsOf(`{"records": [ ${AUDIT},${OTHER}]}`);
    expect(audit.map(({ _raw }) => _raw)).toEqual([AUDIT]);
    expect(logs.map(({ _raw, unreadable }) => [_raw, unreadable])).toEqual([[OTHER, null]]);
  });

  it('delivered again in another grouping is a copy', () => {
    const grouped = rowsOf(`{"records":[${AUDIT},${record(EVENT.replace('a-1', 'a-2'))}]}`).audit[0];
    expect(grouped?.identity).toBe(rowsOf(AUDIT).audit[0]?.identity);
  });
});

describe('the azureeventhub receiver’s attributes', () => {
  const RESOURCE = { 'azure.resource.id': RESOURCE_ID, 'cloud.provider': 'azure' };

  function rowsOfAttributes(log: AnyValue, category = 'kube-audit', body: AnyValue = null) {
    const attributes = {
      'azure.operation.name': 'Read',
      'azure.category': category,
      'azure.properties': { log, stream: 'stdout', pod: 'kube-apiserver-0' },
    };
    const fields = { attributes, timeUnixNano: 1_772_600_767_000_000_000n };
    return normalize(recordBatch([logRecord(body, fields)], RESOURCE), { arrivalMicros: 1 });
  }

  it.each([null, ''])('are put together again to the record that spath reads, where the body is %j', (body) => {
    const row = rowsOfAttributes(EVENT, 'kube-audit', body).audit[0]!;
    expect(JSON.parse(row._raw)).toEqual({
      time: '2026-03-04T05:06:07.0000000Z',
      resourceId: RESOURCE_ID,
      operationName: 'Read',
      category: 'kube-audit',
      properties: { log: EVENT, stream: 'stdout', pod: 'kube-apiserver-0' },
    });
    expect(row).toMatchObject({ event: EVENT, cloud: 'aks', cluster: 'SHOP' });
    expect(row.identity).toBe(rowsOf(record(EVENT)).audit[0]?.identity);
  });

  it('of other categories are ordinary logs', () => {
    expect(rowsOfAttributes(KLOG, 'guard').logs).toMatchObject([{ unreadable: null, cluster: 'SHOP' }]);
  });
});
