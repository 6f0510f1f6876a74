/**
 * Empties one destination's queue: in order, one batch at a time, at least once.
 *
 * | the destination says | what happens |
 * |---|---|
 * | confirmed | the rows leave the outbox in one write |
 * | confirmed, some refused | those become dead letters in the same write |
 * | RetryableError | the rows wait, and all behind them; those older than `maxElapsedMs` become dead letters |
 * | DoubtfulError | the same, up to `maxDoubtfulAttempts`; then as PermanentError |
 * | PermanentError | a batch is halved until the event that is refused stands alone; that one becomes a dead letter |
 * | any other error | a bug of ours; handled as PermanentError so that it blocks nothing, and logged as an error |
 */
import { type Database, type Logger, type Metrics, PermanentError, RetryableError } from '../component.ts';
import { backOffMs } from './back-off.ts';
import type { Clock } from './clock.ts';
import { type Destination, DoubtfulError } from './destination.ts';
import { type OutboxRow, postponeRows, readHead, settleRows } from './outbox-table.ts';
import { type PrintableEvent, parsePayload } from './payload.ts';

export interface SenderDependencies {
  readonly database: Database;
  readonly clock: Clock;
  /** Numbers in [0, 1), for the jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly pollIntervalMs: number;
  /** Called after each change of the queue. */
  readonly onChange: () => void;
}

export class Sender {
  readonly #destination: Destination;
  readonly #dependencies: SenderDependencies;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #deliveryAbort = new AbortController();
  #nap = new AbortController();
  #napEndsOnWake = false;
  #woken = false;
  #stopping = false;
  /** How many events the next batch may hold: halved by refusals, doubled by deliveries. */
  #batchLimit: number;
  /** Failures of our own database in a row. */
  #databaseFailures = 0;

