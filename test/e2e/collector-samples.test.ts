/** The Collector configurations that we hand out do what they say, by a real Collector's own judgement. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { auditEvents } from '../support/audit-events.ts';
import { buildCollector, startCollectorOnFile, suiteTitle, validateCollectorConfig } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { repository, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const collector = buildCollector();
const binary = 'binary' in collector ? collector.binary : '';
const samples = join(repository, 'config/collector');

interface CollectorConfig {
  readonly receivers: Record<string, unknown>;
  readonly exporters: Record<string, unknown>;
  readonly service: { readonly extensions: string[]; readonly pipelines: Record<string, Record<string, string[]>> };
}

describe.skipIf(binary === '')(suiteTitle('sample configurations', collector), () => {
  const environment = (folder: string): Record<string, string> => ({
    COLLECTOR_STATE: join(folder, 'state'),
    K8S_CLUSTER_NAME: 'prod',
    K8S_NODE_NAME: 'node-a',
    PINTAIL_INGEST_TOKEN: 'an-ingest-token-of-the-test',
    SPLUNK_HEC_TOKEN: 'a-hec-token',
  });

  test.each(['otlp/pintail', 'otlphttp/pintail'])(
    'agent-to-pintail.yaml delivers an audit log through %s, with the token that the service asks for',
    async (exporter) => {
      const folder = await temporaryFolder();
      const auditLog = join(folder, 'audit.log');
      const lines = auditEvents({ seed: 7, count: 300, startMs: Date.now() - 60_000 });
      await writeFile(auditLog, `${lines.join('\n')}\n`);
      const token = 'an-ingest-token-of-the-test';
      const service = await startPintail({
        folder: join(folder, 'pintail'),
        api: { tokens: [{ token, scopes: ['ingest'] }] },
      });
      const sample = parse(await readFile(join(samples, 'agent-to-pintail.yaml'), 'utf8')) as CollectorConfig;
      expect(sample.service.pipelines['logs/audit']!.exporters).toEqual(['otlp/pintail']);
      sample.service.pipelines['logs/audit']!.exporters = [exporter];
      const file = join(folder, 'agent.yaml');
      await writeFile(file, stringify(sample));
      await startCollectorOnFile({
        binary,
        name: 'agent',
        file,
        environment: {
          ...environment(folder),
          AUDIT_LOG: auditLog,
          PINTAIL_GRPC_ENDPOINT: service.grpcEndpoint,
          PINTAIL_HTTP_ENDPOINT: service.httpEndpoint,
          PINTAIL_INGEST_TOKEN: token,
        },
      });

      const rows = await eventually({ what: 'all lines are in kube_audit', withinMs: 60_000 }, async () => {
        const found = await service.sql('select _raw, cluster, host, source, sourcetype from kube_audit');
        return found.length >= lines.length ? found : undefined;
      });
      expect(rows.map((row) => row._raw).sort()).toEqual([...lines].sort());
      expect(rows[0]).toMatchObject({
        cluster: 'prod',
        host: 'node-a',
        source: auditLog,
        sourcetype: 'kube:apiserver-audit',
      });
    },
  );

  test('agent-to-pintail.yaml is valid as it is', async () => {
    const folder = await temporaryFolder();
    expect(await validateCollectorConfig(binary, join(samples, 'agent-to-pintail.yaml'), environment(folder))).toBe('');
  });

  test.each(['agent-to-pintail-hec.yaml', 'pintail-to-splunk.yaml'])('%s is valid as it is', async (name) => {
    const folder = await temporaryFolder();
    const tokens = { PINTAIL_HEC_TOKEN: 'a HEC token' };
    expect(await validateCollectorConfig(binary, join(samples, name), { ...environment(folder), ...tokens })).toBe('');
  });

  test('agent-to-pintail-hec.yaml delivers an audit log, its cluster and its metadata', async () => {
    const folder = await temporaryFolder();
    const auditLog = join(folder, 'audit.log');
    const lines = auditEvents({ seed: 8, count: 300, startMs: Date.now() - 60_000 });
    await writeFile(auditLog, `${lines.join('\n')}\n`);
    const token = 'a-token-of-more-than-sixteen-characters';
    const service = await startPintail({
      folder: join(folder, 'pintail'),
      receivers: { splunk_hec: { tokens: [{ token }] } },
    });
    await startCollectorOnFile({
      binary,
      name: 'agent',
      file: join(samples, 'agent-to-pintail-hec.yaml'),
      environment: {
        ...environment(folder),
        AUDIT_LOG: auditLog,
        PINTAIL_HEC_ENDPOINT: `http://${service.receiverEndpoints.splunk_hec}/services/collector`,
        PINTAIL_HEC_TOKEN: token,
      },
    });
    const rows = await eventually({ what: 'all lines are in kube_audit', withinMs: 60_000 }, async () => {
      const found = await service.sql('select _raw, cluster, host, source, sourcetype from kube_audit');
      return found.length >= lines.length ? found : undefined;
    });
    expect(rows.map((row) => row._raw).sort()).toEqual([...lines].sort());
    expect(rows[0]).toMatchObject({
      cluster: 'prod',
      host: 'node-a',
      source: auditLog,
      sourcetype: 'kube:apiserver-audit',
    });
  });

  test.each(['file_log', 'filelog'])(
    "the chart values' receiver and exporter settings are valid, the receiver called %s",
    async (receiver) => {
      const folder = await temporaryFolder();
      await mkdir(folder, { recursive: true });
      const values = parse(await readFile(join(samples, 'splunk-otel-collector-values.yaml'), 'utf8')) as {
        readonly logsCollection: { readonly extraFileLogs: Record<string, object> };
        readonly agent: { readonly config: { readonly exporters: Record<string, object> } };
        readonly splunkPlatform: { readonly otlpIngest: { readonly endpoint: string; readonly insecure: boolean } };
      };
      const { endpoint, insecure } = values.splunkPlatform.otlpIngest;
      const file = join(folder, 'chart.yaml');
      await writeFile(
        file,
        stringify({
          receivers: { [`${receiver}/audit-log`]: values.logsCollection.extraFileLogs['file_log/audit-log'] },
          exporters: {
            'otlp/platform_logs': {
              endpoint,
              tls: { insecure },
              ...values.agent.config.exporters['otlp/platform_logs'],
            },
          },
          service: {
            pipelines: { 'logs/host': { receivers: [`${receiver}/audit-log`], exporters: ['otlp/platform_logs'] } },
          },
        }),
      );
      expect(await validateCollectorConfig(binary, file, environment(folder))).toBe('');
    },
  );
});
