/** Files that ship with Pintail, found from `src/` and from `dist/` alike. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Absolute path of a file or folder of the package, e.g. `config/detections`. */
export function packageFile(path: string): string {
  return join(import.meta.dirname, '../..', path);
}

/**
 * The path of content that has a default: as `written`, or else the `shipped` default, relative to the working directory.
 * Where the default is not there, the package's own takes its place, and `tell` hears of it if it was written; without
 * `tell` what was written stays as it is. Any other path stays, there or not.
 */
export function findShipped(
  written: string | undefined,
  shipped: string,
  tell: ((message: string) => void) | undefined,
): string {
  const path = written ?? shipped;
  if (path !== shipped || existsSync(path) || (written !== undefined && tell === undefined)) return path;
  const own = packageFile(shipped);
  if (written !== undefined) tell?.(`${path}: found nothing there, so what ships with Pintail is taken: ${own}`);
  return own;
}
