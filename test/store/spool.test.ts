import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PermanentError, RetryableError } from '../../src/component.ts';
import { readRows } from '../../src/store/load-sql.ts';
import { RowColumns } from '../../src/store/row-columns.ts';
import { sealSegment } from '../../src/store/sealed-segment.ts';
import { createSegmentFile, type SegmentFile } from '../../src/store/segment-file.ts';
import { readSegmentNames } from '../../src/store/segment-name.ts';
import { type ClosedSegment, Spool, type SpoolSettings } from '../../src/store/spool.ts';
import { batchBytes, type EncodedBatch, encodeBatch, inspectSegment } from '../../src/store/spool-format.ts';
import { chooseSeed } from '../support/seed.ts';
import { logRow, noonMicros, rejection } from './store-fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pintail-spool-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const columns = new RowColumns();
const batch = (...texts: readonly string[]) =>
  encodeBatch(
    columns.encode([{ batch: { audit: [], logs: texts.map((text) => logRow(text)) }, arrivalMicros: noonMicros }], 0),
  );
/** Bytes of a batch of one short text. */
const size = batchBytes(batch('x'));

/** A disk that does what the test says before it does what it was asked. */
interface Disk {
  beforeWrite(bytes: number): void;
  beforeSync(): Promise<void>;
  beforeTruncate(): void;
  writes: number;
  syncs: number;
}

function testDisk(): Disk {
  return {
    beforeWrite: () => undefined,
    beforeSync: async () => undefined,
    beforeTruncate: () => undefined,
    writes: 0,
    syncs: 0,
  };
}

function openSpool(disk: Disk, settings: Partial<SpoolSettings> = {}): Spool {
  const create = async (path: string): Promise<SegmentFile> => {
    const file = await createSegmentFile(path);
    return {
      async write(buffers, position) {
        disk.writes += 1;
        const size = buffers.reduce((sum, { length }) => sum + length, 0);
        try {
          disk.beforeWrite(size);
        } catch (error: unknown) {
          // A full disk takes the part that fits.
          await file.write([Buffer.concat(buffers).subarray(0, Math.floor(size / 2))], position);
          throw error;
        }
        await file.write(buffers, position);
      },
      async sync() {
        disk.syncs += 1;
        await disk.beforeSync();
        await file.sync();
      },
      async truncate(bytes) {
        disk.beforeTruncate();
        await file.truncate(bytes);
      },
      close: () => file.close(),
    };
  };
  const bounds = { durable: true, spoolBytes: 1e6, pendingBytes: 1e6, segmentBytes: 1e6 };
  return new Spool({ directory, ...bounds, ...settings }, create, [], 1);
}

function diskFull(): Error {
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
}

/** What the rows of a segment say, as DuckDB reads them. */
async function texts({ path, bytes, batches }: ClosedSegment): Promise<unknown[]> {
  const [name] = readSegmentNames([basename(path)]);
  const parts = inspectSegment(readFileSync(path), name?.mark ?? Buffer.alloc(0));
  expect(parts).toMatchObject([{ intact: true, end: bytes, batches }]);
  await sealSegment({ path, bytes, batches });
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const result = await connection.runAndReadAll(
    `select _raw from ${readRows([{ path, batches }])} order by file_row_number`,
  );
  connection.closeSync();
  instance.closeSync();
  return result.getRowsJS().map(([text]) => text);
}

