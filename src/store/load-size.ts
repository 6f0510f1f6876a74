/**
 * How many rows one load takes. Measured with DuckDB 1.5.6 in one thread, rows of 1 KB with `_raw`:
 *
 *   row groups of   load of    through the log   processor   file
 *   122,880 rows     32,768    yes               15.7 µs     187 bytes a row, and a checkpoint of 1 s every 100,000 rows
 *   122,880 rows    229,376    no                 8.7 µs     187
 *    30,720 rows     32,768    no                 8.7 µs     209
 *    30,720 rows     65,536    no                 7.6 µs     205
 *    16,384 rows     32,768    no                 7.0 µs     217
 *
 * A transaction of at least a row group goes to the file past the log. Large groups take long to fill, and until then
 * their rows cannot be queried; small ones compress less, each having dictionaries of its own.
 */
import type { StoredBatch } from './spool-format.ts';

/** What a load asks of a segment. */
interface SizedSegment {
  readonly rows: number;
  readonly bytes: number;
  readonly batches: readonly StoredBatch[];
}

/** A load of this many rows goes past the log; three batches of the size that Collectors send. */
export const rowGroupRows = 24_576;

/** DuckDB holds memory for every file that a statement reads, however small: 993 files of 66 KB did not fit into 1 GiB. */
export const mostSegments = 64;

export interface LoadBounds {
  readonly loadRows: number;
  readonly loadBytes: number;
  /** At most that many. */
  readonly segments: number;
}

/** The same of every row group of a segment, which is a batch: about 145 KB, so that 7,415 batches of 8 rows did not fit either. */
export const mostBatches = 1024;
/** Batches after which a segment is closed. */
export const segmentBatches = 512;

/** The oldest segments that fit into one load; one, whatever its size. */
export function chooseSegments<Segment extends SizedSegment>(
  closed: readonly Segment[],
  bounds: LoadBounds,
): readonly Segment[] {
  let rows = 0;
  let bytes = 0;
  let batches = 0;
  const fits = (segment: Segment): boolean => {
    rows += segment.rows;
    bytes += segment.bytes;
    batches += segment.batches.length;
    return rows <= bounds.loadRows && bytes <= bounds.loadBytes && batches <= mostBatches;
  };
  const within = closed.slice(0, Math.max(1, bounds.segments));
  const tooFar = within.findIndex((segment) => !fits(segment));
  return tooFar === -1 ? within : within.slice(0, Math.max(1, tooFar));
}
