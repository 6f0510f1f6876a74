/**
 * Durable ingest, from outside: node bench/ingest.ts --protocol http|grpc|hec|webhook --rate max|N --seconds 60
 *
 * Prints one JSON object on stdout, progress on stderr; exits 1 where an acknowledged event is missing or doubled.
 * See README.md for what is measured and how.
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadTemplates } from './audit-templates.ts';
import type { FromClient, RunPlan, ToClient } from './client.ts';
import { CollectorProcess } from './collector-process.ts';
import { LagWatch } from './lag-watch.ts';
import { busySeconds, describeMachine } from './machine.ts';
import type { PayloadPlan } from './payload-worker.ts';
import { type Protocol, protocols } from './request-bodies.ts';
import { ServiceProcess } from './service-process.ts';

const { values } = parseArgs({
  options: {
    protocol: { type: 'string', default: 'http' },
    rate: { type: 'string', default: 'max' },
    seconds: { type: 'string', default: '60' },
    'prepare-rate': { type: 'string', default: '100000' },
    'crash-seconds': { type: 'string', default: '10' },
    batch: { type: 'string', default: '8192' },
    connections: { type: 'string', default: '10' },
    'gzip-level': { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
    'beside-collector': { type: 'string' },
  },
});
const protocol = readProtocol(values.protocol);
const collectorBinary = values['beside-collector'];
if (collectorBinary !== undefined && protocol !== 'http' && protocol !== 'grpc') {
  throw new Error(`--beside-collector: expected --protocol http or grpc, found ${protocol}.`);
}
const eventsPerSecond = values.rate === 'max' ? undefined : Number(values.rate);
const seconds = Number(values.seconds);
const crashSeconds = Number(values['crash-seconds']);
const batch = Number(values.batch);
const connections = Number(values.connections);
const corpora = process.env.PINTAIL_CORPORA;
/** At full speed nobody knows beforehand how many events fit: this many are made, and the run ends when they are used up. */
const prepareRate = eventsPerSecond ?? Number(values['prepare-rate']);
const mainRequests = Math.ceil((prepareRate * seconds) / batch);
const crashRequests = Math.ceil((prepareRate * crashSeconds) / batch);

const client = fork(new URL('./client.ts', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'pintail-bench-'));
const service = await ServiceProcess.create(directory);
try {
  await main();
} finally {
  client.disconnect();
  await service.end('SIGKILL');
  if (!values.keep) await rm(directory, { recursive: true, force: true });
}

