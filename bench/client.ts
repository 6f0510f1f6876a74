/**
 * The load generator, a process of its own: makes all requests before the clock starts, then sends them as a Collector
 * does, with a fixed number of consumers that each wait for their answer. Told what to do by messages from `ingest.ts`.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { grpcSender, httpSender, httpTargets, type OtlpSender, RetryableRefusal } from './otlp-sender.ts';
import type { Payload, PayloadPlan } from './payload-worker.ts';
import type { Protocol } from './request-bodies.ts';

export interface RunPlan {
  readonly protocol: Protocol;
  readonly port: number;
  readonly connections: number;
  /** Requests to send, `first` up to but not including `end`. */
  readonly first: number;
  readonly end: number;
  readonly recordsPerRequest: number;
  readonly seconds: number;
  /** Events per second; undefined sends as fast as answers come. */
  readonly eventsPerSecond: number | undefined;
}

export type ToClient =
  | { readonly kind: 'prepare'; readonly plan: PayloadPlan; readonly workers: number }
  | { readonly kind: 'run'; readonly plan: RunPlan };

export type FromClient =
  | { readonly kind: 'prepared' }
  | { readonly kind: 'acknowledged'; readonly atMs: number; readonly rawBytes: number }
  | {
      readonly kind: 'done';
      readonly startedMs: number;
      readonly endedMs: number;
      /** One per request, milliseconds; at a rate counted from when it was due, so that waiting counts too. */
      readonly latenciesMs: readonly number[];
      readonly retries: number;
      /** Processor seconds of the client during the run. */
      readonly processorSeconds: number;
      /** One past the last request sent. */
      readonly end: number;
    };

const payloads: Payload[] = [];

process.on('message', (message: ToClient) => {
  const work = message.kind === 'prepare' ? prepare(message.plan, message.workers) : run(message.plan);
  work.catch((error: unknown) => {
    process.stderr.write(`client: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit(0));

function tell(message: FromClient): void {
  process.send?.(message);
}

async function prepare(plan: PayloadPlan, workers: number): Promise<void> {
  await Promise.all(
    Array.from({ length: workers }, (_, first) => {
      const worker = new Worker(new URL('./payload-worker.ts', import.meta.url), {
        workerData: { ...plan, first, step: workers },
      });
      worker.on('message', (payload: Payload) => {
        payloads[payload.index] = payload;
      });
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  tell({ kind: 'prepared' });
}

async function run(plan: RunPlan): Promise<void> {
  const latenciesMs: number[] = [];
  let next = plan.first;
  let retries = 0;
  const startedMs = Date.now();
  const usageBefore = process.cpuUsage();
  const deadlineMs = startedMs + plan.seconds * 1000;
  const gapMs = plan.eventsPerSecond === undefined ? 0 : (plan.recordsPerRequest * 1000) / plan.eventsPerSecond;

  const consume = async (): Promise<void> => {
    let sender = connect(plan);
    while (next < plan.end && Date.now() < deadlineMs) {
      const index = next;
      const dueMs = startedMs + (index - plan.first) * gapMs;
      if (dueMs >= deadlineMs) break;
      next += 1;
      if (dueMs > Date.now()) await sleep(dueMs - Date.now());
      const payload = payloads[index];
      if (payload === undefined) throw new Error(`request ${index}: expected it prepared, found nothing.`);
      const bytes = Buffer.from(payload.bytes.buffer, payload.bytes.byteOffset, payload.bytes.byteLength);
      const fromMs = plan.eventsPerSecond === undefined ? performance.now() : performance.now() - (Date.now() - dueMs);
      for (;;) {
        try {
          await sender.send(bytes);
          break;
        } catch (error: unknown) {
          retries += 1;
          if (error instanceof RetryableRefusal) {
            await sleep(error.retryAfterMs);
          } else if (isConnectionLoss(error)) {
            sender.close();
            await sleep(100);
            sender = connect(plan);
          } else {
            throw error;
          }
        }
      }
      latenciesMs.push(performance.now() - fromMs);
      tell({ kind: 'acknowledged', atMs: Date.now(), rawBytes: payload.rawBytes });
    }
    sender.close();
  };
  await Promise.all(Array.from({ length: plan.connections }, consume));
  const { user, system } = process.cpuUsage(usageBefore);
  const processorSeconds = (user + system) / 1e6;
  tell({ kind: 'done', startedMs, endedMs: Date.now(), latenciesMs, retries, processorSeconds, end: next });
}

function connect(plan: RunPlan): OtlpSender {
  return plan.protocol === 'grpc'
    ? grpcSender('127.0.0.1', plan.port)
    : httpSender('127.0.0.1', plan.port, httpTargets[plan.protocol]);
}

/** What a Collector retries besides the refusals: no answer at all. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return /^(ECONN|EPIPE|ERR_HTTP2)/.test(code) || error.message.startsWith('gRPC without status');
}
