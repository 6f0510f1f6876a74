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
process.exitCode = await run(process.argv.slice(2), { exit: (status) => process.exit(status), killSelf });

/**
 * `process.exit` would wait for the threads of the pool, so for a call of DuckDB that does not end. SIGKILL waits for
 * nothing, but the first process of a container is deaf to its own: that one becomes a process that only ends, with the
 * status that a supervisor of containers gives to SIGKILL.
 */
function killSelf(): void {
  process.kill(process.pid, 'SIGKILL');
  process.execve?.(process.execPath, [process.execPath, '-e', 'process.exitCode = 137'], {});
}
