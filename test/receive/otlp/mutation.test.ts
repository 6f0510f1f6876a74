/**
 * Random damage to good requests, at both doors. Whatever comes, the answer is the protocol's own, the process lives,
 * and the next good request arrives whole.
 */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OtlpGrpcReceiver } from '../../../src/receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../../../src/receive/otlp/otlp-http-receiver.ts';
import { randomNumbers } from '../../support/audit-events.ts';
import { callRaw, frame } from './support/grpc-client.ts';
import { send } from './support/http-client.ts';
import { decodeMessage, encodeMessage, logsRequest } from './support/otlp-proto.ts';
import { RecordingConsumer } from './support/recording-consumer.ts';
import { RecordingTelemetry } from './support/recording-telemetry.ts';

const seed = Number(process.env.PINTAIL_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
const REQUESTS = 2000;
const AT_A_TIME = 20;

const consumer = new RecordingConsumer();
const settings = { endpoint: '127.0.0.1:0', maxRecvMsgSizeBytes: 1024 * 1024 };
const telemetry = new RecordingTelemetry();
const http = new OtlpHttpReceiver(settings, consumer, telemetry);
const grpc = new OtlpGrpcReceiver(settings, consumer, telemetry);

beforeAll(async () => {
  console.info(`mutation.test.ts: PINTAIL_TEST_SEED=${seed}`);
  await Promise.all([http.start(), grpc.start()]);
});
afterAll(async () => {
  await Promise.all([http.shutdown(), grpc.shutdown()]);
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

function randomValue(dice: Dice, depth: number): object {
  switch (dice.below(depth > 4 ? 6 : 8)) {
    case 0:
      return { stringValue: dice.pick(['', 'text', '{"kind":"Event"}', 'ü'.repeat(dice.below(300)), '\u0000']) };
    case 1:
      return { boolValue: dice.below(2) === 0 };
    case 2:
      return { intValue: dice.pick(['0', '-1', '9223372036854775807', '-9223372036854775808', '4503599627370497']) };
    case 3:
      return { doubleValue: dice.pick([0, -1.5, 1e300]) };
    case 4:
      return { bytesValue: Buffer.alloc(dice.below(20), dice.below(256)).toString('base64') };
    case 5:
      return {};
    case 6:
      return { arrayValue: { values: some(dice, () => randomValue(dice, depth + 1)) } };
    default:
      return { kvlistValue: { values: some(dice, () => randomPair(dice, depth + 1)) } };
  }
}

function randomPair(dice: Dice, depth: number): object {
  return { key: dice.pick(['a', '', '__proto__', 'k8s.cluster.name']), value: randomValue(dice, depth) };
}

function randomRecord(dice: Dice): object {
  return {
    timeUnixNano: dice.pick(['0', '1790000000000000000', '18446744073709551615']),
    severityNumber: dice.below(25),
    body: randomValue(dice, 0),
    attributes: some(dice, () => randomPair(dice, 0)),
  };
}

function some<T>(dice: Dice, make: () => T): readonly T[] {
  return Array.from({ length: dice.below(4) }, make);
}

/** Damages bytes in one of the ways that broken senders and networks do. */
function mutate(dice: Dice, bytes: Buffer): Buffer {
  const at = dice.below(bytes.length + 1);
  const copy = Buffer.from(bytes);
  switch (dice.below(7)) {
    case 0:
      return copy; // undamaged
    case 1:
      if (at < copy.length) copy[at] = dice.below(256);
      return copy;
    case 2:
      if (at < copy.length) copy[at]! ^= 1 << dice.below(8);
      return copy;
    case 3:
      return copy.subarray(0, at);
    case 4: // a piece twice
      return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - dice.below(30)))]);
    case 5: // a piece missing
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + dice.below(10))]);
    default: // a hostile varint, bracket or quote
      return Buffer.concat([copy.subarray(0, at), dice.pick(HOSTILE), copy.subarray(at)]);
  }
}

const HOSTILE = [
  Buffer.alloc(11, 0xff),
  Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
  Buffer.from([0x0b]),
  Buffer.from('[['),
  Buffer.from('"'),
  Buffer.from('1e999'),
  Buffer.from([0xc0, 0x80]),
];

async function inBatches(task: (dice: Dice) => Promise<void>): Promise<void> {
  for (let start = 0; start < REQUESTS; start += AT_A_TIME) {
    await Promise.all(Array.from({ length: AT_A_TIME }, (_, index) => task(new Dice(seed + start + index))));
  }
}

