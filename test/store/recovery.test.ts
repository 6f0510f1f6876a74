import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PermanentError } from '../../src/component.ts';
import { RowColumns } from '../../src/store/row-columns.ts';
import { footerOf } from '../../src/store/sealed-segment.ts';
import { readSegmentNames, segmentName } from '../../src/store/segment-name.ts';
import { encodeBatch, inspectSegment, segmentStart } from '../../src/store/spool-format.ts';
import { auditBatch, auditRow, openTestStore, rejection, type TestStore } from './store-fixture.ts';

const ids = 'select "auditID" as id from kube_audit order by 1';

/** Closes a store as a kill would leave it: what was appended is in the spool, nothing of it in the tables. */
async function withSpool(work: (opened: TestStore, spool: string) => Promise<void>): Promise<TestStore> {
  const first = await openTestStore();
  const spool = join(first.directory, 'spool');
  await work(first, spool);
  const saved = join(first.directory, 'saved');
  mkdirSync(saved);
  const segments = readdirSync(spool);
  for (const name of segments) copyFileSync(join(spool, name), join(saved, name));
  await first.store.shutdown();
  // The tables go back to empty; the spool to what it was.
  rmSync(join(first.directory, 'pintail.duckdb'));
  for (const name of segments) copyFileSync(join(saved, name), join(spool, name));
  return first;
}

function segmentPaths(directory: string): string[] {
  const spool = join(directory, 'spool');
  return readdirSync(spool)
    .sort()
    .map((name) => join(spool, name));
}

/** Three segments of two batches each. */
async function threeSegments(opened: TestStore): Promise<void> {
  for (const segment of ['a', 'b', 'c']) {
    await opened.store.append(auditBatch(auditRow(`${segment}-1`)));
    await opened.store.append(auditBatch(auditRow(`${segment}-2`)));
  }
}

