/**
 * All doors of a running service at once: a real Collector's otlp, otlphttp and splunk_hec exporters and an API server's
 * webhook backend deliver every event exactly once, through kill -9 and a minute of refused connections.
 */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { WebhookBackend } from '../receive/audit-webhook/support/webhook-backend.ts';
import { auditEvents } from '../support/audit-events.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { announceSeed } from '../support/seed.ts';
import { buildCollector, startCollector, suiteTitle, tailingConfig } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { type PintailService, startPintail, sumOfMetric } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const collector = buildCollector();
const binary = 'binary' in collector ? collector.binary : '';
const corpora = process.env.PINTAIL_CORPORA;
const token = 'a-token-of-more-than-sixteen-characters';

/** The senders of this suite by the name of their cluster. */
const exporters = ['otlp', 'otlphttp', 'splunk_hec'] as const;
const clusters = [...exporters, 'webhook'] as const;

/** Longer than any one attempt, shorter than the 80 s that the API server's five attempts cover. */
const REFUSED_MS = 60_000;

describe.skipIf(binary === '')(
  suiteTitle("a Collector's exporters and an API server's webhook backend", collector),
  () => {
    test('deliver every event exactly once through three kills and a minute of refused connections', async () => {
      const seed = announceSeed('three kills and a minute');
      const random = randomNumbers(seed);
      const folder = await temporaryFolder();
      const lines = await auditLines();
      const service = await startPintail({
        folder: join(folder, 'pintail'),
        receivers: {
          splunk_hec: { tokens: [{ token }] },
          k8s_audit_webhook: { tokens: [{ token, cluster: 'webhook' }] },
        },
      });
      const endpoints = {
        otlp: service.grpcEndpoint,
        otlphttp: service.httpEndpoint,
        splunk_hec: `http://${service.receiverEndpoints.splunk_hec}/services/collector`,
      };
      const tails = await Promise.all(
        exporters.map(async (protocol) => {
          const auditLog = join(folder, `${protocol}.log`);
          await writeFile(auditLog, '');
          const storageFolder = join(folder, protocol);
          await mkdir(storageFolder);
          const config = tailingConfig({
            auditLog,
            storageFolder,
            protocol,
            endpoint: endpoints[protocol],
            cluster: protocol,
            maxRequestRecords: 25,
            maxRetryInterval: '5s',
            ...(protocol === 'splunk_hec' ? { token } : {}),
          });
          const running = await startCollector({ binary, folder: storageFolder, name: protocol, config });
          return { auditLog, running };
        }),
      );
      const backend = webhookBackend(service, random, { loseAnswers: 0, wait: delay });

      await killWhile(service, [1500, 1500, REFUSED_MS], async ({ from, to }) => {
        const share = lines.slice(Math.floor(from * lines.length), Math.floor(to * lines.length));
        await Promise.all([
          (async () => {
            for (let at = 0; at < share.length; at += 20) {
              const next = `${share.slice(at, at + 20).join('\n')}\n`;
              await Promise.all(tails.map(({ auditLog }) => appendFile(auditLog, next)));
              await delay(30 + random() * 40);
            }
          })(),
          backend.sendAll(share),
        ]);
      });

      expect(backend.lost).toBe(0);
      await eventually({ what: 'as many rows as lines of every sender', withinMs: 180_000, everyMs: 250 }, async () => {
        const rows = await service.sql('select cluster, count(*)::INTEGER as rows from kube_audit group by 1');
        return clusters.every((name) =>
          rows.some(({ cluster, rows }) => cluster === name && Number(rows) >= lines.length),
        )
          ? true
          : undefined;
      });
      const refused = [...(await service.metrics())].filter(
        ([name, count]) => name.startsWith('pintail_receiver_refused_requests') && count > 0,
      );
      expect(refused).toEqual([]);
      for (const { running } of tails) await running.kill('SIGTERM');
      for (const cluster of clusters) {
        const rows = await service.sql(`select _raw from kube_audit where cluster = '${cluster}'`);
        expect([cluster, rows.length]).toEqual([cluster, lines.length]);
        expect(rows.map((row) => row._raw).sort()).toEqual([...lines].sort());
      }
      const [total] = await service.sql(
        `select (select count(*)::INTEGER from kube_audit) as events,
              (select count(*)::INTEGER from logs where unreadable is not null) as unreadable`,
      );
      expect(total).toEqual({ events: clusters.length * lines.length, unreadable: 0 });
      const [metadata] = await service.sql(
        `select count(*)::INTEGER as rows, min(source) as source from kube_audit
       where cluster = 'splunk_hec' and sourcetype = 'kube:apiserver-audit' and host = 'node-a'`,
      );
      expect(metadata).toEqual({ rows: lines.length, source: join(folder, 'splunk_hec.log') });
    });
  },
);

describe("an API server's webhook backend", () => {
  test('delivers every event exactly once through three kills and lost answers', async () => {
    const seed = announceSeed('webhook backend');
    const random = randomNumbers(seed);
    const folder = await temporaryFolder();
    const lines = await auditLines();
    const service = await startPintail({
      folder: join(folder, 'pintail'),
      receivers: { k8s_audit_webhook: { tokens: [{ token, cluster: 'e2e-cluster' }] } },
    });
    // A fifth of the documented waits: 16 s of cover instead of 80.
    const backend = webhookBackend(service, random, { loseAnswers: 0.1, wait: (ms) => delay(ms / 5) });
    await killWhile(service, [1500, 1500, 1500], ({ from, to }) =>
      backend.sendAll(lines.slice(Math.floor(from * lines.length), Math.floor(to * lines.length))),
    );
    expect(backend.lost).toBe(0);
    await expectExactlyOnce(service, lines);
    expect(await service.sql('select distinct cluster from kube_audit')).toEqual([{ cluster: 'e2e-cluster' }]);
  });
});

interface BackendOptions {
  readonly loseAnswers: number;
  readonly wait: (ms: number) => Promise<void>;
}

function webhookBackend(service: PintailService, random: () => number, options: BackendOptions) {
  const backend = new WebhookBackend({
    port: Number(service.receiverEndpoints.k8s_audit_webhook!.split(':').at(-1)),
    headers: { authorization: `Bearer ${token}` },
    random,
    ...options,
  });
  return {
    get lost() {
      return backend.lost;
    },
    async sendAll(lines: readonly string[]) {
      for (const line of lines) {
        await backend.process(line);
        if (random() < 0.02) await backend.flush();
      }
      await backend.flush();
    },
  };
}

/** Sends in shares; the service is killed during each but the last and stays away for the time given. */
async function killWhile(
  service: PintailService,
  awayMs: readonly number[],
  send: (share: { readonly from: number; readonly to: number }) => Promise<void>,
): Promise<void> {
  const shares = awayMs.length + 1;
  for (let share = 0; share < shares; share += 1) {
    const sending = send({ from: share / shares, to: (share + 1) / shares });
    const away = awayMs[share];
    if (away !== undefined) {
      await eventually({ what: 'records of this run are taken', withinMs: 60_000, everyMs: 1 }, async () =>
        sumOfMetric(await service.metrics(), 'pintail_audit_events_total') > 0 ? true : undefined,
      );
      await service.kill();
      await delay(away);
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
