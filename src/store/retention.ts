/**
 * Lets go of what is old, in passes of its own beside everything else.
 *
 * Events go by whole days of arrival (`_indextime`, UTC), not by event time: no sender's clock keeps or drops
 * anything, and "kept for 30 days" is a promise about what was received. They stand in the order of arrival, so a day
 * is a run of row groups, and DuckDB 1.5.6 gives the blocks of a row group back at the checkpoint after all of its
 * rows were deleted (21 M rows: 0.2 s for the DELETE, 60 ms for the checkpoint, no growth of the file).
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Logger, Metrics } from '../component.ts';
import type { ColdTier } from './cold-tier.ts';
import { usedBytes } from './disk-use.ts';
import type { DuckdbDatabase } from './duckdb-database.ts';
import { dayMicros, deleteHour, oldestArrival, printDay } from './event-days.ts';
import { type EventTable, eventTables } from './event-table.ts';
import { expireResults } from './expire-results.ts';
import { mergeOldLoads } from './merge-loads.ts';
import { printBytes } from './print-bytes.ts';
import type { ShareQueue } from './share-queue.ts';

export interface RetentionSettings {
  /** How long events stay after the day of their arrival has ended; null is for ever. */
  readonly retentionMs: number | null;
  /** The same for findings, risk events and incidents; null is for ever. */
  readonly findingsRetentionMs: number | null;
  /** What DuckDB's file and log and the cold tier may hold; null is no bound. */
  readonly diskBytes: number | null;
  readonly retentionIntervalMs: number;
}

export interface RetentionContext {
  readonly cold: ColdTier;
  readonly database: DuckdbDatabase;
  /** Held by whoever loads: a checkpoint needs a moment without. */
  readonly turn: ShareQueue;
  readonly settings: RetentionSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

type Reason = 'retention' | 'disk';

export class Retention {
  readonly #context: RetentionContext;
  #timer: NodeJS.Timeout | undefined;
  #pass: Promise<void> = Promise.resolve();
  #stopping = new AbortController();
  #resultsDay = Number.NEGATIVE_INFINITY;
  #refusal: string | null = null;
  #usedBytes = 0;
  #oldestDay: number | null = null;

