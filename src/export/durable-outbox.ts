/**
 * The outbox: events enter within the transaction that found them, and leave by one sender per destination.
 */
import {
  type Component,
  type Connection,
  type Database,
  failureOf,
  type Logger,
  type Metrics,
  type OutboundEvent,
  type Outbox,
  PermanentError,
} from '../component.ts';
import type { Clock } from './clock.ts';
import type { Destination } from './destination.ts';
import {
  countRows,
  type DeadLetterRow,
  insertEvents,
  pruneRows,
  type QueueCounts,
  readDeadRows,
  reviveRows,
} from './outbox-table.ts';
import { Sender } from './sender.ts';
import { DEFAULT_OUTBOX_SETTINGS, type OutboxSettings } from './settings.ts';

export interface DurableOutboxOptions {
  readonly database: Database;
  /** One per exporter of the configuration; names must differ. */
  readonly destinations: readonly Destination[];
  readonly clock: Clock;
  /** Numbers in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings?: OutboxSettings;
}

const PRUNE_INTERVAL_MS = 3_600_000;
const EMPTY: QueueCounts = { pending: 0, dead: 0, oldestPendingMs: null };

export class DurableOutbox implements Outbox, Component {
  readonly name = 'outbox';
  readonly #options: DurableOutboxOptions;
  readonly #settings: OutboxSettings;
  #running: Running | undefined;
  #counts: ReadonlyMap<string, QueueCounts> = new Map();

  constructor(options: DurableOutboxOptions) {
    const names = options.destinations.map((destination) => destination.name);
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated !== undefined) throw new Error(`outbox: expected one exporter named "${repeated}", found several.`);
    this.#options = options;
    this.#settings = options.settings ?? DEFAULT_OUTBOX_SETTINGS;
    for (const exporter of names) {
      options.metrics.gauge('pintail_exporter_queue_size', () => this.counts(exporter).pending, { exporter });
      options.metrics.gauge('pintail_exporter_oldest_pending_seconds', () => this.#oldestAge(exporter), { exporter });
      options.metrics.gauge('pintail_exporter_dead_letters', () => this.counts(exporter).dead, { exporter });
    }
  }

  /** Rejects with RetryableError where a destination's queue is full; the caller's transaction must roll back then. */
  async enqueue(connection: Connection, events: readonly OutboundEvent[]): Promise<void> {
    const names = this.#options.destinations.map((destination) => destination.name);
    await insertEvents(connection, events, names, this.#options.clock.now(), this.#settings.maxPendingEvents);
  }

  wake(): void {
    if (this.#running === undefined) return;
    for (const sender of this.#running.senders) sender.wake();
    this.#refreshCountsInBackground();
  }

  /** Opens every destination and begins to send what an earlier process left. Rejects where a destination cannot open. */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    const { destinations, database, clock } = this.#options;
    const opened: Destination[] = [];
    try {
      for (const destination of destinations) {
        opened.push(destination);
        await destination.open();
      }
      await this.#refreshCounts();
    } catch (error: unknown) {
      throw await failureOf(closings(opened), error);
    }
    this.#warnOfOrphans();
    const senders = destinations.map(
      (destination) =>
        new Sender(destination, {
          ...this.#options,
          database,
          pollIntervalMs: this.#settings.pollIntervalMs,
          onChange: () => this.#refreshCountsInBackground(),
        }),
    );
    const stop = new AbortController();
    const work = [...senders.map((sender) => sender.run()), this.#prune(clock, stop.signal)];
    this.#running = { senders, stop, finished: Promise.all(work) };
  }

  /** Ends waits at once and gives deliveries under way `shutdownTimeoutMs`; what was not confirmed stays for the next start. */
  async shutdown(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    running.stop.abort();
    for (const sender of running.senders) sender.stop();
    const grace = new AbortController();
    const late = this.#options.clock.sleep(this.#settings.shutdownTimeoutMs, grace.signal);
    await Promise.race([running.finished, late]);
    for (const sender of running.senders) sender.abandon();
    grace.abort();
    await running.finished;
    while (this.#refreshing !== undefined) await this.#refreshing;
    const failure = await failureOf(closings(this.#options.destinations));
    if (failure !== undefined) throw failure;
  }

  /** Rows of one destination as of the last change. */
  counts(destination: string): QueueCounts {
    return this.#counts.get(destination) ?? EMPTY;
  }

  /** The oldest first; undefined is every destination, also those that are not configured any more. */
  deadLetters(destination: string | undefined, limit: number): Promise<readonly DeadLetterRow[]> {
    const { database } = this.#options;
    return database.read({ share: 'service' }, (connection) => readDeadRows(connection, destination ?? null, limit));
  }

  /** Puts a destination's dead letters back in line. Resolves to how many; rejects with PermanentError for an unknown one. */
  async retryDeadLetters(destination: string): Promise<number> {
    const { database, clock, destinations } = this.#options;
    if (!destinations.some(({ name }) => name === destination)) {
      const known = destinations.map(({ name }) => name).join(', ') || '(none is configured)';
      throw new PermanentError(`exporter: expected one of ${known}, found "${destination}".`);
    }
    const revived = await database.write((connection) => reviveRows(connection, destination, clock.now()));
    this.wake();
    return revived;
  }

  #oldestAge(destination: string): number {
    const { oldestPendingMs } = this.counts(destination);
    return oldestPendingMs === null ? 0 : Math.max(0, this.#options.clock.now() - oldestPendingMs) / 1000;
  }

  #warnOfOrphans(): void {
    const known = new Set(this.#options.destinations.map((destination) => destination.name));
    for (const [exporter, { pending, dead }] of this.#counts) {
      if (known.has(exporter)) continue;
      this.#options.logger.warn({ exporter, pending, dead }, 'events wait for an exporter that is not configured');
    }
  }

  async #prune(clock: Clock, signal: AbortSignal): Promise<void> {
    const { database, logger, metrics } = this.#options;
    while (!signal.aborted) {
      const now = clock.now();
      try {
        const removed = await database.write((connection) =>
          pruneRows(connection, {
            deliveredBeforeMs: now - this.#settings.deliveredMemoryMs,
            maxDelivered: this.#settings.maxDeliveredMemory,
            deadBeforeMs: now - this.#settings.deadLetterMemoryMs,
            maxDead: this.#settings.maxDeadLetters,
          }),
        );
        if (removed > 0) {
          metrics.add('pintail_exporter_dead_letters_expired_total', removed);
          logger.warn({ removed }, 'dead letters were too old or too many and were removed');
        }
      } catch (error: unknown) {
        logger.error({ err: error }, 'outbox could not be pruned, will be tried again');
      }
      await clock.sleep(PRUNE_INTERVAL_MS, signal);
    }
  }

  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;

  #refreshCountsInBackground(): void {
    if (this.#refreshing !== undefined) {
      this.#refreshAgain = true;
      return;
    }
    this.#refreshing = this.#refreshCounts()
      .catch((error: unknown) => {
        this.#options.logger.warn({ err: error }, 'outbox could not be counted; the gauges are old');
      })
      .finally(() => {
        this.#refreshing = undefined;
        if (!this.#refreshAgain) return;
        this.#refreshAgain = false;
        this.#refreshCountsInBackground();
      });
  }

  async #refreshCounts(): Promise<void> {
    this.#counts = await this.#options.database.read({ share: 'service' }, countRows);
  }
}

function closings(destinations: readonly Destination[]): readonly (() => Promise<void>)[] {
  return destinations.map((destination) => () => destination.close());
}

interface Running {
  readonly senders: readonly Sender[];
  readonly stop: AbortController;
  readonly finished: Promise<unknown>;
}
