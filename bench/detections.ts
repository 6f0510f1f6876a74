/**
 * Measures detections and hunting over a full hour of events, and prints one JSON object.
 *
 *   PINTAIL_ESCU=… npm run -s bench:detections -- [--rows 18000000] [--hour 3600] [--directory D] [--runs 3]
 *
 * Events are those of the ingest benchmark; from 2,000,000 on they are repeated with other times. Detections are the
 * audit searches (macro `kube_audit`) of `PINTAIL_ESCU`, else the shipped ones. A kept `--directory` is used again.
 */
process.env.UV_THREADPOOL_SIZE ??= '12';

import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Database, Metrics, NormalizedBatch, TimeWindow } from '../src/component.ts';
import { normalizePieces } from '../src/normalize/index.ts';
import { compileContent } from '../src/service/content.ts';
import { openEventStore } from '../src/store/event-store.ts';
import { AuditEventGenerator } from './audit-event-generator.ts';
import { loadTemplates } from './audit-templates.ts';
import { describeMachine } from './machine.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '18000000' },
    hour: { type: 'string', default: '3600' },
    directory: { type: 'string' },
    runs: { type: 'string', default: '3' },
    detection: { type: 'string', multiple: true },
  },
});
const rows = Number(values.rows);
const seconds = Number(values.hour);
const runs = Number(values.runs);
const freshRows = Math.min(rows, 2_000_000);
const startMs = Date.UTC(2026, 0, 1, 12);
const window: TimeWindow = {
  earliest: startMs / 1000,
  latest: startMs / 1000 + seconds,
  now: startMs / 1000 + seconds,
};

const silent = { debug: () => undefined, info: () => undefined, warn: console.error, error: console.error };
const metrics: Metrics = { add: () => undefined, observe: () => undefined, gauge: () => undefined };
const templates = loadTemplates(process.env.PINTAIL_CORPORA);

function* batches(): Generator<NormalizedBatch> {
  const generator = new AuditEventGenerator({
    seed: 1,
    startMs,
    eventsPerSecond: rows / seconds,
    templates: templates.templates,
  });
  const record = { timeUnixNano: 0n, observedTimeUnixNano: 0n, severityNumber: 0, severityText: '', eventName: '' };
  for (let made = 0; made < freshRows; made += 8192) {
    const logRecords = Array.from({ length: Math.min(8192, freshRows - made) }, () => ({
      ...record,
      body: generator.next(),
      attributes: {},
    }));
    const resourceAttributes = { 'com.splunk.sourcetype': 'kube:apiserver-audit', 'k8s.cluster.name': 'prod' };
    const batch = { receiver: 'bench', resourceLogs: [{ resourceAttributes, logRecords }] };
    yield* normalizePieces(batch, { arrivalMicros: startMs * 1000 }, logRecords.length);
  }
}

/** The rest of the rows: the fresh ones again, each time later by the time that those cover. */
async function repeat(database: Database): Promise<void> {
  const span = Math.round((freshRows / rows) * seconds * 1e6);
  const stored = await database.read({ share: 'service' }, (connection) =>
    connection.query(
      `select schema_name || '."' || table_name || '"' as "table" from duckdb_tables() where table_name like 'kube_audit%'`,
    ),
  );
  const table = String(stored[0]?.table);
  for (let copy = 1; copy * freshRows < rows; copy++) {
    process.stderr.write(`bench: ${(copy * freshRows) / 1e6} of ${rows / 1e6} million rows\n`);
    await database.write((connection) =>
      connection.run(
        `insert into ${table} select * replace (_time + to_microseconds(${copy * span}) as _time, uuid() as "identity")
          from ${table} where _time < make_timestamp(${startMs * 1000 + span}) limit ${rows - copy * freshRows}`,
      ),
    );
  }
}

interface Timing {
  readonly name: string;
  readonly rows: number;
  readonly milliseconds: number;
  readonly processorSeconds: number;
}

async function time(database: Database, name: string, sql: string, share: 'detection' | 'hunt'): Promise<Timing> {
  const timings: Timing[] = [];
  for (let run = 0; run < runs; run++) {
    const before = performance.now();
    const processor = process.cpuUsage();
    const found = await database.read({ share, window }, (connection) => connection.query(sql));
    const { user, system } = process.cpuUsage(processor);
    timings.push({
      name,
      rows: found.length,
      milliseconds: Math.round(performance.now() - before),
      processorSeconds: Math.round((user + system) / 1e4) / 100,
    });
  }
  timings.sort((a, b) => a.milliseconds - b.milliseconds);
  const median = timings[Math.floor(timings.length / 2)];
  if (median === undefined) throw new Error('bench: expected --runs of at least 1.');
  process.stderr.write(`bench: ${median.milliseconds} ms, ${median.processorSeconds} s of processor, ${name}\n`);
  return median;
}

const hunts = {
  'typed filter and group': `select verb, "objectRef".resource, count(*) from kube_audit
    where "responseStatus".code >= 400 group by all order by 3 desc`,
  'body path behind a typed filter': `select json_extract_string(_raw, '$.requestObject.spec.containers[0].image') as image, count(*)
    from kube_audit where verb = 'create' and "objectRef".resource = 'pods' group by all`,
  'keyword over all _raw': `select count(*) from kube_audit where _raw ilike '%imagePullPolicy":"Always%'`,
};

const directory = values.directory ?? (await mkdtemp(join(tmpdir(), 'pintail-bench-')));
const isKept = existsSync(join(directory, 'pintail.duckdb'));
const store = await openEventStore(
  { directory, durable: false },
  { logger: silent, metrics, clock: () => startMs + seconds * 1000 },
);
try {
  const { database } = store;
  if (!isKept) {
    await store.loadDirect(batches());
    await repeat(database);
    await database.write((connection) => connection.run('checkpoint').catch(() => 0));
  }
  const escu = process.env.PINTAIL_ESCU;
  const { detections } = await compileContent(
    { ...(escu !== undefined && { paths: [escu] }), strictSplunk: false },
    'session',
  );
  const timings: Timing[] = [];
  const before = performance.now();
  for (const compiled of detections) {
    const { name, search } = compiled.detection;
    const isWanted = values.detection?.includes(name) ?? /^\s*`kube_audit`/.test(search ?? '');
    if (isWanted && compiled.ok) timings.push(await time(database, name, compiled.sql, 'detection'));
  }
  const together = Math.round((performance.now() - before) / runs);
  const hunted: Timing[] = [];
  for (const [name, sql] of Object.entries(hunts)) hunted.push(await time(database, name, sql, 'hunt'));
  const [count] = await database.read({ share: 'hunt' }, (connection) =>
    connection.query('select count(*) as n from kube_audit'),
  );
  console.log(
    JSON.stringify(
      {
        benchmark: 'detections',
        rows: count?.n,
        events: templates.origin,
        fileBytesPerRow: Math.round((await stat(join(directory, 'pintail.duckdb'))).size / Number(count?.n)),
        machine: describeMachine(),
        detections: { count: timings.length, millisecondsOneAfterTheOther: together, each: timings },
        hunts: hunted,
        maxResidentMebibytes: Math.round(process.resourceUsage().maxRSS / 1024),
      },
      null,
      2,
    ),
  );
} finally {
  await store.shutdown();
  if (values.directory === undefined) await rm(directory, { recursive: true, force: true });
}
