import { randomInt } from 'node:crypto';
import { globSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditRowsPerBatch, killBatch } from '../store/kill-batch.ts';
import { liveAndDie } from '../store/live-and-die.ts';
import { noonMicros, openTestStore } from '../store/store-fixture.ts';

const seed = Number(process.env.PINTAIL_E2E_SEED ?? randomInt(2 ** 31));
const rounds = 8;
const day = 86_400_000;

test(`kill -9 while days go to the cold tier loses no acknowledged row, doubles none and leaves no file behind (PINTAIL_E2E_SEED=${seed})`, {
  timeout: 240_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pintail-cold-kill-'));
  const cold = join(directory, 'cold');
  let state = seed;
  const random = (bound: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const acknowledged = new Set<number>();
  let newest = 0;
  for (let round = 0; round < rounds; round++) {
    const first = Math.max(0, newest - random(20));
    const clock = noonMicros / 1000 + round * 1000 * day;
    for (const batch of await liveAndDie([directory, String(first), String(clock)], 300 + random(1500)))
      acknowledged.add(batch);
    newest = Math.max(0, ...acknowledged);
  }
  expect(acknowledged.size).toBeGreaterThan(rounds);
  await using opened = await openTestStore({
    directory,
    settings: { cold: { afterMs: 0, directory: cold } },
    context: { clock: () => noonMicros / 1000 + rounds * 1000 * day },
  });
  const check = async (): Promise<void> => {
    const rows = await opened.loadedRows(
      `select cast(split_part("auditID", '-', 1) as integer) as batch, count(*) as n, count(distinct identity) as d
        from kube_audit group by 1`,
    );
    expect(rows.filter(({ n, d }) => n !== d)).toEqual([]);
    const stored = new Map(rows.map(({ batch, n }) => [batch, n]));
    expect([...acknowledged].filter((batch) => stored.get(batch) !== auditRowsPerBatch)).toEqual([]);
    const logs = await opened.loadedRows('select count(*) as n, count(distinct identity) as d from logs');
    expect(logs[0]?.n).toBe(logs[0]?.d);
  };
  await check();
  await opened.store.retain();
  await check();
  const [hot] = await opened.loadedRows('select count(*) as n from kube_audit_hot');
  expect(hot?.n).toBe(0);
  const recorded = await opened.loadedRows('select path from cold_file order by path');
  expect(recorded.length).toBeGreaterThan(0);
  expect(globSync('*/*/*/*', { cwd: cold }).sort()).toEqual(recorded.map(({ path }) => path));
  // All of it once more changes nothing, although it is in files.
  const before = await opened.loadedRows('select count(*) as n from kube_audit');
  for (const batch of acknowledged) await opened.store.append(killBatch(batch));
  expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual(before);
});
