/** A record holds as many events as its sender likes, in any of the forms that are cut into rows; the bound holds for all. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import type { AnyValue } from '../../src/component.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';

const event = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","verb":"get"}';
const tooMany = 'audit event: expected at most 3 events in one record, found more.';

function rowsOf(body: AnyValue) {
  return normalize(recordBatch([logRecord(body)]), { arrivalMicros: 1, maxRowsPerRecord: 3 });
}

const listOf = (count: number) => Array(count).fill(event).join(',');
const packed = (text: string) => gzipSync(text).toString('base64');

const forms: readonly (readonly [string, (count: number) => string])[] = [
  ['an array of events', (count) => `[${listOf(count)}]`],
  ['an EventList', (count) => `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${listOf(count)}]}`],
  ['documents one after the other', (count) => event.repeat(count)],
  [
    'records of an Event Hub message',
    (count) => JSON.stringify({ records: Array(count).fill({ category: 'kube-audit', properties: { log: event } }) }),
  ],
  [
    'log events of a CloudWatch subscription',
    (count) =>
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        logEvents: Array.from({ length: count }, (_, id) => ({ id: String(id), timestamp: 1, message: event })),
      }),
  ],
  [
    'packed records',
    (count) =>
      JSON.stringify({ records: Array(count).fill({ recordId: '1', data: packed(event) }), deliveryStreamArn: event }),
  ],
];

describe.each(forms)('%s', (_name, form) => {
  it('becomes rows up to the bound', () => {
    expect(rowsOf(form(3))).toMatchObject({ audit: { length: 3 }, logs: [] });
  });

  it('stays the one record that it is beyond it, marked, as text and as bytes', () => {
    const text = form(4);
    expect(rowsOf(text)).toMatchObject({ audit: [], logs: [{ _raw: text, unreadable: tooMany }] });
    expect(rowsOf(Buffer.from(text))).toMatchObject({ audit: [], logs: [{ _raw: text, unreadable: tooMany }] });
  });
});

test('lists within a list count together', () => {
  const list = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${listOf(1)}]}`;
  expect(rowsOf(`[${list}]`)).toMatchObject({ audit: { length: 1 }, logs: [] });
  expect(rowsOf(`[${list},${list}]`)).toMatchObject({ audit: [], logs: [{ unreadable: tooMany }] });
});

test('a map body stays whole too', () => {
  const body = {
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    items: Array(4).fill({ auditID: 'a', verb: 'get' }),
  };
  expect(rowsOf(body)).toMatchObject({ audit: [], logs: [{ _raw: JSON.stringify(body), unreadable: tooMany }] });
});

test('a long list of anything else is the ordinary record that it was', () => {
  expect(rowsOf('[1,2,3,4,5]')).toMatchObject({ audit: [], logs: [{ _raw: '[1,2,3,4,5]', unreadable: null }] });
  expect(rowsOf('{"a":1}{"a":2}{"a":3}{"a":4}')).toMatchObject({ audit: [], logs: [{ unreadable: null }] });
});

test('lists inside of one event do not count', () => {
  const text = event.replace(/}$/, ',"sourceIPs":["1","2","3","4","5"]}');
  expect(rowsOf(text)).toMatchObject({ audit: [{ sourceIPs: { length: 5 } }], logs: [] });
});
