/**
 * What a start finds in the spool. Loaded segments are removed; a torn tail of the newest segment, which was
 * never acknowledged, is cut off; a segment damaged elsewhere is put aside whole, and its intact batches stay.
 */
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Logger, type Metrics, PermanentError } from '../component.ts';
import { errorCode } from './lock-file.ts';
import { footerOf } from './sealed-segment.ts';
import { syncDirectory } from './segment-file.ts';
import { readSegmentNames } from './segment-name.ts';
import type { ClosedSegment } from './spool.ts';
import {
  columnCount,
  inspectSegment,
  olderColumnCount,
  rowGroupOf,
  type SegmentPart,
  segmentStart,
} from './spool-format.ts';

export interface RecoveredSpool {
  /** Segments to load, oldest first. */
  readonly segments: readonly ClosedSegment[];
  readonly nextId: number;
}

export interface SpoolFolders {
  readonly spool: string;
  readonly quarantine: string;
}

/**
 * Reads the spool folder. `loadedThrough` is the newest segment whose rows are committed in DuckDB.
 * @throws PermanentError where an older version left segments of another form.
 */
export async function recoverSpool(
  folders: SpoolFolders,
  loadedThrough: number,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): Promise<RecoveredSpool> {
  const segments: ClosedSegment[] = [];
  const found = await readdir(folders.spool);
  refuseOlderForm(folders.spool, found);
  const names = readSegmentNames(found);
  // The numbers of segments put aside are not given out again.
  const quarantined = readSegmentNames(await readdir(folders.quarantine));
  const newest = Math.max(loadedThrough, ...[...names, ...quarantined].map(({ id }) => id));
  for (const name of found.filter((candidate) => candidate.endsWith('.repair'))) {
    await rm(join(folders.spool, name));
  }
  for (const [position, { name, id, mark }] of names.entries()) {
    const path = join(folders.spool, name);
    if (id <= loadedThrough) {
      await rm(path);
      continue;
    }
    const bytes = await readFile(path);
    const parts = inspectSegment(bytes, mark);
    refuseOtherColumns(path, parts);
    let intact: readonly SegmentPart[] = parts.filter((part) => part.intact);
    const damagedBytes = endsInFooter(bytes, parts)
      ? 0
      : sum(parts, (part) => (part.intact ? 0 : part.end - part.start));
    const isTornTail = position === names.length - 1 && intact.length <= 1 && (parts[0]?.intact ?? true);
    if (damagedBytes > 0 && isTornTail) {
      await cut(path, bytes.length - damagedBytes);
      metrics.add('pintail_store_torn_tail_bytes_total', damagedBytes);
      logger.warn({ segment: path, bytes: damagedBytes }, 'spool: cut off a torn tail that was never acknowledged');
    } else if (damagedBytes > 0) {
      const repaired = Buffer.concat([segmentStart, ...intact.map(({ start, end }) => bytes.subarray(start, end))]);
      await putAside(folders, name, repaired);
      metrics.add('pintail_store_quarantined_segments_total', 1, { reason: 'damaged' });
      logger.error(
        { segment: join(folders.quarantine, name), damagedBytes, intactRows: sum(intact, ({ rows }) => rows) },
        'spool: expected intact batches, found damaged ones; the segment was put aside, its intact batches are loaded',
      );
      intact = inspectSegment(repaired, mark);
    }
    if (intact.length === 0) {
      await rm(path);
      continue;
    }
    segments.push({
      id,
      path,
      bytes: Math.max(...intact.map(({ end }) => end)),
      rows: sum(intact, ({ rows }) => rows),
      batches: intact.flatMap(({ batches }) => batches),
    });
  }
  await syncDirectory(folders.spool);
  return { segments, nextId: newest + 1 };
}

/** Which column is which is not written down: their number must be one that is known, and the same in all batches. */
function refuseOtherColumns(path: string, parts: readonly SegmentPart[]): void {
  const counts = parts.flatMap(({ batches }) => batches).map((batch) => rowGroupOf(batch).chunks.length);
  const expected = counts[0] === olderColumnCount ? olderColumnCount : columnCount;
  for (const found of counts) {
    if (found === expected) continue;
    throw new PermanentError(
      `spool "${path}": expected ${expected} columns, found the ${found} of another version. ${emptyTheSpool}`,
    );
  }
}

const emptyTheSpool = 'Start that version once more and stop it with SIGTERM: it loads its spool before it ends.';

function refuseOlderForm(folder: string, names: readonly string[]): void {
  const older = names.find((name) => /^\d{12}\.ndjson$/.test(name));
  if (older !== undefined) {
    throw new PermanentError(
      `spool "${folder}": expected segments in Parquet, found ${older} of an older version. ${emptyTheSpool}`,
    );
  }
}

/** True where nothing but (the beginning of) the segment's own footer stands behind its batches. */
function endsInFooter(bytes: Buffer, parts: readonly SegmentPart[]): boolean {
  const [batches, tail, ...others] = parts;
  if (batches === undefined || !batches.intact || tail === undefined || others.length > 0) {
    return false;
  }
  const end = bytes.subarray(tail.start);
  return footerOf(batches.batches).subarray(0, end.length).equals(end);
}

/** Moves a segment that cannot be loaded out of the way, for a person to look at. */
export async function quarantineSegment(folders: SpoolFolders, segment: ClosedSegment): Promise<string> {
  const target = join(folders.quarantine, segment.path.slice(folders.spool.length + 1));
  await rename(segment.path, target);
  await syncDirectory(folders.quarantine);
  await syncDirectory(folders.spool);
  return target;
}

async function cut(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.truncate(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The damaged original gets a second name in the quarantine before the repaired copy replaces it. */
async function putAside(folders: SpoolFolders, name: string, intact: Buffer): Promise<void> {
  const path = join(folders.spool, name);
  const repaired = `${path}.repair`;
  const file = await open(repaired, 'w');
  try {
    await file.writeFile(intact);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(path, join(folders.quarantine, name));
  } catch (error: unknown) {
    if (errorCode(error) !== 'EEXIST') {
      throw error;
    }
  }
  await syncDirectory(folders.quarantine);
  await rename(repaired, path);
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
