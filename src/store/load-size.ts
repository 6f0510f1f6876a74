/**
 * How many rows one load takes. Measured with DuckDB 1.5.6, rows of 1 KB:
 *
 *   rows a load        through the log   processor   file
 *   below 122,880      yes               17 µs/row   159 bytes/row
 *   122,880 - 180,000  no                19 µs/row   300 bytes/row
 *   about 200,000      no                11 µs/row   160 bytes/row
 *   above 230,000      no                20 µs/row   280 bytes/row
 *
 * A transaction of at least a row group (122,880) goes to the file past the log, in row groups of about 115,000
 * and a rest. A checkpoint merges three neighbours that fit into two, or two that fit into one, which writes
 * everything twice; with a rest between 65,000 and 115,000 rows none do.
 */
import type { StoredBatch } from './spool-format.ts';

/** What a load asks of a segment. */
interface SizedSegment {
  readonly rows: number;
  readonly bytes: number;
  readonly batches: readonly StoredBatch[];
}

/** The fewest rows of a load past the log. */
export const leastBulkRows = 181_000;
const rowGroup = 122_880;

/** DuckDB holds memory for every file that a statement reads, however small: 993 files of 66 KB did not fit into 1 GiB. */
export const mostSegments = 64;

export interface LoadBounds {
  readonly loadRows: number;
  readonly loadBytes: number;
  /** At most that many. */
  readonly segments: number;
}

/** The same of every row group, which is a batch: about 145 KB, so that 7,415 batches of 8 rows did not fit either. */
export const mostBatches = 1024;
/** Batches after which a segment is closed. */
export const segmentBatches = 512;

/** The oldest segments that make one load: of the cheap large kind if there are enough, else a small one. */
export function chooseSegments<Segment extends SizedSegment>(
  closed: readonly Segment[],
  bounds: LoadBounds,
): readonly Segment[] {
  let rows = 0;
  let bytes = 0;
  let batches = 0;
  let small = 1;
  let bulk = 0;
  for (const [index, segment] of closed.slice(0, Math.max(1, bounds.segments)).entries()) {
    rows += segment.rows;
    bytes += segment.bytes;
    batches += segment.batches.length;
    if (rows > bounds.loadRows || bytes > bounds.loadBytes || batches > mostBatches) {
      break;
    }
    if (rows < rowGroup) {
      small = index + 1;
    } else if (rows >= leastBulkRows) {
      bulk = index + 1;
    }
  }
  return closed.slice(0, bulk > 0 ? bulk : small);
}
