/** Which files a content path means: a file, a folder, a Splunk app, or a checkout of splunk/security_content. */
import { type Dirent, existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { ContentError } from './yaml-file.ts';

/** The files of one content path, each list sorted by path. */
export interface ContentFiles {
  /** Where searches are looked for. Other kinds of content found here are told apart by their keys. */
  readonly detections: readonly string[];
  readonly macros: readonly string[];
  readonly deployments: readonly string[];
  readonly lookups: readonly string[];
  /** The Splunk app that the path is or lies in; null: none. */
  readonly app: AppFiles | null;
}

/** The `.conf` files of a Splunk app by kind, `default/` before `local/`. */
export interface AppFiles {
  readonly folder: string;
  readonly macros: readonly string[];
  readonly savedSearches: readonly string[];
  readonly transforms: readonly string[];
  readonly props: readonly string[];
}

/** Folders of a checkout that hold searches, in the order in which they are read. */
const searchFolders = ['detections', 'baselines', 'investigations'];
const layers = ['default', 'local'];

/** Throws where the path does not exist or holds more than `maxFiles` files. */
export async function findContent(path: string, maxFiles: number): Promise<ContentFiles> {
  const absolute = resolve(path);
  const found = await stat(absolute);
  const app = found.isFile() ? appOfFile(absolute) : appOf(absolute);
  if (app !== null && found.isFile()) return { detections: [], macros: [], deployments: [], lookups: [], app };
  const checkout = checkoutAbove(absolute);
  if (checkout === null) {
    const files = found.isFile() ? [absolute] : await yamlFiles(absolute, maxFiles);
    return { detections: files, macros: [], deployments: [], lookups: [], app };
  }
  const roots = checkout === absolute ? searchFolders.map((folder) => join(checkout, folder)) : [absolute];
  return {
    detections: found.isFile()
      ? [absolute]
      : (await Promise.all(roots.map((root) => yamlFilesIfThere(root, maxFiles)))).flat(),
    macros: await yamlFilesIfThere(join(checkout, 'macros'), maxFiles),
    deployments: await yamlFilesIfThere(join(checkout, 'deployments'), maxFiles),
    lookups: await yamlFilesIfThere(join(checkout, 'lookups'), maxFiles),
    app,
  };
}

/** The checkout that the path is, or one of whose folders of searches it lies in; null where there is none. */
function checkoutAbove(path: string): string | null {
  for (let folder = path, child = ''; ; child = folder, folder = dirname(folder)) {
    const isRoot = existsSync(join(folder, 'detections')) && existsSync(join(folder, 'macros'));
    if (isRoot && (child === '' || searchFolders.includes(basename(child)))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** An app's folder holds `default/` or `local/`, with the files in them; either of the two stands for its app. */
function appOf(folder: string): AppFiles | null {
  const isLayer = layers.includes(basename(folder)) && hasConf(folder);
  const root = isLayer ? dirname(folder) : folder;
  if (!layers.some((layer) => hasConf(join(root, layer)))) return null;
  const inLayers = (name: string) => layers.map((layer) => join(root, layer, name)).filter((file) => existsSync(file));
  return {
    folder: root,
    macros: inLayers('macros.conf'),
    savedSearches: inLayers('savedsearches.conf'),
    transforms: inLayers('transforms.conf'),
    props: inLayers('props.conf'),
  };
}

const confNames = ['macros.conf', 'savedsearches.conf', 'transforms.conf', 'props.conf'];

function hasConf(folder: string): boolean {
  return confNames.some((name) => existsSync(join(folder, name)));
}

/** One `.conf` file stands for itself, with nothing beside it. Null where the file is none. */
function appOfFile(file: string): AppFiles | null {
  if (extname(file) !== '.conf') return null;
  const name = basename(file);
  if (!confNames.includes(name)) {
    throw new ContentError(`file: expected one of ${confNames.join(', ')}, found "${name}".`, null);
  }
  const only = (wanted: string) => (name === wanted ? [file] : []);
  const inLayer = layers.includes(basename(dirname(file)));
  return {
    folder: inLayer ? dirname(dirname(file)) : dirname(file),
    macros: only('macros.conf'),
    savedSearches: only('savedsearches.conf'),
    transforms: only('transforms.conf'),
    props: only('props.conf'),
  };
}

/** YAML and CSV files of a folder, sorted; none where there is no such folder. */
export async function findLookups(
  folder: string,
  maxFiles: number,
): Promise<{ readonly definitions: readonly string[]; readonly tables: readonly string[] }> {
  const absolute = resolve(folder);
  if (!existsSync(absolute)) return { definitions: [], tables: [] };
  return { definitions: await yamlFiles(absolute, maxFiles), tables: await filesIn(absolute, /^\.csv$/i, maxFiles) };
}

async function yamlFilesIfThere(folder: string, maxFiles: number): Promise<readonly string[]> {
  return existsSync(folder) ? yamlFiles(folder, maxFiles) : [];
}

/**
 * Folders and files that begin with a dot are passed over: `.git`, and the `..data` folders of a mounted ConfigMap,
 * whose visible files are links into them. Links to files are followed, links to folders are not.
 */
async function yamlFiles(folder: string, maxFiles: number): Promise<readonly string[]> {
  return filesIn(folder, /^\.ya?ml$/i, maxFiles);
}

async function filesIn(folder: string, ending: RegExp, maxFiles: number): Promise<readonly string[]> {
  const files: string[] = [];
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (ending.test(extname(entry.name)) && (await isFile(entry, path))) files.push(path);
      if (files.length > maxFiles) {
        throw new ContentError(`folder: expected at most ${maxFiles} content files, found more.`, null);
      }
    }
  }
  return files.sort();
}

async function isFile(entry: Dirent, path: string): Promise<boolean> {
  // A link that leads nowhere counts as a file: reading it says what is wrong, and the others are loaded.
  if (entry.isSymbolicLink()) {
    return stat(path).then(
      (found) => found.isFile(),
      () => true,
    );
  }
  return entry.isFile();
}
