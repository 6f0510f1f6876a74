/**
 * Opens DuckDB closed to the outside: no files beyond the storage directory, no network, no extensions, and the
 * configuration locked, whatever SQL a user sends.
 */
import { existsSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance, quotedString } from '@duckdb/node-api';
import { PermanentError } from '../component.ts';
import { rowGroupRows } from './load-size.ts';
import type { StoreSettings } from './settings.ts';

const databaseName = 'pintail';
/**
 * Of a new file; one that is there keeps its own. A load leaves room in the last block of each of its parts: with
 * DuckDB's 256 KiB a file takes 6 % more, with 32 KiB dictionaries end too soon and it takes 18 % more.
 */
const blockBytes = 65_536;

/** An open database. */
export interface Engine {
  connect(): Promise<DuckDBConnection>;
  /** Ends every connection, too. */
  closeSync(): void;
}

/** What happens while the doors are still open. */
export interface EnginePreparation {
  /** Further directories that statements may read and write. */
  readonly directories: (connection: DuckDBConnection) => Promise<readonly string[]>;
  /** Runs once they are closed, before the configuration is locked. */
  readonly prepare: (connection: DuckDBConnection) => Promise<void>;
}

export interface EngineFiles {
  readonly database: string;
  readonly spool: string;
  readonly temporary: string;
}

/**
 * Opens the database file.
 * @throws PermanentError where the file is locked by another process or written by a newer DuckDB.
 */
export async function openEngine(
  files: EngineFiles,
  settings: StoreSettings,
  preparation: EnginePreparation,
): Promise<Engine> {
  const instance = await createInstance(files, settings);
  const engine: Engine = {
    connect: async () => {
      const connection = await instance.connect();
      await connection.run(`use ${databaseName}`);
      return connection;
    },
    closeSync: () => instance.closeSync(),
  };
  try {
    await attachDatabase(instance, files.database);
    const connection = await engine.connect();
    await connection.run("set global TimeZone = 'UTC'");
    const directories = [files.spool, ...(await preparation.directories(connection))];
    const allowed = directories.map((directory) => quotedString(`${directory}/`)).join(', ');
    await connection.run(`set allowed_directories = [${allowed}]`);
    await connection.run('set enable_external_access = false');
    await preparation.prepare(connection);
    await connection.run('set lock_configuration = true');
    connection.disconnectSync();
    return engine;
  } catch (error: unknown) {
    instance.closeSync();
    throw error;
  }
}

/** An instance without a file: only a file that is attached may have a size of row groups of its own. */
function createInstance(files: EngineFiles, settings: StoreSettings): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(settings.memoryLimitBytes / 1024)}KiB`,
    threads: String(settings.threads),
    temp_directory: files.temporary,
    max_temp_directory_size: `${Math.floor(settings.temporaryBytes / 1024)}KiB`,
    checkpoint_threshold: `${Math.floor(settings.checkpointBytes / 1024)}KiB`,
    // A checkpoint would merge small row groups with their neighbours, which writes those once more: at every load's
    // end one (load-size.ts). Row groups without rows are given back all the same.
    max_vacuum_tasks: '0',
    // A load's row groups go to the file two by two, as soon as they are full: less memory than with five, caches that
    // still hold them, less left for the commit, and 1 to 3 % less file, which one by one would give away again.
    write_buffer_row_group_count: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    // It keeps what it knows of every file that was ever read, and each segment of the spool is a new file: 8 KB of
    // memory for each, beyond the limit, which DuckDB does not give back.
    enable_external_file_cache: 'false',
  });
}

async function attachDatabase(instance: DuckDBInstance, path: string): Promise<void> {
  const connection = await instance.connect();
  const blockSize = existsSync(path) ? '' : `, block_size ${blockBytes}`;
  try {
    // zstd for _raw needs a file that only DuckDB 1.2 and newer can read; 1.5 wrote it, so nothing is lost.
    await connection.run(
      `attach ${quotedString(path)} as ${databaseName} (storage_version 'latest', row_group_size ${rowGroupRows}${blockSize})`,
    );
  } catch (error: unknown) {
    throw explainOpen(error, path);
  } finally {
    connection.disconnectSync();
  }
}

function explainOpen(error: unknown, path: string): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const holder = /Conflicting lock is held in (.*?)(?:\. See|$)/s.exec(text)?.[1];
  if (holder !== undefined) {
    return new PermanentError(`database "${path}": expected it to be free, found it open in ${holder}.`, {
      cause: error,
    });
  }
  const versions = /version number (\d+), but we can only read versions between (\d+) and (\d+)/.exec(text);
  if (versions !== null) {
    const age = Number(versions[1]) > Number(versions[3]) ? 'newer' : 'older';
    return new PermanentError(
      `database "${path}": expected a file of DuckDB 1.x (storage version ${versions[2]} to ${versions[3]}), ` +
        `found storage version ${versions[1]}, written by a${age === 'newer' ? '' : 'n'} ${age} DuckDB.`,
      { cause: error },
    );
  }
  if (/not a valid DuckDB database file|newer version of DuckDB|newer DuckDB/i.test(text)) {
    return new PermanentError(`database "${path}": expected a DuckDB 1.x file, found: ${text}`, { cause: error });
  }
  return new Error(`database "${path}": expected it to open, found ${text}`, { cause: error });
}
