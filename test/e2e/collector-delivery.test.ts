/**
 * A real Collector tails an audit log and delivers it to the service: every line arrives exactly once,
 * whatever happens to the service meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { auditEvents } from '../support/audit-events.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { announceSeed } from '../support/seed.ts';
import type { RunningProcess } from './support/child-process.ts';
import { buildCollector, startCollector, suiteTitle, tailingConfig } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, postLogs } from './support/otlp-client.ts';
import { type PintailService, preparePintail, startPintail, sumOfMetric } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const collector = buildCollector();
const binary = 'binary' in collector ? collector.binary : '';
const corpora = process.env.PINTAIL_CORPORA;
const protocols = ['otlp', 'otlphttp'] as const;

describe.skipIf(binary === '')(suiteTitle('a Collector that tails an audit log', collector), () => {
  describe.each(protocols)('over the %s exporter', (protocol) => {
    test('delivers every line exactly once, with its Splunk metadata, host, cluster and file', async () => {
      const folder = await temporaryFolder();
      const auditLog = join(folder, 'audit.log');
      const lines = await auditLines();
      await writeFile(auditLog, `${lines.join('\n')}\n`);
      const service = await startPintail({ folder: join(folder, 'pintail') });
      const running = await tail(service, { folder, auditLog, protocol, maxRequestRecords: 2048 });

      await expectExactlyOnce(service, running, lines);
      const [metadata] = await service.sql(
        `select count(*)::INTEGER as rows, min(cluster) as cluster, min(source) as source,
                min(sourcetype) as sourcetype, min(host) as host, min(attributes::VARCHAR) as attributes
         from kube_audit
         where cluster = 'e2e-cluster' and sourcetype = 'kube:apiserver-audit' and host = 'node-a'`,
      );
      expect(metadata).toMatchObject({ rows: lines.length, source: auditLog });
      expect(JSON.parse(String(metadata!.attributes))).toMatchObject({ 'log.file.path': auditLog });
      expect(await service.sql('select count(*)::INTEGER as rows from logs where unreadable is not null')).toEqual([
        { rows: 0 },
      ]);
    });

    test('delivers every line exactly once when the service is killed while it takes a backlog', async () => {
      const folder = await temporaryFolder();
      const auditLog = join(folder, 'audit.log');
      const lines = await auditLines();
      await writeFile(auditLog, `${lines.join('\n')}\n`);
      const service = await startPintail({ folder: join(folder, 'pintail') });
      // Requests of 25 records: a hundred of them, so that the kill falls among them.
      const running = await tail(service, { folder, auditLog, protocol, maxRequestRecords: 25 });
      const taken = await eventually(
        { what: 'the first records are taken', withinMs: 60_000, everyMs: 1 },
        async () => {
          const count = sumOfMetric(await service.metrics(), 'pintail_audit_events_total');
          return count > 0 ? count : undefined;
        },
      );
      console.log(`killed after ${taken} of ${lines.length} records were taken over ${protocol}`);
      await service.kill();
      await service.start();

      await expectExactlyOnce(service, running, lines);
    });

    test('delivers every line exactly once when the service is killed again and again while the log grows', async () => {
      const seed = announceSeed(`kills while the log grows, ${protocol}`);
      const random = randomNumbers(seed);
      const folder = await temporaryFolder();
      const auditLog = join(folder, 'audit.log');
      const lines = await auditLines();
      await writeFile(auditLog, '');
      const service = await startPintail({ folder: join(folder, 'pintail') });
      const running = await tail(service, { folder, auditLog, protocol, maxRequestRecords: 25 });

      let written = 0;
      const writing = (async () => {
        while (written < lines.length) {
          const next = lines.slice(written, written + 10 + Math.floor(random() * 30));
          await appendFile(auditLog, `${next.join('\n')}\n`);
          written += next.length;
          await delay(40 + random() * 80);
        }
      })();
      const kills = 4;
      for (let kill = 1; kill <= kills; kill += 1) {
        const from = (kill / (kills + 1)) * lines.length;
        await eventually({ what: `line ${Math.floor(from)} is written`, withinMs: 120_000, everyMs: 5 }, () =>
          written >= from ? true : undefined,
        );
        await service.kill();
        await delay(random() * 300);
        await service.start();
      }
      await writing;

      await expectExactlyOnce(service, running, lines);
    });

    test('keeps the lines while the service is down and delivers them when it comes up', async () => {
      const folder = await temporaryFolder();
      const auditLog = join(folder, 'audit.log');
      const lines = (await auditLines()).slice(0, 500);
      await writeFile(auditLog, `${lines.join('\n')}\n`);
      const service = await preparePintail({ folder: join(folder, 'pintail') });
      const running = await tail(service, { folder, auditLog, protocol, maxRequestRecords: 100 });
      await eventually({ what: 'the Collector finds nobody at home', withinMs: 30_000 }, () =>
        running.output().includes('Will retry the request') ? true : undefined,
      );
      await service.start();

      await expectExactlyOnce(service, running, lines);
    });
  });
});

/** The recorded log where the corpora are at hand, else a made-up one of its size. */
async function auditLines(): Promise<readonly string[]> {
  if (corpora === undefined) return auditEvents({ seed: 20_261_120, count: 2971, startMs: Date.now() - 3_600_000 });
  const text = await readFile(join(corpora, 'immudb-k8s-microk8s/events.ndjson'), 'utf8');
  return text.split('\n').filter((line) => line !== '');
}

interface Tail {
  readonly folder: string;
  readonly auditLog: string;
  readonly protocol: (typeof protocols)[number];
  readonly maxRequestRecords: number;
}

async function tail(service: PintailService, options: Tail): Promise<RunningProcess> {
  const folder = join(options.folder, 'collector');
  await mkdir(folder, { recursive: true });
  return startCollector({
    binary,
    folder,
    name: 'tail',
    config: tailingConfig({
      auditLog: options.auditLog,
      storageFolder: join(folder, 'storage'),
      protocol: options.protocol,
      endpoint: options.protocol === 'otlp' ? service.grpcEndpoint : service.httpEndpoint,
      maxRequestRecords: options.maxRequestRecords,
    }),
  });
}

/**
 * Waits until as many rows are there as lines, ends the Collector and holds every `_raw` against every line.
 * Rows become queryable in the order in which they were acknowledged, so once a record that is sent after the
 * Collector's last one is there, nothing can come any more.
 */
async function expectExactlyOnce(
  service: PintailService,
  collector: RunningProcess,
  lines: readonly string[],
): Promise<void> {
  await eventually({ what: `${lines.length} rows in kube_audit`, withinMs: 120_000, everyMs: 200 }, async () => {
    const [row] = await service.sql('select count(*)::INTEGER as rows from kube_audit');
    return Number(row!.rows) >= lines.length ? true : undefined;
  });
  await collector.kill('SIGTERM');
  const last = `the end of ${randomUUID()}`;
  expect(await postLogs(service.httpEndpoint, encodeLogs([last]))).toMatchObject({ status: 200 });
  await eventually({ what: 'the last record is queryable', withinMs: 30_000 }, async () => {
    const [row] = await service.sql(`select count(*)::INTEGER as rows from logs where _raw = '${last}'`);
    return Number(row!.rows) === 1 ? true : undefined;
  });
  const rows = await service.sql('select _raw from kube_audit');
  expect(rows.length).toBe(lines.length);
  expect(rows.map((row) => row._raw).sort()).toEqual([...lines].sort());
}
