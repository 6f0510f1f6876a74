/** A whole service in this process, on free loopback ports and a folder of its own; gone when the test ends. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { createService, type Service } from '../../src/service/service.ts';
import { type RecordedTelemetry, recordTelemetry } from './recorded-telemetry.ts';

export interface RunningService {
  readonly service: Service;
  readonly directory: string;
  /** What it logged; its metrics are those of `/metrics`. */
  readonly telemetry: RecordedTelemetry;
  /** Sends bodies of log records over OTLP/HTTP JSON and waits until they can be queried. Rejects unless answered 200. */
  send(bodies: readonly (string | object)[], options?: SendOptions): Promise<void>;
  /** The API, with the status not checked. */
  api(path: string, init?: RequestInit): Promise<Response>;
  sql(query: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export interface SendOptions {
  readonly cluster?: string;
  readonly sourcetype?: string;
  /** Of every record, nanoseconds since the epoch. */
  readonly timeUnixNano?: bigint;
}

/**
 * `config` is YAML laid beside the ports and the folder, without `api`, `receivers` and `storage`; `storage` further keys of
 * that section, `tokens` entries of `api.tokens`.
 */
export async function startService(config = '', storage = '', tokens: readonly string[] = []): Promise<RunningService> {
  const directory = await mkdtemp(join(tmpdir(), 'pintail-service-'));
  const text = [
    'receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } }, k8s_audit_webhook: { endpoint: "127.0.0.1:0" } }',
    `api: { endpoint: "127.0.0.1:0", tokens: [${tokens.join(', ')}] }`,
    `storage: { directory: ${JSON.stringify(directory)}, load_interval: 10ms, ${storage} }`,
    config,
  ].join('\n');
  const telemetry = recordTelemetry();
  const service = await createService(parseConfig(text, 'test', {}), {
    logger: telemetry.logger,
    onStuckQuery() {
      throw new Error('a query did not stop when it was interrupted');
    },
  });
  onTestFinished(async () => {
    await service.shutdown();
    await rm(directory, { recursive: true, force: true });
  });
  await service.start();
  const api = (path: string, init?: RequestInit) => fetch(`http://${service.addresses.api}${path}`, init);
  return {
    service,
    directory,
    telemetry,
    api,
    async send(bodies, { cluster, sourcetype, timeUnixNano = 0n } = {}) {
      const attribute = (key: string, value: string) => ({ key, value: { stringValue: value } });
      const response = await fetch(`http://${service.addresses.otlpHttp}/v1/logs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          resourceLogs: [
            {
              resource: {
                attributes: [
                  ...(cluster === undefined ? [] : [attribute('k8s.cluster.name', cluster)]),
                  ...(sourcetype === undefined ? [] : [attribute('com.splunk.sourcetype', sourcetype)]),
                ],
              },
              scopeLogs: [
                {
                  logRecords: bodies.map((body) => ({
                    timeUnixNano: String(timeUnixNano),
                    body: { stringValue: typeof body === 'string' ? body : JSON.stringify(body) },
                  })),
                },
              ],
            },
          ],
        }),
      });
      const answer = await response.text();
      if (response.status !== 200) throw new Error(`expected 200, found ${response.status}: ${answer}`);
      await service.loaded();
    },
    async sql(query) {
      const response = await api('/api/v1/query', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ language: 'sql', query }),
      });
      const answer = (await response.json()) as { readonly rows?: readonly Record<string, unknown>[] };
      if (answer.rows === undefined) throw new Error(`expected rows, found ${JSON.stringify(answer)}`);
      return answer.rows;
    },
  };
}

/** An audit event of now, as the API server writes it. */
export function auditEvent(fields: Readonly<Record<string, unknown>> = {}): object {
  const now = new Date().toISOString().replace('Z', '000Z');
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: crypto.randomUUID(),
    stage: 'ResponseComplete',
    requestURI: '/api/v1/pods',
    verb: 'list',
    user: { username: 'alice', groups: ['system:authenticated'] },
    sourceIPs: ['10.0.0.7'],
    userAgent: 'kubectl/v1.29',
    objectRef: { resource: 'pods', namespace: 'default', apiVersion: 'v1' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: now,
    stageTimestamp: now,
    ...fields,
  };
}
