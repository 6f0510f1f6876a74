/**
 * One process per storage directory, kept by a lock file of our own.
 *
 * DuckDB locks its file too, but that lock is gone as soon as the same process opens and closes the file
 * once more, and a second opener inside one process is never refused. The lock file names its holder. A
 * holder that was killed leaves the file behind; it is taken over when no process with that id and that
 * start time lives on this boot of the machine. One that has ended and that its parent has not asked for yet (a zombie,
 * which in a container may stay for good) does not live. Two processes that take over at the same moment, or that
 * share the directory from different pid namespaces, are told apart by DuckDB's lock, which `open` takes next.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { PermanentError } from '../component.ts';

interface Holder {
  readonly pid: number;
  /** Clock ticks between boot and the process's start; null where the system does not tell. */
  readonly startTicks: string | null;
  readonly bootId: string | null;
  readonly host: string;
  readonly token: string;
}

export interface LockFile {
  release(): Promise<void>;
}

/** Takes the lock. @throws PermanentError that names the holder where a living process has it, or the folder where it is not ours to write. */
export async function takeLock(path: string): Promise<LockFile> {
  try {
    return await take(path);
  } catch (error: unknown) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) throw error;
    throw new PermanentError(
      `storage directory: expected to write in "${dirname(path)}", found that the system refuses it (${errorCode(error)}${ownUser()}). ` +
        'Run as the owner of that folder or choose another storage directory.',
      { cause: error },
    );
  }
}

async function take(path: string): Promise<LockFile> {
  const own: Holder = {
    pid: process.pid,
    startTicks: startTicks(process.pid),
    bootId: bootId(),
    host: hostname(),
    token: randomUUID(),
  };
  for (let attempt = 0; attempt < 10; attempt++) {
    if (await create(path, own)) {
      return { release: () => releaseOwn(path, own) };
    }
    const text = await readFile(path, 'utf8').catch(absentAsNull);
    if (text === null) {
      continue;
    }
    const holder = parseHolder(text);
    if (holder !== null && isAlive(holder, own)) {
      throw new PermanentError(
        `storage directory: expected it to be free, found "${path}" held by process ${holder.pid} on ${holder.host}. ` +
          'Stop that process or choose another storage.directory.',
      );
    }
    await removeStale(path, text, own.token);
  }
  throw new PermanentError(`storage directory: expected to take "${path}", found other processes taking it too.`);
}

function ownUser(): string {
  const id = process.getuid?.();
  return id === undefined ? '' : `; this process is of user ${id}`;
}

/** Creates the file with its content in one step, so that nobody reads a half-written holder. */
async function create(path: string, own: Holder): Promise<boolean> {
  const temporary = `${path}.${own.token}`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(JSON.stringify(own));
    await file.datasync();
  } finally {
    await file.close();
  }
  try {
    await link(temporary, path);
    return true;
  } catch (error: unknown) {
    if (errorCode(error) === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Moves the stale file away; puts it back where another process replaced it in between. */
async function removeStale(path: string, staleText: string, token: string): Promise<void> {
  const moved = `${path}.stale.${token}`;
  try {
    await rename(path, moved);
  } catch (error: unknown) {
    if (errorCode(error) === 'ENOENT') {
      return;
    }
    throw error;
  }
  if ((await readFile(moved, 'utf8')) !== staleText) {
    await link(moved, path);
  }
  await rm(moved, { force: true });
}

async function releaseOwn(path: string, own: Holder): Promise<void> {
  const text = await readFile(path, 'utf8').catch(absentAsNull);
  if (text !== null && parseHolder(text)?.token === own.token) {
    await rm(path, { force: true });
  }
}

function isAlive(holder: Holder, own: Holder): boolean {
  if (holder.bootId !== own.bootId) {
    return false;
  }
  if (holder.startTicks !== null) {
    return startTicks(holder.pid) === holder.startTicks;
  }
  if (holder.host !== own.host) {
    return false;
  }
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error: unknown) {
    return errorCode(error) === 'EPERM';
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'pid' in value && 'token' in value ? (value as Holder) : null;
  } catch (error: unknown) {
    if (error instanceof SyntaxError) {
      return null;
    }
    throw error;
  }
}

/** Field 22 of /proc/<pid>/stat, null where no such process lives; the command name before it may hold blanks and brackets. */
function startTicks(pid: number): string | null {
  const stat = readOptional(`/proc/${pid}/stat`);
  if (stat === null) {
    return null;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  // A process that was killed is a zombie before its last thread has gone and closed its files.
  const hasEnded = 'ZX'.includes(state) && Number(fields[17]) <= 1;
  return hasEnded ? null : (fields[19] ?? null);
}

function bootId(): string | null {
  return readOptional('/proc/sys/kernel/random/boot_id')?.trim() ?? null;
}

function readOptional(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error: unknown) {
    if (errorCode(error) !== undefined) {
      return null;
    }
    throw error;
  }
}

function absentAsNull(error: unknown): null {
  if (errorCode(error) === 'ENOENT') {
    return null;
  }
  throw error;
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
