/**
 * A sender that is bound to a cluster, by its token or by the names in its certificate, writes as that cluster at
 * every door, whatever its records claim. Real certificates, real handshakes.
 */
import { createHash } from 'node:crypto';
import { request } from 'node:https';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Component } from '../../src/component.ts';
import { AuditWebhookReceiver } from '../../src/receive/audit-webhook/audit-webhook-receiver.ts';
import type { Authorization } from '../../src/receive/authorization.ts';
import type { ClientCluster } from '../../src/receive/client-clusters.ts';
import { HecReceiver } from '../../src/receive/hec/hec-receiver.ts';
import { OtlpGrpcReceiver } from '../../src/receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../../src/receive/otlp/otlp-http-receiver.ts';
import { createCertificates, hasOpenssl } from '../support/certificates.ts';
import { normalize } from '../support/normalize.ts';
import { eventListOf } from './audit-webhook/support/webhook-backend.ts';
import { callRaw, frame } from './otlp/support/grpc-client.ts';
import { encodeMessage, logsRequest } from './otlp/support/otlp-proto.ts';
import { RecordingConsumer } from './otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from './otlp/support/recording-telemetry.ts';

const event = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","verb":"get"}';
/** The event claims to be of another cluster wherever the protocol lets it. */
const CLAIMED = 'another';
const otlp = encodeMessage(
  'ExportLogsServiceRequest',
  logsRequest([{ body: { stringValue: event } }], [{ key: 'k8s.cluster.name', value: { stringValue: CLAIMED } }]),
);

interface Settings {
  readonly endpoint: string;
  readonly tls: { readonly certFile: string; readonly keyFile: string; readonly clientCaFile: string } & {
    readonly clientClusters: readonly ClientCluster[];
  };
  readonly authorize?: (header: string | undefined) => Authorization;
}

interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
}

type Answer = 'taken' | 'forbidden';

interface Door {
  readonly name: string;
  /** The cluster of records from a sender that is bound to none. */
  readonly unbound: string | null;
  open(settings: Settings, consumer: RecordingConsumer): Component & { address(): { readonly port: number } };
  send(port: number, identity: Identity, token: string): Promise<Answer>;
}

const telemetry = new RecordingTelemetry();
const doors: readonly Door[] = [
  {
    name: 'OTLP gRPC',
    unbound: CLAIMED,
    open: (settings, consumer) => new OtlpGrpcReceiver(settings, consumer, telemetry),
    async send(port, identity, token) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await callRaw(
        port,
        { headers, frames: [frame(otlp)] },
        { ca, servername: 'localhost', ...identity },
      );
      return answerOf(answer['grpc-status'], { taken: '0', forbidden: '7' });
    },
  },
  {
    name: 'OTLP HTTP',
    unbound: CLAIMED,
    open: (settings, consumer) => new OtlpHttpReceiver(settings, consumer, telemetry),
    send: (port, identity, token) =>
      post(port, identity, {
        path: '/v1/logs',
        headers: { 'content-type': 'application/x-protobuf', authorization: `Bearer ${token}` },
        body: otlp,
      }),
  },
  {
    name: 'Splunk HEC',
    unbound: CLAIMED,
    open: (settings, consumer) => new HecReceiver(settings, consumer, telemetry),
    send: (port, identity, token) =>
      post(port, identity, {
        path: '/services/collector',
        headers: { authorization: `Splunk ${token}` },
        body: Buffer.from(JSON.stringify({ event, fields: { 'k8s.cluster.name': CLAIMED } })),
      }),
  },
  {
    name: 'the audit webhook',
    unbound: null,
    open: (settings, consumer) => new AuditWebhookReceiver(settings, consumer, telemetry),
    send: (port, identity, token) =>
      post(port, identity, {
        path: '/k8s-audit',
        headers: { authorization: `Bearer ${token}` },
        body: Buffer.from(eventListOf([event])),
      }),
  },
];

const certificates = hasOpenssl ? createCertificates() : undefined;
afterAll(() => certificates?.[Symbol.dispose]());
const ca = certificates?.read('ca') ?? Buffer.alloc(0);
const issue = (commonName: string, names?: string): Identity =>
  certificates?.issueClient(commonName, names) ?? { cert: ca, key: ca };
const identities = {
  agentA: issue('agent-a'),
  byName: issue('any', 'DNS:x.example.org,URI:spiffe://example.org/agent-b'),
  gateway: issue('gateway'),
  stranger: issue('stranger', 'DNS:agent-a'),
  // A value with a comma in it must not be taken for two.
  forged: issue('x', '@names\n[names]\nURI.1 = http://x/, URI:spiffe://example.org/agent-b'),
  twoClusters: issue('agent-a', 'URI:spiffe://example.org/agent-b'),
};

const clientClusters: readonly ClientCluster[] = [
  { commonName: 'agent-a', cluster: 'a' },
  { san: 'URI:spiffe://example.org/agent-b', cluster: 'b' },
  { commonName: 'gateway' },
];

