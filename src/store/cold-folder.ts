/**
 * The directory of the cold tier:
 *
 *   kube_audit/day=2026-11-17/cluster=prod/<store id>-<file id>.parquet
 *
 * `day` is the day of arrival (UTC). Both folders are Hive's, so other programs find them as columns; the files have
 * all columns besides. Files of another store id are somebody else's and are never touched.
 */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { open, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { ColdFile } from './cold-file.ts';
import { printDay } from './event-days.ts';
import { type EventTable, eventTables } from './event-table.ts';
import { errorCode } from './lock-file.ts';

const longestFolderName = 200;

/** Rows of more clusters than have a file of their own. Nothing that `encodeCluster` gives. */
export const otherClusters = '__OTHERS__';

/**
 * The folder's value for a cluster. A cluster's name is outside text: what is not a plain letter, digit, `.`, `_` or
 * `-`, and a first `.` or `_`, is percent-encoded as UTF-8. Null is Hive's own word for it.
 */
export function encodeCluster(cluster: string | null): string {
  if (cluster === null) return '__HIVE_DEFAULT_PARTITION__';
  let encoded = '';
  for (const [index, byte] of Buffer.from(cluster, 'utf8').entries()) {
    const character = String.fromCharCode(byte);
    const isPlain = /[A-Za-z0-9_.-]/.test(character) && !(index === 0 && /[_.]/.test(character));
    encoded += isPlain ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  if (encoded.length <= longestFolderName) return encoded;
  const digest = createHash('sha256').update(cluster).digest('hex').slice(0, 32);
  return `${encoded.slice(0, longestFolderName - digest.length - 1)}~${digest}`;
}

export function dayFolder(table: EventTable, day: number, clusterFolder: string): string {
  return join(table, `day=${printDay(day)}`, `cluster=${clusterFolder}`);
}

/** Makes a file and the names of its folders, up to `directory`, survive a power failure; gives its size. */
export async function syncFile(directory: string, path: string): Promise<number> {
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
export async function removeFile(directory: string, path: string): Promise<void> {
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
export async function findOrphans(
  directory: string,
  storeId: string,
  files: readonly ColdFile[],
): Promise<readonly string[]> {
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
export async function findProblem(
  directory: string,
  file: ColdFile,
  damage: string | undefined,
): Promise<string | undefined> {
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
