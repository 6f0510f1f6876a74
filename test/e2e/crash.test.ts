/** Load over OTLP and kill -9 at random moments: nothing acknowledged is lost, nothing is there twice. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { randomNumbers } from '../support/random-numbers.ts';
import { announceSeed } from '../support/seed.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, exportOverGrpc, postLogs } from './support/otlp-client.ts';
import { type PintailService, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const kills = 30;
const eventsPerSecond = 4000;
const senders = 8;
const eventsPerRequest = 200;

interface Ledger {
  readonly acknowledged: Set<string>;
  /** Sent, and given up after an error: may be there once or not at all. */
  readonly unknown: Set<string>;
  requests: number;
  errors: number;
  /** Acknowledged requests that were sent once more, as a Collector does when the acknowledgement got lost. */
  repeated: number;
}

test(`loses nothing acknowledged and doubles nothing over ${kills} kills under load, every third during the start`, async () => {
  const seed = announceSeed('crash test');
  const random = randomNumbers(seed);
  const service = await startPintail({ folder: await temporaryFolder() });
  const ledger: Ledger = { acknowledged: new Set(), unknown: new Set(), requests: 0, errors: 0, repeated: 0 };
  const stop = new AbortController();
  const sending = Promise.all(
    Array.from({ length: senders }, (_unused, sender) =>
      send(service, sender, randomNumbers(seed + sender + 1), ledger, stop.signal),
    ),
  );
  // It is awaited after the kills; until then a failure must not count as nobody's.
  sending.catch(() => {});

  const readyAfterMs: number[] = [];
  for (let kill = 0; kill < kills; kill += 1) {
    if (kill % 3 === 2) {
      const startedAt = performance.now();
      const start = service.start().then(
        () => 'ready',
        () => 'killed',
      );
      await delay(random() * (readyAfterMs.at(-1) ?? 1000));
      await service.kill();
      if ((await start) === 'ready') readyAfterMs.push(performance.now() - startedAt);
      continue;
    }
    if (!service.isAlive()) await service.start();
    await delay(300 + random() * 1200);
    await service.kill();
    await delay(random() * 200);
    if (kill % 3 === 1) continue;
    const startedAt = performance.now();
    await service.start();
    readyAfterMs.push(performance.now() - startedAt);
  }
  if (!service.isAlive()) await service.start();
  await delay(1000);
  stop.abort();
  await sending;

  const last = randomUUID();
  expect((await postLogs(service.httpEndpoint, encodeLogs([last]))).status).toBe(200);
  await eventually({ what: 'everything acknowledged is queryable', withinMs: 60_000 }, async () => {
    const [row] = await service.sql(`select count(*)::INTEGER as rows from logs where _raw = '${last}'`);
    return Number(row!.rows) === 1 ? true : undefined;
  });
  const copies = new Map<string, number>();
  for (const row of await service.sql(
    'select auditID as id, count(*)::INTEGER as copies from kube_audit group by all',
  )) {
    copies.set(String(row.id), Number(row.copies));
  }
  const lost = [...ledger.acknowledged].filter((id) => !copies.has(id));
  const doubled = [...copies].filter(([, count]) => count > 1).map(([id]) => id);
  const foreign = [...copies.keys()].filter((id) => !ledger.acknowledged.has(id) && !ledger.unknown.has(id));
  console.log(
    JSON.stringify({
      seed,
      kills,
      requests: ledger.requests,
      failedRequests: ledger.errors,
      acknowledged: ledger.acknowledged.size,
      repeatedRequests: ledger.repeated,
      givenUp: ledger.unknown.size,
      givenUpButStored: [...ledger.unknown].filter((id) => copies.has(id)).length,
      lost: lost.length,
      doubled: doubled.length,
      readyAfterMsMax: Math.round(Math.max(...readyAfterMs)),
    }),
  );
  expect(ledger.acknowledged.size).toBeGreaterThan(10_000);
  expect(ledger.errors).toBeGreaterThan(0);
  expect(ledger.repeated).toBeGreaterThan(0);
  expect({ lost: lost.slice(0, 5), doubled: doubled.slice(0, 5), foreign: foreign.slice(0, 5) }).toEqual({
    lost: [],
    doubled: [],
    foreign: [],
  });
});

/** Sends at its share of the rate, half of the senders over gRPC; repeats a failed request, or now and then gives up on it. */
async function send(
  service: PintailService,
  sender: number,
  random: () => number,
  ledger: Ledger,
  stop: AbortSignal,
): Promise<void> {
  const pauseMs = (1000 * eventsPerRequest * senders) / eventsPerSecond;
  for (let request = 0; !stop.aborted; request += 1) {
    const ids = Array.from({ length: eventsPerRequest }, (_unused, event) => `${sender}-${request}-${event}`);
    const payload = encodeLogs(ids.map(auditEvent), { 'k8s.cluster.name': 'crash' });
    const startedAt = performance.now();
    for (;;) {
      ledger.requests += 1;
      if (await isAcknowledged(service, sender, payload)) {
        for (const id of ids) ledger.acknowledged.add(id);
        if (random() < 0.05 && (await isAcknowledged(service, sender, payload))) ledger.repeated += 1;
        break;
      }
      ledger.errors += 1;
      if (random() < 0.02) {
        for (const id of ids) ledger.unknown.add(id);
        break;
      }
      await delay(50 + random() * 100);
    }
    await delay(Math.max(0, pauseMs - (performance.now() - startedAt)));
  }
}

/** False where the answer asks for another try or there is none; any other answer is a defect and throws. */
async function isAcknowledged(service: PintailService, sender: number, payload: Uint8Array): Promise<boolean> {
  if (sender % 2 === 0) {
    const { code, details } = await exportOverGrpc(service.grpcEndpoint, payload, { deadlineMs: 10_000 });
    if (code === 0) return true;
    // CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, UNAVAILABLE: what a dying or busy peer looks like.
    if ([1, 2, 4, 14].includes(code)) return false;
    throw new Error(`Export over gRPC: expected success or a retryable status, found ${code}: ${details}`);
  }
  let status: number;
  try {
    ({ status } = await postLogs(service.httpEndpoint, payload, {}, AbortSignal.timeout(10_000)));
  } catch {
    return false;
  }
  if (status === 200) return true;
  if (status === 429 || status === 503) return false;
  throw new Error(`Export over HTTP: expected status 200, 429 or 503, found ${status}.`);
}

function auditEvent(auditID: string): string {
  const at = new Date().toISOString();
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID,
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/shop/pods/${auditID}`,
    verb: 'get',
    user: { username: 'system:serviceaccount:shop:cart', groups: ['system:serviceaccounts', 'system:authenticated'] },
    sourceIPs: ['10.1.2.3'],
    userAgent: 'cart/1.0',
    objectRef: { resource: 'pods', namespace: 'shop', name: auditID, apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
    annotations: { 'authorization.k8s.io/decision': 'allow' },
  });
}
