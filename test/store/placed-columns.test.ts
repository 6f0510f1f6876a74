import { expect, test } from 'vitest';
import type { LogRecord, NormalizedBatch } from '../../src/component.ts';
import { auditEvents } from '../support/audit-events.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';
import { noonMicros, openTestStore } from './store-fixture.ts';

const startMs = noonMicros / 1000;

/** Events with and without each object, list and escape. */
const events: readonly string[] = [
  ...auditEvents({ seed: 7, count: 400, startMs }),
  ...[
    { user: { username: 'a', groups: [] } },
    { user: { groups: ['g', 'h'] }, impersonatedUser: { uid: 'u' } },
    { sourceIPs: [], annotations: {} },
    { sourceIPs: ['10.0.0.1', '::1'], annotations: { reason: 'RBAC: "x"\n', é: 'no: its name is not ASCII' } },
    { responseStatus: { code: 403 } },
    { responseStatus: { reason: 'Forbidden' } },
    { objectRef: { subresource: 'exec' } },
    { requestURI: '/api?a=b\u0026c', userAgent: '', requestObject: { 'a.b': [1] } },
  ].map((members, at) =>
    JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      auditID: `made-up-${at}`,
      stage: 'Panic',
      ...members,
      stageTimestamp: new Date(startMs).toISOString(),
    }),
  ),
];

function rowsOf(records: readonly LogRecord[]): NormalizedBatch {
  return normalize(recordBatch(records, { 'k8s.cluster.name': 'prod' }), { arrivalMicros: noonMicros });
}

/** Bodies of bytes are never scanned. */
const general = (body: string): LogRecord => ({ ...logRecord(body), body: Buffer.from(body) });

test('rows that were scanned are in the tables as those read the general way', async () => {
  const unscanned = rowsOf(events.map(general));
  const scanned = rowsOf(events.map((body) => logRecord(body)));
  expect(unscanned.audit.filter(({ placed }) => placed !== undefined)).toEqual([]);
  expect(scanned.audit.filter(({ placed }) => placed !== undefined).length).toBeGreaterThan(events.length - 10);
  const everything = 'select * from kube_audit order by identity';

  await using first = await openTestStore();
  await first.store.append(unscanned);
  await using second = await openTestStore();
  await second.store.append(scanned);
  expect(await second.loadedRows(everything)).toEqual(await first.loadedRows(everything));
});

test('rows of both kinds share the dictionaries of a batch', async () => {
  const records = events.map((body, at) => (at % 2 === 0 ? logRecord(body) : general(body)));
  await using opened = await openTestStore();
  await opened.store.append(rowsOf(records));
  const count = 'select count(*)::integer as events, count(distinct _raw)::integer as texts from kube_audit';
  expect(await opened.loadedRows(count)).toEqual([{ events: events.length, texts: events.length }]);
});
