import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomNumbers } from '../support/random-numbers.ts';
import { chooseSeed } from '../support/seed.ts';
import { expectKnown, findDamage, noDamage } from './kept-batches.ts';
import { liveAndDie, liveManyTimes } from './live-and-die.ts';
import { openTestStore } from './store-fixture.ts';

const seed = chooseSeed();
const rounds = 6;

test(`kill -9 while appending, loading and checkpointing loses no acknowledged row and doubles none (PINTAIL_SEED=${seed})`, {
  timeout: 120_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pintail-kill-'));
  const random = randomNumbers(seed);
  const acknowledged = await liveManyTimes(rounds, random, (first) =>
    liveAndDie(
      { script: 'killed-child.ts', given: [directory, String(first)] },
      { acknowledgements: 5 + Math.floor(random() * 60) },
    ),
  );
  await using opened = await openTestStore({ directory });
  expect(await findDamage(opened, acknowledged)).toEqual(noDamage);
  await expectKnown(opened, acknowledged);
});
