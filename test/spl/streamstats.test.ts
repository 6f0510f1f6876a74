import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventTables, openEventTables } from '../support/golden-events.ts';
import { search } from '../support/spl-search.ts';

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
  await tables.addLogs([
    { raw: { id: 'a', n: 2, k: 'x' }, time: 1_000 },
    { raw: { id: 'b', n: 1, k: 'x' }, time: 1_001 },
    { raw: { id: 'c', n: 3 }, time: 1_002 },
  ]);
});
afterAll(() => tables.close());

test('a time window over rows that are not in the order of _time is an error when the search runs, not a guess', async () => {
  const message = 'streamstats: expected rows in the order of _time for time_window, found others; sort them first';
  await expect(search(tables, 'dataset=logs | sort n | streamstats time_window=1m count AS c')).rejects.toThrow(
    message,
  );
  await expect(
    search(tables, 'dataset=logs | eval _time=if(id="b", null(), _time) | streamstats time_window=1m count AS c'),
  ).rejects.toThrow(message);
});

test('rows that lack a BY field may stand anywhere', async () => {
  expect(
    await search(tables, 'dataset=logs | sort n | reverse | streamstats time_window=1m count AS c BY k | table id c'),
  ).toEqual([{ id: 'c' }, { id: 'a', c: 1 }, { id: 'b', c: 2 }]);
});

test('fractions of a second count exactly', async () => {
  await tables.clear();
  await tables.addLogs([
    { raw: { id: 'a' }, time: 1_700_000_000.1 },
    { raw: { id: 'b' }, time: 1_700_000_001.1 },
    { raw: { id: 'c' }, time: 1_700_000_001.101 },
  ]);
  expect(await search(tables, 'dataset=logs | reverse | streamstats time_window=1s count AS c | table id c')).toEqual([
    { id: 'a', c: 1 },
    { id: 'b', c: 2 },
    { id: 'c', c: 2 },
  ]);
});
