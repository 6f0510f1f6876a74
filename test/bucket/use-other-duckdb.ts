/** With `node --import`: lets the process use the DuckDB that the extension is for. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { otherDuckdb } from './tools.ts';

const urls = new Map(
  Object.entries(otherDuckdb).map(([name, folder]) => {
    const { main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly main: string };
    return [name, pathToFileURL(join(folder, main)).href];
  }),
);

// What `require` asks for is asked for by the packages themselves, which stand beside one another; it takes no URLs.
registerHooks({
  resolve: (specifier, context, nextResolve) => {
    const isImport = context.conditions.includes('import');
    return nextResolve((isImport ? urls.get(specifier) : undefined) ?? specifier, context);
  },
});