  constructor(destination: Destination, dependencies: SenderDependencies) {
    this.#destination = destination;
    this.#dependencies = dependencies;
    this.#labels = { exporter: destination.name };
    this.#batchLimit = destination.batch.maxEvents;
    const { metrics } = dependencies;
    metrics.add('pintail_exporter_sent_events_total', 0, this.#labels);
    metrics.add('pintail_exporter_failed_attempts_total', 0, this.#labels);
    metrics.add('pintail_exporter_dead_letters_total', 0, this.#labels);
  }

  /** Sends until `stop`. Never rejects. */
  async run(): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#step();
        this.#databaseFailures = 0;
      } catch (error: unknown) {
        this.#databaseFailures += 1;
        const waitMs = backOffMs(this.#databaseFailures, this.#destination.retry, this.#dependencies.random);
        this.#dependencies.logger.error({ err: error, ...this.#labels, waitMs }, 'outbox cannot be read or written');
        await this.#rest(waitMs, false);
      }
    }
  }

  /** There may be new rows. */
  wake(): void {
    this.#woken = true;
    if (this.#napEndsOnWake) this.#nap.abort();
  }

  /** Ends every wait at once; a delivery that is under way goes on. */
  stop(): void {
    this.#stopping = true;
    this.#nap.abort();
  }

  /** Breaks off a delivery that is under way; its events stay in the outbox. */
  abandon(): void {
    this.#deliveryAbort.abort(new Error('shutting down'));
  }

  async #step(): Promise<void> {
    const { database, clock, pollIntervalMs } = this.#dependencies;
    this.#woken = false;
    const rows = await database.read({ share: 'service' }, (connection) =>
      readHead(connection, this.#destination.name, this.#batchLimit, this.#destination.batch.maxBytes),
    );
    const [head] = rows;
    if (head === undefined) return this.#rest(pollIntervalMs, true);
    const dueInMs = head.nextAttemptMs - clock.now();
    if (dueInMs > 0) return this.#rest(dueInMs, false);
    await this.#deliver(rows);
  }

  async #deliver(rows: readonly OutboxRow[]): Promise<void> {
    try {
      const events: readonly PrintableEvent[] = rows.map((row) => parsePayload(row.payload));
      const { refused } = await this.#destination.deliver(events, this.#deliveryAbort.signal);
      await this.#settle(rows, new Map(refused.map(({ eventId, reason }) => [eventId, reason])));
    } catch (error: unknown) {
      if (error instanceof DatabaseFailure) throw error.cause;
      await this.#handle(error, rows);
    }
  }

  async #handle(error: unknown, rows: readonly OutboxRow[]): Promise<void> {
    const { logger, metrics } = this.#dependencies;
    if (this.#deliveryAbort.signal.aborted) return;
    metrics.add('pintail_exporter_failed_attempts_total', 1, this.#labels);

    const attempts = rows[0]?.attempts ?? 0;
    const isSpent = error instanceof DoubtfulError && attempts + 1 >= this.#destination.retry.maxDoubtfulAttempts;
    if (error instanceof RetryableError && !isSpent) return this.#postpone(error, rows, attempts + 1);

    if (!(error instanceof PermanentError) && !isSpent) {
      logger.error({ err: error, ...this.#labels, eventIds: rows.map((row) => row.eventId) }, 'exporter failed');
    }
    if (rows.length > 1) {
      this.#batchLimit = Math.ceil(rows.length / 2);
      return;
    }
    await this.#settle(rows, new Map(rows.map((row) => [row.eventId, messageOf(error)])));
  }

  async #postpone(error: RetryableError, rows: readonly OutboxRow[], failures: number): Promise<void> {
    const { database, clock, random, logger, onChange } = this.#dependencies;
    const { retry } = this.#destination;
    const isLate = (row: OutboxRow): boolean =>
      retry.maxElapsedMs > 0 && clock.now() - row.enqueuedMs > retry.maxElapsedMs;
    const late = rows.filter(isLate);
    if (late.length > 0) {
      const reason = `not delivered within ${retry.maxElapsedMs / 1000} s (max_elapsed_time): ${error.message}`;
      await this.#settle(late, new Map(late.map((row) => [row.eventId, reason])));
    }
    const waiting = rows.filter((row) => !isLate(row));
    if (waiting.length === 0) return;
    const waitMs =
      error.retryAfterMs > 0 ? Math.min(error.retryAfterMs, retry.maxRetryAfterMs) : backOffMs(failures, retry, random);
    logger.warn({ ...this.#labels, failures, waitMs, reason: error.message }, 'delivery failed, will be repeated');
    const sequences = waiting.map((row) => row.sequence);
    const nextAttemptMs = clock.now() + waitMs;
    await database.write((connection) => postponeRows(connection, sequences, nextAttemptMs, error.message));
    onChange();
  }

  async #settle(rows: readonly OutboxRow[], refused: ReadonlyMap<string, string>): Promise<void> {
    const { database, clock, logger, metrics, onChange } = this.#dependencies;
    const delivered = rows.filter((row) => !refused.has(row.eventId));
    const dead = rows.flatMap(({ sequence, eventId }) => {
      const reason = refused.get(eventId);
      return reason === undefined ? [] : [{ sequence, eventId, reason }];
    });
    try {
      await database.write((connection) =>
        settleRows(
          connection,
          delivered.map((row) => row.sequence),
          dead,
          clock.now(),
        ),
      );
    } catch (error: unknown) {
      throw new DatabaseFailure(error);
    }
    if (delivered.length > 0) {
      metrics.add('pintail_exporter_sent_events_total', delivered.length, this.#labels);
      this.#batchLimit = Math.min(this.#batchLimit * 2, this.#destination.batch.maxEvents);
    }
    if (dead.length > 0) {
      metrics.add('pintail_exporter_dead_letters_total', dead.length, this.#labels);
      const eventIds = dead.map((row) => row.eventId);
      logger.error({ ...this.#labels, eventIds, reason: dead[0]?.reason }, 'events were refused for good');
    }
    onChange();
  }

  async #rest(ms: number, endsOnWake: boolean): Promise<void> {
    if (this.#stopping || (endsOnWake && this.#woken)) return;
    this.#nap = new AbortController();
    this.#napEndsOnWake = endsOnWake;
    await this.#dependencies.clock.sleep(ms, this.#nap.signal);
    this.#napEndsOnWake = false;
  }
}

/** Tells a failed write after a delivery from a failed delivery. */
class DatabaseFailure extends Error {
  constructor(cause: unknown) {
    super('the outbox could not be written', { cause });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
