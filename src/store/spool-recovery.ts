/**
 * What a start finds in the spool. Loaded segments are removed; a torn tail of the newest segment, which was
 * never acknowledged, is cut off; a segment damaged elsewhere is put aside whole, and its intact batches stay.
 */
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger, Metrics } from '../component.ts';
import { errorCode } from './lock-file.ts';
import { syncDirectory } from './segment-file.ts';
import type { ClosedSegment } from './spool.ts';
import { inspectSegment, type SegmentPart } from './spool-format.ts';

export interface RecoveredSpool {
  /** Segments to load, oldest first. */
  readonly segments: readonly ClosedSegment[];
  readonly nextId: number;
}

export interface SpoolFolders {
  readonly spool: string;
  readonly quarantine: string;
}

/** Reads the spool folder. `loadedThrough` is the newest segment whose rows are committed in DuckDB. */
export async function recoverSpool(
  folders: SpoolFolders,
  loadedThrough: number,
  { logger, metrics }: { readonly logger: Logger; readonly metrics: Metrics },
): Promise<RecoveredSpool> {
  const segments: ClosedSegment[] = [];
  const names = (await readdir(folders.spool)).sort();
  const ids = segmentIds(names);
  // The numbers of segments put aside are not given out again.
  let newest = Math.max(loadedThrough, ...segmentIds(await readdir(folders.quarantine)));
  for (const name of names.filter((candidate) => candidate.endsWith('.repair'))) {
    await rm(join(folders.spool, name));
  }
  for (const [position, id] of ids.entries()) {
    newest = Math.max(newest, id);
    const name = `${String(id).padStart(12, '0')}.ndjson`;
    const path = join(folders.spool, name);
    if (id <= loadedThrough) {
      await rm(path);
      continue;
    }
    const bytes = await readFile(path);
    const parts = inspectSegment(bytes);
    const intact = parts.filter((part) => part.intact);
    const damagedBytes = bytes.length - sum(intact, ({ start, end }) => end - start);
    const isTornTail = position === ids.length - 1 && intact.length <= 1 && (parts[0]?.intact ?? true);
    if (damagedBytes > 0 && isTornTail) {
      await cut(path, bytes.length - damagedBytes);
      metrics.add('pintail_store_torn_tail_bytes_total', damagedBytes);
      logger.warn({ segment: path, bytes: damagedBytes }, 'spool: cut off a torn tail that was never acknowledged');
    } else if (damagedBytes > 0) {
      await putAside(folders, name, bytes, intact);
      metrics.add('pintail_store_quarantined_segments_total', 1, { reason: 'damaged' });
      logger.error(
        { segment: join(folders.quarantine, name), damagedBytes, intactRows: sum(intact, ({ rows }) => rows) },
        'spool: expected intact batches, found damaged ones; the segment was put aside, its intact batches are loaded',
      );
    }
    if (intact.length === 0) {
      await rm(path);
      continue;
    }
    segments.push({
      id,
      path,
      bytes: bytes.length - damagedBytes,
      rows: sum(intact, ({ rows }) => rows),
      longestRow: Math.max(...intact.map(({ longestRow }) => longestRow)),
    });
  }
  await syncDirectory(folders.spool);
  return { segments, nextId: newest + 1 };
}

/** Moves a segment that cannot be loaded out of the way, for a person to look at. */
export async function quarantineSegment(folders: SpoolFolders, segment: ClosedSegment): Promise<string> {
  const target = join(folders.quarantine, segment.path.slice(folders.spool.length + 1));
  await rename(segment.path, target);
  await syncDirectory(folders.quarantine);
  await syncDirectory(folders.spool);
  return target;
}

function segmentIds(names: readonly string[]): readonly number[] {
  return names.flatMap((name) => (/^\d{12}\.ndjson$/.test(name) ? [Number(name.slice(0, 12))] : []));
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
async function putAside(
  folders: SpoolFolders,
  name: string,
  bytes: Buffer,
  intact: readonly SegmentPart[],
): Promise<void> {
  const path = join(folders.spool, name);
  const repaired = `${path}.repair`;
  const file = await open(repaired, 'w');
  try {
    for (const { start, end } of intact) {
      await file.writeFile(bytes.subarray(start, end));
    }
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
