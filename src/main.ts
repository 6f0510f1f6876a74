#!/usr/bin/env node
/**
 * The only entry and the only exit.
 *
 * DuckDB calls, fsync and gunzip share libuv's threads, four by default: a few long queries would hold
 * back the fsync that an acknowledgement waits for. The size counts only if it is set before anything
 * uses the pool, so everything else is imported after.
 */
process.env.UV_THREADPOOL_SIZE ??= '12';

const { run } = await import('./cli/run.ts');
process.exitCode = await run(process.argv.slice(2), (code) => process.exit(code));
