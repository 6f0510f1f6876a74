import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditRowsPerBatch, killBatch } from './kill-batch.ts';
import { openTestStore } from './store-fixture.ts';

const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
const rounds = 6;

test(`kill -9 while appending, loading and checkpointing loses no acknowledged row and doubles none (SEED=${seed})`, {
  timeout: 120_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pintail-kill-'));
  let state = seed;
  const random = (bound: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const acknowledged = new Set<number>();
  for (let round = 0; round < rounds; round++) {
    // Each life begins a little before the last one ended, as a sender does that tries again.
    const first = Math.max(0, ...acknowledged) - random(20);
    for (const batch of await liveAndDie(directory, Math.max(0, first), 5 + random(60))) acknowledged.add(batch);
  }
  await using opened = await openTestStore({ directory });
  const rows = await opened.loadedRows(
    `select cast(split_part("auditID", '-', 1) as integer) as batch, count(*) as n, count(distinct identity) as d
      from kube_audit group by 1`,
  );
  expect(rows.filter(({ n, d }) => n !== d)).toEqual([]);
  const stored = new Map(rows.map(({ batch, n }) => [batch, n]));
  expect([...acknowledged].filter((batch) => stored.get(batch) !== auditRowsPerBatch)).toEqual([]);
  const logs = await opened.loadedRows('select count(*) as n, count(distinct identity) as d from logs');
  expect(logs[0]?.n).toBe(logs[0]?.d);
  expect(Number(logs[0]?.n)).toBeGreaterThanOrEqual(acknowledged.size);
  // All of it once more changes nothing.
  const before = await opened.loadedRows('select count(*) as n from kube_audit');
  for (const batch of acknowledged) await opened.store.append(killBatch(batch));
  expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual(before);
});

/** Runs the child until it has acknowledged `lifetime` batches, kills it, and gives the batches it acknowledged. */
function liveAndDie(directory: string, first: number, lifetime: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts'), directory, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.split('\n').length > lifetime) child.kill('SIGKILL');
    });
    child.once('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself: ${text.slice(-200)}`));
      // A line that was cut in the middle was not said.
      resolve(
        text
          .slice(0, text.lastIndexOf('\n') + 1)
          .split('\n')
          .filter(Boolean)
          .map(Number),
      );
    });
  });
}