const tokens: Readonly<Record<string, Authorization>> = {
  'token-of-a': { cluster: 'a' },
  'token-of-b': { cluster: 'b' },
  'token-of-all': {},
};
const authorize = (header: string | undefined): Authorization =>
  tokens[header?.replace('Bearer ', '') ?? ''] ?? 'unauthenticated';

const running: Component[] = [];
afterEach(async () => {
  for (const component of running.splice(0)) await component.shutdown();
});

describe.skipIf(certificates === undefined).each(doors)('at $name', (door) => {
  async function start(settings: Partial<Settings['tls']> & Pick<Settings, 'authorize'>) {
    const { authorize, ...rest } = settings;
    const { serverCert: certFile, serverKey: keyFile, ca: clientCaFile } = certificates!.files;
    const consumer = new RecordingConsumer();
    const tls = { certFile, keyFile, clientCaFile, clientClusters, ...rest };
    const receiver = door.open({ endpoint: '127.0.0.1:0', tls, ...(authorize && { authorize }) }, consumer);
    await receiver.start();
    running.push(receiver);
    const clusters = () =>
      consumer.batches.flatMap((batch) => normalize(batch, { arrivalMicros: 1 }).audit.map(({ cluster }) => cluster));
    return { port: receiver.address().port, clusters };
  }

  test('a certificate writes as the cluster of its common name or of an alternative name', async () => {
    const { port, clusters } = await start({});
    for (const identity of [identities.agentA, identities.byName, identities.agentA, identities.gateway]) {
      expect(await door.send(port, identity, 'any')).toBe('taken');
    }
    expect(clusters()).toEqual(['a', 'b', 'a', door.unbound]);
  });

  test('a certificate of the authority with no known name, or with those of two clusters, may not send', async () => {
    const { port, clusters } = await start({});
    expect(await door.send(port, identities.stranger, 'any')).toBe('forbidden');
    expect(await door.send(port, identities.forged, 'any')).toBe('forbidden');
    expect(await door.send(port, identities.twoClusters, 'any')).toBe('forbidden');
    expect(clusters()).toEqual([]);
  });

  test('without names any certificate of the authority may send, for any cluster', async () => {
    const { port, clusters } = await start({ clientClusters: [] });
    expect(await door.send(port, identities.stranger, 'any')).toBe('taken');
    expect(clusters()).toEqual([door.unbound]);
  });

  test('a token writes as its cluster, and not together with the certificate of another', async () => {
    const { port, clusters } = await start({ authorize });
    expect(await door.send(port, identities.gateway, 'token-of-a')).toBe('taken');
    expect(await door.send(port, identities.agentA, 'token-of-a')).toBe('taken');
    expect(await door.send(port, identities.agentA, 'token-of-all')).toBe('taken');
    expect(await door.send(port, identities.gateway, 'token-of-all')).toBe('taken');
    expect(await door.send(port, identities.agentA, 'token-of-b')).toBe('forbidden');
    expect(clusters()).toEqual(['a', 'a', 'a', door.unbound]);
  });
});

test("a HEC token and a webhook token of the receiver's own bind as well", async () => {
  const sha256 = createHash('sha256').update('its-own-token').digest('hex');
  for (const Receiver of [HecReceiver, AuditWebhookReceiver]) {
    const consumer = new RecordingConsumer();
    const receiver = new Receiver(
      { endpoint: '127.0.0.1:0', cluster: 'of the listener', tokens: [{ sha256, cluster: 'a' }] },
      consumer,
      telemetry,
    );
    await receiver.start();
    running.push(receiver);
    const isHec = receiver instanceof HecReceiver;
    const answer = await fetch(
      `http://127.0.0.1:${receiver.address().port}${isHec ? '/services/collector' : '/k8s-audit'}`,
      {
        method: 'POST',
        headers: { authorization: `${isHec ? 'Splunk' : 'Bearer'} its-own-token` },
        body: isHec ? JSON.stringify({ event, fields: { cluster_name: CLAIMED } }) : event,
      },
    );
    expect(answer.status).toBe(200);
    expect(normalize(consumer.batches[0]!, { arrivalMicros: 1 }).audit).toMatchObject([{ cluster: 'a' }]);
  }
});

interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function post(port: number, identity: Identity, { path, headers, body }: Post): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const tls = { ca, servername: 'localhost', ...identity };
    const call = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false, ...tls });
    call.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(answerOf(String(response.statusCode), { taken: '200', forbidden: '403' })));
    });
    call.on('error', reject);
    call.end(body);
  });
}

function answerOf(status: string | undefined, statuses: Readonly<Record<Answer, string>>): Answer {
  const answer = (['taken', 'forbidden'] as const).find((known) => statuses[known] === status);
  if (answer === undefined)
    throw new Error(`expected status ${Object.values(statuses).join(' or ')}, found ${status}.`);
  return answer;
}
