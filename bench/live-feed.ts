/** Events of the present moment, sent at a steady rate by one sender, as one Collector with few events does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { AuditEventGenerator } from './audit-event-generator.ts';
import type { AuditTemplate } from './audit-templates.ts';
import { httpSender, httpTargets, RetryableRefusal } from './otlp-sender.ts';
import { encodeRequest } from './request-bodies.ts';

export interface LiveFeedOptions {
  /** Of OTLP over HTTP. */
  readonly port: number;
  readonly eventsPerSecond: number;
  readonly requestsPerSecond: number;
  readonly templates: readonly AuditTemplate[];
}

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #generator: AuditEventGenerator;
  #isStopped = false;
  #sending: Promise<void> = Promise.resolve();
  acknowledgedEvents = 0;
  retries = 0;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    const { eventsPerSecond, templates } = options;
    this.#generator = new AuditEventGenerator({ seed: 1, startMs: Date.now(), eventsPerSecond, templates });
  }

  start(): void {
    this.#sending = this.#send();
    // Whoever stops the feed hears of it.
    this.#sending.catch(() => undefined);
  }

  /** Rejects where a request was refused for good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#sending;
  }

  async #send(): Promise<void> {
    const { port, eventsPerSecond, requestsPerSecond } = this.#options;
    const sender = httpSender('127.0.0.1', port, httpTargets.http);
    const gapMs = 1000 / requestsPerSecond;
    const perRequest = Math.round(eventsPerSecond / requestsPerSecond);
    try {
      for (let dueMs = Date.now(); !this.#isStopped; dueMs += gapMs) {
        if (dueMs > Date.now()) await sleep(dueMs - Date.now());
        const bodies = Array.from({ length: perRequest }, () => this.#generator.next());
        const payload = gzipSync(encodeRequest('http', bodies, Date.now()), { level: 3 });
        await this.#deliver(() => sender.send(payload));
        this.acknowledgedEvents += perRequest;
      }
    } finally {
      sender.close();
    }
  }

  async #deliver(send: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        await send();
        return;
      } catch (error: unknown) {
        if (!(error instanceof RetryableRefusal)) throw error;
        this.retries += 1;
        await sleep(error.retryAfterMs);
      }
    }
  }
}