describe('append', () => {
  test('shares one fsync among the batches that came while another was under way', async () => {
    const disk = testDisk();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isFirst = true;
    disk.beforeSync = async () => {
      if (isFirst) {
        isFirst = false;
        await held;
      }
    };
    const spool = openSpool(disk);
    const first = spool.append(batch('a'));
    await expect.poll(() => disk.syncs).toBe(1);
    const others = Array.from({ length: 50 }, (_item, n) => spool.append(batch(`b${n}`)));
    release();
    await Promise.all([first, ...others]);
    expect(disk.syncs).toBe(2);
    await spool.shutdown();
    expect(await texts(spool.closed[0]!)).toHaveLength(51);
  });

  test('resolves only after the fsync', async () => {
    const disk = testDisk();
    const order: string[] = [];
    disk.beforeSync = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      order.push('fsync');
    };
    const spool = openSpool(disk);
    await spool.append(batch('a'));
    order.push('resolved');
    expect(order).toEqual(['fsync', 'resolved']);
    await spool.shutdown();
  });

  test('leaves the fsync out where it is not wanted', async () => {
    const disk = testDisk();
    const spool = openSpool(disk, { durable: false });
    await spool.append(batch('a'));
    expect(disk.syncs).toBe(0);
    await spool.shutdown();
  });

  test('closes a segment at its size', async () => {
    const spool = openSpool(testDisk(), { segmentBytes: size });
    await spool.append(batch('x'));
    await spool.append(batch('y'));
    expect(spool.closed.map(({ id, rows }) => ({ id, rows }))).toEqual([
      { id: 1, rows: 1 },
      { id: 2, rows: 1 },
    ]);
    await spool.shutdown();
  });
});

describe('a full disk', () => {
  test('refuses the batch to be tried again, keeps nothing of it, and recovers by itself', async () => {
    const disk = testDisk();
    const spool = openSpool(disk);
    await spool.append(batch('kept'));
    disk.beforeWrite = () => {
      throw diskFull();
    };
    const error = await rejection(spool.append(batch('refused')));
    expect(error).toBeInstanceOf(RetryableError);
    expect(String(error)).toContain('storage.directory, found it full');
    disk.beforeWrite = () => undefined;
    await spool.append(batch('after'));
    await spool.shutdown();
    expect(await Promise.all(spool.closed.map(texts))).toEqual([['kept'], ['after']]);
  });

  test('writes nothing more until the half-written end could be cut off', async () => {
    const disk = testDisk();
    const spool = openSpool(disk);
    await spool.append(batch('kept'));
    disk.beforeWrite = () => {
      throw diskFull();
    };
    disk.beforeTruncate = () => {
      throw new Error('EIO: i/o error, ftruncate');
    };
    await rejection(spool.append(batch('refused')));
    const writes = disk.writes;
    disk.beforeWrite = () => undefined;
    expect(await rejection(spool.append(batch('refused too')))).toBeInstanceOf(RetryableError);
    expect(disk.writes).toBe(writes);
    disk.beforeTruncate = () => undefined;
    await spool.append(batch('after'));
    await spool.shutdown();
    expect(await Promise.all(spool.closed.map(texts))).toEqual([['kept'], ['after']]);
  });

  test('never writes again to a segment whose fsync failed', async () => {
    const disk = testDisk();
    const spool = openSpool(disk);
    await spool.append(batch('kept'));
    disk.beforeSync = async () => {
      disk.beforeSync = async () => undefined;
      throw new Error('EIO: i/o error, fdatasync');
    };
    expect(await rejection(spool.append(batch('unsure')))).toBeInstanceOf(RetryableError);
    await spool.append(batch('after'));
    await spool.shutdown();
    expect(spool.closed.map(({ id }) => id)).toEqual([1, 2]);
    expect(await Promise.all(spool.closed.map(texts))).toEqual([['kept'], ['after']]);
  });
});

