/**
 * Measures the event store by itself and prints one JSON object a line.
 *
 *   PINTAIL_CORPORA=… node bench/store.ts [load] [direct] [latency] [recovery]
 *
 *   load      500,000 rows as fast as `append` takes them, fsynced
 *   direct    1,000,000 rows through `loadDirect`, without fsync
 *   latency   20,000 rows a second for 20 s, in batches of 400; how long `append` takes and until rows are queryable
 *   recovery  a child is killed with a full spool; how long the next start takes, and its backlog
 */
process.env.UV_THREADPOOL_SIZE ??= '12';

import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditRow, Metrics } from '../src/component.ts';
import { openEventStore } from '../src/store/event-store.ts';
import { StoreEvents } from './store-events.ts';

const corpora = process.env.PINTAIL_CORPORA;
if (corpora === undefined) {
  throw new Error('bench: expected PINTAIL_CORPORA to name the folder of recorded events.');
}
const events = new StoreEvents(corpora, { seed: 1, stepMicros: 50 });
const startMicros = Date.UTC(2026, 0, 1) * 1000;
const batchRows = 8192;

const quiet = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
const metrics: Metrics = { add: () => undefined, observe: () => undefined, gauge: () => undefined };
const context = { logger: quiet, metrics, clock: Date.now };

function batches(count: number): readonly AuditRow[][] {
  return Array.from({ length: Math.ceil(count / batchRows) }, (_item, index) =>
    events.rows(Math.min(batchRows, count - index * batchRows), startMicros + index * batchRows * 50),
  );
}

async function inDirectory(work: (directory: string) => Promise<object>, name: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'pintail-bench-'));
  try {
    console.log(JSON.stringify({ bench: name, ...(await work(directory)) }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function sizes(directory: string, rows: readonly AuditRow[][]): object {
  const count = rows.reduce((sum, batch) => sum + batch.length, 0);
  const rawBytes = rows.reduce((sum, batch) => sum + batch.reduce((all, row) => all + row._raw.length, 0), 0);
  const fileBytes = statSync(join(directory, 'pintail.duckdb')).size;
  return { rawBytesPerEvent: rawBytes / count, diskBytesPerEvent: fileBytes / count, rawPerDisk: rawBytes / fileBytes };
}

async function load(directory: string): Promise<object> {
  const data = batches(500_000);
  const store = await openEventStore({ directory }, context);
  const started = performance.now();
  const cpu = process.cpuUsage();
  let appending = 0;
  for (const audit of data) {
    const before = performance.now();
    await store.append({ audit, logs: [] });
    appending += performance.now() - before;
  }
  const appended = performance.now() - started;
  await store.loaded();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await store.shutdown();
  return {
    rowsPerSecondAcknowledged: Math.round(500_000 / (appended / 1000)),
    rowsPerSecondLoaded: Math.round(500_000 / seconds),
    cpuMicrosPerRow: (user + system) / 500_000,
    meanAppendMs: appending / data.length,
    ...sizes(directory, data),
  };
}

async function direct(directory: string): Promise<object> {
  // One data set twice under other times would be copies, so the million is made in two halves of fresh rows.
  const store = await openEventStore({ directory, durable: false }, context);
  let seconds = 0;
  let data: readonly AuditRow[][] = [];
  for (let half = 0; half < 4; half++) {
    data = batches(250_000);
    const started = performance.now();
    await store.loadDirect(data.map((audit) => ({ audit, logs: [] })));
    seconds += (performance.now() - started) / 1000;
  }
  await store.shutdown();
  return { rows: 1_000_000, seconds, rowsPerSecond: Math.round(1_000_000 / seconds) };
}

async function latency(directory: string): Promise<object> {
  const data = Array.from({ length: 1000 }, (_item, index) => events.rows(400, startMicros + index * 20_000));
  const store = await openEventStore({ directory }, context);
  const acknowledged: number[] = [];
  const fresh: number[] = [];
  const work: Promise<void>[] = [];
  const started = performance.now();
  for (const [index, audit] of data.entries()) {
    const due = started + index * 20;
    const early = due - performance.now();
    if (early > 0) {
      await new Promise((resolve) => setTimeout(resolve, early));
    }
    work.push(
      (async () => {
        await store.append({ audit, logs: [] });
        acknowledged.push(performance.now() - due);
        const id = audit[0]?.auditID ?? '';
        if (index % 50 === 0) {
          const count = async (): Promise<unknown> =>
            (
              await store.database.read({ share: 'service' }, (connection) =>
                connection.query('select count(*) as n from kube_audit where "auditID" = $1', [id]),
              )
            )[0]?.n;
          while ((await count()) !== 1) {
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          fresh.push(performance.now() - due);
        }
      })(),
    );
  }
  await Promise.all(work);
  await store.shutdown();
  return { rowsPerSecond: 20_000, ackMs: percentiles(acknowledged), queryableMs: percentiles(fresh) };
}

function percentiles(values: readonly number[]): object {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

async function recovery(directory: string): Promise<object> {
  const child = fork(import.meta.filename, ['fill', directory], { env: process.env });
  await new Promise<void>((resolve) => child.once('message', () => resolve()));
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGKILL');
  await gone;
  const walBytes = statSync(join(directory, 'pintail.duckdb.wal'), { throwIfNoEntry: false })?.size ?? 0;
  const started = performance.now();
  const store = await openEventStore({ directory }, context);
  const openMs = performance.now() - started;
  await store.loaded();
  const loadedMs = performance.now() - started;
  const rows = await store.database.read({ share: 'service' }, (connection) =>
    connection.query('select count(*) as n from kube_audit'),
  );
  await store.shutdown();
  return { walBytes, openMs, loadedMs, rows: rows[0]?.n };
}

/** The child of `recovery`: appends at full speed, says so after 400,000 rows, and goes on until it is killed. */
async function fill(directory: string): Promise<void> {
  const data = batches(600_000);
  const store = await openEventStore({ directory }, context);
  for (const [index, audit] of data.entries()) {
    await store.append({ audit, logs: [] });
    if (index * batchRows > 400_000) {
      process.send?.('full');
    }
  }
}

const [first, second] = process.argv.slice(2);
if (first === 'fill' && second !== undefined) {
  await fill(second);
} else {
  const wanted = process.argv.slice(2);
  for (const [name, work] of Object.entries({ load, direct, latency, recovery })) {
    if (wanted.length === 0 || wanted.includes(name)) {
      await inDirectory(work, name);
    }
  }
}
