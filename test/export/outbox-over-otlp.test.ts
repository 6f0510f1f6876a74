/** The outbox and the OTLP exporter together, against real servers, with the real clock and short intervals. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutboundEvent } from '../../src/component.ts';
import { systemClock } from '../../src/export/clock.ts';
import { DurableOutbox } from '../../src/export/durable-outbox.ts';
import { createOtlpDestination } from '../../src/export/otlp/otlp-destination.ts';
import { DEFAULT_SPLUNK_TARGETS, type OtlpExporterSettings } from '../../src/export/otlp/settings.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../../src/export/settings.ts';
import {
  type GrpcReceiver,
  type HttpReceiver,
  type Receiver,
  startGrpcReceiver,
  startHttpReceiver,
} from '../support/otlp-logs-receiver.ts';
import { type RecordedTelemetry, recordTelemetry } from '../support/recorded-telemetry.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

let database: TestDatabase;
let telemetry: RecordedTelemetry;
let open: (Receiver | { close(): Promise<void> })[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  telemetry = recordTelemetry();
});

afterEach(async () => {
  for (const one of open) await one.close();
  open = [];
  await database.close();
});

async function startOutbox(endpoint: string, protocol: OtlpExporterSettings['protocol']): Promise<DurableOutbox> {
  const destination = createOtlpDestination(
    {
      name: 'otlp',
      endpoint,
      protocol,
      headers: {},
      compression: 'gzip',
      timeoutMs: 20_000,
      retry: { ...DEFAULT_RETRY, initialIntervalMs: 5, maxIntervalMs: 20 },
      batch: { ...DEFAULT_BATCH, maxEvents: 10 },
      hostName: 'h',
      splunk: DEFAULT_SPLUNK_TARGETS,
    },
    systemClock,
  );
  const outbox = new DurableOutbox({
    database,
    destinations: [destination],
    clock: systemClock,
    random: Math.random,
    logger: telemetry.logger,
    metrics: telemetry.metrics,
  });
  open.unshift({ close: () => outbox.shutdown() });
  await outbox.start();
  return outbox;
}

async function put(outbox: DurableOutbox, from: number, to: number): Promise<void> {
  const events = Array.from({ length: to - from }, (_, index): OutboundEvent => {
    const eventId = `e${from + index}`;
    const attributes = { event_id: eventId };
    return { eventId, kind: 'risk', time: 1_700_000_000, source: 'Rule', severityNumber: 9, body: eventId, attributes };
  });
  await database.write((connection) => outbox.enqueue(connection, events));
  outbox.wake();
}

/** Event ids in order of first arrival, over several receivers. */
function arrived(...receivers: readonly Receiver[]): readonly unknown[] {
  const records = receivers.flatMap((receiver) => receiver.requests.flatMap((request) => request.records));
  return [...new Set(records.map((record) => record.attributes.event_id))];
}

function ids(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `e${index}`);
}

async function drained(outbox: DurableOutbox): Promise<void> {
  await outbox.shutdown();
  expect(await database.query('from outbox')).toEqual([]);
}

test.each(['http/protobuf', 'grpc'] as const)(
  'every event arrives, in order, though the receiver goes away and comes back (%s)',
  async (protocol) => {
    const start = protocol === 'grpc' ? startGrpcReceiver : startHttpReceiver;
    const first = await start();
    const outbox = await startOutbox(first.endpoint, protocol);
    await put(outbox, 0, 25);
    await first.received(3);
    await first.close();
    await put(outbox, 25, 60);
    const second = await start(Number(new URL(first.endpoint).port));
    open.push(second);
    while (arrived(first, second).length < 60) await second.received(second.requests.length + 1);
    expect(arrived(first, second)).toEqual(ids(60));
    await drained(outbox);
  },
);

test('every event arrives, in order, though half of the answers are 503, dropped connections or 500', async () => {
  const receiver: HttpReceiver = await startHttpReceiver();
  open.push(receiver);
  const kept: unknown[] = [];
  let count = 0;
  receiver.answer = (response, request, message) => {
    count += 1;
    if (count % 4 === 1) response.writeHead(503).end();
    else if (count % 4 === 2) message.socket.destroy();
    else if (count % 8 === 3) response.writeHead(500).end();
    else {
      kept.push(...request.records.map((record) => record.attributes.event_id));
      response.end();
    }
  };
  const outbox = await startOutbox(receiver.endpoint, 'http/protobuf');
  await put(outbox, 0, 50);
  while (kept.length < 50) await receiver.received(receiver.requests.length + 1);
  expect(kept).toEqual(ids(50));
  await drained(outbox);
});

test('the one record that the receiver refuses is a dead letter; all others arrive, in order', async () => {
  const receiver: GrpcReceiver = await startGrpcReceiver();
  open.push(receiver);
  const kept: unknown[] = [];
  receiver.answer = (request) => {
    const batch = request.records.map((record) => record.attributes.event_id);
    if (batch.includes('e13')) return { code: 3, details: 'record e13 is wrong' };
    kept.push(...batch);
    return Buffer.alloc(0);
  };
  const outbox = await startOutbox(receiver.endpoint, 'grpc');
  await put(outbox, 0, 30);
  while (kept.length < 29) await receiver.received(receiver.requests.length + 1);
  expect(kept).toEqual(ids(30).filter((id) => id !== 'e13'));
  await outbox.shutdown();
  expect(await database.query('select event_id, status, last_error from outbox')).toEqual([
    {
      event_id: 'e13',
      status: 'dead',
      last_error: `otlp: ${receiver.endpoint} answered INVALID_ARGUMENT: record e13 is wrong.`,
    },
  ]);
  expect(telemetry.value('pintail_exporter_dead_letters_total{exporter="otlp"}')).toBe(1);
});
