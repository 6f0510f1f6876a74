/** A folder with its parents, made one by one: where the system refuses with ENOENT (/proc), Node's own recursion never ends. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PermanentError } from '../component.ts';
import { errorCode } from './lock-file.ts';

/** `what` names the configuration's key. @throws PermanentError where the folder cannot be made, or something else is there. */
export async function makeFolder(path: string, what: string): Promise<void> {
  try {
    await make(path);
  } catch (error: unknown) {
    const found = error instanceof Error ? error.message : String(error);
    throw new PermanentError(`${what}: expected a folder that can be made at "${path}", found: ${found}.`, {
      cause: error,
    });
  }
}

async function make(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error: unknown) {
    const parent = dirname(path);
    if (errorCode(error) === 'ENOENT' && parent !== path && !(await exists(parent))) {
      await make(parent);
      await mkdir(path);
      return;
    }
    if (errorCode(error) !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error: unknown) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
