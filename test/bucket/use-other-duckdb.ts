/** With `node --import`: lets the process use the DuckDB that the extension is for. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { otherDuckdb } from './tools.ts';

const url = otherDuckdb === undefined ? undefined : pathToFileURL(join(otherDuckdb, 'lib/index.js')).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier === '@duckdb/node-api' ? (url ?? specifier) : specifier, context),
});
