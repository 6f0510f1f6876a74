/**
 * Structure-aware damage at the HEC and the audit webhook door. Whatever comes, the answer is the protocol's own, the
 * process lives, memory in hand goes back to none, and good requests before and after arrive whole.
 *
 * PINTAIL_TEST_SEED repeats a run, PINTAIL_TEST_REQUESTS makes it longer (default 2000 per door).
 */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordBatch, RecordConsumer } from '../../src/component.ts';
import { normalize } from '../../src/normalize/index.ts';
import { AuditWebhookReceiver } from '../../src/receive/audit-webhook/audit-webhook-receiver.ts';
import { HecReceiver } from '../../src/receive/hec/hec-receiver.ts';
import { auditEvents, randomNumbers } from '../support/audit-events.ts';
import { eventListOf } from './audit-webhook/support/webhook-backend.ts';
import { send, sendRaw } from './otlp/support/http-client.ts';
import { acceptAll } from './otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from './otlp/support/recording-telemetry.ts';

const seed = Number(process.env.PINTAIL_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const REQUESTS = Number(process.env.PINTAIL_TEST_REQUESTS ?? 2000);
const AT_A_TIME = 20;
const TIME_LIMIT_MS = 30_000 + REQUESTS * 20;
const LIMIT = 256 * 1024;

/** Normalises what it is given, as the service does, and keeps the last batch only. */
class NormalizingConsumer implements RecordConsumer {
  last: RecordBatch | undefined;
  rows = 0;

  async consume(batch: RecordBatch) {
    const { audit, logs } = normalize(batch, { arrivalMicros: 1 });
    const records = acceptAll(batch);
    if (audit.length + logs.length < records.acceptedLogRecords) throw new Error('expected a row for every record');
    this.rows += audit.length + logs.length;
    this.last = batch;
    return records;
  }
}

const consumer = new NormalizingConsumer();
const telemetry = new RecordingTelemetry();
const settings = { endpoint: '127.0.0.1:0', maxRequestBytes: LIMIT, maxEventsPerRequest: 500, requestTimeoutMs: 300 };
const hec = new HecReceiver(settings, consumer, telemetry);
const webhook = new AuditWebhookReceiver(settings, consumer, telemetry);
const lines = auditEvents({ seed, count: 50, startMs: 1_790_000_000_000 });

beforeAll(async () => {
  console.info(`doors-mutation.test.ts: PINTAIL_TEST_SEED=${seed} PINTAIL_TEST_REQUESTS=${REQUESTS}`);
  await Promise.all([hec.start(), webhook.start()]);
});
afterAll(async () => {
  await Promise.all([hec.shutdown(), webhook.shutdown()]);
});

class Dice {
  readonly #next: () => number;
  constructor(dice: number) {
    this.#next = randomNumbers(dice);
  }
  below(count: number): number {
    return Math.floor(this.#next() * count);
  }
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** A value of the wrong type, in JSON. */
const oddValues = [
  'null',
  'true',
  'false',
  '0',
  '-1',
  '1e999',
  '1.5',
  '99999999999999999999999',
  '""',
  '" "',
  '"x"',
  '"\\ud800"',
  '"\\u0000"',
  '[]',
  '{}',
  '[[]]',
  '{"a":{"b":1}}',
  '{"__proto__":{"x":1}}',
  '{"constructor":1}',
  'NaN',
  'tru',
  '01',
  "'x'",
  '',
  '['.repeat(300) + ']'.repeat(300),
  `${'{"a":'.repeat(300)}1${'}'.repeat(300)}`,
  '['.repeat(25_000) + ']'.repeat(25_000),
  `"${'x'.repeat(20_000)}"`,
  '1790000000.123456789',
  '"1790000000"',
  '"yesterday"',
];

function hecObject(dice: Dice): string {
  const members: string[] = [];
  const add = (key: string, good: () => string, share = 3) => {
    if (dice.below(4) >= share) return;
    members.push(`"${key}":${dice.below(8) === 0 ? dice.pick(oddValues) : good()}`);
  };
  add('time', () => String(1_790_000_000 + dice.below(1000) / 7));
  for (const key of ['host', 'source', 'sourcetype', 'index']) add(key, () => `"${dice.pick(['a', 'b', ''])}"`, 1);
  add('event', () => (dice.below(2) === 0 ? JSON.stringify(dice.pick(lines)) : dice.pick(lines)), 4);
  add('fields', () => `{"k8s.cluster.name":"c","n":${dice.below(9)},"l":["a"]}`, 2);
  add(dice.pick(['x', 'event', '__proto__', 'metric']), () => dice.pick(oddValues), 1);
  return `{${members.join(dice.below(40) === 0 ? dice.pick([' ', ';', ',,']) : ',')}}`;
}

function hecBody(dice: Dice): string {
  const objects = Array.from({ length: 1 + dice.below(4) }, () => hecObject(dice));
  switch (dice.below(10)) {
    case 0:
      return `[${objects.join(',')}]`;
    case 1:
      return objects.join(',');
    case 2:
      return objects.join('\n') + dice.pick(['garbage', '}', ']', '[', '\0', '\ufeff']);
    case 3:
      return '{"event":1}'.repeat(501);
    default:
      return objects.join(dice.pick(['', '\n', ' \r\n']));
  }
}

function webhookBody(dice: Dice): string {
  const items = Array.from({ length: dice.below(6) }, () =>
    dice.below(5) === 0 ? dice.pick(oddValues) : dice.pick(lines),
  );
  switch (dice.below(8)) {
    case 0:
      return dice.pick(lines);
    case 1:
      return dice.pick(oddValues);
    case 2:
      return eventListOf(items).replace(/"items":\[.*\]/s, `"items":${dice.pick(oddValues)}`);
    default:
      return eventListOf(items);
  }
}

/** Damages bytes in one of the ways that broken senders and networks do. */
function mutate(dice: Dice, bytes: Buffer): Buffer {
  const at = dice.below(bytes.length + 1);
  const copy = Buffer.from(bytes);
  switch (dice.below(9)) {
    case 0:
      if (at < copy.length) copy[at] = dice.below(256);
      return copy;
    case 1:
      return copy.subarray(0, at);
    case 2: // a piece twice
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - dice.below(30)))]);
    case 3: // a piece missing
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + dice.below(10))]);
    case 4:
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from(dice.pick(['[[', '"', '1e999', '\\', '{', '}{'])),
        copy.subarray(at),
      ]);
    default:
      return copy;
  }
}

