import { describe, expect, it, test } from 'vitest';
import type { AnyValue, AttributeMap, RecordBatch } from '../../src/component.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';

const KLOG = 'I0505 16:16:37.655912       1 trace.go:116] Trace[1]: "List" url:/api/v1/pods (started)';
const AUDIT_STREAM = { 'com.splunk.sourcetype': 'kube:apiserver-audit' };

function unreadableOf(body: AnyValue, resource: AttributeMap = {}, fields: Partial<RecordBatch> = {}): string | null {
  const { audit, logs } = normalize(recordBatch([logRecord(body)], resource, fields), { arrivalMicros: 1 });
  expect(audit).toEqual([]);
  return logs[0]!.unreadable;
}

describe('a record that holds what only audit events hold', () => {
  test.each([
    [
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","verb":"ge',
      'audit event: expected whole JSON, found its end after 76 characters.',
    ],
    [
      '"stageTimestamp":"2026-03-04T05:06:07Z","annotations":{"authorization.k8s.io/decision":"allow"}}',
      'audit event: expected JSON, found ":\\"2026-03-04T05:06:07Z\\"," at character 16.',
    ],
    ['{"auditID":"a",,"verb":"get"}', 'audit event: expected JSON, found ",\\"verb\\":\\"get\\"}" at character 15.'],
    [
      '{"category":"kube-audit","properties":{"log":"{\\"auditID\\":\\"a\\",\\"ver',
      'audit event: expected whole JSON, found its end after 70 characters.',
    ],
  ])('%s is kept and marked', (text, reason) => {
    expect(unreadableOf(text)).toBe(reason);
  });
});

describe('a record that is no audit event', () => {
  test.each<[AnyValue, string]>([
    [KLOG, 'audit event: expected JSON, found "I0505 16:16:37.655912   " at character 0.'],
    ['', 'audit event: expected JSON, found an empty record.'],
    [null, 'audit event: expected an audit.k8s.io Event, found an empty record.'],
    ['{"kind":0}', 'audit event: expected an audit.k8s.io Event, found an object with kind.'],
    ['[1,2]', 'audit event: expected an audit.k8s.io Event, found an array of 2.'],
    [
      { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 },
      'audit event: expected an audit.k8s.io Event, found an object with a, b, c, d, e, ….',
    ],
    [7, 'audit event: expected an audit.k8s.io Event, found a number.'],
  ])('%j is marked on the audit stream only', (body, reason) => {
    expect(unreadableOf(body, AUDIT_STREAM)).toBe(reason);
    expect(unreadableOf(body)).toBeNull();
  });

  it('is ordinary where it only speaks of audit events', () => {
    expect(unreadableOf('the member auditID is the client’s to choose')).toBeNull();
    expect(unreadableOf('{"message":"audit.k8s.io Event"}')).toBeNull();
  });
});

describe('the audit stream', () => {
  test.each<[string, AttributeMap, Partial<RecordBatch>]>([
    ['the sourcetype of the chart', AUDIT_STREAM, {}],
    ['a file of the API server', { 'com.splunk.source': '/var/log/kubernetes/audit/audit.log' }, {}],
    ['a file of OpenShift', { 'log.file.path': '/var/log/kube-apiserver/audit-2026-03-04.log' }, {}],
    ['a CloudWatch stream', { 'cloudwatch.log.stream': 'kube-apiserver-audit-0123' }, {}],
    ['the audit webhook', {}, { receiver: 'k8s_audit_webhook' }],
  ])('is told by %s', (_, resource, fields) => {
    expect(unreadableOf(KLOG, resource, fields)).toMatch(/^audit event: expected JSON/);
  });

  test.each<[string, AttributeMap]>([
    ['the file of auditd', { 'com.splunk.source': '/var/log/audit/audit.log' }],
    ['a folder that speaks of audit', { 'com.splunk.source': '/data/k8s-audit/falco.log' }],
    ['the other EKS streams', { 'cloudwatch.log.stream': 'kube-apiserver-0123' }],
    ['the logs of a container', { 'com.splunk.sourcetype': 'kube:container:audit-proxy' }],
  ])('is not told by %s', (_, resource) => {
    expect(unreadableOf(KLOG, resource)).toBeNull();
  });
});
