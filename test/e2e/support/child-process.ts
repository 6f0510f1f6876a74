/**
 * A real process under test: started, watched, ended by its own id.
 *
 * Whatever a test leaves behind is killed when the test ends, and once more when the test runner exits.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** How much of a process's output is kept for errors. */
const keptCharacters = 200_000;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface RunOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
}

export interface Ended {
  /** null where a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess {
  readonly pid: number;
  /** Resolves when the process is gone and its output is read; never rejects. */
  readonly ended: Promise<Ended>;
  /** Resolves once it printed something to stdout; never where it does not. */
  readonly firstOutput: Promise<void>;
  readonly isAlive: () => boolean;
  readonly kill: (signal: NodeJS.Signals) => Promise<Ended>;
  /** Both streams so far, for errors. */
  readonly output: () => string;
}

/** Starts a process that the current test owns. Rejects where it cannot be started. */
export async function startProcess(options: RunOptions): Promise<RunningProcess> {
  const child = spawn(options.command, [...options.args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const firstOutput = new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout = stdout.length + text.length > 64 * 1024 * 1024 ? stdout : stdout + text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-keptCharacters);
  });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new Error(`${options.name}: cannot start "${options.command}".`, { cause: error })),
    );
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (status, signal) => {
      alive.delete(child);
      resolve({ status, signal, stdout, stderr });
    });
  });
  await started;
  alive.add(child);
  if (options.input !== undefined) {
    // A process that refuses its arguments does not read its input.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input);
  }
  const running: RunningProcess = {
    pid: child.pid ?? -1,
    ended,
    firstOutput,
    isAlive: () => alive.has(child),
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
    output: () =>
      `--- ${options.name}: stdout\n${stdout.slice(-20_000)}\n--- ${options.name}: stderr\n${stderr.slice(-20_000)}`,
  };
  onTestFinished(async (context) => {
    if (alive.has(child)) await running.kill('SIGKILL');
    if (context.task.result?.state === 'fail') console.error(running.output());
  });
  return running;
}

/** Runs a process to its end; kills it and rejects when `withinMs` is over. */
export async function runToEnd(options: RunOptions & { readonly withinMs: number }): Promise<Ended> {
  const running = await startProcess(options);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`${options.name}: still running after ${options.withinMs} ms.\n${running.output()}`));
    }, options.withinMs);
  });
  try {
    return await Promise.race([running.ended, late]);
  } finally {
    clearTimeout(timer);
    if (running.isAlive()) await running.kill('SIGKILL');
  }
}
