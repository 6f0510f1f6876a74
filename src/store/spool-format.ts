/**
 * The form of a spool segment: batches, each a header line and then its rows, one JSON object a line.
 *
 *   {"batch":{"rows":2,"bytes":2045,"crc32":1234567890}}
 *   {"n":1,"table":"audit",…}
 *   {"n":2,"table":"log",…}
 *
 * A segment is NDJSON as a whole, so DuckDB reads it as it is. `bytes` and `crc32` cover the rows with
 * their line ends, so a torn or damaged batch is found and its neighbours are still readable.
 */
import { crc32 } from 'node:zlib';

const headerStart = '{"batch":{"rows":';
const longestHeader = 128;
const newline = 10;

/** A batch as it is written. */
export interface EncodedBatch {
  readonly header: Buffer;
  readonly rows: Buffer;
  readonly rowCount: number;
  /** Bytes of the longest row line; DuckDB's reader must be told of more than 16 MiB. */
  readonly longestRow: number;
}

/** A run of intact batches, or a run of bytes that are none. */
export interface SegmentPart {
  readonly intact: boolean;
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  readonly longestRow: number;
}

/**
 * Encodes row lines (each without its line end). Each is written out as it comes, so that the texts of a large
 * batch are never in memory together.
 */
export function encodeBatch(lines: Iterable<string>, expectedBytes = 65_536): EncodedBatch {
  let buffer = Buffer.allocUnsafe(expectedBytes);
  let bytes = 0;
  let rowCount = 0;
  let longestRow = 0;
  for (const line of lines) {
    // UTF-8 needs at most three bytes for a UTF-16 unit.
    if (buffer.length - bytes < line.length * 3 + 1) {
      const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, bytes + line.length * 3 + 1));
      buffer.copy(larger, 0, 0, bytes);
      buffer = larger;
    }
    const written = buffer.write(line, bytes);
    bytes += written;
    buffer[bytes] = newline;
    bytes += 1;
    rowCount += 1;
    longestRow = Math.max(longestRow, written);
  }
  const rows = buffer.subarray(0, bytes);
  const header = Buffer.from(`${headerStart}${rowCount},"bytes":${bytes},"crc32":${crc32(rows)}}}\n`);
  return { header, rows, rowCount, longestRow };
}

/** Splits a segment's bytes into intact and damaged parts, in order and without gaps. */
export function inspectSegment(bytes: Buffer): readonly SegmentPart[] {
  const parts: SegmentPart[] = [];
  const add = (part: SegmentPart): void => {
    const last = parts.at(-1);
    if (last !== undefined && last.intact === part.intact) {
      parts[parts.length - 1] = {
        intact: part.intact,
        start: last.start,
        end: part.end,
        rows: last.rows + part.rows,
        longestRow: Math.max(last.longestRow, part.longestRow),
      };
    } else {
      parts.push(part);
    }
  };
  for (let position = 0; position < bytes.length; ) {
    const batch = readBatch(bytes, position);
    if (batch !== null) {
      add(batch);
      position = batch.end;
      continue;
    }
    // Within a row every quote of a text is escaped, so this is found in headers only.
    const next = bytes.indexOf(headerStart, position + 1);
    const end = next === -1 ? bytes.length : next;
    add({ intact: false, start: position, end, rows: 0, longestRow: 0 });
    position = end;
  }
  return parts;
}

function readBatch(bytes: Buffer, start: number): SegmentPart | null {
  const headerEnd = bytes.subarray(start, start + longestHeader).indexOf(newline);
  if (headerEnd === -1) {
    return null;
  }
  const header = /^\{"batch":\{"rows":(\d+),"bytes":(\d+),"crc32":(\d+)\}\}$/.exec(
    bytes.toString('latin1', start, start + headerEnd),
  );
  if (header === null) {
    return null;
  }
  const rowsStart = start + headerEnd + 1;
  const end = rowsStart + Number(header[2]);
  if (end > bytes.length || crc32(bytes.subarray(rowsStart, end)) !== Number(header[3])) {
    return null;
  }
  let longestRow = 0;
  let rows = 0;
  for (let position = rowsStart; position < end; rows++) {
    const lineEnd = bytes.indexOf(newline, position);
    longestRow = Math.max(longestRow, lineEnd - position);
    position = lineEnd + 1;
  }
  // The checksum is over the rows; their number in the header is held against what is there.
  return rows === Number(header[1]) ? { intact: true, start, end, rows, longestRow } : null;
}
