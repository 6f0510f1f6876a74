import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../src/store/make-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-folder-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('makes parents too, and leaves what is there', async () => {
  const deep = join(folder, 'a/b/c');
  await makeFolder(deep, 'storage.directory');
  await makeFolder(deep, 'storage.directory');
  expect((await stat(deep)).isDirectory()).toBe(true);
});

test('refuses what is in the way, by the name of the key', async () => {
  await writeFile(join(folder, 'file'), '');
  for (const path of ['file', 'file/within']) {
    await expect(makeFolder(join(folder, path), 'storage.directory')).rejects.toThrow(
      `storage.directory: expected a folder that can be made at "${join(folder, path)}", found: E`,
    );
  }
});

test.skipIf(process.platform !== 'linux')('ends where the system takes no folder', async () => {
  await expect(makeFolder('/proc/pintail/data', 'storage.directory')).rejects.toThrow(
    'storage.directory: expected a folder that can be made at "/proc/pintail/data", found: ENOENT',
  );
});
