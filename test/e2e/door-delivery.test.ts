/**
 * Splunk HEC and the audit webhook of a running service: a real Collector's splunk_hec exporter and an API server's
 * webhook backend deliver every event exactly once, through kill -9 and refused connections.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebhookBackend } from '../receive/audit-webhook/support/webhook-backend.ts';
import { auditEvents, randomNumbers } from '../support/audit-events.ts';
import { buildCollector, startCollector, suiteTitle, tailingConfig } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { type PintailService, startPintail, sumOfMetric } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const collector = buildCollector();
const binary = 'binary' in collector ? collector.binary : '';
const corpora = process.env.PINTAIL_CORPORA;
const token = 'a-token-of-more-than-sixteen-characters';
const KILLS = 3;

describe.skipIf(binary === '')(suiteTitle("a Collector's splunk_hec exporter", collector), () => {
  test('delivers every line exactly once through three kills and a time of refused connections', async () => {
    const folder = await temporaryFolder();
    const auditLog = join(folder, 'audit.log');
    const lines = await auditLines();
    await writeFile(auditLog, '');
    const service = await startPintail({
      folder: join(folder, 'pintail'),
      receivers: { splunk_hec: { tokens: [{ token }] } },
    });
    const collectorFolder = join(folder, 'collector');
    await mkdir(collectorFolder);
    const endpoint = `http://${service.receiverEndpoints.splunk_hec}/services/collector`;
    const config = tailingConfig({
      auditLog,
      storageFolder: join(collectorFolder, 'storage'),
      protocol: 'otlphttp',
      endpoint,
      maxRequestRecords: 25,
    }) as { exporters: Record<string, object>; service: { pipelines: Record<string, { exporters: string[] }> } };
    config.exporters = { splunk_hec: { ...config.exporters.otlphttp, token } };
    config.service.pipelines['logs/host']!.exporters = ['splunk_hec'];
    const running = await startCollector({ binary, folder: collectorFolder, name: 'tail', config });

    await killWhile(service, async (share) => {
      await writeFile(
        auditLog,
        `${lines.slice(Math.floor(share.from * lines.length), Math.floor(share.to * lines.length)).join('\n')}\n`,
        { flag: 'a' },
      );
    });
    await expectExactlyOnce(service, lines);
    await running.kill('SIGTERM');
    const [metadata] = await service.sql(
      `select count(*)::INTEGER as rows, min(source) as source from kube_audit
       where cluster = 'e2e-cluster' and sourcetype = 'kube:apiserver-audit' and host = 'node-a'`,
    );
    expect(metadata).toEqual({ rows: lines.length, source: auditLog });
    expect(sumOfMetric(await service.metrics(), 'pintail_receiver_refused_requests_total', 'splunk-hec')).toBe(0);
  });
});

describe("an API server's webhook backend", () => {
  test('delivers every event exactly once through three kills and a time of refused connections', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    console.log(`webhook backend: seed ${seed}`);
    const random = randomNumbers(seed);
    const folder = await temporaryFolder();
    const lines = await auditLines();
    const service = await startPintail({
      folder: join(folder, 'pintail'),
      receivers: { k8s_audit_webhook: { tokens: [{ token, cluster: 'e2e-cluster' }] } },
    });
    const backend = new WebhookBackend({
      port: Number(service.receiverEndpoints.k8s_audit_webhook!.split(':').at(-1)),
      headers: { authorization: `Bearer ${token}` },
      random,
      loseAnswers: 0.1,
      // A tenth of the documented waits: 8 s of cover instead of 80.
      wait: (ms) => delay(ms / 10),
    });
    await killWhile(service, async (share) => {
      for (let at = Math.floor(share.from * lines.length); at < Math.floor(share.to * lines.length); at += 1) {
        await backend.process(lines[at]!);
        if (random() < 0.02) await backend.flush();
      }
      await backend.flush();
    });
    expect(backend.lost).toBe(0);
    await expectExactlyOnce(service, lines);
    expect(await service.sql('select distinct cluster from kube_audit')).toEqual([{ cluster: 'e2e-cluster' }]);
  });
});

/** Sends in four shares; the service is killed during each of the first three and stays away for a while. */
async function killWhile(
  service: PintailService,
  send: (share: { readonly from: number; readonly to: number }) => Promise<void>,
): Promise<void> {
  for (let kill = 0; kill <= KILLS; kill += 1) {
    const sending = send({ from: kill / (KILLS + 1), to: (kill + 1) / (KILLS + 1) });
    if (kill < KILLS) {
      await eventually({ what: 'records of this run are taken', withinMs: 60_000, everyMs: 1 }, async () =>
        sumOfMetric(await service.metrics(), 'pintail_audit_events_total') > 0 ? true : undefined,
      );
      await service.kill();
      await delay(1500);
      await service.start();
    }
    await sending;
  }
}

async function expectExactlyOnce(service: PintailService, lines: readonly string[]): Promise<void> {
  await eventually({ what: `${lines.length} rows in kube_audit`, withinMs: 120_000, everyMs: 200 }, async () => {
    const [row] = await service.sql('select count(*)::INTEGER as rows from kube_audit');
    return Number(row!.rows) >= lines.length ? true : undefined;
  });
  const rows = await service.sql('select _raw from kube_audit');
  expect(rows.map((row) => row._raw).sort()).toEqual([...lines].sort());
  expect(await service.sql('select count(*)::INTEGER as rows from logs where unreadable is not null')).toEqual([
    { rows: 0 },
  ]);
}

/** The recorded log where the corpora are at hand, else a made-up one of its size. */
async function auditLines(): Promise<readonly string[]> {
  if (corpora === undefined) return auditEvents({ seed: 20_261_121, count: 2971, startMs: Date.now() - 3_600_000 });
  const text = await readFile(join(corpora, 'immudb-k8s-microk8s/events.ndjson'), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}