interface Prepared {
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

function prepare(dice: Dice, text: string): Prepared {
  let body = mutate(dice, Buffer.from(text));
  const headers: Record<string, string> = {};
  if (dice.below(4) === 0) {
    headers['content-encoding'] = 'gzip';
    // A bomb now and then: beyond the limit once it is decompressed.
    body = gzipSync(dice.below(10) === 0 ? Buffer.alloc(LIMIT * 4, 0x20) : body);
    if (dice.below(3) === 0) body = mutate(dice, body);
  }
  if (dice.below(50) === 0) headers['content-encoding'] = dice.pick(['br', 'gzip, gzip', 'x'.repeat(500)]);
  if (dice.below(50) === 0) body = Buffer.alloc(LIMIT + 1, 0x7b);
  if (dice.below(20) === 0)
    headers.authorization = dice.pick(['', 'Splunk', 'Basic =', 'x'.repeat(5000), 'Bearer a b']);
  return { headers, body };
}

/** Requests that are broken as HTTP: the answer is one all the same, or the connection ends. */
function rawRequest(dice: Dice, path: string): { readonly bytes: string; readonly halfClose: boolean } {
  const head = (lines: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\n${lines}\r\n`;
  switch (dice.below(6)) {
    case 0: // a header flood
      return { bytes: head('X-Flood: aaaaaaaaaaaaaaaa\r\n'.repeat(2000)), halfClose: false };
    case 1: // half-closed in the middle of the body
      return { bytes: `${head('Content-Length: 1000\r\n')}{"event":`, halfClose: true };
    case 2: // a slow body
      return { bytes: `${head('Content-Length: 1000\r\n')}{`, halfClose: false };
    case 3:
      return { bytes: `${head('Transfer-Encoding: chunked\r\n')}zz\r\n`, halfClose: true };
    case 4:
      return { bytes: `${head('Content-Length: -1\r\n')}x`, halfClose: true };
    default:
      return { bytes: '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', halfClose: true };
  }
}

/** A slow request holds back nobody but itself. */
async function atOnce(task: (dice: Dice, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    while (next < REQUESTS) {
      const index = next++;
      await task(new Dice(seed + index), index);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

function resident(): string {
  return `${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`;
}

const good = lines.slice(0, 3);

describe(`random damage, seed ${seed}`, () => {
  it(
    "gets an answer of Splunk's table, and good events before and after arrive whole",
    async () => {
      const { port } = hec.address();
      const whole = async () => {
        const body = Buffer.from(good.map((line) => JSON.stringify({ event: line })).join(''));
        expect((await send({ port, path: '/services/collector', body })).status).toBe(200);
        expect(consumer.last!.resourceLogs[0]!.logRecords.map((record) => record.body)).toEqual(good);
      };
      const answers = new Map<string, number>();
      await whole();
      await atOnce(async (dice, index) => {
        if (index % 100 === 99) {
          const { bytes, halfClose } = rawRequest(dice, '/services/collector');
          const answer = await sendRaw(port, bytes, undefined, halfClose).catch(() => '');
          expect(answer).toMatch(/^$|^HTTP\/1\.1 (400|503) [\s\S]*\{"text":"[^"]+","code":\d+\}$/);
          return;
        }
        const isRaw = dice.below(6) === 0;
        const path = isRaw ? '/services/collector/raw' : '/services/collector/event';
        const answer = await send({
          port,
          path,
          ...prepare(dice, isRaw ? lines.slice(0, 4).join('\r\n') : hecBody(dice)),
        });
        const reply = JSON.parse(answer.body.toString()) as { text: string; code: number };
        const key = `${answer.status} ${reply.code}`;
        expect(['200 0', '400 5', '400 6', '400 12', '400 13', '400 15', '413 413', '415 415']).toContain(key);
        expect(reply.text).toMatch(/^[A-Z]/);
        answers.set(key, (answers.get(key) ?? 0) + 1);
      });
      await whole();
      console.info(
        `hec: ${[...answers].map(([key, count]) => `${key}: ${count}`).join(', ')}; rows ${consumer.rows}; ${resident()}`,
      );
      for (const key of ['200 0', '400 6', '400 13', '400 15', '413 413']) expect(answers.get(key)).toBeGreaterThan(0);
    },
    TIME_LIMIT_MS,
  );

  it(
    'gets 200 or a refusal with its reason at the audit webhook, and good lists before and after arrive whole',
    async () => {
      const { port } = webhook.address();
      const whole = async () => {
        expect((await send({ port, path: '/k8s-audit', body: Buffer.from(eventListOf(good)) })).status).toBe(200);
        const rows = normalize(consumer.last!, { arrivalMicros: 1 });
        expect(rows.audit.map((row) => row._raw)).toEqual(good);
      };
      const answers = new Map<number, number>();
      await whole();
      await atOnce(async (dice, index) => {
        if (index % 100 === 99) {
          const { bytes, halfClose } = rawRequest(dice, '/k8s-audit');
          const answer = await sendRaw(port, bytes, undefined, halfClose).catch(() => '');
          expect(answer).toMatch(/^$|^HTTP\/1\.1 (400|503) [\s\S]*: expected /);
          return;
        }
        const { status, body } = await send({ port, path: '/k8s-audit', ...prepare(dice, webhookBody(dice)) });
        expect([200, 400, 413, 415]).toContain(status);
        expect(body.toString()).toMatch(status === 200 ? /^$/ : /: expected .*\.\n$/);
        answers.set(status, (answers.get(status) ?? 0) + 1);
      });
      await whole();
      console.info(
        `audit webhook: ${[...answers].map(([key, count]) => `${key}: ${count}`).join(', ')}; ${resident()}`,
      );
      for (const status of [200, 400, 413, 415]) expect(answers.get(status)).toBeGreaterThan(0);
    },
    TIME_LIMIT_MS,
  );

  it('was never taken for a bug of ours, and left nothing in hand', async () => {
    for (const receiver of ['splunk-hec', 'k8s-audit-webhook']) {
      expect(telemetry.counter('pintail_receiver_refused_requests_total', { receiver, reason: 'internal' })).toBe(0);
      expect(telemetry.gauge('pintail_receiver_in_flight_requests', { receiver })).toBe(0);
      expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver })).toBe(0);
    }
  });
});
