import { expect, test } from 'vitest';
import { type ArrivedBatch, SmallBatches } from '../../src/store/small-batches.ts';
import { auditBatch, auditRow, openTestStore, rejection } from './store-fixture.ts';

const arrived = (rows: number): ArrivedBatch => ({
  batch: auditBatch(),
  arrivalMicros: 0,
  rows,
  rawBytes: rows * 1000,
});

/** Holds every write until it is let go. */
function heldWrites() {
  const writes: { readonly sizes: readonly number[]; end(error?: Error): void }[] = [];
  const small = new SmallBatches(
    (batches) =>
      new Promise((resolve, reject) => {
        writes.push({
          sizes: batches.map(({ rows }) => rows),
          end: (error) => (error === undefined ? resolve() : reject(error)),
        });
      }),
  );
  return { small, writes };
}

test('writes the first at once, and those that come meanwhile together', async () => {
  const { small, writes } = heldWrites();
  const first = small.append(arrived(1));
  const others = [2, 3, 4].map((rows) => small.append(arrived(rows)));
  expect(small.waitingBytes).toBe(9000);
  writes[0]?.end();
  await first;
  writes[1]?.end();
  await Promise.all(others);
  expect(writes.map(({ sizes }) => sizes)).toEqual([[1], [2, 3, 4]]);
  expect(small.waitingBytes).toBe(0);
});

test('lets a large batch go by itself, without waiting', async () => {
  const { small, writes } = heldWrites();
  const first = small.append(arrived(1));
  const large = small.append(arrived(8192));
  expect(writes.map(({ sizes }) => sizes)).toEqual([[1], [8192]]);
  for (const { end } of writes) end();
  await Promise.all([first, large]);
});

test('refuses all that a failed write held, and none of the next', async () => {
  const { small, writes } = heldWrites();
  const first = small.append(arrived(1));
  const failing = [small.append(arrived(2)), small.append(arrived(3))];
  writes[0]?.end();
  await first;
  writes[1]?.end(new Error('full'));
  expect(await Promise.all(failing.map(rejection))).toMatchObject([{ message: 'full' }, { message: 'full' }]);
  const next = small.append(arrived(4));
  writes[2]?.end();
  await next;
});

test('a thousand senders of single events are loaded in a handful of batches', async () => {
  await using opened = await openTestStore();
  const rows = Array.from({ length: 1000 }, (_item, n) => auditRow(`a-${n}`));
  await Promise.all(rows.map((row) => opened.store.append(auditBatch(row))));
  expect(await opened.loadedRows('select count(distinct "auditID") as n from kube_audit')).toEqual([{ n: 1000 }]);
});

test('a batch in pieces is read once and stored whole, or refused before it is read and counted by the rows expected of it', async () => {
  await using opened = await openTestStore({ settings: { spoolBytes: 1_000_000 } });
  let made = 0;
  const pieces = function* () {
    for (let piece = 0; piece < 5; piece++) {
      made += 1;
      yield auditBatch(...[1, 2, 3].map((n) => auditRow(`${piece}-${n}`)));
    }
  };
  await opened.store.append({ pieces: pieces(), expectedBytes: 1000, expectedRows: 15 });
  expect(await opened.loadedRows('select count(distinct "auditID") as n from kube_audit')).toEqual([{ n: 15 }]);
  expect(opened.telemetry.value('pintail_store_appended_rows_total{table="kube_audit"}')).toBe(15);
  expect(opened.telemetry.value('pintail_store_refused_rows_total')).toBe(0);
  await rejection(opened.store.append({ pieces: pieces(), expectedBytes: 2_000_000, expectedRows: 15 }));
  expect(made).toBe(5);
  expect(opened.telemetry.value('pintail_store_refused_rows_total')).toBe(15);
});
