import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventTables, openEventTables } from '../support/golden-events.ts';
import { search } from '../support/spl-search.ts';

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
  await tables.addLogs([
    { raw: { u: 'a', v: 'x' }, time: 1_000 },
    { raw: { u: 'a' }, time: 1_001 },
  ]);
});
afterAll(() => tables.close());

test('a row that has only some of the fields is an error when the search runs, not a guess', async () => {
  await expect(search(tables, 'dataset=logs | transaction u v')).rejects.toThrow(
    'transaction: expected rows that have all of u, v, or none, found one that has only some; filter them first.',
  );
  expect(await search(tables, 'dataset=logs v=* | transaction u v | table eventcount')).toEqual([{ eventcount: 1 }]);
});

test('many transactions of one key are found one after the other', async () => {
  await tables.clear();
  const times = Array.from({ length: 2_000 }, (_, index) => index * 7);
  await tables.addLogs(times.map((time) => ({ raw: { u: 'a' }, time })));
  // Of 15 seconds: three rows each (0, 7, 14), from the newest on.
  expect(
    await search(
      tables,
      'dataset=logs | transaction u maxspan=15s | stats count min(eventcount) as least max(duration) as most',
    ),
  ).toEqual([{ count: 667, least: 2, most: 14 }]);
});
