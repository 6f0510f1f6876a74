/**
 * The store in a process of its own, killed with -9 again and again at random moments of each of its phases: what it
 * acknowledged is there, once, and nothing is there in part. `crash.test.ts` does the same to the whole service.
 */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { StoreSettings } from '../../src/store/settings.ts';
import { expectKnown, findDamage, noDamage } from '../store/kept-batches.ts';
import { liveAndDie, liveManyTimes } from '../store/live-and-die.ts';
import { openTestStore } from '../store/store-fixture.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { announceSeed } from '../support/seed.ts';
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
  const seed = announceSeed('store kills');
  const random = randomNumbers(seed);
  const directory = join(await temporaryFolder(), 'data');
  const kills: Record<string, number> = {};
  let beforeFirst = 0;
  let acknowledgements = 0;
  let startMs = 500;
  const acknowledged = await liveManyTimes(CYCLES * phases.length, random, async (first, round) => {
    const { name, settings, ends } = phases[round % phases.length]!;
    const given = [directory, String(first), JSON.stringify(settings)];
    const when = random();
    const life = await liveAndDie(
      { script: 'killed-child.ts', given },
      ends === 'under load' ? { msAfterFirst: when * 400 } : { msAfterStart: when * 1.5 * startMs },
    );
    kills[name] = (kills[name] ?? 0) + 1;
    if (life.firstAfterMs === undefined) beforeFirst += 1;
    else startMs += (life.firstAfterMs - startMs) / 4;
    acknowledgements += life.batches.length;
    return life;
  });

  await using opened = await openTestStore({ directory });
  const damage = await findDamage(opened, acknowledged);
  const figures = { lost: damage.lost.length, doubled: damage.doubled.length, inPart: damage.inPart.length };
  const resent = acknowledgements - acknowledged.size;
  const killed = Object.values(kills).reduce((sum, count) => sum + count, 0);
  console.log(
    JSON.stringify({ seed, killed, kills, beforeFirst, acknowledgedBatches: acknowledged.size, resent, ...figures }),
  );
  expect(killed).toBeGreaterThanOrEqual(180);
  expect(damage).toEqual(noDamage);
  expect(beforeFirst).toBeGreaterThan(0);
  expect(resent).toBeGreaterThan(0);
  expect(acknowledged.size).toBeGreaterThan(1000);
  // No segment was put aside, and all of it once more changes nothing.
  expect(opened.telemetry.lines.filter(({ message }) => message.includes('put aside'))).toEqual([]);
  await expectKnown(
    opened,
    [...acknowledged].filter((_batch, index) => index % 10 === 0),
  );
});
