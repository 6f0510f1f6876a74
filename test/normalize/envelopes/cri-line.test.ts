import { describe, expect, it, test } from 'vitest';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

const EVENT = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","verb":"get"}';
const KLOG = 'I0304 05:06:07.000000       1 trace.go:236] Trace[1]: "List" url:/api/v1/pods (started)';

function rowsOf(body: string, resource = {}) {
  return normalize(recordBatch([logRecord(body)], resource), { arrivalMicros: 1 });
}

describe('a line of a container runtime', () => {
  test.each([
    ['2026-03-04T05:06:07.123456789Z stdout F ', 1_772_600_767_123_456],
    ['2026-03-04T06:06:07.5+01:00 stderr F ', 1_772_600_767_500_000],
    ['2026-03-04T05:06:07Z stdout F:x ', 1_772_600_767_000_000],
  ])('is opened behind %s', (prefix, timeMicros) => {
    expect(rowsOf(prefix + EVENT).audit).toMatchObject([
      { _raw: prefix + EVENT, event: EVENT, auditID: 'a-1', verb: 'get', cloud: null, timeMicros, hasOwnTime: false },
    ]);
  });

  it('is opened also behind more white space', () => {
    const line = `2026-03-04T05:06:07.5Z stdout F  \t${EVENT}`;
    expect(rowsOf(line).audit).toMatchObject([
      { _raw: line, event: EVENT, identity: rowsOf(EVENT).audit[0]?.identity },
    ]);
  });

  it('is the same event as the line without its prefix', () => {
    const prefixed = rowsOf(`2026-03-04T05:06:07.5Z stdout F ${EVENT}`);
    expect(prefixed.audit[0]?.identity).toBe(rowsOf(EVENT).audit[0]?.identity);
  });

  it('is kept and marked where the runtime cut it', () => {
    const line = `2026-03-04T05:06:07.5Z stdout P ${EVENT.slice(0, 60)}`;
    expect(rowsOf(line).logs).toMatchObject([
      {
        _raw: line,
        unreadable:
          'audit event in a line that the container runtime cut: expected whole JSON, found its end after 60 characters.',
      },
    ]);
  });

  test.each([
    '2026-03-04T05:06:07.5Z stdout F {"level":"info"}',
    '2026-03-04T05:06:07.5Z stdout P {"level":"in',
    '2026-03-04T05:06:07.5Z stdout F text',
    '2026-03-04T05:06:07.5Z stdin F {}',
  ])('stays the record it is: %s', (line) => {
    expect(rowsOf(line).logs).toMatchObject([{ _raw: line, unreadable: null }]);
  });
});

describe('a klog line', () => {
  it('is an ordinary record', () => {
    expect(rowsOf(KLOG).logs).toMatchObject([{ _raw: KLOG, unreadable: null }]);
    expect(rowsOf(`2026-03-04T05:06:07.5Z stderr F ${KLOG}`).logs).toMatchObject([{ unreadable: null }]);
  });

  it('is marked on a stream that carries nothing but audit events', () => {
    expect(rowsOf(KLOG, { 'com.splunk.sourcetype': 'kube:apiserver-audit' }).logs).toMatchObject([
      { _raw: KLOG, unreadable: expect.stringMatching(/^audit event: expected JSON, found "I0304 05:06:07/) },
    ]);
  });
});
