/** A command of the command line in this process. */
import { PassThrough } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { Command } from 'commander';
import type { ExitStatus, RegisterCommand } from '../../src/cli/command.ts';

export interface Ended {
  readonly status: ExitStatus | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Rejects as the command does; what the option parser refuses with a CommanderError. */
export async function runCommand(register: RegisterCommand, ...argv: string[]): Promise<Ended> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const texts = Promise.all([readText(stdout), readText(stderr)]);
  let status: ExitStatus | null = null;
  const terminal = {
    stdout,
    stderr,
    environment: {},
    stopRequested: () => new Promise<string>(() => {}),
    exit: () => {
      throw new Error('exit');
    },
    killSelf: () => {
      throw new Error('killSelf');
    },
  };
  const program = new Command('pintail').exitOverride().configureOutput({ writeErr: () => undefined });
  register(program, terminal, (given) => {
    status = given;
  });
  for (const command of program.commands) command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } finally {
    stdout.end();
    stderr.end();
  }
  const [out, error] = await texts;
  return { status, stdout: out, stderr: error };
}
