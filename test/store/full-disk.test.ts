import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RetryableError } from '../../src/component.ts';
import { auditBatch, auditRow, openTestStore } from './store-fixture.ts';

const disk = mkdtempSync(join(tmpdir(), 'pintail-disk-'));
const isMounted = ((): boolean => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'tmpfs', disk], { stdio: 'ignore' });
    return true;
  } catch {
    // Only root may mount; the refusals themselves are held by spool.test.ts everywhere.
    return false;
  }
})();
afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
});

// With the small log DuckDB runs out of room within a checkpoint, too, which takes the whole instance down.
test.skipIf(!isMounted).for([128 * 2 ** 20, 400_000])(
  'a really full disk refuses appends, loses nothing acknowledged, and is over once there is room (log of %i bytes)',
  { timeout: 60_000 },
  async (checkpointBytes) => {
    const directory = join(disk, `data-${checkpointBytes}`);
    const ballast = join(disk, 'ballast');
    mkdirSync(directory);
    const commits: number[] = [];
    await using opened = await openTestStore({
      directory,
      settings: { loadIntervalMs: 50, segmentBytes: 500_000, checkpointBytes },
    });
    opened.store.onLoad(({ commitSeq }) => commits.push(commitSeq));
    writeFileSync(ballast, Buffer.alloc(25 * 2 ** 20));
    const acknowledged: string[] = [];
    let refusals = 0;
    const append = async (): Promise<boolean> => {
      const id = `a-${acknowledged.length}-${refusals}`;
      try {
        await opened.store.append(
          auditBatch(auditRow(id, { _raw: `${id} ${randomBytes(30_000).toString('base64')}` })),
        );
        acknowledged.push(id);
        return true;
      } catch (error: unknown) {
        expect(error).toBeInstanceOf(RetryableError);
        refusals += 1;
        return false;
      }
    };
    while (refusals < 20) await append();
    expect(acknowledged.length).toBeGreaterThan(10);
    rmSync(ballast);
    await expect.poll(append).toBe(true);
    await expect
      .poll(
        async () => {
          await opened.store.loaded();
          return opened.store.database.read({ share: 'service' }, (connection) =>
            connection.query('select "auditID" as id from kube_audit order by 1'),
          );
        },
        { timeout: 30_000, interval: 200 },
      )
      .toEqual([...acknowledged].sort().map((id) => ({ id })));
    // Every commit was told, once and in order.
    const stored = await opened.store.database.read({ share: 'service' }, (connection) =>
      connection.query('select commit_seq from load_commit order by 1'),
    );
    expect(commits).toEqual(stored.map((row) => row.commit_seq));
    expect(opened.telemetry.lines.filter(({ message }) => message.includes('put aside'))).toEqual([]);
  },
);

test.skipIf(!isMounted)('a disk with less than the reserve refuses before it is full', async () => {
  const directory = join(disk, 'reserve');
  mkdirSync(directory);
  await using opened = await openTestStore({ directory, settings: { loadIntervalMs: 20, freeDiskBytes: 2 ** 40 } });
  await expect
    .poll(() => opened.store.append(auditBatch(auditRow('a-1'))).then(() => 'taken', String))
    .toContain('bytes free on the disk of storage.directory');
});
