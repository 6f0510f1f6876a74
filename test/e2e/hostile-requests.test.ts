/**
 * A hundred thousand hostile requests to each door of a running service: every answer is the protocol's own, the
 * process lives within its memory, and good events before and after are stored whole. `PINTAIL_TEST_REQUESTS` makes
 * it shorter, `PINTAIL_SEED` repeats it.
 */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { auditEvents } from '../support/audit-events.ts';
import { type Attack, attackTimes } from '../support/hostile-requests/attack.ts';
import { attackHec } from '../support/hostile-requests/hec.ts';
import { attackOtlpGrpc, attackOtlpHttp } from '../support/hostile-requests/otlp.ts';
import { attackWebhook } from '../support/hostile-requests/webhook.ts';
import { announceSeed } from '../support/seed.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, postLogs } from './support/otlp-client.ts';
import { type PintailService, startPintail, sumOfMetric } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const REQUESTS = Number(process.env.PINTAIL_TEST_REQUESTS ?? 100_000);
const MEBIBYTE = 2 ** 20;
const LIMIT = 256 * 1024;
const MEMORY_LIMIT = 1024 * MEBIBYTE;

const attacks: Readonly<Record<string, Attack>> = {
  'OTLP/gRPC': attackOtlpGrpc,
  'OTLP/HTTP': attackOtlpHttp,
  'Splunk HEC': attackHec,
  'the audit webhook': attackWebhook,
};

test(`${REQUESTS} hostile requests per door harm nothing but themselves`, { timeout: 1_500_000 }, async () => {
  const seed = announceSeed('hostile requests');
  const bounds = { max_request_body_size: '256KiB', request_timeout: '300ms' };
  const service = await startPintail({
    folder: await temporaryFolder(),
    storage: { memory_limit: '1GiB' },
    otlp: { grpc: { max_recv_msg_size_mib: 1, request_timeout: '300ms' }, http: bounds },
    receivers: { splunk_hec: { ...bounds, max_events_per_request: 500 }, k8s_audit_webhook: bounds },
  });
  const ports = {
    'OTLP/gRPC': service.grpcEndpoint,
    'OTLP/HTTP': service.httpEndpoint,
    'Splunk HEC': service.receiverEndpoints.splunk_hec!,
    'the audit webhook': service.receiverEndpoints.k8s_audit_webhook!,
  };
  const lines = auditEvents({ seed, count: 50, startMs: Date.now() - 3_600_000 });
  const good = auditEvents({ seed: seed + 1, count: 20, startMs: Date.now() - 3_600_000 });
  const deliver = async (some: readonly string[]) => {
    expect((await postLogs(service.httpEndpoint, encodeLogs(some))).status).toBe(200);
  };

  await deliver(good.slice(0, 10));
  for (const [door, endpoint] of Object.entries(ports)) {
    const startedAt = performance.now();
    const answers = await attackTimes(REQUESTS, seed, attacks[door]!, {
      port: Number(endpoint.split(':').at(-1)),
      // The bound of OTLP/gRPC is in whole mebibytes.
      limitBytes: door === 'OTLP/gRPC' ? MEBIBYTE : LIMIT,
      lines,
    });
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const peakMiB = Math.round((await peakMemory(service)) / MEBIBYTE);
    console.log(JSON.stringify({ door, seconds, peakMiB, answers }));
    expect(service.isAlive()).toBe(true);
  }
  await deliver(good.slice(10));

  expect(await peakMemory(service)).toBeLessThan(MEMORY_LIMIT);
  await eventually({ what: 'the good events are stored', withinMs: 120_000, everyMs: 250 }, async () => {
    const rows = await service.sql('select _raw from kube_audit');
    const copies = good.map((line) => rows.filter((row) => row._raw === line).length);
    expect(Math.max(...copies)).toBeLessThanOrEqual(1);
    return copies.every((count) => count === 1) ? true : undefined;
  });
  // What was cut off in the middle is noticed a moment later.
  await eventually({ what: 'nothing is in hand', withinMs: 10_000 }, async () => {
    const metrics = await service.metrics();
    const inHand = ['requests', 'bytes'].map((what) => sumOfMetric(metrics, `pintail_receiver_in_flight_${what}`));
    return inHand.every((count) => count === 0) ? true : undefined;
  });
  const metrics = await service.metrics();
  expect(sumOfMetric(metrics, 'pintail_receiver_refused_requests_total')).toBeGreaterThan(0);
  expect(sumOfMetric(metrics, 'pintail_receiver_refused_requests_total', 'reason="internal"')).toBe(0);
});

/** The most memory that the process ever had resident, in bytes. */
async function peakMemory(service: PintailService): Promise<number> {
  const status = await readFile(`/proc/${service.pid()}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
