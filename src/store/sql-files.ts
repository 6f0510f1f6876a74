/** The SQL that ships with Pintail. The folder stands beside `src` and beside the built `dist` alike. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { errorCode } from './lock-file.ts';

export interface SqlFile {
  readonly name: string;
  readonly text: string;
}

export interface SqlFiles {
  /** NNNN_name.sql, forward only. */
  readonly migrations: readonly SqlFile[];
  /** Applied at every open: macros, then views. */
  readonly definitions: readonly SqlFile[];
}

const shippedFolder = fileURLToPath(new URL('../../sql/', import.meta.url));

/** Reads all SQL files, each kind in the order of names. */
export async function readSqlFiles(folder: string = shippedFolder): Promise<SqlFiles> {
  const [migrations, macros, views] = await Promise.all(
    ['migrations', 'macros', 'views'].map((kind) => readFolder(`${folder}/${kind}`, kind)),
  );
  return { migrations: migrations ?? [], definitions: [...(macros ?? []), ...(views ?? [])] };
}

async function readFolder(folder: string, kind: string): Promise<readonly SqlFile[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' && kind !== 'migrations') {
      return [];
    }
    throw error;
  });
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (name) => ({ name: `${kind}/${name}`, text: await readFile(`${folder}/${name}`, 'utf8') })),
  );
}
