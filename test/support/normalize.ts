/** All rows of a batch at once, for tests of rooms that take records or rows. */
import type { NormalizedBatch, RecordBatch } from '../../src/component.ts';
import { type NormalizeContext, normalizePieces } from '../../src/normalize/index.ts';

export function normalize(batch: RecordBatch, context: NormalizeContext): NormalizedBatch {
  const [rows = { audit: [], logs: [] }] = normalizePieces(batch, context, Number.POSITIVE_INFINITY);
  return rows;
}
