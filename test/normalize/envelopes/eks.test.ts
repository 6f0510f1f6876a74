import { describe, expect, it } from 'vitest';
import type { AttributeMap } from '../../../src/component.ts';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

const EVENT = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","stage":"ResponseComplete","verb":"get"}';
const KLOG = 'I0304 05:06:07.000000 1 trace.go:116] Trace[1]: "List" (started)';

function rowsOf(body: string, resource: AttributeMap = {}) {
  return normalize(recordBatch([logRecord(body)], resource, { cluster: 'listener' }), { arrivalMicros: 1 });
}

function payload(logStream: string, ...messages: string[]): string {
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/aws/eks/payments/cluster',
    logStream,
    subscriptionFilters: ['pintail'],
    logEvents: messages.map((message, id) => ({ id: String(id), timestamp: 1_772_600_767_123, message })),
  });
}

describe('a subscription payload', () => {
  it('makes a row of each message, whose text is _raw', () => {
    const { audit } = rowsOf(payload('kube-apiserver-audit-0a1b', EVENT, EVENT.replace('get', 'list')));
    expect(audit).toMatchObject([
      { _raw: EVENT, event: null, cloud: 'eks', cluster: 'payments', verb: 'get' },
      { _raw: EVENT.replace('get', 'list'), event: null, cloud: 'eks', cluster: 'payments', verb: 'list' },
    ]);
  });

  it('lends an event without a time its own, in milliseconds', () => {
    expect(rowsOf(payload('kube-apiserver-audit-0a1b', EVENT)).audit[0]).toMatchObject({
      timeMicros: 1_772_600_767_123_000,
      hasOwnTime: false,
    });
  });

  it('keeps messages of the other streams as ordinary logs', () => {
    expect(rowsOf(payload('kube-apiserver-0a1b', KLOG)).logs).toMatchObject([
      { _raw: KLOG, unreadable: null, cluster: 'payments', timeMicros: 1_772_600_767_123_000, hasOwnTime: true },
    ]);
  });

  it('marks what is no event on the audit stream', () => {
    expect(rowsOf(payload('kube-apiserver-audit-0a1b', KLOG, '{"a":1}', EVENT.slice(0, 60))).logs).toMatchObject([
      { unreadable: expect.stringContaining('in the message of a CloudWatch log event: expected JSON, found "I0304') },
      { unreadable: expect.stringContaining('expected an audit.k8s.io Event, found an object with a.') },
      { unreadable: expect.stringContaining('expected whole JSON, found its end after 60 characters.') },
    ]);
  });

  it('keeps equal messages of one payload apart', () => {
    const { logs } = rowsOf(payload('kube-apiserver-0a1b', KLOG, KLOG));
    expect(new Set(logs.map(({ identity }) => identity)).size).toBe(2);
  });

  it('is one record where it only checks that we are there', () => {
    const text =
      '{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE"}]}';
    expect(rowsOf(text).logs).toMatchObject([{ _raw: text, unreadable: null }]);
  });
});

it('opens the answer of aws logs filter-log-events', () => {
  const text = JSON.stringify({
    events: [{ logStreamName: 'kube-apiserver-audit-0a1b', timestamp: 1, message: EVENT, eventId: '1' }],
    searchedLogStreams: [],
  });
  expect(rowsOf(text).audit).toMatchObject([{ _raw: EVENT, cloud: 'eks', cluster: 'listener' }]);
});

it('knows the awscloudwatch receiver’s bare message by its log group', () => {
  const group = {
    'cloudwatch.log.group.name': '/aws/eks/payments/cluster',
    'cloudwatch.log.stream': 'kube-apiserver-audit-0',
  };
  expect(rowsOf(EVENT, group).audit).toMatchObject([{ _raw: EVENT, event: null, cloud: 'eks', cluster: 'payments' }]);
  expect(rowsOf(EVENT, { 'cloudwatch.log.group.name': '/aws/lambda/x' }).audit).toMatchObject([
    { cloud: null, cluster: 'listener' },
  ]);
});

it('takes the same event from the payload and from the receiver for one', () => {
  const group = { 'cloudwatch.log.group.name': '/aws/eks/payments/cluster' };
  expect(rowsOf(payload('kube-apiserver-audit-0', EVENT)).audit[0]?.identity).toBe(
    rowsOf(EVENT, group).audit[0]?.identity,
  );
});
