/**
 * Measures `pintail scan` of a file of audit events with every detection, and prints one JSON object.
 *
 *   PINTAIL_ESCU=… npm run -s bench:scan -- [--events 1000000]
 *
 * Detections are those of `PINTAIL_ESCU`, else the shipped ones.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { AuditEventGenerator } from './audit-event-generator.ts';
import { loadTemplates } from './audit-templates.ts';
import { describeMachine } from './machine.ts';

const { values } = parseArgs({ options: { events: { type: 'string', default: '1000000' } } });
const events = Number(values.events);
const { origin, templates } = loadTemplates(process.env.PINTAIL_CORPORA);
const escu = process.env.PINTAIL_ESCU;

const directory = await mkdtemp(join(tmpdir(), 'pintail-bench-'));
try {
  const file = join(directory, 'audit.log');
  await write(file);
  process.stderr.write(`bench: scanning ${events} events\n`);
  const before = performance.now();
  const main = new URL('../src/main.ts', import.meta.url).pathname;
  const detections = escu === undefined ? [] : ['--detections', escu];
  const child = spawn(process.execPath, [main, 'scan', file, '--format', 'ndjson', ...detections], {
    stdio: ['ignore', 'pipe', 2],
  });
  let findings = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 0x0a) findings += 1;
  });
  const [status] = await once(child, 'close');
  // A detection that does not compile is reported by status 1; the others ran.
  if (status !== 0 && status !== 1) throw new Error(`scan: expected it to end by itself, found exit status ${status}.`);
  const seconds = (performance.now() - before) / 1000;
  console.log(
    JSON.stringify(
      {
        benchmark: 'scan',
        machine: describeMachine(),
        events: origin,
        scannedEvents: events,
        rawMegabytes: Math.round((await stat(file)).size / 1e6),
        seconds: Math.round(seconds * 10) / 10,
        eventsPerSecond: Math.round(events / seconds),
        findings,
      },
      null,
      2,
    ),
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}

async function write(file: string): Promise<void> {
  const generator = new AuditEventGenerator({
    seed: 1,
    startMs: Date.UTC(2026, 0, 1),
    eventsPerSecond: 5000,
    templates,
  });
  const out = createWriteStream(file);
  for (let made = 0; made < events; made += 1000) {
    const lines = Array.from({ length: Math.min(1000, events - made) }, () => generator.next());
    if (!out.write(`${lines.join('\n')}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
