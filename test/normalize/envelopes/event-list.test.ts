import { expect, it } from 'vitest';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

// As the API server's webhook backend posts it: items have neither kind nor apiVersion.
const FIRST = '{"level":"Metadata","auditID":"a-1","stage":"RequestReceived","verb":"get","n":12345678901234567890}';
const SECOND = '{"level":"Metadata","auditID":"a-1","stage":"ResponseComplete", "verb":"get"}';
const LIST = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${FIRST},\n ${SECOND}]}`;

function rowsOf(body: string | Parameters<typeof logRecord>[0]) {
  return normalize(recordBatch([logRecord(body)]), { arrivalMicros: 1 });
}

it('makes a row of each item, with the item’s exact text', () => {
  const { audit, logs } = rowsOf(LIST);
  expect(audit.map(({ _raw, auditID, stage, event, cloud }) => [_raw, auditID, stage, event, cloud])).toEqual([
    [FIRST, 'a-1', 'RequestReceived', null, null],
    [SECOND, 'a-1', 'ResponseComplete', null, null],
  ]);
  expect(logs).toEqual([]);
});

it('keeps the escape of a lone surrogate in an item, whose event is what DuckDB can read', () => {
  const item =
    '{"level":"Metadata","auditID":"a-3","stage":"Panic","verb":"get","userAgent":"\\ud83d \\ud83d\\ude00 \\\\ud83d"}';
  const readable = item.replace('\\ud83d', '\\ufffd');
  const list = (text: string) =>
    `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${SECOND},${text}]}`;
  for (const body of [list(item), `\ufeff${list(item)}`]) {
    expect(rowsOf(body).audit).toMatchObject([
      { _raw: SECOND, event: null },
      { _raw: item, event: readable, userAgent: '\ufffd \u{1f600} \\ud83d' },
    ]);
  }
});

it('makes the row that the item alone makes, whichever way it came and whatever is escaped in it', () => {
  for (const agent of ['curl', '\\ud83d', '\\ude00\\ud83d', '\\ud83d\\ude00', '\\\\ud83d', 'é']) {
    const item = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-4","stage":"Panic","userAgent":"${agent}"}`;
    const { placed: _, ...alone } = rowsOf(item).audit[0] ?? {};
    const inBytes = rowsOf(new TextEncoder().encode(item)).audit[0];
    const inList = rowsOf(`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${item}]}`).audit[0];
    expect(alone).toMatchObject({ _raw: item });
    for (const row of [inBytes, inList]) expect(row).toMatchObject(alone);
  }
});

it('identifies an item by itself, so that the same one in another list is a copy', () => {
  const alone = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${SECOND}]}`;
  expect(rowsOf(alone).audit[0]?.identity).toBe(rowsOf(LIST).audit[1]?.identity);
  expect(rowsOf(SECOND).audit[0]?.identity).toBe(rowsOf(LIST).audit[1]?.identity);
});

it('opens a list that came as a map, its items identified whatever the order of their keys', () => {
  const item = { auditID: 'a-2', stage: 'Panic', verb: 'get' };
  const swapped = { verb: 'get', stage: 'Panic', auditID: 'a-2' };
  const list = (entry: typeof item) => ({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [entry] });
  expect(rowsOf(list(item)).audit[0]?._raw).toBe(JSON.stringify(item));
  expect(rowsOf(list(swapped)).audit[0]?.identity).toBe(rowsOf(list(item)).audit[0]?.identity);
});

it('keeps and marks an item that is no event', () => {
  const { audit, logs } = rowsOf(`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${FIRST},null,{"a":1}]}`);
  expect(audit).toHaveLength(1);
  expect(logs.map(({ _raw, unreadable }) => [_raw, unreadable])).toEqual([
    ['null', 'audit event in items[1] of an EventList: expected an audit.k8s.io Event, found null.'],
    ['{"a":1}', 'audit event in items[2] of an EventList: expected an audit.k8s.io Event, found an object with a.'],
  ]);
});

it('leaves a list of core events and an empty list as the one record they are', () => {
  for (const text of [
    '{"kind":"EventList","apiVersion":"v1","items":[{"reason":"Killing"}]}',
    '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}',
  ]) {
    expect(rowsOf(text).logs.map(({ _raw, unreadable }) => [_raw, unreadable])).toEqual([[text, null]]);
  }
});
