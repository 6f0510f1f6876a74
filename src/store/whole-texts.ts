/**
 * Lets `@duckdb/node-api` 1.5 read texts whole: its decoder drops a U+FEFF at the start of each, so that the user
 * `\ufeffadmin` would be scored as `admin`, and the text of an event would not be the one that came.
 */
import { createRequire } from 'node:module';

interface DataAccessors {
  textDecoder: InstanceType<typeof TextDecoder>;
}

const accessors = createRequire(import.meta.url)('@duckdb/node-api/lib/vectors/dataAccessors.js') as DataAccessors;

/** The decoder that the package brings. */
export const packageDecoder = accessors.textDecoder;

accessors.textDecoder = new TextDecoder('utf-8', { ignoreBOM: true });