async function main(): Promise<void> {
  progress(`making ${(mainRequests + crashRequests) * batch} events`);
  await ask({ kind: 'prepare', plan: payloadPlan(), workers: availableParallelism() }, 'prepared', () => {});

  const firstReadyMs = await service.start();
  progress(`service ready after ${Math.round(firstReadyMs)} ms; sending over ${protocol}`);
  const processorBefore = service.processorSeconds();
  const machineBefore = busySeconds();
  const ownBefore = process.cpuUsage();
  const watch = new LagWatch();
  const poll = pollWhile(watch);
  const done = await runClient(0, mainRequests, seconds, watch);
  const own = process.cpuUsage(ownBefore);
  const busy = busySeconds() - machineBefore;
  const ours =
    (difference(service.processorSeconds(), processorBefore) ?? 0) +
    done.processorSeconds +
    (own.user + own.system) / 1e6;
  const allQueryableMs = await waitUntilQueryable(watch.acknowledgedEvents);
  await poll.stop();
  const processorSeconds = difference(service.processorSeconds(), processorBefore);
  const maxResidentBytes = service.maxResidentBytes();
  const events = watch.acknowledgedEvents;
  const durationSeconds = (done.endedMs - done.startedMs) / 1000;

  progress('stopping, to measure the disk');
  const stopStartedMs = performance.now();
  await service.end('SIGTERM');
  const stopMs = performance.now() - stopStartedMs;
  const bytesOnDisk = await service.bytesOnDisk();

  const collector =
    collectorBinary === undefined ? undefined : await besideCollector(collectorBinary, events / durationSeconds);

  const crash = crashSeconds > 0 ? await crashUnderLoad(done.end, events) : undefined;

  const report = {
    benchmark: 'ingest',
    protocol,
    rate: eventsPerSecond ?? 'max',
    batchRecords: batch,
    connections,
    gzipLevel: Number(values['gzip-level']),
    seed: Number(values.seed),
    events: loadTemplates(corpora).origin,
    machine: {
      ...describeMachine(),
      processorsBusyWithOthers: round((busy - ours) / durationSeconds, 2),
    },
    durationSeconds: round(durationSeconds, 2),
    preparedEventsUsedUp: done.end === mainRequests,
    acknowledgedEvents: events,
    durableEventsPerSecond: Math.round(events / durationSeconds),
    rawMegabytesPerSecond: round(watch.rawBytes / durationSeconds / 1e6, 1),
    acknowledgement: {
      requests: done.latenciesMs.length,
      p50Ms: percentile(done.latenciesMs, 50),
      p99Ms: percentile(done.latenciesMs, 99),
      maxMs: percentile(done.latenciesMs, 100),
      retries: done.retries,
    },
    queryable: {
      maxLagMs: Math.round(watch.maxLagMs),
      polls: watch.polls,
      allAfterLastAcknowledgementMs: allQueryableMs,
    },
    storage: {
      bytesOnDisk,
      bytesPerEvent: round(bytesOnDisk / events, 1),
      rawBytesPerEvent: round(watch.rawBytes / events, 1),
      bytesPerRawByte: round(bytesOnDisk / watch.rawBytes, 4),
    },
    service: {
      maxResidentMebibytes: maxResidentBytes === null ? null : Math.round(maxResidentBytes / 2 ** 20),
      processorSecondsPerMillionEvents: processorSeconds === null ? null : round((processorSeconds / events) * 1e6, 2),
      firstReadyMs: Math.round(firstReadyMs),
      stopMs: Math.round(stopMs),
    },
    ...(collector === undefined ? {} : { plainCollector: collector }),
    ...(crash === undefined ? {} : { killedUnderLoad: crash }),
  };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

/** Sends the same requests, over the same ports, to a Collector that writes them to a file and promises nothing. */
async function besideCollector(binary: string, ourEventsPerSecond: number): Promise<object> {
  progress('sending the same to a plain Collector');
  const collector = await CollectorProcess.start(binary, directory, service.ports);
  try {
    const watch = new LagWatch();
    const before = collector.processorSeconds();
    const done = await runClient(0, mainRequests, seconds, watch);
    const used = difference(collector.processorSeconds(), before);
    const perSecond = watch.acknowledgedEvents / ((done.endedMs - done.startedMs) / 1000);
    return {
      acknowledgedEvents: watch.acknowledgedEvents,
      eventsPerSecond: Math.round(perSecond),
      acknowledgement: { p50Ms: percentile(done.latenciesMs, 50), p99Ms: percentile(done.latenciesMs, 99) },
      processorSecondsPerMillionEvents: used === null ? null : round((used / watch.acknowledgedEvents) * 1e6, 2),
      ourRateByItsRate: round(ourEventsPerSecond / perSecond, 3),
    };
  } finally {
    await collector.end();
  }
}

function readProtocol(name: string): Protocol {
  const protocol = protocols.find((known) => known === name);
  if (protocol === undefined) throw new Error(`--protocol: expected one of ${protocols.join(', ')}, found ${name}.`);
  return protocol;
}

/** Starts again, sends at the same rate, kills -9 in the middle, restarts, lets the client finish, counts. */
async function crashUnderLoad(firstRequest: number, eventsBefore: number): Promise<object> {
  await service.start();
  progress('sending again, to kill the service under load');
  const watch = new LagWatch();
  const running = runClient(firstRequest, firstRequest + crashRequests, crashSeconds, watch);
  await sleep((crashSeconds * 1000) / 2);
  const acknowledgedAtKill = watch.acknowledgedEvents;
  await service.end('SIGKILL');
  const readyMs = await service.start();
  progress(`ready again after ${Math.round(readyMs)} ms`);
  const done = await running;
  const expected = eventsBefore + watch.acknowledgedEvents;
  const allQueryableMs = await waitUntilQueryable(expected);
  const found = await service.countEvents();
  await service.end('SIGTERM');
  if (found !== expected) throw new Error(`kube_audit: expected ${expected} events after the kill, found ${found}.`);
  return {
    acknowledgedAtKill,
    readyMs: Math.round(readyMs),
    retries: done.retries,
    allQueryableMs,
    lost: 0,
    doubled: 0,
  };
}

async function waitUntilQueryable(events: number): Promise<number> {
  const startedMs = performance.now();
  let found = await service.countEvents();
  while (found < events) {
    if (performance.now() - startedMs > 120_000) {
      throw new Error(`kube_audit: expected ${events} events within 120 s, found ${found}.`);
    }
    await sleep(20);
    found = await service.countEvents();
  }
  if (found > events) throw new Error(`kube_audit: expected ${events} events, found ${found}.`);
  return Math.round(performance.now() - startedMs);
}

function pollWhile(watch: LagWatch): { stop(): Promise<void> } {
  let isStopped = false;
  const polling = (async () => {
    while (!isStopped) {
      const askedMs = Date.now();
      watch.observe(askedMs, await service.countEvents());
      await sleep(100);
    }
  })();
  return {
    async stop() {
      isStopped = true;
      await polling;
    },
  };
}

async function runClient(
  first: number,
  end: number,
  runSeconds: number,
  watch: LagWatch,
): Promise<Extract<FromClient, { kind: 'done' }>> {
  const plan: RunPlan = {
    protocol,
    port: service.ports[protocol],
    connections,
    first,
    end,
    recordsPerRequest: batch,
    seconds: runSeconds,
    eventsPerSecond,
  };
  return ask({ kind: 'run', plan }, 'done', (message) => {
    if (message.kind === 'acknowledged') watch.acknowledge(message.atMs, batch, message.rawBytes);
  });
}

/** Sends one message to the client; resolves to its answer of this kind. */
function ask<Kind extends FromClient['kind']>(
  message: ToClient,
  kind: Kind,
  onMessage: (message: FromClient) => void,
): Promise<Extract<FromClient, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('client: expected it to live on, found it ended.'));
    const listen = (answer: FromClient): void => {
      onMessage(answer);
      if (answer.kind !== kind) return;
      client.off('message', listen);
      client.off('exit', onExit);
      resolve(answer as Extract<FromClient, { kind: Kind }>);
    };
    client.on('message', listen);
    client.on('exit', onExit);
    client.send(message);
  });
}

function payloadPlan(): PayloadPlan {
  return {
    protocol,
    seed: Number(values.seed),
    requests: mainRequests + crashRequests,
    recordsPerRequest: batch,
    startMs: Date.now(),
    eventsPerSecond: prepareRate,
    gzipLevel: Number(values['gzip-level']),
    corpora,
  };
}

function percentile(numbers: readonly number[], percent: number): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return round(sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN, 1);
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