const good = logsRequest([{ body: { stringValue: 'intact' }, timeUnixNano: '7' }]);

function expectIntact(before: number): void {
  expect(consumer.batches.length).toBe(before + 1);
  expect(consumer.logRecords.at(-1)).toMatchObject({ body: 'intact', timeUnixNano: 7n });
}

describe(`random damage, seed ${seed}`, () => {
  it('gets an answer of OTLP/HTTP, and the next request arrives whole', async () => {
    const { port } = http.address();
    const statuses = new Map<number, number>();
    await inBatches(async (dice) => {
      const request = logsRequest(
        some(dice, () => randomRecord(dice)),
        some(dice, () => randomPair(dice, 0)),
      );
      const isJson = dice.below(2) === 0;
      const isZipped = dice.below(3) === 0;
      let body = isJson ? Buffer.from(JSON.stringify(request)) : encodeMessage('ExportLogsServiceRequest', request);
      const damagesZip = isZipped && dice.below(3) === 0;
      if (!damagesZip) body = mutate(dice, body);
      if (isZipped) body = gzipSync(body);
      if (damagesZip) body = mutate(dice, body);
      const type = isJson ? 'application/json' : 'application/x-protobuf';
      const headers = { 'content-type': type, ...(isZipped ? { 'content-encoding': 'gzip' } : {}) };
      const answer = await send({ port, headers, body });
      expect([200, 400, 413]).toContain(answer.status);
      expect(answer.headers['content-type']).toBe(type);
      const message = answer.status === 200 ? 'ExportLogsServiceResponse' : 'Status';
      const decoded = isJson ? JSON.parse(answer.body.toString()) : decodeMessage(message, answer.body);
      if (answer.status !== 200) expect(decoded.message).toMatch(/: expected /);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    });
    // Both kinds must occur, or the damage was none.
    expect(statuses.get(200)).toBeGreaterThan(100);
    expect(statuses.get(400)).toBeGreaterThan(100);
    const before = consumer.batches.length;
    expect((await send({ port, body: encodeMessage('ExportLogsServiceRequest', good) })).status).toBe(200);
    expectIntact(before);
  });

  it('gets an answer of OTLP/gRPC, and the next call arrives whole', async () => {
    const { port } = grpc.address();
    const codes = new Map<string, number>();
    await inBatches(async (dice) => {
      const request = logsRequest(
        some(dice, () => randomRecord(dice)),
        some(dice, () => randomPair(dice, 0)),
      );
      const isZipped = dice.below(3) === 0;
      let message = encodeMessage('ExportLogsServiceRequest', request);
      const damaged = dice.below(3); // the message, the compressed message, the frame
      if (damaged === 0) message = mutate(dice, message);
      if (isZipped) message = gzipSync(message);
      if (damaged === 1) message = mutate(dice, message);
      let framed = frame(message, isZipped ? 1 : 0);
      if (damaged === 2) framed = mutate(dice, framed);
      const answer = await callRaw(port, { headers: isZipped ? { 'grpc-encoding': 'gzip' } : {}, frames: [framed] });
      const code = answer['grpc-status']!;
      expect(['0', '3', '8']).toContain(code);
      expect(answer[':status']).toBe('200');
      if (code !== '0') {
        const status = decodeMessage('Status', Buffer.from(answer['grpc-status-details-bin']!, 'base64'));
        expect(status).toMatchObject({ code: Number(code), message: expect.stringMatching(/: expected /) });
      }
      codes.set(code, (codes.get(code) ?? 0) + 1);
    });
    expect(codes.get('0')).toBeGreaterThan(100);
    expect(codes.get('3')).toBeGreaterThan(100);
    const before = consumer.batches.length;
    const answer = await callRaw(port, { frames: [frame(encodeMessage('ExportLogsServiceRequest', good))] });
    expect(answer['grpc-status']).toBe('0');
    expectIntact(before);
  });

  it('was never taken for a bug of ours, and left nothing in hand', () => {
    for (const receiver of ['otlp/http', 'otlp/grpc']) {
      expect(telemetry.counter('pintail_receiver_refused_requests_total', { receiver, reason: 'internal' })).toBe(0);
      expect(telemetry.gauge('pintail_receiver_in_flight_requests', { receiver })).toBe(0);
      expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver })).toBe(0);
    }
  });
});
