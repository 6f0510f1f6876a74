/** Files that ship with Pintail, found from `src/` and from `dist/` alike. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Absolute path of a file or folder of the package, e.g. `config/detections`. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

/**
 * A path of the configuration: as given where it exists (relative to the working directory); otherwise, for the
 * defaults that ship with Pintail, the package's own.
 */
export function findShipped(path: string): string {
  const shipped = packageFile(path);
  return !existsSync(path) && existsSync(shipped) ? shipped : path;
}
