/** How much of the disk the database needs. */
import type { DuckDBConnection } from '@duckdb/node-api';

/**
 * Bytes of the blocks in use and of the log. The file itself is as large as it ever had to be: blocks that were given
 * back are used again before it grows.
 */
export async function usedBytes(engine: DuckDBConnection): Promise<number> {
  const result = await engine.runAndReadAll(
    `select used_blocks * block_size, parse_formatted_bytes(wal_size)
      from pragma_database_size() where database_name = current_database()`,
  );
  const [blocks, log] = (result.getRowsJS()[0] ?? []).map(Number);
  return (blocks ?? 0) + (log ?? 0);
}

/** `1.5 GiB`. */
export function printBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), units.length - 1);
  return `${Math.round((bytes / 1024 ** step) * 10) / 10} ${units[step]}`;
}