describe('bounds', () => {
  test('refuses what exceeds the spool, with the hint it was given', async () => {
    const spool = openSpool(testDisk(), { spoolBytes: size + 100 });
    await spool.append(batch('x'));
    let caught: unknown;
    try {
      spool.assertRoom(101, 1234);
    } catch (error: unknown) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(RetryableError);
    expect((caught as RetryableError).retryAfterMs).toBe(1234);
    expect(() => spool.assertRoom(size + 101, 1)).toThrow(PermanentError);
    await spool.shutdown();
    expect(() => spool.assertRoom(1, 1)).toThrow(RetryableError);
  });

  test('refuses while too much waits for the disk, but takes a large batch alone', async () => {
    const disk = testDisk();
    let release = (): void => undefined;
    disk.beforeSync = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const spool = openSpool(disk, { pendingBytes: 50 });
    spool.assertRoom(500, 1);
    const running = spool.append(batch('x'.repeat(500)));
    expect(() => spool.assertRoom(10, 1)).toThrow('waiting for it');
    await expect.poll(() => disk.syncs).toBe(1);
    release();
    await running;
    await spool.shutdown();
  });

  test('counts as taken what is in memory, so that concurrent appends cannot exceed the bound together', async () => {
    const spool = openSpool(testDisk(), { spoolBytes: size + 100 });
    const running = spool.append(batch('x'));
    expect(() => spool.assertRoom(size, 1)).toThrow(RetryableError);
    await running;
    await spool.shutdown();
  });
});

describe('segment format', () => {
  const seed = chooseSeed();
  const mark = Buffer.from('fedcba9876543210', 'hex');
  const start = Buffer.from('PAR1');
  const written = ({ header, rows }: EncodedBatch) => Buffer.concat([mark, header, rows]);

  test(`finds every intact batch around random damage (PINTAIL_SEED=${seed})`, () => {
    let state = seed;
    const random = (bound: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * bound);
    };
    for (let round = 0; round < 300; round++) {
      const batches = Array.from({ length: 1 + random(6) }, (_item, n) =>
        batch(...Array.from({ length: 1 + random(4) }, () => `${n}-${'z'.repeat(random(40))}`)),
      );
      const pieces = batches.map(written);
      const victim = random(pieces.length);
      const whole = Buffer.concat([start, ...pieces]);
      const at = 4 + Buffer.concat(pieces.slice(0, victim)).length + random(pieces[victim]?.length ?? 1);
      whole[at] = (whole[at] ?? 0) ^ (1 + random(255));
      const parts = inspectSegment(whole, mark);
      const intactRows = parts.filter(({ intact }) => intact).reduce((sum, { rows }) => sum + rows, 0);
      const expected = batches.reduce((sum, { rowCount }, n) => sum + (n === victim ? 0 : rowCount), 0);
      expect(intactRows, `PINTAIL_SEED=${seed}, round ${round}`).toBe(expected);
      expect(parts.every((part, n) => part.start === (parts[n - 1]?.end ?? 4))).toBe(true);
      expect(parts.at(-1)?.end).toBe(whole.length);
    }
  });

  test('cuts a torn batch at every length without losing what stands before it', () => {
    const whole = Buffer.concat([start, written(batch('first', 'rows')), written(batch('second'))]);
    const kept = 4 + batchBytes(batch('first', 'rows'));
    for (let length = kept + 1; length < whole.length; length++) {
      const parts = inspectSegment(whole.subarray(0, length), mark);
      expect(parts).toMatchObject([
        { intact: true, start: 4, end: kept, rows: 2 },
        { intact: false, start: kept, end: length },
      ]);
    }
  });

  test('takes a batch for one only under the mark of its segment, so that no text can pass for one', () => {
    const foreign = Buffer.concat([Buffer.alloc(8, 7), batch('forged').header, batch('forged').rows]);
    const host = written(batch(foreign.toString('latin1')));
    const damaged = Buffer.concat([start, host, written(batch('after'))]);
    damaged[20] = 0xff ^ (damaged[20] ?? 0);
    expect(inspectSegment(damaged, mark).map(({ intact, rows }) => [intact, rows])).toEqual([
      [false, 0],
      [true, 1],
    ]);
  });

  test('takes random bytes, and a file that does not begin as one, for damage', () => {
    expect(inspectSegment(randomBytes(10_000), mark).some(({ intact }) => intact)).toBe(false);
    expect(inspectSegment(Buffer.alloc(0), mark)).toEqual([]);
    const headless = Buffer.concat([Buffer.from('PAR2'), written(batch('row'))]);
    expect(inspectSegment(headless, mark).map(({ intact }) => intact)).toEqual([false, true]);
  });
});
