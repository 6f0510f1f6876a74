/**
 * The command line: picks the command, prints what went wrong in one form, gives the exit status.
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { registerCheck } from './check.ts';
import type { ExitStatus, RegisterCommand, Terminal } from './command.ts';
import { UsageError } from './command.ts';
import { registerCompile } from './compile.ts';
import { registerDeadLetters } from './dead-letters.ts';
import { registerDemo } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerReplay } from './replay.ts';
import { registerScan } from './scan.ts';
import { registerSearch } from './search.ts';
import { registerServe } from './serve.ts';
import { registerSql } from './sql.ts';
import { registerTest } from './test.ts';

const commands: readonly RegisterCommand[] = [
  registerServe,
  registerReplay,
  registerScan,
  registerSearch,
  registerSql,
  registerCompile,
  registerCheck,
  registerDoctor,
  registerDeadLetters,
  registerTest,
  registerDemo,
];

/**
 * Runs one command line (without `node` and the script's name) and resolves to its exit status:
 * 0 done, 1 a problem was found or something failed, 2 wrong usage. Never rejects.
 */
export async function run(argv: readonly string[], ends: Pick<Terminal, 'exit' | 'killSelf'>): Promise<number> {
  const terminal = processTerminal(ends);
  let status: ExitStatus = 0;
  const program = new Command('pintail')
    .description("Runs Splunk's Kubernetes detections without Splunk, on an embedded DuckDB.")
    .version(packageVersion())
    .showHelpAfterError('(pintail <command> --help shows what it takes)')
    .exitOverride();
  for (const register of commands) {
    register(program, terminal, (commandStatus) => {
      status = commandStatus;
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return status;
  } catch (error: unknown) {
    return reportFailure(error, terminal);
  }
}

function reportFailure(error: unknown, terminal: Terminal): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    terminal.stderr.write(`pintail: ${error.message}\n`);
    return 2;
  }
  if (isBrokenPipe(error)) return 0;
  if (error instanceof AggregateError && error.errors.length > 0) {
    for (const one of error.errors) reportFailure(one, terminal);
    return 1;
  }
  if (isBug(error)) {
    terminal.stderr.write(`pintail: this is a bug in pintail, not in your input.\n${error.stack ?? String(error)}\n`);
    return 1;
  }
  terminal.stderr.write(`pintail: ${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
}

/** The reader of our output went away (`pintail … | head`): nothing is wrong. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EPIPE';
}

/** The language's own errors are ours; every mistake of a user and failure of the world has a class or a code. */
function isBug(error: unknown): error is Error {
  return (
    error instanceof Error &&
    !('code' in error) &&
    ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError', 'EvalError'].includes(error.name)
  );
}

function processTerminal(ends: Pick<Terminal, 'exit' | 'killSelf'>): Terminal {
  // A write tells its own caller that the reader has gone; the stream's event comes after that, and without a
  // listener it would end the process with a stack trace.
  process.stdout.on('error', () => {});
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    stopRequested: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
      }),
    ...ends,
  };
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
