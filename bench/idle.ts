/**
 * What the service costs while little happens: 100 detections on a schedule, 1,000 events a second.
 *
 *   npm run -s bench:idle -- [--every 5m] [--seconds 360] [--detections 100] [--rate 1000]
 *
 * `--every 1m` makes shorter rounds. Prints one JSON object on stdout, progress on stderr; see README.md.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadTemplates } from './audit-templates.ts';
import { writeDetectionCopies } from './detection-copies.ts';
import { LiveFeed } from './live-feed.ts';
import { busySeconds, describeMachine } from './machine.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    every: { type: 'string', default: '5m' },
    seconds: { type: 'string', default: '360' },
    settle: { type: 'string', default: '10' },
    detections: { type: 'string', default: '100' },
    rate: { type: 'string', default: '1000' },
    'requests-per-second': { type: 'string', default: '5' },
    keep: { type: 'boolean', default: false },
  },
});
const minutes = readMinutes(values.every);
const seconds = Number(values.seconds);
const eventsPerSecond = Number(values.rate);
const templates = loadTemplates(process.env.PINTAIL_CORPORA);

/** A moment of the measurement; what was used counts from the one before. */
interface Sample {
  readonly fromMs: number;
  readonly toMs: number;
  readonly processorSeconds: number;
  readonly residentBytes: number;
}

interface Run {
  readonly scheduledMs: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly status: string;
}

const directory = await mkdtemp(join(tmpdir(), 'pintail-bench-'));
const folder = join(directory, 'detections');
// Like the published schedules: the window is as long as the round, and ends before it.
await writeDetectionCopies(folder, Number(values.detections), {
  cron: minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`,
  earliest: `-${minutes + 1}m@m`,
  latest: '-1m@m',
});
const service = await ServiceProcess.create(directory, { detections: { paths: [folder] } });
try {
  await main();
} finally {
  await service.end('SIGKILL');
  if (!values.keep) await rm(directory, { recursive: true, force: true });
}

async function main(): Promise<void> {
  await service.start();
  const feed = new LiveFeed({
    port: service.ports.http,
    eventsPerSecond,
    requestsPerSecond: Number(values['requests-per-second']),
    templates: templates.templates,
  });
  feed.start();
  await sleep(Number(values.settle) * 1000);
  process.stderr.write(`bench: measuring for ${seconds} s\n`);
  const busyBefore = busySeconds();
  const ownBefore = process.cpuUsage();
  const eventsBefore = feed.acknowledgedEvents;
  const samples = await measure();
  const own = process.cpuUsage(ownBefore);
  const busy = busySeconds() - busyBefore;
  const events = feed.acknowledgedEvents - eventsBefore;
  await feed.stop();
  const from = samples[0]?.fromMs ?? 0;
  const until = samples.at(-1)?.toMs ?? 0;
  const runs = (await readRuns()).filter(({ endedMs }) => endedMs >= from);
  const used = sum(samples.map(({ processorSeconds }) => processorSeconds));
  const length = (until - from) / 1000;
  const isBeside = ({ fromMs, toMs }: Sample) => runs.some((run) => run.startedMs < toMs && run.endedMs > fromMs);
  const durations = runs.map((run) => run.endedMs - run.startedMs).sort((one, other) => one - other);
  console.log(
    JSON.stringify(
      {
        benchmark: 'idle',
        machine: {
          ...describeMachine(),
          processorsBusyWithOthers: round((busy - used - (own.user + own.system) / 1e6) / length),
        },
        events: templates.origin,
        detections: Number(values.detections),
        every: values.every,
        seconds: round(length),
        eventsPerSecond: round(events / length),
        retries: feed.retries,
        processorSecondsPerSecond: {
          all: round(used / length),
          withoutRuns: perSecond(samples.filter((sample) => !isBeside(sample))),
          besideRuns: perSecond(samples.filter(isBeside)),
        },
        rounds: [...Map.groupBy(runs, ({ scheduledMs }) => scheduledMs)]
          .sort(([one], [other]) => one - other)
          .map(([scheduledMs, round]) => describeRound(scheduledMs, round)),
        runs: {
          count: runs.length,
          failed: runs.filter(({ status }) => status !== 'done').length,
          p50Ms: durations[Math.floor(durations.length / 2)] ?? null,
          mostMs: durations.at(-1) ?? null,
        },
        residentMebibytes: {
          last: mebibytes(samples.at(-1)?.residentBytes ?? 0),
          most: mebibytes(service.maxResidentBytes() ?? 0),
        },
      },
      null,
      2,
    ),
  );
}

/** One sample a second. */
async function measure(): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const startedMs = Date.now();
  let before = { atMs: startedMs, processorSeconds: readProcessor() };
  for (let second = 1; second <= seconds; second += 1) {
    await sleep(Math.max(0, startedMs + second * 1000 - Date.now()));
    const now = { atMs: Date.now(), processorSeconds: readProcessor() };
    samples.push({
      fromMs: before.atMs,
      toMs: now.atMs,
      processorSeconds: now.processorSeconds - before.processorSeconds,
      residentBytes: service.residentBytes() ?? 0,
    });
    before = now;
  }
  return samples;
}

function readProcessor(): number {
  const found = service.processorSeconds();
  if (found === null)
    throw new Error('bench: expected /proc to tell the processor time of the service, found nothing.');
  return found;
}

async function readRuns(): Promise<readonly Run[]> {
  const response = await fetch(`http://127.0.0.1:${service.ports.api}/api/v1/runs?limit=10000`);
  if (!response.ok) throw new Error(`runs: expected status 200, found ${response.status}.`);
  const { items } = (await response.json()) as { readonly items: readonly Readonly<Record<string, string | null>>[] };
  return items.flatMap(({ scheduled_at, started_at, finished_at, status }) => {
    if (scheduled_at == null || started_at == null || finished_at == null) return [];
    const [scheduledMs = 0, startedMs = 0, endedMs = 0] = [scheduled_at, started_at, finished_at].map(Date.parse);
    return [{ scheduledMs, startedMs, endedMs, status: String(status) }];
  });
}

function describeRound(scheduledMs: number, runs: readonly Run[]): object {
  const began = Math.min(...runs.map(({ startedMs }) => startedMs));
  const ended = Math.max(...runs.map(({ endedMs }) => endedMs));
  return { at: new Date(scheduledMs).toISOString(), runs: runs.length, seconds: round((ended - began) / 1000) };
}

/** Null where there is no such second. */
function perSecond(samples: readonly Sample[]): number | null {
  const length = sum(samples.map(({ fromMs, toMs }) => (toMs - fromMs) / 1000));
  return length === 0 ? null : round(sum(samples.map(({ processorSeconds }) => processorSeconds)) / length);
}

function readMinutes(every: string): number {
  const found = Number(/^(\d+)m$/.exec(every)?.[1]);
  if (Number.isInteger(found) && found >= 1 && found < 60) return found;
  throw new Error(`--every: expected minutes such as 5m, found ${every}.`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}

function round(value: number): number {
  return Number(value.toFixed(3));
}