describe('a start', () => {
  test('loads what was acknowledged and not loaded', async () => {
    const first = await withSpool(threeSegments);
    await using again = await first.reopen();
    expect((await again.loadedRows(ids)).map(({ id }) => id)).toEqual(['a-1', 'a-2', 'b-1', 'b-2', 'c-1', 'c-2']);
  });

  test('counts the wait of what it found from the start on', async () => {
    const first = await withSpool(threeSegments);
    await using again = await first.reopen();
    expect(again.telemetry.value('pintail_store_load_wait_seconds')).toBe(0);
  });

  test('does not load a segment again that was committed but not removed', async () => {
    const first = await openTestStore();
    const spool = join(first.directory, 'spool');
    await first.store.append(auditBatch(auditRow('a-1', { hasOwnTime: false })));
    const [name = ''] = readdirSync(spool);
    const bytes = readFileSync(join(spool, name));
    await first.store.loaded();
    await first.store.shutdown();
    writeFileSync(join(spool, name), bytes);
    await using again = await first.reopen();
    expect(await again.loadedRows('select count(*) as n from load_commit')).toEqual([{ n: 1 }]);
    expect(segmentPaths(again.directory)).toEqual([]);
    // A new segment does not take the number of one that is loaded.
    await again.store.append(auditBatch(auditRow('a-2')));
    expect(await again.loadedRows(ids)).toEqual([{ id: 'a-1' }, { id: 'a-2' }]);
  });

  test('cuts off the torn end of the newest segment and loads the rest', async () => {
    const first = await withSpool(threeSegments);
    const path = segmentPaths(first.directory).at(-1) ?? '';
    const whole = statSync(path).size;
    appendFileSync(path, readFileSync(path).subarray(0, 150));
    await using again = await first.reopen();
    expect(statSync(path).size).toBe(whole);
    expect(await again.loadedRows(ids)).toHaveLength(6);
    expect(again.telemetry.value('pintail_store_torn_tail_bytes_total')).toBe(150);
    expect(again.telemetry.value('pintail_store_quarantined_segments_total{reason="damaged"}')).toBe(0);
  });

  test('puts a damaged segment aside, says so, and loads its intact batches and all other segments', async () => {
    const first = await withSpool(async (opened, spool) => {
      await threeSegments(opened);
      // One segment became three: what a longer life would have left.
      const [name = ''] = readdirSync(spool);
      const bytes = readFileSync(join(spool, name));
      const mark = readSegmentNames([name])[0]?.mark ?? Buffer.alloc(0);
      const batches = inspectSegment(bytes, mark).flatMap((part) => part.batches);
      rmSync(join(spool, name));
      for (let segment = 0; segment < 3; segment++) {
        const [first, next] = [batches[segment * 2]?.start, batches[segment * 2 + 2]?.start];
        writeFileSync(
          join(spool, segmentName(segment + 1, mark)),
          Buffer.concat([bytes.subarray(0, 4), bytes.subarray(first, next ?? bytes.length)]),
        );
      }
    });
    const [, middle = ''] = segmentPaths(first.directory);
    const bytes = readFileSync(middle);
    bytes[bytes.indexOf('b-1')] = 'X'.charCodeAt(0);
    writeFileSync(middle, bytes);
    await using again = await first.reopen();
    expect((await again.loadedRows(ids)).map(({ id }) => id)).toEqual(['a-1', 'a-2', 'b-2', 'c-1', 'c-2']);
    expect(again.telemetry.value('pintail_store_quarantined_segments_total{reason="damaged"}')).toBe(1);
    expect(again.telemetry.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: expect.stringContaining('put aside') },
    ]);
    expect(readFileSync(join(again.directory, 'quarantine', basename(middle)))).toEqual(bytes);
  });

  test('keeps loading when DuckDB cannot read one segment, which is put aside', async () => {
    const first = await withSpool(async (opened, spool) => {
      await opened.store.append(auditBatch(auditRow('good')));
      const [name = ''] = readdirSync(spool);
      const mark = readSegmentNames([name])[0]?.mark ?? Buffer.alloc(0);
      // Intact by its checksum, and no row: what a bug of ours would leave.
      const bytes = Buffer.from('no pages');
      const { chunks } = new RowColumns().encode([{ batch: auditBatch(auditRow('bad')), arrivalMicros: 0 }], 0);
      const { header, rows } = encodeBatch({ bytes, auditRows: 1, logRows: 0, chunks });
      writeFileSync(join(spool, segmentName(2, mark)), Buffer.concat([Buffer.from('PAR1'), mark, header, rows]));
      copyFileSync(join(spool, name), join(spool, segmentName(3, mark)));
    });
    await using again = await first.reopen();
    expect(await again.loadedRows(ids)).toEqual([{ id: 'good' }]);
    expect(again.telemetry.value('pintail_store_quarantined_segments_total{reason="unloadable"}')).toBe(1);
    expect(readdirSync(join(again.directory, 'quarantine'))).toEqual([expect.stringMatching(/^000000000002-/)]);
  });

  test.for([1, 40, 100_000])(
    'takes a footer of which %i bytes were written for no damage, and writes it again',
    async (kept) => {
      const first = await withSpool(async (opened, spool) => {
        await threeSegments(opened);
        const [name = ''] = readdirSync(spool);
        const path = join(spool, name);
        const batches = inspectSegment(readFileSync(path), readSegmentNames([name])[0]!.mark).flatMap(
          (part) => part.batches,
        );
        appendFileSync(path, footerOf(batches).subarray(0, kept));
      });
      await using again = await first.reopen();
      expect(await again.loadedRows(ids)).toHaveLength(6);
      expect(again.telemetry.value('pintail_store_torn_tail_bytes_total')).toBe(0);
      expect(again.telemetry.lines.filter(({ level }) => level !== 'info' && level !== 'debug')).toEqual([]);
    },
  );

  test('refuses by name a segment of other columns, which another version wrote', async () => {
    const mark = Buffer.from('0123456789abcdef', 'hex');
    const chunks = [{ values: 1, dictionaryBytes: 0, dataBytes: 1 }];
    const { header, rows } = encodeBatch({ bytes: Buffer.from('x'), auditRows: 1, logRows: 0, chunks });
    const name = segmentName(7, mark);
    const first = await withSpool(async (_opened, spool) => {
      writeFileSync(join(spool, name), Buffer.concat([segmentStart, mark, header, rows]));
    });
    const error = await rejection(first.reopen());
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toMatch(
      /expected \d\d columns, found the 1 of another version\. Start that version once more/,
    );
    expect(readdirSync(join(first.directory, 'spool'))).toContain(name);
  });

  test('refuses by name the segments of an older version, and what to do about them', async () => {
    const first = await withSpool(async (_opened, spool) => {
      writeFileSync(join(spool, '000000000007.ndjson'), '{"batch":{"rows":0,"bytes":0,"crc32":0}}\n');
    });
    const error = await rejection(first.reopen());
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toContain('found 000000000007.ndjson of an older version. Start that version once more');
    rmSync(join(first.directory, 'spool', '000000000007.ndjson'));
    await using again = await first.reopen();
    expect(await again.loadedRows(ids)).toEqual([]);
  });
});
