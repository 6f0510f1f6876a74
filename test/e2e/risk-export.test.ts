/** Pintail's own risk events arrive at a Collector as a Splunk exporter behind it needs them. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { buildCollector, receivingConfig, startCollector, suiteTitle } from './support/collector.ts';
import { eventually } from './support/eventually.ts';
import { freePorts } from './support/free-ports.ts';
import { encodeLogs, postLogs } from './support/otlp-client.ts';
import { repository, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const collector = buildCollector();
const binary = 'binary' in collector ? collector.binary : '';
const protocols = ['grpc', 'http/protobuf'] as const;

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string; readonly doubleValue?: number };
}

interface ReceivedEvent {
  readonly resource: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly eventName: unknown;
}

describe.skipIf(binary === '')(suiteTitle('risk events behind Pintail', collector), () => {
  test('arrive over gRPC and over HTTP with index, sourcetype and source as resource attributes', async () => {
    const folder = await temporaryFolder();
    const detections = await everyMinute(folder, 'kubernetes_aws_detect_suspicious_kubectl_calls.yml');
    // Both at once, since each waits for the next full minute.
    await Promise.all(
      protocols.map((protocol) => expectRiskEvents(protocol, join(folder, protocol.slice(0, 4)), detections)),
    );
  });
});

async function expectRiskEvents(
  protocol: (typeof protocols)[number],
  folder: string,
  detections: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [grpcPort, httpPort] = await freePorts(2);
  const file = join(folder, 'received.ndjson');
  await startCollector({
    binary,
    folder,
    name: 'behind',
    config: receivingConfig({
      grpcEndpoint: `127.0.0.1:${grpcPort}`,
      httpEndpoint: `127.0.0.1:${httpPort}`,
      file,
    }),
  });
  const service = await startPintail({
    folder: join(folder, 'pintail'),
    detections: { paths: [detections] },
    exporters: { otlp: { endpoint: `http://127.0.0.1:${protocol === 'grpc' ? grpcPort : httpPort}`, protocol } },
  });
  const requests = ['/api/v1/secrets', '/api/v1/namespaces/kube-system/configmaps', '/apis'];
  const answer = await postLogs(
    service.httpEndpoint,
    encodeLogs(requests.map(anonymousRequest), { 'k8s.cluster.name': 'e2e' }),
  );
  expect(answer.status).toBe(200);

  const received = await eventually(
    { what: `risk events over ${protocol}`, withinMs: 150_000, everyMs: 200 },
    async () => {
      const events = await readEvents(file);
      return events.length >= requests.length ? events : undefined;
    },
  );

  expect(received).toHaveLength(requests.length);
  for (const event of received) {
    expect(event.resource).toMatchObject({
      'com.splunk.index': 'risk',
      'com.splunk.source': 'Kubernetes AWS detect suspicious kubectl calls',
      'com.splunk.sourcetype': 'pintail:risk',
    });
    expect(event.attributes).toMatchObject({
      risk_object: 'system:anonymous',
      risk_object_type: 'user',
      src_ip: '203.0.113.77',
    });
    expect(Number(event.attributes.risk_score)).toBe(20);
    expect(event.body).toBe('Suspicious kubectl API calls from system:anonymous');
  }
  expect(new Set(received.map((event) => event.attributes.requestURI))).toEqual(new Set(requests));
  expect(new Set(received.map((event) => event.attributes.event_id)).size).toBe(requests.length);
}

/** A copy of a shipped detection that runs each minute over the last hour. Resolves to its folder. */
async function everyMinute(folder: string, name: string): Promise<string> {
  const target = join(folder, 'detections');
  await mkdir(target, { recursive: true });
  const detection = parse(await readFile(join(repository, 'config/detections', name), 'utf8')) as Record<
    string,
    unknown
  >;
  delete detection.tests;
  detection.deployment = {
    scheduling: { cron_schedule: '* * * * *', earliest_time: '-60m@m', latest_time: '@m' },
  };
  await writeFile(join(target, name), stringify(detection));
  return target;
}

/** A request without credentials, one minute ago. */
function anonymousRequest(requestURI: string, index: number): string {
  const at = new Date(Date.now() - 60_000 + index).toISOString();
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: `00000000-0000-4000-8000-00000000000${index}`,
    stage: 'ResponseComplete',
    requestURI,
    verb: 'get',
    user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
    sourceIPs: ['203.0.113.77'],
    userAgent: 'kubectl/v1.30.1',
    objectRef: { resource: 'secrets', namespace: 'kube-system', name: `thing-${index}` },
    responseStatus: { metadata: {}, code: 403 },
    requestReceivedTimestamp: at,
    stageTimestamp: at,
  });
}

async function readEvents(file: string): Promise<ReceivedEvent[]> {
  const events: ReceivedEvent[] = [];
  // The exporter may be in the middle of its last line.
  for (const line of (await readFile(file, 'utf8')).split('\n').slice(0, -1)) {
    const request = JSON.parse(line) as {
      readonly resourceLogs: readonly {
        readonly resource: { readonly attributes?: readonly KeyValue[] };
        readonly scopeLogs: readonly {
          readonly logRecords: readonly {
            readonly attributes?: readonly KeyValue[];
            readonly body?: KeyValue['value'];
            readonly eventName?: string;
          }[];
        }[];
      }[];
    };
    for (const { resource, scopeLogs } of request.resourceLogs) {
      for (const record of scopeLogs.flatMap((scope) => scope.logRecords)) {
        events.push({
          resource: toObject(resource.attributes),
          attributes: toObject(record.attributes),
          body: record.body?.stringValue,
          eventName: record.eventName,
        });
      }
    }
  }
  return events;
}

function toObject(attributes: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.doubleValue ?? value.intValue]),
  );
}
