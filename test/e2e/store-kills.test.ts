/**
 * The store in a process of its own, killed with -9 again and again at random moments of each of its phases: what it
 * acknowledged is there, once, and nothing is there in part. `crash.test.ts` does the same to the whole service.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { StoreSettings } from '../../src/store/settings.ts';
import { auditRowsPerBatch, killBatch } from '../store/kill-batch.ts';
import { openTestStore } from '../store/store-fixture.ts';
import { randomNumbers } from '../support/audit-events.ts';
import { startProcess } from './support/child-process.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** A life is spent mostly in the phase that it is named after; its end falls anywhere in it. */
interface Phase {
  readonly name: string;
  readonly settings: Partial<StoreSettings>;
  /** When it is killed: some time after its first acknowledgement, or within about the time until then. */
  readonly ends: 'under load' | 'while it starts';
}

const HOUR_MS = 3_600_000;
const phases: readonly Phase[] = [
  // Nothing is loaded, so that the next life finds all of it in the spool.
  { name: 'append', settings: { loadIntervalMs: HOUR_MS, segmentBytes: 400_000 }, ends: 'under load' },
  { name: 'recovery', settings: { loadIntervalMs: 10 }, ends: 'while it starts' },
  { name: 'load', settings: { loadIntervalMs: 10, segmentBytes: 20_000 }, ends: 'under load' },
  { name: 'checkpoint', settings: { loadIntervalMs: 10, checkpointBytes: 20_000 }, ends: 'under load' },
  { name: 'start', settings: {}, ends: 'while it starts' },
];
const CYCLES = 36;

test(`loses nothing acknowledged and doubles nothing over ${CYCLES * phases.length} kills in every phase`, async () => {
  const seed = Number(process.env.PINTAIL_E2E_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`store kills: PINTAIL_E2E_SEED=${seed}`);
  const random = randomNumbers(seed);
  const directory = join(await temporaryFolder(), 'data');
  const acknowledged = new Set<number>();
  const kills: Record<string, number> = {};
  let beforeFirst = 0;
  let resent = 0;
  let highest = 0;
  let startMs = 500;
  for (let round = 0; round < CYCLES * phases.length; round += 1) {
    const phase = phases[round % phases.length]!;
    // Each life begins a little before the last one ended, as a sender does that tries again.
    const first = Math.max(0, highest - Math.floor(random() * 20));
    const life = await liveAndDie(directory, first, phase, random(), startMs);
    kills[phase.name] = (kills[phase.name] ?? 0) + 1;
    if (life.firstAfterMs === undefined) beforeFirst += 1;
    else startMs += (life.firstAfterMs - startMs) / 4;
    for (const batch of life.batches) {
      if (acknowledged.has(batch)) resent += 1;
      acknowledged.add(batch);
      highest = Math.max(highest, batch);
    }
  }

  await using opened = await openTestStore({ directory });
  const rows = await opened.loadedRows(
    `select cast(split_part("auditID", '-', 1) as integer) as batch, count(*) as n, count(distinct "auditID") as d
     from kube_audit group by 1`,
  );
  const logs = await opened.loadedRows('select _raw as text, count(*) as n from logs group by 1');
  const stored = new Set(rows.map(({ batch }) => Number(batch)));
  const copiesOfLogs = new Map(logs.map(({ text, n }) => [String(text), Number(n)]));
  const figures = {
    lost: [...acknowledged].filter((batch) => !stored.has(batch) || !copiesOfLogs.has(`log ${batch}`)).length,
    doubled: rows.filter(({ n, d }) => n !== d).length + logs.filter(({ n }) => Number(n) !== 1).length,
    inPart: rows.filter(({ d }) => Number(d) !== auditRowsPerBatch).length,
  };
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0);
  console.log(
    JSON.stringify({ seed, killed, kills, beforeFirst, acknowledgedBatches: acknowledged.size, resent, ...figures }),
  );
  expect(killed).toBeGreaterThanOrEqual(180);
  expect(figures).toEqual({ lost: 0, doubled: 0, inPart: 0 });
  expect(beforeFirst).toBeGreaterThan(0);
  expect(resent).toBeGreaterThan(0);
  expect(acknowledged.size).toBeGreaterThan(1000);
  // No segment was put aside, and all of it once more changes nothing.
  expect(opened.telemetry.lines.filter(({ message }) => message.includes('put aside'))).toEqual([]);
  const before = await opened.loadedRows('select count(*) as n from kube_audit');
  const some = [...acknowledged].filter((_batch, index) => index % 10 === 0);
  for (const batch of some) await opened.store.append(killBatch(batch));
  expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual(before);
});

interface Life {
  readonly batches: readonly number[];
  /** From the start to the first acknowledgement; undefined where it died before. */
  readonly firstAfterMs: number | undefined;
}

/** Runs the store's process and kills it; `when`, between 0 and 1, is when. */
async function liveAndDie(
  directory: string,
  first: number,
  { name, settings, ends }: Phase,
  when: number,
  startMs: number,
): Promise<Life> {
  const startedAt = performance.now();
  const running = await startProcess({
    name: `store (${name})`,
    command: process.execPath,
    args: [join(import.meta.dirname, '../store/killed-child.ts'), directory, String(first), JSON.stringify(settings)],
  });
  const firstAcknowledgement = running.firstOutput.then(() => performance.now() - startedAt);
  if (ends === 'under load') {
    await Promise.race([firstAcknowledgement, running.ended]);
    await delay(when * 400);
  } else {
    await delay(when * 1.5 * startMs);
  }
  const { signal, stdout, stderr } = await running.kill('SIGKILL');
  if (signal !== 'SIGKILL') throw new Error(`store (${name}): expected it to live until it was killed.\n${stderr}`);
  // A line that was cut in the middle was not said.
  const lines = stdout.slice(0, stdout.lastIndexOf('\n') + 1).split('\n');
  return {
    batches: lines.filter(Boolean).map(Number),
    firstAfterMs: stdout === '' ? undefined : await firstAcknowledgement,
  };
}
