/**
 * Hunts and detections never hold the doors up: while two heavy hunts run without a pause, and heavy detections every
 * minute, a sender that gives up after 5 s, as the Collector's gRPC exporter does, is neither refused nor left waiting.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { status as grpcStatus } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { auditEvents } from '../support/audit-events.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, exportOverGrpc } from './support/otlp-client.ts';
import { type PintailService, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** Until a detection of every minute has run amid the load, whenever in the minute it begins. */
const LOAD_MS = 75_000;
const COLLECTOR_TIMEOUT_MS = 5000;
const SENDERS = 4;
const EVENTS_PER_REQUEST = 200;
const PAUSE_MS = 400;
const STORED_FIRST = 40_000;

/** Both work until their time is over. */
const hunts = [
  `select count(*) from kube_audit a, range(1000000) r(i) where regexp_matches(a._raw || i::varchar, '(a|e).*(x|y|z){3,5}$')`,
  `select count(*) from kube_audit a, range(1000000) r(i) where md5(a._raw || i::varchar) like '%fffffffff'`,
];

test('two heavy hunts and a heavy detection: no sender is refused or waits 5 s', async () => {
  const folder = await temporaryFolder();
  const detections = join(folder, 'detections');
  await mkdir(detections);
  await writeFile(join(detections, 'heavy.yml'), stringify(heavyDetection));
  const service = await startPintail({
    folder,
    detections: { paths: [detections] },
    api: { query: { time_limit: '10s' } },
  });
  for (let seed = 0; seed < STORED_FIRST / 1000; seed += 1) {
    const lines = auditEvents({ seed, count: 1000, startMs: Date.now() - 1_800_000 });
    expect((await exportOverGrpc(service.grpcEndpoint, encodeLogs(lines))).code).toBe(grpcStatus.OK);
  }
  await eventually({ what: 'what the hunts read is loaded', withinMs: 60_000, everyMs: 250 }, async () => {
    const [row] = await service.sql('select count(*)::INTEGER as rows from kube_audit');
    return Number(row!.rows) >= STORED_FIRST ? true : undefined;
  });

  const stop = new AbortController();
  const hunting = Promise.all(hunts.map((query) => huntOn(service, query, stop.signal)));
  const endsAt = Date.now() + LOAD_MS;
  const answers: string[] = [];
  let sent = 0;
  let slowestMs = 0;
  await Promise.all(
    Array.from({ length: SENDERS }, async (_unused, sender) => {
      for (let request = 0; Date.now() < endsAt; request += 1) {
        const seed = 1_000_000 * (sender + 1) + request;
        const payload = encodeLogs(auditEvents({ seed, count: EVENTS_PER_REQUEST, startMs: Date.now() }));
        const startedAt = performance.now();
        const answer = await exportOverGrpc(service.grpcEndpoint, payload, { deadlineMs: COLLECTOR_TIMEOUT_MS });
        slowestMs = Math.max(slowestMs, performance.now() - startedAt);
        if (answer.code !== grpcStatus.OK) answers.push(`${answer.code}: ${answer.details}`);
        sent += 1;
        await delay(PAUSE_MS);
      }
    }),
  );
  stop.abort();
  const statuses = await hunting;
  const runs = await fetch(`${service.apiUrl}/api/v1/runs`).then((answer) => answer.text());
  console.log(JSON.stringify({ sent, events: sent * EVENTS_PER_REQUEST, slowestMs: Math.round(slowestMs), statuses }));

  expect(answers).toEqual([]);
  expect(sent).toBeGreaterThan(SENDERS * 10);
  // The hunts were as heavy as they were meant to be, and a detection ran among them.
  for (const each of statuses) expect(each.length).toBeGreaterThan(1);
  expect(statuses.flat().filter((status) => status !== 504 && status !== 200)).toEqual([]);
  expect(statuses.flat()).toContain(504);
  expect(runs).toContain('heavy');
  const total = STORED_FIRST + sent * EVENTS_PER_REQUEST;
  await eventually({ what: 'all of it is queryable', withinMs: 60_000, everyMs: 500 }, async () => {
    const [row] = await service.sql('select count(*)::INTEGER as rows from kube_audit');
    return Number(row!.rows) === total ? true : undefined;
  });
});

/** One hunt after the other without a pause; the status of each. */
async function huntOn(service: PintailService, query: string, stop: AbortSignal): Promise<readonly number[]> {
  const statuses: number[] = [];
  while (!stop.aborted) {
    const answer = await service.query({ language: 'sql', query });
    await answer.arrayBuffer();
    statuses.push(answer.status);
  }
  return statuses;
}

const heavyDetection = {
  name: 'Heavy',
  id: '6f0c7a62-26c3-4a6e-9d1b-6a6d0c7a6200',
  version: 1,
  date: '2026-01-01',
  author: 'test',
  status: 'production',
  type: 'Anomaly',
  description: 'Reads every event and groups by most of what it holds.',
  data_source: ['Kubernetes Audit'],
  search:
    '`kube_audit` | eval upper=upper(_raw), md5=md5(_raw) | rex field=upper "(?<tail>[^:]+):[^:]*$" | stats count dc(auditID) values(verb) by user.username requestURI tail md5 | where count > 100000',
  how_to_implement: 'None.',
  known_false_positives: 'None.',
  references: [],
  deployment: {
    scheduling: { cron_schedule: '* * * * *', earliest_time: '-60m@m', latest_time: '-0m@m', schedule_window: 'auto' },
  },
  tags: {
    asset_type: 'Kubernetes',
    confidence: 50,
    impact: 50,
    message: 'tbd',
    risk_score: 25,
    security_domain: 'threat',
    observable: [{ name: 'user.username', type: 'User', role: ['Attacker'] }],
  },
};
