/** Which files a content path means: a file, a folder, or a checkout of splunk/security_content. */
import { type Dirent, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { ContentError } from './yaml-file.ts';

/** The files of one content path, each list sorted by path. */
export interface ContentFiles {
  /** Where detections are looked for. Other kinds of content found here are told apart by their keys. */
  readonly detections: readonly string[];
  readonly macros: readonly string[];
  readonly deployments: readonly string[];
}

/** Throws where the path does not exist or holds more than `maxFiles` files. */
export async function findContent(path: string, maxFiles: number): Promise<ContentFiles> {
  const absolute = resolve(path);
  const found = await stat(absolute);
  const checkout = checkoutAbove(absolute);
  if (checkout === null) {
    const files = found.isFile() ? [absolute] : await yamlFiles(absolute, maxFiles);
    return { detections: files, macros: [], deployments: [] };
  }
  const isWhole = checkout === absolute;
  return {
    detections: found.isFile()
      ? [absolute]
      : await yamlFiles(isWhole ? join(checkout, 'detections') : absolute, maxFiles),
    macros: await yamlFilesIfThere(join(checkout, 'macros'), maxFiles),
    deployments: await yamlFilesIfThere(join(checkout, 'deployments'), maxFiles),
  };
}

/** The checkout that the path is, or whose `detections` folder it lies in; null where there is none. */
function checkoutAbove(path: string): string | null {
  for (let folder = path, child = ''; ; child = folder, folder = dirname(folder)) {
    const isRoot = existsSync(join(folder, 'detections')) && existsSync(join(folder, 'macros'));
    if (isRoot && (child === '' || child === join(folder, 'detections'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

async function yamlFilesIfThere(folder: string, maxFiles: number): Promise<readonly string[]> {
  return existsSync(folder) ? yamlFiles(folder, maxFiles) : [];
}

/**
 * Folders and files that begin with a dot are passed over: `.git`, and the `..data` folders of a mounted ConfigMap,
 * whose visible files are links into them. Links to files are followed, links to folders are not.
 */
async function yamlFiles(folder: string, maxFiles: number): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (/^\.ya?ml$/i.test(extname(entry.name)) && (await isFile(entry, path))) files.push(path);
      if (files.length > maxFiles) {
        throw new ContentError(`folder: expected at most ${maxFiles} content files, found more.`, null);
      }
    }
  }
  return files.sort();
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  if (entry.isSymbolicLink()) return (await stat(path)).isFile();
  return entry.isFile();
}
