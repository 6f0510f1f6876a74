/** Makes a complete segment a whole Parquet file: writes its footer behind its last batch. */
import { open } from 'node:fs/promises';
import { printFooter } from './parquet/file-footer.ts';
import { olderRowFields, rowFields } from './row-fields.ts';
import { isOlderForm, rowGroupOf, type StoredBatch } from './spool-format.ts';

/** The footer of a segment. */
export function footerOf(batches: readonly StoredBatch[]): Buffer {
  return printFooter(isOlderForm(batches) ? olderRowFields : rowFields, batches.map(rowGroupOf));
}

/**
 * Writes the footer, at `bytes`; any number of times with the same result. It need not be durable: the next start
 * writes it again from the batches.
 */
export async function sealSegment(segment: {
  readonly path: string;
  readonly bytes: number;
  readonly batches: readonly StoredBatch[];
}): Promise<void> {
  const footer = footerOf(segment.batches);
  const file = await open(segment.path, 'r+');
  try {
    await file.truncate(segment.bytes);
    for (let written = 0; written < footer.length; ) {
      const { bytesWritten } = await file.write(footer, written, footer.length - written, segment.bytes + written);
      written += bytesWritten;
    }
  } finally {
    await file.close();
  }
}
