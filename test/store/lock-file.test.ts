import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PermanentError } from '../../src/component.ts';
import { takeLock } from '../../src/store/lock-file.ts';
import { openTestStore, rejection } from './store-fixture.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pintail-lock-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

test('refuses a second taker in the same process, and is free after release', async () => {
  const path = join(directory, 'lock');
  const lock = await takeLock(path);
  const error = await rejection(takeLock(path));
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toContain(`process ${process.pid}`);
  await lock.release();
  await (await takeLock(path)).release();
  expect(existsSync(path)).toBe(false);
});

test.skipIf(process.platform !== 'linux')('names the folder that it may not write in, and what to do', async () => {
  const error = await rejection(takeLock('/sys/pintail.lock'));
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toMatch(
    /storage directory: expected to write in "\/sys", found that the system refuses it \(E[A-Z]+; this process is of user \d+\)\. Run as the owner/,
  );
});

test('takes over from a process that is gone, though another has its id now', async () => {
  const path = join(directory, 'lock');
  const lock = await takeLock(path);
  const holder = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...holder, startTicks: '1', token: 'gone' }));
  const second = await takeLock(path);
  // The first taker must not remove what is not its own any more.
  await lock.release();
  expect(existsSync(path)).toBe(true);
  await second.release();
});

test('takes over after a restart of the machine and from a file that is no lock', async () => {
  const path = join(directory, 'lock');
  const lock = await takeLock(path);
  const holder = JSON.parse(readFileSync(path, 'utf8'));
  await lock.release();
  writeFileSync(path, JSON.stringify({ ...holder, bootId: 'another boot' }));
  await (await takeLock(path)).release();
  writeFileSync(path, '{"pid":');
  await (await takeLock(path)).release();
});

test('a second process is refused with the name of the first, and gets the store once that was killed', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'killed-child.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    const error = await rejection(openTestStore({ directory }));
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toContain(`process ${child.pid}`);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  await using opened = await openTestStore({ directory });
  const [row] = await opened.loadedRows('select count(*) as n from kube_audit');
  expect(row?.n).toBeGreaterThan(0);
});

// Elsewhere than on Linux nothing tells a zombie from a living process.
test.skipIf(!existsSync('/proc/self/stat'))(
  'a holder that was killed and is a zombie does not count as alive',
  async () => {
    const child = join(import.meta.dirname, 'killed-child.ts');
    // `sleep` becomes the parent of the store's process and never asks how it ended.
    const parent = spawn(
      'sh',
      ['-c', '"$0" "$1" "$2" >&2 & echo $!; exec sleep 600', process.execPath, child, directory],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    try {
      const [line] = await Promise.all([once(parent.stdout, 'data'), once(parent.stderr, 'data')]);
      const pid = Number(String(line));
      process.kill(pid, 'SIGKILL');
      // Its state, and its threads that are still there: the last of them ends after the process became a zombie.
      const stateAndThreads = () =>
        readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) (\S)(?: \S+){16} (\d+) .*$/s, '$1 $2');
      await expect.poll(stateAndThreads).toMatch(/^Z [01]$/);
      await using opened = await openTestStore({ directory });
      const [row] = await opened.loadedRows('select count(*) as n from kube_audit');
      expect(row?.n).toBeGreaterThan(0);
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'close');
    }
  },
);