  constructor(context: RetentionContext) {
    this.#context = context;
    const { metrics } = context;
    metrics.gauge('pintail_store_used_bytes', () => this.#usedBytes);
    metrics.gauge('pintail_store_oldest_arrival_timestamp_seconds', () => (this.#oldestDay ?? 0) * (dayMicros / 1e6));
  }

  /** Why nothing more is taken in: the bound is reached by the events of today alone. */
  get refusal(): string | null {
    return this.#refusal;
  }

  start(): void {
    this.#stopping = new AbortController();
    this.#schedule(0);
  }

  /** Resolves once the pass in hand is over. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#pass;
  }

  /** One pass now, after one in hand. Rejects with what went wrong; what was done by then stays done. */
  run(): Promise<void> {
    const pass = this.#pass.then(() => this.#runPass());
    this.#pass = pass.catch(() => undefined);
    return pass;
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => void this.#runScheduled(), ms);
    this.#timer.unref();
  }

  async #runScheduled(): Promise<void> {
    const { logger, metrics, settings } = this.#context;
    try {
      await this.run();
    } catch (error: unknown) {
      metrics.add('pintail_store_retention_failures_total', 1);
      logger.error({ error }, 'store: retention failed; the next pass tries again');
    }
    if (!this.#stopping.signal.aborted) this.#schedule(settings.retentionIntervalMs);
  }

  async #runPass(): Promise<void> {
    const { settings, cold, clock } = this.#context;
    const today = Math.floor((clock() * 1000) / dayMicros);
    let hasDeleted = false;
    if (settings.retentionMs !== null) {
      hasDeleted = await this.#deleteBefore(dayOf(clock() - settings.retentionMs), 'retention');
    }
    let coldFailure: unknown = null;
    try {
      hasDeleted = (await cold.run(this.#stopping.signal)) || hasDeleted;
    } catch (error: unknown) {
      // A store that is out of reach for days must not lift the bound on the disk.
      coldFailure = error;
    }
    if (today !== this.#resultsDay) {
      hasDeleted = (await this.#expireResults()) || hasDeleted;
      this.#resultsDay = today;
    }
    hasDeleted = (await this.#mergeLoads()) || hasDeleted;
    if (hasDeleted) await this.#checkpoint();
    this.#refusal = await this.#holdToBound(today);
    this.#oldestDay = await this.#findOldestDay();
    if (coldFailure !== null) throw coldFailure;
  }

  async #findOldestDay(): Promise<number | null> {
    const { cold } = this.#context;
    const own = await this.#findOldestOwnDay();
    const days = [own, cold.oldestDay].filter((day) => day !== null);
    return days.length === 0 ? null : Math.min(...days);
  }

  /** Of the tables, without the cold tier. */
  #findOldestOwnDay(): Promise<number | null> {
    return this.#context.database.exclusive((engine) => oldestArrival(engine, eventTables));
  }

  /** Days whose going makes room on the disk. */
  #findOldestDayOnDisk(): Promise<number | null> {
    return this.#context.cold.isOnDisk ? this.#findOldestDay() : this.#findOldestOwnDay();
  }

  async #measure(): Promise<number> {
    const { database, cold } = this.#context;
    return (await database.exclusive(usedBytes)) + (cold.isOnDisk ? cold.bytes : 0);
  }

  /** Events that came before a day, an hour at a time. True where there were any. */
  async #deleteBefore(day: number, reason: Reason): Promise<boolean> {
    const { database, metrics, logger, cold } = this.#context;
    const deleted = { kube_audit: 0, logs: 0 };
    const count = (table: EventTable, rows: number): void => {
      deleted[table] += rows;
      metrics.add('pintail_store_deleted_rows_total', rows, { table, reason });
    };
    const withFiles = reason === 'retention' || cold.isOnDisk;
    const oldest = await (withFiles ? this.#findOldestDay() : this.#findOldestOwnDay());
    if (oldest === null || oldest >= day) return false;
    await database.exclusive(async (engine) => {
      await engine.run(
        `update event_horizon set arrived_before = greatest(arrived_before, make_timestamp(${day * dayMicros}))`,
      );
    });
    if (withFiles) {
      const files = await cold.expire(day, this.#stopping.signal);
      for (const table of eventTables) if (files[table] > 0) count(table, files[table]);
    }
    while (!this.#stopping.signal.aborted) {
      const step = await database.exclusive((engine) => deleteHour(engine, day));
      if (step === null) break;
      count(step.table, step.rows);
    }
    logger.info({ ...deleted, before: printDay(day), reason }, 'store: deleted the events that arrived before a day');
    return true;
  }

  async #mergeLoads(): Promise<boolean> {
    const { database, turn, clock, logger } = this.#context;
    const merged = await database.exclusive((engine) =>
      turn.run(() => mergeOldLoads(engine, Math.floor(clock() * 1000))),
    );
    if (merged > 0) logger.debug({ loads: merged }, 'store: merged the rows of old loads');
    return merged > 0;
  }

  async #expireResults(): Promise<boolean> {
    const { database, settings, clock, logger, metrics } = this.#context;
    const before = (retentionMs: number | null): number | null =>
      retentionMs === null ? null : dayOf(clock() - retentionMs) * dayMicros;
    const deleted = await database.exclusive((engine) =>
      expireResults(engine, { events: before(settings.retentionMs), findings: before(settings.findingsRetentionMs) }),
    );
    for (const [table, rows] of Object.entries(deleted)) {
      metrics.add('pintail_store_deleted_rows_total', rows, { table, reason: 'retention' });
    }
    if (Object.keys(deleted).length > 0) logger.info(deleted, 'store: deleted old results of detections');
    return Object.keys(deleted).length > 0;
  }

  /** The oldest days go until the rest fits; where only today is left, gives why intake is refused until there is room. */
  async #holdToBound(today: number): Promise<string | null> {
    const { settings, logger } = this.#context;
    const { diskBytes } = settings;
    this.#usedBytes = await this.#measure();
    while (diskBytes !== null && this.#usedBytes > diskBytes) {
      const oldest = await this.#findOldestDayOnDisk();
      if (oldest === null || oldest >= today) {
        const refusal =
          `store: expected the events of today to fit into storage.max_disk_size (${printBytes(diskBytes)}), ` +
          `found ${printBytes(this.#usedBytes)} in use and no older day to let go.`;
        logger.error({ usedBytes: this.#usedBytes, diskBytes }, refusal);
        return refusal;
      }
      logger.warn(
        { usedBytes: this.#usedBytes, diskBytes, day: printDay(oldest) },
        'store: storage.max_disk_size is exceeded; the oldest day goes before its time',
      );
      await this.#deleteBefore(oldest + 1, 'disk');
      const before = this.#usedBytes;
      await this.#checkpoint();
      this.#usedBytes = await this.#measure();
      // Blocks come back once no reader needs them and their row group is empty: the next pass sees more.
      if (this.#usedBytes >= before) break;
    }
    return null;
  }

  /**
   * Gives the blocks of deleted rows back. Not possible beside a transaction that writes or one that began before the
   * rows were deleted: then DuckDB's own checkpoints do it later.
   */
  async #checkpoint(): Promise<void> {
    const { database, turn, logger } = this.#context;
    await database.settled(this.#stopping.signal);
    try {
      await database.exclusive((engine) => turn.run(() => checkpoint(engine)));
    } catch (error: unknown) {
      logger.debug({ error }, 'store: expected a checkpoint after deleting; a later one frees the room');
    }
  }
}

async function checkpoint(engine: DuckDBConnection): Promise<void> {
  await engine.run('checkpoint');
}

/** Days since the epoch, UTC. */
function dayOf(ms: number): number {
  return Math.floor((ms * 1000) / dayMicros);
}
