/** Decoding alone: records per second of the OTLP decoders over benchmark batches. Prints JSON. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeJson } from '../src/receive/otlp/decode-json.ts';
import { decodeProtobuf } from '../src/receive/otlp/decode-protobuf.ts';
import { AuditEventGenerator } from './audit-event-generator.ts';
import { loadTemplates } from './audit-templates.ts';
import { encodeLogsRequest } from './otlp-payload.ts';

const BATCH = 8192;
const ROUNDS = 40;
const limits = { maxNestingDepth: 256, maxRecordsPerRequest: 100_000 };

const { origin, templates } = loadTemplates(process.env.PINTAIL_CORPORA);
const generator = new AuditEventGenerator({
  seed: 1,
  startMs: 1_790_000_000_000,
  eventsPerSecond: 60_000,
  templates,
});
const bodies = Array.from({ length: BATCH }, () => generator.next());
const protobufBytes = Buffer.from(encodeLogsRequest(bodies, 1_790_000_000_000_000_000n));
const jsonBytes = Buffer.from(
  JSON.stringify({
    resourceLogs: [{ scopeLogs: [{ logRecords: bodies.map((body) => ({ body: { stringValue: body } })) }] }],
  }),
);
const gzipped = gzipSync(protobufBytes);

const figures = {
  events: origin,
  batchRecords: BATCH,
  protobufBytesPerRecord: Math.round(protobufBytes.length / BATCH),
  gzipBytesPerRecord: Math.round(gzipped.length / BATCH),
  protobufRecordsPerSecond: measure(() => decodeProtobuf(protobufBytes, limits)),
  jsonRecordsPerSecond: measure(() => decodeJson(jsonBytes, limits)),
  gunzipRecordsPerSecond: measure(() => gunzipSync(gzipped)),
};
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);

function measure(work: () => unknown): number {
  for (let round = 0; round < 5; round += 1) work();
  const start = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round += 1) work();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return Math.round((BATCH * ROUNDS) / seconds);
}
