import { expect, it, test } from 'vitest';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

const EVENT = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","verb":"get"}';

function rowsOf(value: object) {
  return normalize(recordBatch([logRecord(JSON.stringify(value))]), { arrivalMicros: 1 });
}

test.each([
  ['Docker', { log: `${EVENT}\n`, stream: 'stdout', time: '2026-03-04T05:06:07.5Z' }, 1_772_600_767_500_000],
  ['Fluent Bit', { log: EVENT }, 1],
  ['a forwarder', { message: EVENT, host: 'a' }, 1],
])('opens the audit event in the object of %s, which stays _raw', (_, value, timeMicros) => {
  expect(rowsOf(value).audit).toMatchObject([
    { _raw: JSON.stringify(value), event: EVENT, verb: 'get', cloud: null, timeMicros, hasOwnTime: false },
  ]);
});

it('opens an event behind white space, which stays in _raw and is no part of the event', () => {
  const alone = rowsOf(JSON.parse(EVENT)).audit[0];
  for (const line of [` ${EVENT}\n`, `\t\n  ${EVENT}`, `\ufeff ${EVENT} \r\n`]) {
    const body = JSON.stringify({ log: line, stream: 'stdout' });
    expect(rowsOf({ log: line, stream: 'stdout' })).toMatchObject({
      audit: [{ _raw: body, event: EVENT, auditID: 'a-1', identity: alone?.identity }],
      logs: [],
    });
  }
});

it('leaves the object of any other line as the record it is', () => {
  for (const line of ['{"level":"info"}', 'text', '{"a":', '']) {
    expect(rowsOf({ log: line, stream: 'stdout' }).logs).toMatchObject([{ unreadable: null }]);
  }
});

it('marks an audit event that was cut off inside of it', () => {
  expect(rowsOf({ log: EVENT.slice(0, 50) }).logs).toMatchObject([
    { unreadable: 'audit event in a wrapped line: expected whole JSON, found its end after 50 characters.' },
  ]);
});
