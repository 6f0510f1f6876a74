/**
 * What a command is to the command line: it reads its arguments, does one thing, and answers with an
 * exit status: 0 done, 1 a problem was found or something failed, 2 wrong usage.
 */
import type { Command } from 'commander';

export type ExitStatus = 0 | 1 | 2;

/** Everything outside the process that a command may touch, so that tests can hold it. */
export interface Terminal {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes over SIGINT and SIGTERM; resolves to the signal's name when one comes. A second one ends the process. */
  readonly stopRequested: () => Promise<string>;
  /** Ends the process with its exit status; not before DuckDB has ended what it is at. */
  readonly exit: (status: number) => never;
  /** Ends the process at once, as kill -9 does; only for a state that cannot be shut down in order. */
  readonly killSelf: () => void;
}

/** Writes lines on standard error, for what has its own way to be told. */
export function toStderr({ stderr }: Pick<Terminal, 'stderr'>): (line: string) => void {
  return (line) => {
    stderr.write(`${line}\n`);
  };
}

/** Wrong usage that the option parser cannot see: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Adds one command to the program; `report` receives its exit status. */
export type RegisterCommand = (program: Command, terminal: Terminal, report: (status: ExitStatus) => void) => void;
