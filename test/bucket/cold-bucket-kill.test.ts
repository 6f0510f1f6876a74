import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { killWhileDaysGoCold } from '../store/cold-kills.ts';
import { expectKnown } from '../store/kept-batches.ts';
import { chooseSeed } from '../support/seed.ts';
import { bucket, startS3Server } from './s3-server.ts';
import { missing } from './tools.ts';

const seed = chooseSeed();
const rounds = 6;
const otherDuckdb = ['--import', join(import.meta.dirname, 'use-other-duckdb.ts')];

test.skipIf(missing !== undefined)(
  `kill -9 while days go to a bucket loses no acknowledged row, doubles none and leaves no object behind (PINTAIL_SEED=${seed})`,
  { timeout: 300_000 },
  async () => {
    await using server = await startS3Server();
    const directory = mkdtempSync(join(tmpdir(), 'pintail-bucket-kill-'));
    await using survivor = await killWhileDaysGoCold({
      seed,
      rounds,
      longestLifeMs: 3300,
      directory,
      place: { directory: `s3://${bucket}/killed`, s3: server.access() },
      node: otherDuckdb,
    });
    expect(survivor.recorded.length).toBeGreaterThan(rounds);
    expect([...(await server.objects()).keys()].sort()).toEqual(survivor.recorded.map((path) => `killed/${path}`));
    expect(await server.uploads()).toEqual([]);
    expect(readdirSync(join(directory, 'cold-uploads'))).toEqual([]);
    await expectKnown(survivor.opened, survivor.acknowledged);
  },
);
