import { gzipSync } from 'node:zlib';
import { expect, it, test } from 'vitest';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

const EVENT = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","stage":"ResponseComplete","verb":"get"}';

const cloudWatch = JSON.stringify({
  messageType: 'DATA_MESSAGE',
  owner: '111122223333',
  logGroup: '/aws/eks/payments/cluster',
  logStream: 'kube-apiserver-audit-0a1b',
  subscriptionFilters: ['pintail'],
  logEvents: [{ id: '1', timestamp: 1_772_600_767_123, message: EVENT }],
});
const logEntry = JSON.stringify({
  insertId: 'i-1',
  resource: { type: 'k8s_cluster', labels: { cluster_name: 'blue' } },
  timestamp: '2026-03-04T05:06:07.5Z',
  protoPayload: {
    '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
    serviceName: 'k8s.io',
    methodName: 'io.k8s.core.v1.pods.get',
    resourceName: 'core/v1/namespaces/shop/pods/cart',
  },
});

const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const zipped = (text: string) => base64(gzipSync(text));

function rowsOf(value: object, fields = {}) {
  return normalize(recordBatch([logRecord(JSON.stringify(value))], {}, fields), { arrivalMicros: 1 });
}

test.each([
  ['a subscription to Lambda', { awslogs: { data: zipped(cloudWatch) } }],
  [
    'a subscription by way of Kinesis',
    { Records: [{ kinesis: { data: zipped(cloudWatch), partitionKey: 'p' }, eventSource: 'aws:kinesis' }] },
  ],
  ['Firehose to an HTTP endpoint', { requestId: 'r-1', timestamp: 1, records: [{ data: zipped(cloudWatch) }] }],
  ['Firehose that unzips', { requestId: 'r-1', timestamp: 1, records: [{ data: base64(cloudWatch) }] }],
  ['Firehose to Lambda', { invocationId: 'v', records: [{ recordId: '4', data: zipped(cloudWatch) }] }],
])('opens CloudWatch events out of %s', (_, value) => {
  expect(rowsOf(value)).toMatchObject({
    audit: [{ _raw: EVENT, event: null, cloud: 'eks', cluster: 'payments', timeMicros: 1_772_600_767_123_000 }],
    logs: [],
  });
  // The identity is that of the same event without the packing.
  expect(rowsOf(value).audit[0]?.identity).toBe(rowsOf(JSON.parse(cloudWatch) as object).audit[0]?.identity);
});

test.each([
  ['a push', { message: { data: base64(logEntry), messageId: '7' }, subscription: 'projects/p/subscriptions/s' }],
  ['a message of a pull', { ackId: 'x', message: { data: base64(logEntry), message_id: '7' } }],
  ['the answer to a pull', { receivedMessages: [{ ackId: 'x', message: { data: base64(logEntry), messageId: '7' } }] }],
  ['a message alone', { data: base64(logEntry), messageId: '7' }],
])('opens LogEntries out of Pub/Sub, %s', (_, value) => {
  expect(rowsOf(value)).toMatchObject({
    audit: [{ _raw: logEntry, cloud: 'gke', cluster: 'blue', verb: 'get', timeMicros: 1_772_600_767_500_000 }],
    logs: [],
  });
});

it('makes rows of every record of a message, in order, also of plain text and of several events in one', () => {
  const records = [`${EVENT}\n${EVENT.replace('a-1', 'a-2')}\n`, 'text', EVENT.replace('a-1', 'a-3')];
  const { audit, logs } = rowsOf({ requestId: 'r-1', records: records.map((text) => ({ data: base64(text) })) });
  expect(audit.map((row) => row.auditID)).toEqual(['a-1', 'a-2', 'a-3']);
  expect(logs).toMatchObject([{ _raw: 'text', unreadable: null }]);
});

it('keeps and marks a record that cannot be unpacked, and opens the others', () => {
  const cut = base64(gzipSync(cloudWatch).subarray(0, 60));
  const { audit, logs } = rowsOf({
    requestId: 'r-1',
    records: [{ data: cut }, { data: '§' }, { data: base64(EVENT) }],
  });
  expect(audit).toMatchObject([{ auditID: 'a-1' }]);
  expect(logs).toMatchObject([
    {
      _raw: cut,
      unreadable:
        'audit event in a Firehose record: expected gzip of at most 33554432 bytes, found unexpected end of file.',
    },
    { _raw: '§', unreadable: 'audit event in a Firehose record: expected base64, found "§".' },
  ]);
});

it('does not let a bomb grow', () => {
  const bomb = base64(gzipSync(Buffer.alloc(40 * 2 ** 20)));
  const large = zipped(' '.repeat(31 * 2 ** 20));
  expect(rowsOf({ awslogs: { data: bomb } }).logs).toMatchObject([
    { _raw: bomb, unreadable: expect.stringContaining('expected gzip of at most 33554432 bytes, found Cannot create') },
  ]);
  // Four fit, each within its own bound; the fifth does not fit beside them.
  const { logs } = rowsOf({ requestId: 'r-1', records: Array.from({ length: 5 }, () => ({ data: large })) });
  expect(logs.map((row) => row.unreadable !== null)).toEqual([false, false, false, false, true]);
});

it('does not open what is packed twice', () => {
  const inner = JSON.stringify({ awslogs: { data: zipped(cloudWatch) } });
  expect(rowsOf({ awslogs: { data: zipped(inner) } }).logs).toMatchObject([{ _raw: inner, unreadable: null }]);
});

test.each([
  ['an S3 notification', { Records: [{ s3: { bucket: { name: 'b' } } }] }],
  ['a list of records without data', { requestId: 'r', records: [{ a: 1 }] }],
  ['a chat message', { message: { data: 'aGVsbG8=' } }],
  ['an empty list', { requestId: 'r', records: [] }],
])('leaves %s as it is', (_, value) => {
  expect(rowsOf(value).logs).toMatchObject([{ _raw: JSON.stringify(value), unreadable: null }]);
});
