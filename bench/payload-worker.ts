/** Worker thread: makes every n-th request of a run, gzipped as it will be sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { AuditEventGenerator } from './audit-event-generator.ts';
import { loadTemplates } from './audit-templates.ts';
import { encodeRequest, type Protocol } from './request-bodies.ts';

export interface PayloadPlan {
  readonly protocol: Protocol;
  readonly seed: number;
  readonly requests: number;
  readonly recordsPerRequest: number;
  /** Event time of the first event, and how densely the others follow. */
  readonly startMs: number;
  readonly eventsPerSecond: number;
  readonly gzipLevel: number;
  readonly corpora: string | undefined;
}

export interface Payload {
  readonly index: number;
  readonly bytes: Uint8Array;
  /** Bytes of the events' JSON texts. */
  readonly rawBytes: number;
}

export interface PayloadShare extends PayloadPlan {
  /** Makes the requests first, first + step, … */
  readonly first: number;
  readonly step: number;
}

const share = workerData as PayloadShare;
const { templates } = loadTemplates(share.corpora);
for (let index = share.first; index < share.requests; index += share.step) {
  const generator = new AuditEventGenerator({
    // The seed of a request depends on its place only, so the number of workers changes nothing.
    seed: share.seed * 1_000_003 + index,
    startMs: share.startMs + (index * share.recordsPerRequest * 1000) / share.eventsPerSecond,
    eventsPerSecond: share.eventsPerSecond,
    templates,
  });
  const bodies = Array.from({ length: share.recordsPerRequest }, () => generator.next());
  const rawBytes = bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0);
  const zipped = gzipSync(encodeRequest(share.protocol, bodies, share.startMs), { level: share.gzipLevel });
  const bytes = new Uint8Array(zipped);
  parentPort?.postMessage({ index, bytes, rawBytes } satisfies Payload, [bytes.buffer]);
}
