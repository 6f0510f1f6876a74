/** A process that acknowledges numbered batches until it is killed with -9, and many such lives on one storage. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Child {
  /** A file of this folder that prints the number of each batch that was acknowledged. */
  readonly script: 'killed-child.ts' | 'cold-kill-child.ts';
  readonly given: readonly string[];
  /** Options of Node. */
  readonly node?: readonly string[];
}

/** When it is killed. Times and counts from the first acknowledgement on make no short life of a slow start. */
export type Death =
  | { readonly acknowledgements: number }
  | { readonly msAfterFirst: number }
  | { readonly msAfterStart: number };

export interface Life {
  /** What it acknowledged. */
  readonly batches: readonly number[];
  /** From the start to the first acknowledgement; undefined where it died before. */
  readonly firstAfterMs: number | undefined;
}

/** Rejects where the process ends by itself. */
export function liveAndDie({ script, given, node = [] }: Child, death: Death): Promise<Life> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...node, join(import.meta.dirname, script), ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): boolean => child.kill('SIGKILL');
  if ('msAfterStart' in death) setTimeout(kill, death.msAfterStart);
  let said = '';
  let firstAfterMs: number | undefined;
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (firstAfterMs === undefined && 'msAfterFirst' in death) setTimeout(kill, death.msAfterFirst);
      firstAfterMs ??= performance.now() - startedAt;
      if ('acknowledgements' in death && said.split('\n').length > death.acknowledgements) kill();
    });
    child.once('close', (code, signal) => {
      // A line that was cut in the middle was not said.
      const lines = said.slice(0, said.lastIndexOf('\n') + 1).split('\n');
      if (signal === 'SIGKILL') resolve({ batches: lines.filter(Boolean).map(Number), firstAfterMs });
      else
        reject(new Error(`${script}: expected it to live until it is killed, found its end with ${code ?? signal}.`));
    });
  });
}

/**
 * Gives what was acknowledged in all lives together. Each begins with a batch a little before the last one that was, as
 * a sender does that tries again.
 */
export async function liveManyTimes(
  rounds: number,
  random: () => number,
  live: (first: number, round: number) => Promise<Life>,
): Promise<ReadonlySet<number>> {
  const acknowledged = new Set<number>();
  let newest = 0;
  for (let round = 0; round < rounds; round += 1) {
    const first = Math.max(0, newest - Math.floor(random() * 20));
    const { batches } = await live(first, round);
    for (const batch of batches) acknowledged.add(batch);
    newest = Math.max(newest, ...batches);
  }
  return acknowledged;
}
