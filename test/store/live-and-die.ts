import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** Runs `cold-kill-child.ts` for a time, kills it, and gives the batches it acknowledged. */
export function liveAndDie(
  given: readonly string[],
  lifetimeMs: number,
  node: readonly string[] = [],
): Promise<readonly number[]> {
  const script = join(import.meta.dirname, 'cold-kill-child.ts');
  const child = spawn(process.execPath, [...node, script, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      // From its first acknowledgement on, so that a slow start is no short life.
      if (text === '') setTimeout(() => child.kill('SIGKILL'), lifetimeMs);
      text += chunk;
    });
    child.once('close', (_code, signal) => {
      if (signal !== 'SIGKILL') reject(new Error(`the child ended by itself: ${text.slice(-200)}`));
      const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
      resolve(lines.filter(Boolean).map(Number));
    });
  });
}
