import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditRowsPerBatch, killBatch } from '../store/kill-batch.ts';
import { liveAndDie } from '../store/live-and-die.ts';
import { noonMicros, openTestStore } from '../store/store-fixture.ts';
import { bucket, startS3Server } from './s3-server.ts';
import { missing } from './tools.ts';

const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
const rounds = 6;
const day = 86_400_000;
const otherDuckdb = ['--import', join(import.meta.dirname, 'use-other-duckdb.ts')];

test.skipIf(missing !== undefined)(
  `kill -9 while days go to a bucket loses no acknowledged row, doubles none and leaves no object behind (SEED=${seed})`,
  { timeout: 300_000 },
  async () => {
    await using server = await startS3Server();
    const directory = mkdtempSync(join(tmpdir(), 'pintail-bucket-kill-'));
    const place = { directory: `s3://${bucket}/killed`, s3: server.access() };
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
      const given = [directory, String(first), String(clock), JSON.stringify(place)];
      for (const batch of await liveAndDie(given, 300 + random(3000), otherDuckdb)) acknowledged.add(batch);
      newest = Math.max(0, ...acknowledged);
    }
    expect(acknowledged.size).toBeGreaterThan(rounds);
    await using opened = await openTestStore({
      directory,
      settings: { cold: { afterMs: 0, ...place }, retentionIntervalMs: 3_600_000 },
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
    expect(recorded.length).toBeGreaterThan(rounds);
    expect([...(await server.objects()).keys()].sort()).toEqual(recorded.map(({ path }) => `killed/${path}`));
    expect(await server.uploads()).toEqual([]);
    expect(readdirSync(join(directory, 'cold-uploads'))).toEqual([]);
    const before = await opened.loadedRows('select count(*) as n from kube_audit');
    for (const batch of acknowledged) await opened.store.append(killBatch(batch));
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual(before);
  },
);
