import { expect, test } from 'vitest';
import { ArrivalOrder } from '../../src/store/arrival-order.ts';
import { auditBatch, auditRow, logRow, openTestStore } from './store-fixture.ts';

test('of rows with equal event times each arrives later than the one before it, and others arrive together', () => {
  const arrivals = new ArrivalOrder();
  const events = [7, 7, 8, 7, 8].map((time) => arrivals.next(time, 100));
  expect(events).toEqual([100, 101, 100, 102, 101]);
  expect([arrivals.next(7, 101), arrivals.next(7, 500), arrivals.next(9, 500)]).toEqual([103, 500, 500]);
  arrivals.clear();
  expect(arrivals.next(7, 100)).toBe(100);
});

test('rows of equal event times are read in the order of their arrival, however they are stored', async () => {
  await using opened = await openTestStore();
  const { store, loadedRows } = opened;
  const verbs = ['watch', 'get', 'delete', 'create', 'list', 'get', 'delete'];
  await store.append(auditBatch(...verbs.map((verb, index) => auditRow(`${verb} ${index}`, { verb }))));
  await store.append({ audit: [], logs: ['b', 'c', 'a'].map((text) => logRow(text)) });
  const [read] = await loadedRows(
    `select (select list(verb order by _time, _indextime) from kube_audit) as verbs,
      (select list(_raw order by _time, _indextime) from logs) as texts`,
  );
  expect(read).toEqual({ verbs, texts: ['b', 'c', 'a'] });
});
