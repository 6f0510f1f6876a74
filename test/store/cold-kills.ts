/** Kills while days go to a cold tier, for the tests of the tier in a folder and of the one in a bucket. */
import { expect } from 'vitest';
import type { ColdSettings } from '../../src/store/settings.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { findDamage, noDamage } from './kept-batches.ts';
import { liveAndDie, liveManyTimes } from './live-and-die.ts';
import { noonMicros, openTestStore, type TestStore } from './store-fixture.ts';

export interface ColdKills {
  readonly seed: number;
  readonly rounds: number;
  /** Upper bound of a life after its first acknowledgement. */
  readonly longestLifeMs: number;
  /** Of the storage. */
  readonly directory: string;
  readonly place: Omit<ColdSettings, 'afterMs'>;
  /** Options of Node. */
  readonly node?: readonly string[];
}

export interface Survivor extends AsyncDisposable {
  readonly opened: TestStore;
  readonly acknowledged: ReadonlySet<number>;
  /** Paths below the tier, in order. */
  readonly recorded: readonly string[];
}

/**
 * Kills it in each round, opens what is left, and moves every day to the tier that is not there yet. Fails where
 * anything acknowledged is lost or doubled, before or after that.
 */
export async function killWhileDaysGoCold(kills: ColdKills): Promise<Survivor> {
  const random = randomNumbers(kills.seed);
  // Each round begins long after the days of the one before.
  const clockOf = (round: number): number => noonMicros / 1000 + round * 1000 * 86_400_000;
  const acknowledged = await liveManyTimes(kills.rounds, random, (first, round) => {
    const given = [kills.directory, String(first), String(clockOf(round)), JSON.stringify(kills.place)];
    return liveAndDie(
      { script: 'cold-kill-child.ts', given, node: kills.node ?? [] },
      { msAfterFirst: 300 + random() * (kills.longestLifeMs - 300) },
    );
  });
  expect(acknowledged.size).toBeGreaterThan(kills.rounds);
  await using remains = new AsyncDisposableStack();
  const opened = remains.use(
    await openTestStore({
      directory: kills.directory,
      settings: { cold: { afterMs: 0, ...kills.place }, retentionIntervalMs: 3_600_000 },
      context: { clock: () => clockOf(kills.rounds) },
    }),
  );
  expect(await findDamage(opened, acknowledged)).toEqual(noDamage);
  await opened.store.retain();
  expect(await findDamage(opened, acknowledged)).toEqual(noDamage);
  expect(await opened.loadedRows('select count(*) as n from kube_audit_hot')).toEqual([{ n: 0 }]);
  const recorded = (await opened.loadedRows('select path from cold_file order by path')).map(({ path }) =>
    String(path),
  );
  const kept = remains.move();
  return { opened, acknowledged, recorded, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
