/**
 * Structure-aware damage at every door. Whatever comes, the answer is the protocol's own, the process lives, memory in
 * hand goes back to none, and good requests before and after arrive whole. `test/e2e/hostile-requests.test.ts` sends
 * the same to a running service, fifty times as many.
 *
 * PINTAIL_SEED repeats a run, PINTAIL_TEST_REQUESTS makes it longer (default 500 per door; the long tests send 100,000).
 */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordBatch, RecordConsumer } from '../../src/component.ts';
import { AuditWebhookReceiver } from '../../src/receive/audit-webhook/audit-webhook-receiver.ts';
import { HecReceiver } from '../../src/receive/hec/hec-receiver.ts';
import { OtlpGrpcReceiver } from '../../src/receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../../src/receive/otlp/otlp-http-receiver.ts';
import { auditEvents } from '../support/audit-events.ts';
import { type Attack, attackTimes } from '../support/hostile-requests/attack.ts';
import { attackFirehose } from '../support/hostile-requests/firehose.ts';
import { attackHec } from '../support/hostile-requests/hec.ts';
import { attackOtlpGrpc, attackOtlpHttp } from '../support/hostile-requests/otlp.ts';
import { attackWebhook } from '../support/hostile-requests/webhook.ts';
import { normalize } from '../support/normalize.ts';
import { chooseSeed } from '../support/seed.ts';
import { eventListOf } from './audit-webhook/support/webhook-backend.ts';
import { callRaw, frame } from './otlp/support/grpc-client.ts';
import { send } from './otlp/support/http-client.ts';
import { encodeLogs } from './otlp/support/otlp-proto.ts';
import { acceptAll } from './otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from './otlp/support/recording-telemetry.ts';

const seed = chooseSeed();
const REQUESTS = Number(process.env.PINTAIL_TEST_REQUESTS ?? 500);
const TIME_LIMIT_MS = 30_000 + REQUESTS * 20;
const LIMIT = 256 * 1024;

/** Normalises what it is given, as the service does, and keeps the last batch only. */
class NormalizingConsumer implements RecordConsumer {
  last: RecordBatch | undefined;

  async consume(batch: RecordBatch) {
    const { audit, logs } = normalize(batch, { arrivalMicros: 1 });
    const records = acceptAll(batch);
    if (audit.length + logs.length < records.acceptedLogRecords) throw new Error('expected a row for every record');
    this.last = batch;
    return records;
  }
}

const consumer = new NormalizingConsumer();
const telemetry = new RecordingTelemetry();
const settings = {
  endpoint: '127.0.0.1:0',
  maxRequestBytes: LIMIT,
  maxEventsPerRequest: 500,
  requestTimeoutMs: 300,
};
const grpc = new OtlpGrpcReceiver(settings, consumer, telemetry);
const http = new OtlpHttpReceiver(settings, consumer, telemetry);
const hec = new HecReceiver(settings, consumer, telemetry);
const webhook = new AuditWebhookReceiver(settings, consumer, telemetry);
const receivers = [grpc, http, hec, webhook];
const lines = auditEvents({ seed, count: 50, startMs: 1_790_000_000_000 });
const good = lines.slice(0, 3);

interface Door {
  readonly name: string;
  readonly receiver: (typeof receivers)[number];
  readonly attack: Attack;
  /** Kinds of answer that must occur, or the damage was none. */
  readonly answers: readonly string[];
  /** Sends the good events; resolves to whether they were taken. */
  sendGood(port: number): Promise<boolean>;
}

const otlp = encodeLogs(good.map((line) => ({ body: { stringValue: line } })));
const doors: readonly Door[] = [
  {
    name: 'OTLP/gRPC',
    receiver: grpc,
    attack: attackOtlpGrpc,
    answers: ['0', '3', '8', 'slow', 'broken HTTP/2'],
    sendGood: async (port) => (await callRaw(port, { frames: [frame(otlp)] }))['grpc-status'] === '0',
  },
  {
    name: 'OTLP/HTTP',
    receiver: http,
    attack: attackOtlpHttp,
    answers: ['200', '400', '413', '415', 'broken HTTP'],
    sendGood: async (port) => (await send({ port, body: otlp })).status === 200,
  },
  {
    name: 'Splunk HEC',
    receiver: hec,
    attack: attackHec,
    answers: ['200 0', '400 6', '400 13', '400 15', '413 413', '415 415', 'broken HTTP'],
    sendGood: async (port) => {
      const body = Buffer.from(good.map((event) => JSON.stringify({ event })).join(''));
      return (await send({ port, path: '/services/collector', body })).status === 200;
    },
  },
  {
    name: 'Firehose',
    receiver: hec,
    attack: attackFirehose,
    answers: ['200', '400', '415'],
    sendGood: async (port) => {
      const records = good.map((line) => ({ data: gzipSync(line).toString('base64') }));
      const body = Buffer.from(JSON.stringify({ requestId: 'r', records }));
      const headers = { 'x-amz-firehose-request-id': 'r' };
      return (await send({ port, path: '/firehose', body, headers })).status === 200;
    },
  },
  {
    name: 'the audit webhook',
    receiver: webhook,
    attack: attackWebhook,
    answers: ['200', '400', '413', '415', 'broken HTTP'],
    sendGood: async (port) =>
      (await send({ port, path: '/k8s-audit', body: Buffer.from(eventListOf(good)) })).status === 200,
  },
];

beforeAll(async () => {
  console.info(`random damage: PINTAIL_SEED=${seed} PINTAIL_TEST_REQUESTS=${REQUESTS}`);
  await Promise.all(receivers.map((receiver) => receiver.start()));
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.shutdown()));
});

describe(`random damage (PINTAIL_SEED=${seed})`, () => {
  it.each(doors)(
    'gets an answer of the protocol at $name, and good events before and after arrive whole',
    async ({ name, receiver, attack, answers, sendGood }) => {
      const { port } = receiver.address();
      const expectWhole = async () => {
        expect(await sendGood(port)).toBe(true);
        const { audit } = normalize(consumer.last!, { arrivalMicros: 1 });
        expect(audit.map((row) => row._raw)).toEqual(good);
      };
      await expectWhole();
      const found = await attackTimes(REQUESTS, seed, attack, { port, limitBytes: LIMIT, lines }, answers);
      await expectWhole();
      const resident = Math.round(process.memoryUsage.rss() / 1e6);
      console.info(`${name}: ${JSON.stringify(found)}; ${resident} MB resident`);
      for (const kind of answers) expect(found).toHaveProperty([kind]);
    },
    TIME_LIMIT_MS,
  );

  it('was never taken for a bug of ours, and left nothing in hand', async () => {
    for (const receiver of ['otlp/grpc', 'otlp/http', 'splunk-hec', 'k8s-audit-webhook']) {
      expect(telemetry.counter('pintail_receiver_refused_requests_total', { receiver, reason: 'internal' })).toBe(0);
      // What was cut off in the middle is noticed a moment later.
      await expect.poll(() => telemetry.gauge('pintail_receiver_in_flight_requests', { receiver })).toBe(0);
      expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver })).toBe(0);
    }
  });
});
