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
