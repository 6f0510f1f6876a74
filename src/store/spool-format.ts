/**
 * The form of a spool segment: a Parquet file that grows. Each batch is a row group behind a header of ours, which
 * Parquet readers pass over; the footer that makes it readable is written when the segment is complete
 * (sealed-segment.ts), and can be written again from the headers at any time.
 *
 *   PAR1 | header, row group | header, row group | … | footer
 *
 * A header: the segment's mark (8 bytes), the length of the rest (4), its CRC-32 (4), then as varints: rows, bytes of
 * the row group, its CRC-32, and of each column chunk the values, bytes of the dictionary, bytes of the data. A torn or
 * damaged batch is found, and its neighbours are still readable. The mark is random and stands in the file's name:
 * nobody can send an event whose text would be taken for a batch.
 */
import { crc32 } from 'node:zlib';
import { PermanentError } from '../component.ts';
import type { ChunkSizes } from './parquet/column.ts';
import { parquetMagic, type RowGroup } from './parquet/file-footer.ts';
import { GrowingBuffer } from './parquet/growing-buffer.ts';
import { columnsOf } from './parquet/schema.ts';
import type { EncodedRows } from './row-columns.ts';
import { olderRowFields, rowFields } from './row-fields.ts';

export const markBytes = 8;
const fixedBytes = markBytes + 8;
export const columnCount = columnsOf(rowFields).length;
export const olderColumnCount = columnsOf(olderRowFields).length;
/** Parquet counts the bytes of a page in 31 bits. */
const mostBytes = 2 ** 31 - 2 ** 20;

/** What stands before the first batch. */
export const segmentStart = parquetMagic;

/** A batch as it is written, without the mark of the segment that it will stand in. */
export interface EncodedBatch {
  /** The header without mark. */
  readonly header: Buffer;
  readonly rows: Buffer;
  readonly rowCount: number;
}

/** A batch in its segment: what the footer needs of it. */
export interface StoredBatch {
  /** Where its header starts. */
  readonly start: number;
  readonly header: Buffer;
}

/** A run of intact batches, or a run of bytes that are none. */
export interface SegmentPart {
  readonly intact: boolean;
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  readonly batches: readonly StoredBatch[];
}

/** @throws PermanentError where the rows are more than a segment can hold. */
export function encodeBatch({ bytes, auditRows, logRows, chunks }: EncodedRows): EncodedBatch {
  const rowCount = auditRows + logRows;
  if (bytes.length > mostBytes) {
    throw new PermanentError(`store: expected a batch of at most ${mostBytes} bytes, found ${bytes.length}.`);
  }
  const body = new GrowingBuffer(512);
  body.varint(rowCount);
  body.varint(bytes.length);
  body.varint(crc32(bytes));
  for (const { values, dictionaryBytes, dataBytes } of chunks) {
    body.varint(values);
    body.varint(dictionaryBytes);
    body.varint(dataBytes);
  }
  const header = Buffer.allocUnsafe(8 + body.length);
  header.writeUInt32LE(body.length, 0);
  header.writeUInt32LE(crc32(body.bytes), 4);
  body.bytes.copy(header, 8);
  return { header, rows: bytes, rowCount };
}

/** Bytes of a batch in its segment. */
export function batchBytes({ header, rows }: Pick<EncodedBatch, 'header' | 'rows'>): number {
  return markBytes + header.length + rows.length;
}

/** Where the row group of a stored batch is. */
export function rowGroupOf({ start, header }: StoredBatch): RowGroup {
  const { rows, chunks } = readBody(header.subarray(8));
  return { start: start + markBytes + header.length, rows, chunks };
}

/** Whether the batches of a segment have the columns of the version before: their number tells. */
export function isOlderForm([first]: readonly StoredBatch[]): boolean {
  return first !== undefined && rowGroupOf(first).chunks.length === olderColumnCount;
}

/** Splits a segment's bytes, from behind its start, into intact and damaged parts, in order and without gaps. */
export function inspectSegment(bytes: Buffer, mark: Buffer): readonly SegmentPart[] {
  const parts: SegmentPart[] = [];
  const add = (part: SegmentPart): void => {
    const last = parts.at(-1);
    if (last === undefined || last.intact !== part.intact) {
      parts.push(part);
      return;
    }
    const rows = last.rows + part.rows;
    parts[parts.length - 1] = { ...last, end: part.end, rows, batches: [...last.batches, ...part.batches] };
  };
  const start = bytes.subarray(0, segmentStart.length);
  if (!start.equals(segmentStart) && bytes.length > 0) {
    add({ intact: false, start: 0, end: start.length, rows: 0, batches: [] });
  }
  for (let position = start.length; position < bytes.length; ) {
    const batch = readBatch(bytes, position, mark);
    const next = batch === null ? bytes.indexOf(mark, position + 1) : batch.end;
    const end = next === -1 ? bytes.length : next;
    add(batch ?? { intact: false, start: position, end, rows: 0, batches: [] });
    position = end;
  }
  return parts;
}

function readBatch(bytes: Buffer, start: number, mark: Buffer): SegmentPart | null {
  const bodyStart = start + fixedBytes;
  if (bodyStart > bytes.length || !bytes.subarray(start, start + markBytes).equals(mark)) {
    return null;
  }
  const bodyEnd = bodyStart + bytes.readUInt32LE(start + markBytes);
  if (bodyEnd > bytes.length || crc32(bytes.subarray(bodyStart, bodyEnd)) !== bytes.readUInt32LE(bodyStart - 4)) {
    return null;
  }
  const body = readBody(bytes.subarray(bodyStart, bodyEnd));
  const end = bodyEnd + body.bytes;
  if (end > bytes.length || crc32(bytes.subarray(bodyEnd, end)) !== body.crc32) {
    return null;
  }
  const header = Buffer.from(bytes.subarray(start + markBytes, bodyEnd));
  return { intact: true, start, end, rows: body.rows, batches: [{ start, header }] };
}

interface HeaderBody {
  readonly rows: number;
  readonly bytes: number;
  readonly crc32: number;
  readonly chunks: readonly ChunkSizes[];
}

function readBody(body: Buffer): HeaderBody {
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = body[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  const [rows, bytes, checksum] = [next(), next(), next()];
  const chunks: ChunkSizes[] = [];
  while (at < body.length) chunks.push({ values: next(), dictionaryBytes: next(), dataBytes: next() });
  return { rows, bytes, crc32: checksum, chunks };
}
