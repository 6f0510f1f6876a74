import { expect, test } from 'vitest';
import type { Lookup } from '../../../src/detect/index.ts';
import { compileDetection, dropOtherLookups, installLookups } from '../../../src/detect/index.ts';
import { DetectionBench, testDetection } from '../../support/detection-bench.ts';

function lookup(name: string, rows: Lookup['rows'], columns: readonly string[] = ['k', 'odd "name"']): Lookup {
  const settings = { matchTypes: [], caseSensitive: true, minMatches: 0, maxMatches: 1000, defaultMatch: null };
  return {
    ...settings,
    definition: {
      ...settings,
      name,
      file: '/lookups/a.csv',
      line: 1,
      source: { kind: 'csv', path: '/lookups/a.csv' },
      fields: null,
    },
    table: `lookup_${name}`,
    columns,
    rows,
    hash: JSON.stringify(rows),
  };
}

test('a table has the rows in the order of the file, whatever stands in them', async () => {
  await using bench = await DetectionBench.open();
  const rows = Array.from({ length: 25_000 }, (_, index) => [`k${index}`, index === 7 ? null : `'"${index}\\`]);
  await installLookups(bench.database, [lookup('a', rows)]);
  const found = await bench.database.read({ share: 'detection' }, (connection) =>
    connection.query('from lookup_a order by _row'),
  );
  expect(found).toHaveLength(25_000);
  expect(found[7]).toEqual({ _row: 8, k: 'k7', 'odd "name"': null });
  expect(found[24_999]).toEqual({ _row: 25_000, k: 'k24999', 'odd "name"': `'"24999\\` });
});

test('a table is made anew, with other columns too, and those of lookups that are gone are dropped', async () => {
  await using bench = await DetectionBench.open();
  await installLookups(bench.database, [lookup('a', [['1', '2']]), lookup('b', [])]);
  const now = [lookup('a', [['3']], ['other'])];
  await installLookups(bench.database, now);
  await dropOtherLookups(bench.database, now);
  const query = (sql: string) => bench.database.read({ share: 'detection' }, (connection) => connection.query(sql));
  expect(await query('from lookup_a')).toEqual([{ _row: 1, other: '3' }]);
  expect(await query(`select table_name from duckdb_tables() where table_name like 'lookup%'`)).toEqual([
    { table_name: 'lookup_a' },
  ]);
});

test('a detection changes with the rows of a lookup that it reads, and of no other', () => {
  const detection = testDetection({ search: 'dataset=logs | lookup a k' });
  const hashOf = (...lookups: readonly Lookup[]) =>
    compileDetection(detection, {
      macros: new Map(),
      lookups: new Map(lookups.map((item) => [item.definition.name, item])),
      strictSplunk: false,
      window: 'session',
    }).contentHash;
  const before = hashOf(lookup('a', [['1', '2']]), lookup('b', []));
  expect(hashOf(lookup('a', [['1', '2']]), lookup('b', [['x', 'y']]))).toBe(before);
  expect(hashOf(lookup('a', [['1', '3']]), lookup('b', []))).not.toBe(before);
});
