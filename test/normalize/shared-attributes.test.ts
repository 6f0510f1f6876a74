import { expect, test } from 'vitest';
import type { AttributeMap, NormalizedBatch } from '../../src/component.ts';
import { logRecord } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';

const long = { blob: 'x'.repeat(20_000) };
const leftOut = '{"pintail.left_out_characters":20011}';

function rowsOf(resourceAttributes: AttributeMap, records: readonly ReturnType<typeof logRecord>[]): NormalizedBatch {
  return normalize(
    { receiver: 'test', resourceLogs: [{ resourceAttributes, logRecords: records }] },
    { arrivalMicros: 1 },
  );
}

const audit = (id: string) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: id,
  stage: 'Panic',
  verb: 'get',
});
const list = JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [audit('a'), audit('b')] });

test('a long resource is kept with one record and left out of several', () => {
  expect(rowsOf(long, [logRecord('a')]).logs[0]?.resource).toBe(JSON.stringify(long));
  expect(rowsOf(long, [logRecord('a'), logRecord('b')]).logs.map(({ resource }) => resource)).toEqual([
    leftOut,
    leftOut,
  ]);
});

test('long attributes of a record are kept with its one event and left out of its several', () => {
  const one = rowsOf({}, [logRecord(JSON.stringify(audit('a')), { attributes: long })]);
  expect(one.audit.map(({ attributes }) => attributes)).toEqual([JSON.stringify(long)]);
  const several = rowsOf(long, [logRecord(list, { attributes: long })]);
  expect(several.audit.map(({ attributes, resource }) => [attributes, resource])).toEqual([
    [leftOut, leftOut],
    [leftOut, leftOut],
  ]);
});

test.each<[string, AttributeMap, ReturnType<typeof logRecord>[], number]>([
  ['of two records', long, [logRecord('a'), logRecord('b')], 2],
  ['and attributes of one record with two events', long, [logRecord(list, { attributes: long })], 1],
  ['and attributes of two such records', long, [logRecord(list, { attributes: long }), logRecord(list, { attributes: long })], 2],
  ['that is short, and attributes of one of two records', {}, [logRecord(list, { attributes: long }), logRecord('a')], 1],
  ['of one record with one event', long, [logRecord('a', { attributes: long })], 0],
])('a resource %s: each record from which something is left out counts once', (_, resourceAttributes, records, count) => {
  let counted = 0;
  const onAttributesLeftOut = (some: number): void => {
    counted += some;
  };
  const batch = { receiver: 'test', resourceLogs: [{ resourceAttributes, logRecords: records }] };
  normalize(batch, { arrivalMicros: 1, onAttributesLeftOut });
  expect(counted).toBe(count);
}); // biome-ignore format: a flat table

test('records that differ only in attributes that are left out stay two', () => {
  const records = [logRecord('a'), logRecord('b')];
  const [first, second] = ['x', 'y'].map((letter) => rowsOf({ blob: letter.repeat(20_000) }, records).logs[0]);
  expect(first?.resource).toBe(second?.resource);
  expect(first?.identity).not.toBe(second?.identity);
});

test('a name longer than any path is cut', () => {
  const [row] = rowsOf({ 'k8s.cluster.name': 'c'.repeat(5000), 'host.name': 'h' }, [logRecord('a')]).logs;
  expect([row?.cluster, row?.host]).toEqual(['c'.repeat(4096), 'h']);
});
