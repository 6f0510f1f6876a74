/** Where the Parquet files of the cold tier are. All paths are relative, as `cold_file` has them (cold-path.ts). */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColdFile } from './cold-file.ts';

export interface ColdPlace {
  /** The folder or the address, as `cold_tier` has it. */
  readonly name: string;
  /** What SQL may read and write. */
  readonly directories: readonly string[];
  /** Its files take from what `storage.max_disk_size` bounds. */
  readonly isOnDisk: boolean;
  /** A view looks into the files when it is bound; else it is told their columns, and a query opens only what it reads. */
  readonly bindsToFiles: boolean;
  /** Prepares DuckDB, while it may still read all files. */
  open(engine: DuckDBConnection): Promise<void>;
  /** Before a day is written. Rejects where the place cannot be reached. */
  refresh(engine: DuckDBConnection, stopping: AbortSignal): Promise<void>;
  /** What SQL calls a file. */
  locate(path: string): string;
  /**
   * Lets `write` make the file at a full path of the disk, and resolves with its size once it would survive a power
   * failure where it belongs. What it leaves where it fails, `removeOrphans` removes.
   */
  put(path: string, write: (full: string) => Promise<void>, stopping: AbortSignal): Promise<number>;
  /** A file that is gone already is fine. */
  remove(path: string, stopping: AbortSignal): Promise<void>;
  /** Removes files of this store that no row of `cold_file` names: left between writing and recording, or after. */
  removeOrphans(storeId: string, files: readonly ColdFile[], stopping: AbortSignal): Promise<readonly string[]>;
  /** Why files cannot be read, by path: they are not as they were written, or have the damage that was met in them. */
  findProblems(
    engine: DuckDBConnection,
    files: readonly ColdFile[],
    damages: ReadonlyMap<string, string>,
    stopping: AbortSignal,
  ): Promise<ReadonlyMap<string, string>>;
  close(): void;
}
