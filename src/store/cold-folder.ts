/** The cold tier in a folder of a mounted file system. */
import type { Dirent } from 'node:fs';
import { mkdir, open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColdFile } from './cold-file.ts';
import type { ColdPlace } from './cold-place.ts';
import { eventTables } from './event-table.ts';
import { errorCode } from './lock-file.ts';

export class ColdFolder implements ColdPlace {
  readonly name: string;
  readonly directories: readonly string[];
  readonly isOnDisk = true;
  readonly bindsToFiles = true;

  constructor(directory: string) {
    this.name = directory;
    this.directories = [directory];
  }

  async open(): Promise<void> {
    await mkdir(this.name, { recursive: true });
  }

  refresh(): Promise<void> {
    return Promise.resolve();
  }

  locate(path: string): string {
    return join(this.name, path);
  }

  async put(path: string, write: (full: string) => Promise<void>): Promise<number> {
    const full = this.locate(path);
    await mkdir(dirname(full), { recursive: true });
    await write(full);
    return syncFile(this.name, path);
  }

  remove(path: string): Promise<void> {
    return removeFile(this.name, path);
  }

  async removeOrphans(storeId: string, files: readonly ColdFile[]): Promise<readonly string[]> {
    const orphans = await findOrphans(this.name, storeId, files);
    for (const path of orphans) await this.remove(path);
    return orphans;
  }

  async findProblems(
    _engine: DuckDBConnection,
    files: readonly ColdFile[],
    damages: ReadonlyMap<string, string>,
  ): Promise<ReadonlyMap<string, string>> {
    const problems = new Map<string, string>();
    for (const file of files) {
      const problem = await findProblem(this.name, file, damages.get(file.path));
      if (problem !== undefined) problems.set(file.path, problem);
    }
    return problems;
  }

  close(): void {}
}

/** Makes a file and the names of its folders, up to `directory`, survive a power failure; gives its size. */
async function syncFile(directory: string, path: string): Promise<number> {
  const full = join(directory, path);
  const bytes = await syncPath(full);
  for (let folder = dirname(full); ; folder = dirname(folder)) {
    await syncPath(folder);
    if (relative(directory, folder) === '' || folder === dirname(folder)) return bytes;
  }
}

async function syncPath(path: string): Promise<number> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}

/** Removes a file and the folders that it leaves empty. A file that is gone already is fine. */
async function removeFile(directory: string, path: string): Promise<void> {
  await rm(join(directory, path), { force: true });
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(join(directory, folder));
    } catch (error: unknown) {
      if (['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errorCode(error) ?? '')) return;
      throw error;
    }
  }
}

/** Files of this store that no row of `cold_file` names: left by a crash between writing and recording, or after. */
async function findOrphans(directory: string, storeId: string, files: readonly ColdFile[]): Promise<readonly string[]> {
  const known = new Set(files.map(({ path }) => path));
  const found: string[] = [];
  for (const table of eventTables) {
    for (const day of await folders(join(directory, table), 'day=')) {
      for (const cluster of await folders(join(directory, table, day), 'cluster=')) {
        const folder = join(table, day, cluster);
        for (const entry of await list(join(directory, folder))) {
          const path = join(folder, entry.name);
          if (entry.isFile() && entry.name.startsWith(`${storeId}-`) && !known.has(path)) found.push(path);
        }
      }
    }
  }
  return found;
}

async function folders(path: string, prefix: string): Promise<readonly string[]> {
  const entries = await list(path);
  return entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix)).map(({ name }) => name);
}

async function list(path: string): Promise<readonly Dirent[]> {
  return readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
}

/**
 * Why a file cannot be read: what was met before, or that its size or its first and last four bytes are not those of
 * the file that was written; undefined where all is well.
 */
async function findProblem(directory: string, file: ColdFile, damage: string | undefined): Promise<string | undefined> {
  const path = resolve(directory, file.path);
  const expected = `cold tier: expected "${path}" with ${file.rows} rows of ${file.table}, found`;
  try {
    const handle = await open(path, 'r');
    try {
      const { size } = await handle.stat();
      if (size !== file.bytes) return `${expected} ${size} bytes instead of ${file.bytes}.`;
      const marks = Buffer.alloc(8);
      await handle.read(marks, 0, 4, 0);
      await handle.read(marks, 4, 4, Math.max(0, size - 4));
      if (marks.toString('latin1') !== 'PAR1PAR1') return `${expected} no Parquet file.`;
      return damage === undefined ? undefined : `${expected} it damaged (${damage}).`;
    } finally {
      await handle.close();
    }
  } catch (error: unknown) {
    const code = errorCode(error);
    return code === 'ENOENT' ? `${expected} none.` : `${expected} it unreadable (${code ?? String(error)}).`;
  }
}
