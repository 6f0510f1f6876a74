import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { announceSeed } from '../support/seed.ts';

const CHILD = fileURLToPath(new URL('outbox-child.ts', import.meta.url));
const EVENTS = 300;
const BATCH = 7;

/** Runs the child; kills it once it printed the given line. Resolves to what it printed. */
async function run(folder: string, killAt: string | null): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, join(folder, 'outbox.duckdb'), join(folder, 'out.ndjson')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line === killAt) child.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  expect(signal ?? code).toBe(killAt === null ? 0 : 'SIGKILL');
  return lines;
}

test('kill -9 at any moment loses no committed event and keeps the order; at most one batch per kill comes twice', async () => {
  const seed = announceSeed('outbox kills');
  const kills = [seed % 20, 20 + (seed % 19), 40 + (seed % 17)];
  const folder = mkdtempSync(join(tmpdir(), 'pintail-crash-'));
  try {
    for (const transaction of kills) await run(folder, `committed ${transaction}`);
    expect((await run(folder, null)).at(-1)).toBe('drained');
    const lines = readFileSync(join(folder, 'out.ndjson'), 'utf8').split('\n');
    // A kill can cut a line short; its event comes again, whole.
    const arrived = lines.flatMap((line) => {
      try {
        return [Number((JSON.parse(line) as { event_id: string }).event_id)];
      } catch {
        return [];
      }
    });
    expect(lines.length - 1 - arrived.length).toBeLessThanOrEqual(kills.length);
    expect([...new Set(arrived)]).toEqual(Array.from({ length: EVENTS }, (_, index) => index));
    expect(arrived.length - EVENTS).toBeLessThanOrEqual(kills.length * BATCH);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
