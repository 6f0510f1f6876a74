/** What install.sh brought. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const build = join(import.meta.dirname, 'build');

export const extensionFile = join(build, 'httpfs.duckdb_extension');
export const pythonFile = join(build, 'venv/bin/python');

/** Folders of the packages of the DuckDB that the extension is for; none where it is the program's own. */
export const otherDuckdb: Readonly<Record<string, string>> = Object.fromEntries(
  ['@duckdb/node-api', '@duckdb/node-bindings']
    .map((name) => [name, join(build, 'node_modules', name)] as const)
    .filter(([, folder]) => existsSync(folder)),
);

/** Undefined where all is there. */
export const missing = existsSync(join(build, 'built-from'))
  ? undefined
  : 'bucket tests are skipped: expected what test/bucket/install.sh brings, found nothing';
