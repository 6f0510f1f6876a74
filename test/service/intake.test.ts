import { expect, test } from 'vitest';
import type { LogRecord, NormalizedBatch, PiecewiseBatch, RecordBatch } from '../../src/component.ts';
import { Intake } from '../../src/service/intake.ts';
import { VolumeControl } from '../../src/service/volume-rules.ts';
import { auditEvents } from '../support/audit-events.ts';
import { normalize } from '../support/normalize.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';

const arrivalMicros = 1_700_000_000_000_000;
const options = {
  nowMicros: () => arrivalMicros,
  maxNestingDepth: 100,
  maxRowsPerRecord: 1000,
  maxSharedAttributes: 2000,
};

function recordOf(body: string): LogRecord {
  return {
    timeUnixNano: 0n,
    observedTimeUnixNano: 1_700_000_000_000_000_000n,
    severityNumber: 0,
    severityText: '',
    body,
    attributes: {},
    eventName: '',
  };
}

const batchOf = (bodies: readonly string[]): RecordBatch => ({
  receiver: 'test',
  resourceLogs: [{ resourceAttributes: {}, logRecords: bodies.map(recordOf) }],
});

/** An intake whose store keeps what it is given, or refuses after it has read it. */
function intakeOf(refusal?: Error) {
  const telemetry = recordTelemetry();
  const appended: NormalizedBatch[][] = [];
  const expected: number[] = [];
  const store = {
    async append(batch: NormalizedBatch | PiecewiseBatch): Promise<void> {
      if ('pieces' in batch) expected.push(batch.expectedRows);
      appended.push('pieces' in batch ? [...batch.pieces] : [batch]);
      if (refusal !== undefined) throw refusal;
    },
  };
  const volume = new VolumeControl([], { ...telemetry, now: () => 0 });
  return { intake: new Intake(store, volume, telemetry.metrics, options), appended, expected, telemetry };
}

const bodies = auditEvents({ seed: 7, count: 1000, startMs: 1_700_000_000_000 });

test('a large batch goes on in pieces whose rows are those of the whole, repeated log records included', async () => {
  const { intake, appended, expected, telemetry } = intakeOf();
  const batch = batchOf([...bodies, ...Array.from({ length: 600 }, () => 'the same line'), '{"kind":"Ev']);
  const consumed = await intake.consume(batch);
  expect(consumed.acceptedLogRecords).toBe(1601);
  expect(expected).toEqual([1601]);
  const [pieces = []] = appended;
  expect(pieces.map(({ audit, logs }) => audit.length + logs.length)).toEqual([256, 256, 256, 256, 256, 256, 65]);
  const whole = normalize(batch, { arrivalMicros, maxNestingDepth: 100 });
  expect(pieces.flatMap(({ audit }) => audit)).toEqual(whole.audit);
  expect(pieces.flatMap(({ logs }) => logs)).toEqual(whole.logs);
  expect(new Set(whole.logs.map(({ identity }) => identity)).size).toBe(601);
  expect(telemetry.value('pintail_audit_events_total{receiver="test"}')).toBe(1000);
  expect(telemetry.value('pintail_log_records_total{receiver="test"}')).toBe(601);
});

test('a few records that hold many events go on in pieces too', async () => {
  const { intake, appended, expected } = intakeOf();
  const list = (of: readonly string[]) =>
    `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","items":[${of.join(',')}]}`;
  await intake.consume(batchOf([0, 200, 400].map((from) => list(bodies.slice(from, from + 200)))));
  const [pieces = []] = appended;
  expect(pieces.map(({ audit }) => audit.length)).toEqual([400, 200]);
  expect(expected).toEqual([600]);
  expect(pieces.flatMap(({ audit }) => audit.map(({ _raw }) => _raw))).toEqual(bodies.slice(0, 600));
});

test('a small batch goes on as it is, so that the store can lay it beside others', async () => {
  const { intake, appended } = intakeOf();
  await intake.consume(batchOf(bodies.slice(0, 256)));
  expect(appended.map((pieces) => pieces.length)).toEqual([1]);
});

test('counts nothing of a batch that the store refused', async () => {
  const { intake, telemetry } = intakeOf(new Error('full'));
  await expect(intake.consume(batchOf(bodies))).rejects.toThrow('full');
  expect(telemetry.value('pintail_audit_events_total{receiver="test"}')).toBe(0);
});

test('counts the audit events with a time that cannot be read, and not those that have none', async () => {
  const { intake, appended, telemetry } = intakeOf();
  const event = { kind: 'Event', apiVersion: 'audit.k8s.io/v1', auditID: 'a', stage: 'ResponseComplete', verb: 'get' };
  const good = '2026-11-02T09:00:10.554600Z';
  const [staged, received] = ['stageTimestamp', 'requestReceivedTimestamp'];
  const texts = (times: readonly object[]) => times.map((some) => JSON.stringify({ ...event, ...some }));
  const bad = texts([
    { [staged]: '2026-11-02T09:00:10.554600.25Z', [received]: '2026-11-02T09:00:10.554600.25Z' },
    { [staged]: 'yesterday', [received]: good },
    { [staged]: good, [received]: 1_793_610_010 },
  ]);
  const fine = texts([
    {},
    { [staged]: null, [received]: '' },
    { [staged]: '0001-01-01T00:00:00Z', [received]: good },
    { timestamp: good },
    { [staged]: good, [received]: good },
  ]);
  await intake.consume(batchOf([...bad, ...fine]));
  expect(telemetry.value('pintail_unreadable_times_total{receiver="test"}')).toBe(3);
  const rows = appended.flat().flatMap(({ audit }) => audit);
  expect(rows.map(({ hasOwnTime }) => hasOwnTime)).toEqual([false, true, true, false, false, true, true, true]);
});

test('counts the records whose shared attributes were left out, and keeps what they name', async () => {
  const { intake, appended, telemetry } = intakeOf();
  const resourceAttributes = { 'k8s.cluster.name': 'prod', blob: 'x'.repeat(2000) };
  await intake.consume({
    receiver: 'test',
    resourceLogs: [{ resourceAttributes, logRecords: bodies.slice(0, 3).map(recordOf) }],
  });
  const [row] = appended.flat().flatMap(({ audit }) => audit);
  expect(row?.cluster).toBe('prod');
  expect(row?.resource).toBe('{"pintail.left_out_characters":2037}');
  expect(telemetry.value('pintail_attributes_left_out_total{receiver="test"}')).toBe(3);
});
