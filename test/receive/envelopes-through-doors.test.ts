/** What audit events come wrapped in: opened alike out of a file and at every door, through real sockets. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordBatch } from '../../src/component.ts';
import { AuditWebhookReceiver } from '../../src/receive/audit-webhook/audit-webhook-receiver.ts';
import { readRecordBatches } from '../../src/receive/file/index.ts';
import { HecReceiver } from '../../src/receive/hec/hec-receiver.ts';
import { OtlpGrpcReceiver } from '../../src/receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../../src/receive/otlp/otlp-http-receiver.ts';
import { normalize } from '../support/normalize.ts';
import { eventListOf } from './audit-webhook/support/webhook-backend.ts';
import { callRaw, frame } from './otlp/support/grpc-client.ts';
import { send } from './otlp/support/http-client.ts';
import { encodeLogs } from './otlp/support/otlp-proto.ts';
import { RecordingConsumer } from './otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from './otlp/support/recording-telemetry.ts';

const event = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a-1","stage":"Panic","verb":"get"}';
const cloudWatch = JSON.stringify({
  messageType: 'DATA_MESSAGE',
  logGroup: '/aws/eks/payments/cluster',
  logStream: 'kube-apiserver-audit-0a1b',
  logEvents: [{ id: '1', timestamp: 1_772_600_767_123, message: event }],
});
const logEntry = JSON.stringify({
  insertId: 'a-1',
  resource: { type: 'k8s_cluster', labels: { cluster_name: 'blue' } },
  protoPayload: { serviceName: 'k8s.io', methodName: 'io.k8s.core.v1.pods.get' },
});
const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64');

const envelopes: Readonly<Record<string, string>> = {
  'the event itself': event,
  'an EventList': eventListOf([event]).trim(),
  'a record of Azure diagnostics': JSON.stringify({ category: 'kube-audit', properties: { log: event } }),
  'a CloudWatch payload': cloudWatch,
  'a subscription by way of Kinesis': JSON.stringify({
    Records: [{ kinesis: { data: base64(gzipSync(cloudWatch)) } }],
  }),
  'a Firehose request': JSON.stringify({ requestId: 'r', records: [{ data: base64(gzipSync(cloudWatch)) }] }),
  'a LogEntry': logEntry,
  'a Pub/Sub push': JSON.stringify({ message: { messageId: '7', data: base64(logEntry) } }),
  'the object of a forwarder': JSON.stringify({ log: `${event}\n`, stream: 'stdout' }),
  'a line of a container runtime': `2026-03-04T05:06:07.5Z stdout F ${event}`,
};

const consumer = new RecordingConsumer();
const settings = { endpoint: '127.0.0.1:0' };
const telemetry = new RecordingTelemetry();
const grpc = new OtlpGrpcReceiver(settings, consumer, telemetry);
const http = new OtlpHttpReceiver(settings, consumer, telemetry);
const hec = new HecReceiver(settings, consumer, telemetry);
const webhook = new AuditWebhookReceiver(settings, consumer, telemetry);
const receivers = [grpc, http, hec, webhook];
const folder = mkdtempSync(join(tmpdir(), 'pintail-envelopes-'));

beforeAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.start()));
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.shutdown()));
  rmSync(folder, { recursive: true });
});

test.each(Object.entries(envelopes))('%s', async (_, text) => {
  const file = join(folder, 'records.ndjson');
  writeFileSync(file, `${text}\n`);
  const batches: RecordBatch[] = [];
  for await (const batch of readRecordBatches(file)) batches.push(batch);

  const otlp = encodeLogs([{ body: { stringValue: text } }]);
  const post = async (port: number, path: string, body: string | Buffer) =>
    expect((await send({ port, path, body: Buffer.from(body) })).status).toBe(200);
  expect((await callRaw(grpc.address().port, { frames: [frame(otlp)] }))['grpc-status']).toBe('0');
  await post(http.address().port, '/v1/logs', otlp);
  await post(hec.address().port, '/services/collector/event', JSON.stringify({ event: text }));
  await post(hec.address().port, '/services/collector/raw', text);
  await post(webhook.address().port, '/k8s-audit', text);
  batches.push(...consumer.batches.splice(0));

  expect(batches).toHaveLength(6);
  const rows = batches.map((batch) => normalize(batch, { arrivalMicros: 1 }));
  for (const { audit, logs } of rows) {
    expect(logs).toEqual([]);
    expect(audit).toMatchObject([{ auditID: 'a-1', verb: 'get' }]);
    expect(audit.map(({ identity, _raw }) => ({ identity, _raw }))).toEqual(
      rows[0]!.audit.map(({ identity, _raw }) => ({ identity, _raw })),
    );
  }
});
