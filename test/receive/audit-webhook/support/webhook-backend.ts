/**
 * The API server's audit webhook backend in batch mode, as its sources document it: at most 400 events a batch, and
 * five attempts per batch on any error, 10 s × 1.5 with a jitter of 0.2 between them.
 *
 * k8s.io/apiserver plugin/pkg/audit/{buffered,webhook}, pkg/util/webhook (2026).
 */
import { send } from '../../otlp/support/http-client.ts';

export interface BackendOptions {
  readonly port: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly random: () => number;
  /** Between attempts. */
  readonly wait: (ms: number) => Promise<void>;
  /** Share of answers to the first three attempts that are lost on the way back: what was kept is sent again. */
  readonly loseAnswers?: number;
}

const MAX_BATCH_SIZE = 400;
const ATTEMPTS = 5;

export class WebhookBackend {
  readonly #options: BackendOptions;
  #buffer: string[] = [];
  /** Events of batches that were given up. */
  lost = 0;
  /** Batches that were sent again although they had been taken. */
  resent = 0;

  constructor(options: BackendOptions) {
    this.#options = options;
  }

  async process(event: string): Promise<void> {
    this.#buffer.push(event);
    if (this.#buffer.length === MAX_BATCH_SIZE) await this.flush();
  }

  /** Sends what is buffered, as the backend does every 30 s. */
  async flush(): Promise<void> {
    const events = this.#buffer;
    this.#buffer = [];
    if (events.length === 0) return;
    let delayMs = 10_000;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await this.#post(eventListOf(events), attempt)) return;
      if (attempt === ATTEMPTS) break;
      await this.#options.wait(delayMs * (1 + 0.2 * this.#options.random()));
      delayMs *= 1.5;
    }
    this.lost += events.length;
  }

  async #post(body: string, attempt: number): Promise<boolean> {
    const { port, path = '/k8s-audit', headers = {}, random, loseAnswers = 0 } = this.#options;
    try {
      const type = { 'content-type': 'application/json' };
      const { status } = await send({ port, path, headers: { ...type, ...headers }, body: Buffer.from(body) });
      const isTaken = status >= 200 && status < 300;
      if (!isTaken || attempt > 3 || random() >= loseAnswers) return isTaken;
      this.resent += 1;
      return false;
    } catch {
      // Nobody listens, or the connection broke: an error like any other.
      return false;
    }
  }
}

/** The list as the API server's codec writes it. */
export function eventListOf(events: readonly string[]): string {
  return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${events.join(',')}]}\n`;
}
