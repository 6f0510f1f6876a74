import { globSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killWhileDaysGoCold } from '../store/cold-kills.ts';
import { expectKnown } from '../store/kept-batches.ts';
import { chooseSeed } from '../support/seed.ts';

const seed = chooseSeed();

test(`kill -9 while days go to the cold tier loses no acknowledged row, doubles none and leaves no file behind (PINTAIL_SEED=${seed})`, {
  timeout: 240_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pintail-cold-kill-'));
  const cold = join(directory, 'cold');
  await using survivor = await killWhileDaysGoCold({
    seed,
    rounds: 8,
    longestLifeMs: 1800,
    directory,
    place: { directory: cold },
  });
  expect(survivor.recorded.length).toBeGreaterThan(0);
  expect(globSync('*/*/*/*', { cwd: cold }).sort()).toEqual(survivor.recorded);
  // All of it once more changes nothing, although it is in files.
  await expectKnown(survivor.opened, survivor.acknowledged);
});
