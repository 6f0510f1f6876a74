/** The audit webhook over real sockets: what is kept, what is refused, and the API server's batches and retries. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { RetryableError } from '../../../src/component.ts';
import { AuditWebhookReceiver } from '../../../src/receive/audit-webhook/audit-webhook-receiver.ts';
import type { AuditWebhookReceiverSettings } from '../../../src/receive/audit-webhook/settings.ts';
import { auditEvents } from '../../support/audit-events.ts';
import { normalize } from '../../support/normalize.ts';
import { randomNumbers } from '../../support/random-numbers.ts';
import { announceSeed } from '../../support/seed.ts';
import { type HttpCall, type HttpResult, send, sendRaw } from '../otlp/support/http-client.ts';
import { acceptAll, RecordingConsumer } from '../otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from '../otlp/support/recording-telemetry.ts';
import { eventListOf, WebhookBackend } from './support/webhook-backend.ts';

const running: AuditWebhookReceiver[] = [];
afterEach(async () => {
  for (const receiver of running.splice(0)) await receiver.shutdown();
});

async function start(settings: Partial<AuditWebhookReceiverSettings> = {}) {
  const consumer = new RecordingConsumer();
  const telemetry = new RecordingTelemetry();
  const receiver = new AuditWebhookReceiver({ endpoint: '127.0.0.1:0', ...settings }, consumer, telemetry);
  await receiver.start();
  running.push(receiver);
  const { port } = receiver.address();
  const post = (body: string | Buffer, call: Partial<HttpCall> = {}): Promise<HttpResult> =>
    send({
      port,
      path: '/k8s-audit',
      body: Buffer.from(body),
      ...call,
      headers: { 'content-type': 'application/json', ...call.headers },
    });
  const rows = () => {
    const batches = consumer.batches.map((batch) => normalize(batch, { arrivalMicros: 1 }));
    return { audit: batches.flatMap((batch) => batch.audit), logs: batches.flatMap((batch) => batch.logs) };
  };
  return { consumer, telemetry, port, post, rows };
}

const event = '{"level":"Metadata","auditID":"a-1","stage":"ResponseComplete","requestURI":"/healthz","verb":"get"}';
const text = ({ status, body }: HttpResult) => `${status} ${body.toString()}`;

describe('what is kept', () => {
  test('each item of an EventList with its exact text, under the cluster of the listener', async () => {
    const { post, rows, consumer } = await start({ cluster: 'prod', metadata: { sourcetype: 'kube:apiserver-audit' } });
    const items = auditEvents({ seed: 3, count: 5, startMs: 1_790_000_000_000 });
    expect(text(await post(eventListOf(items)))).toBe('200 ');
    expect(consumer.batches[0]!.receiver).toBe('k8s-audit-webhook');
    expect(rows().audit.map((row) => row._raw)).toEqual(items);
    expect(rows().audit[0]).toMatchObject({ cluster: 'prod', sourcetype: 'kube:apiserver-audit', cloud: null });
  });

  test('items without kind and version, as the API server writes them', async () => {
    const { post, rows } = await start();
    await post(eventListOf([event]));
    expect(rows().audit).toMatchObject([{ auditID: 'a-1', _raw: event }]);
  });

  test('a single Event', async () => {
    const { post, rows } = await start();
    const single = event.replace('{', '{"kind":"Event","apiVersion":"audit.k8s.io/v1",');
    expect((await post(single)).status).toBe(200);
    expect(rows().audit).toMatchObject([{ auditID: 'a-1' }]);
  });

  test('a bad item beside good ones, marked; the answer is 200', async () => {
    const { post, rows } = await start();
    expect((await post(eventListOf([event, '"klog text"', '{"no":"event"}']))).status).toBe(200);
    expect(rows().audit).toHaveLength(1);
    expect(rows().logs.map((row) => row.unreadable)).toEqual([
      'audit event in items[1] of an EventList: expected an audit.k8s.io Event, found a string.',
      'audit event in items[2] of an EventList: expected an audit.k8s.io Event, found an object with no.',
    ]);
  });

  test.each([
    'not JSON',
    '{"kind":"EventList","items":[{"auditID":',
    '[]',
    '{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[]}',
  ])('what is no list of events, marked: %s', async (body) => {
    const { post, rows } = await start();
    expect((await post(body)).status).toBe(200);
    expect(rows()).toMatchObject({
      audit: [],
      logs: [{ _raw: body, unreadable: expect.stringMatching(/^audit event: expected /) }],
    });
  });

  test('gzip, whatever the Content-Type', async () => {
    const { post, rows } = await start();
    const headers = { 'content-encoding': 'gzip', 'content-type': 'application/x-protobuf' };
    expect((await post(gzipSync(eventListOf([event])), { headers })).status).toBe(200);
    expect(rows().audit).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test.each<[string, Partial<HttpCall> & { readonly text?: string }, string]>([
    ['another path', { path: '/' }, '404 path: expected "/k8s-audit", found "/".\n'],
    ['GET', { method: 'GET', text: '' }, '405 method: expected POST, found GET.\n'],
    ['an empty body', { text: '' }, '400 body: expected an EventList, found nothing.\n'],
    [
      'an unknown encoding',
      { headers: { 'content-encoding': 'br' } },
      '415 content-encoding: expected gzip, zstd, deflate or identity, found "br".\n',
    ],
  ])('%s', async (_says, call, answer) => {
    const { post, consumer } = await start();
    expect(text(await post(call.text ?? eventListOf([event]), call))).toBe(answer);
    expect(consumer.batches).toEqual([]);
  });

  test('damaged gzip, and bodies beyond the limit before or after decompression', async () => {
    const { post } = await start({ maxRequestBytes: 1000 });
    const gzip = { headers: { 'content-encoding': 'gzip' } };
    expect((await post('x', gzip)).status).toBe(400);
    expect((await post('x'.repeat(1001))).status).toBe(413);
    expect((await post(gzipSync('x'.repeat(100_000)), gzip)).status).toBe(413);
  });

  test('a full store: 503 and whole seconds to wait, counted', async () => {
    const { post, consumer, telemetry } = await start();
    consumer.answer = async () => {
      throw new RetryableError('spool full', 1500);
    };
    const refused = await post(eventListOf([event]));
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
    const labels = { receiver: 'k8s-audit-webhook', reason: 'unavailable' };
    expect(telemetry.counter('pintail_receiver_refused_requests_total', labels)).toBe(1);
  });

  test('a body that does not come in time: 503', async () => {
    const { port } = await start({ requestTimeoutMs: 100 });
    const slow = 'POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{';
    expect(await sendRaw(port, slow, 'found 1 bytes')).toContain('HTTP/1.1 503 ');
  });
});

describe('tokens', () => {
  const hash = (token: string) => createHash('sha256').update(token).digest('hex');
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  test('bind their API server to its cluster', async () => {
    const tokens = [{ sha256: hash('token-of-blue'), cluster: 'blue' }, { sha256: hash('token-of-another') }];
    const { post, consumer } = await start({ cluster: 'prod', tokens });
    expect((await post(eventListOf([event]), bearer('token-of-blue'))).status).toBe(200);
    expect((await post(eventListOf([event]), bearer('token-of-another'))).status).toBe(200);
    expect(consumer.batches.map(({ boundCluster, cluster }) => [boundCluster, cluster])).toEqual([
      ['blue', 'prod'],
      [undefined, 'prod'],
    ]);
    const refused = await post(eventListOf([event]), bearer('x'));
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect((await post(eventListOf([event]))).status).toBe(401);
  });

  test('of the service count too, by what they are for', async () => {
    const decisions = { 'Bearer ingest': {}, 'Bearer hunt': 'forbidden' } as const;
    const authorize = (header: string | undefined) => decisions[header as keyof typeof decisions] ?? 'unauthenticated';
    const { post } = await start({ authorize });
    const statuses = [];
    for (const token of ['ingest', 'hunt', 'x'])
      statuses.push((await post(eventListOf([event]), bearer(token))).status);
    expect(statuses).toEqual([200, 403, 401]);
  });
});

describe("the API server's backend", () => {
  test('loses nothing through refusals within its five attempts, and sends copies of what was kept', async () => {
    const { consumer, port, rows } = await start({ cluster: 'prod' });
    const seed = announceSeed('webhook backend');
    const random = randomNumbers(seed);
    let refusals = 0;
    const attempts = new Map<unknown, number>();
    consumer.answer = async (batch) => {
      const { body } = batch.resourceLogs[0]!.logRecords[0]!;
      const attempt = (attempts.get(body) ?? 0) + 1;
      attempts.set(body, attempt);
      if (attempt > 3 || random() < 0.5) return acceptAll(batch);
      refusals += 1;
      throw new RetryableError('spool full', 1000);
    };
    const lines = auditEvents({ seed, count: 2971, startMs: 1_790_000_000_000 });
    const backend = new WebhookBackend({ port, random, wait: () => Promise.resolve(), loseAnswers: 0.3 });
    // A hundred batches: of eight full ones, one seed in seventeen loses no answer.
    for (const [index, line] of lines.entries()) {
      await backend.process(line);
      if (index % 30 === 29) await backend.flush();
    }
    await backend.flush();
    expect(backend.lost).toBe(0);
    expect(refusals).toBeGreaterThan(0);
    expect(backend.resent).toBeGreaterThan(0);
    // The store drops copies by their identity.
    const unique = new Map(rows().audit.map((row) => [row.identity, row._raw]));
    expect([...unique.values()]).toEqual(lines);
    expect(rows().logs).toEqual([]);
  });

  test('loses a batch only where every attempt is refused, after the waits that it documents', async () => {
    const { consumer, port } = await start();
    consumer.answer = async () => {
      throw new RetryableError('spool full', 1000);
    };
    const waits: number[] = [];
    const backend = new WebhookBackend({
      port,
      random: () => 0,
      wait: async (ms) => {
        waits.push(ms);
      },
    });
    await backend.process(event);
    await backend.flush();
    expect(backend.lost).toBe(1);
    expect(waits).toEqual([10_000, 15_000, 22_500, 33_750]);
  });
});
