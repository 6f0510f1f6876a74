/**
 * The cold tier: days of events as Parquet files, read through the same names as the table.
 *
 * A day goes in four steps, each of which may be the last before a crash: its files are written and synced; one
 * transaction names them in `cold_file`, notes in `cold_move` which rows of the table they hold, and lets the views
 * read the files and leave out those rows; the rows are deleted; the note goes. Files that no row of `cold_file`
 * names are removed at the start.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Logger, Metrics } from '../component.ts';
import { type ColdFile, type ColdMove, insertColdFile, readColdFiles, readColdMoves } from './cold-file.ts';
import type { ColdPlace } from './cold-place.ts';
import { groupByDay, readParquet } from './cold-view.ts';
import type { DuckdbDatabase } from './duckdb-database.ts';
import { isMachineError, isOutOfReach } from './engine-error.ts';
import { inTransaction } from './engine-transaction.ts';
import { dayMicros, deleteFirstHour, oldestArrival, printDay } from './event-days.ts';
import { type EventTable, eventTables, type StoredEvents } from './event-table.ts';
import type { EventViews } from './event-views.ts';
import type { ColdSettings } from './settings.ts';
import type { ShareQueue } from './share-queue.ts';
import type { TimeRange } from './time-ranges.ts';

import { writeColdDay } from './write-cold-day.ts';

export interface ColdTierContext {
  /** Null moves nothing; files that were written before are read, and go with the retention. */
  readonly settings: ColdSettings | null;
  readonly database: DuckdbDatabase;
  readonly views: EventViews;
  /** Held by whoever loads: what a load reads does not change under it. */
  readonly turn: ShareQueue;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** Files that are named in the log at once. */
const mostTold = 20;

/** A store that does not answer holds up no start for longer. */
const longestLookMs = 10_000;

export class ColdTier implements StoredEvents {
  readonly #context: ColdTierContext;
  #place: ColdPlace | null = null;
  #storeId = '';
  #files: readonly ColdFile[] = [];
  #moves: readonly ColdMove[] = [];
  #problems: ReadonlyMap<string, string> = new Map();
  /** What loads met, by path; a file whose inside is damaged looks well from outside. */
  readonly #damages = new Map<string, string>();
  /** There may be files that nobody recorded. */
  #hasOrphans = false;

  constructor(context: ColdTierContext) {
    this.#context = context;
    const { metrics } = context;
    metrics.gauge('pintail_store_cold_bytes', () => this.bytes);
    metrics.gauge('pintail_store_cold_files', () => this.#files.length);
    metrics.gauge('pintail_store_cold_unreadable_files', () => this.#problems.size);
  }

  get bytes(): number {
    return this.#files.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Whether `storage.max_disk_size` bounds the files, too. */
  get isOnDisk(): boolean {
    return this.#place?.isOnDisk ?? true;
  }

  /** The oldest day of arrival that has a file, in days since the epoch. */
  get oldestDay(): number | null {
    return this.#files[0]?.day ?? null;
  }

  /** Full paths of the readable files that may hold events of these times. */
  filesWithin({ from, to }: TimeRange): readonly string[] {
    return this.#files
      .filter(({ times, path }) => times.from <= to && times.to >= from && !this.#problems.has(path))
      .map((file) => this.#locate(file));
  }

  reportDamage(path: string, error: unknown): void {
    const { logger } = this.#context;
    if (!this.isOnDisk && isOutOfReach(error)) {
      logger.error({ error, path }, 'cold tier: expected to look for copies in a file, found it out of reach');
      return;
    }
    logger.error({ error, path }, 'cold tier: expected to look for copies in a file, found it damaged');
    const file = this.#files.find((candidate) => this.#locate(candidate) === path);
    if (file !== undefined) this.#damages.set(file.path, error instanceof Error ? error.message : String(error));
  }

  /** Reads what there is, for the views to show. After theirs are made. */
  async open(engine: DuckDBConnection, place: ColdPlace | null): Promise<void> {
    this.#place?.close();
    this.#place = place;
    if (place === null) return;
    const stored = await engine.runAndReadAll('update cold_tier set directory = $1 returning store_id', [place.name]);
    this.#storeId = String(stored.getRowsJS()[0]?.[0]);
    await this.#read(engine);
    const opening = AbortSignal.timeout(longestLookMs);
    this.#problems = await this.#findProblems(engine, opening);
    await inTransaction(engine, () => this.#replaceViews(engine, this.#files, this.#moves));
    this.#tellProblems();
    // Who only looks at a copy of a database must not take for orphans what the database itself wrote since.
    this.#hasOrphans = this.#context.settings !== null;
    if (place.isOnDisk) await this.#removeOrphans(() => readColdFiles(engine), opening);
  }

  /** Lets go of the place. */
  release(): void {
    this.#place?.close();
    this.#place = null;
  }

  /** One pass: looks at the files, finishes what was begun, moves the days that are due. True where rows were deleted. */
  async run(stopping: AbortSignal): Promise<boolean> {
    if (this.#place === null) return false;
    await this.#checkFiles(stopping);
    if (stopping.aborted) return false;
    const { settings, database, clock } = this.#context;
    await this.#removeOrphans(() => database.exclusive(readColdFiles), stopping);
    let hasDeleted = this.#moves.length > 0;
    await this.#finishMoves(stopping);
    if (settings === null) return hasDeleted;
    const due = Math.floor(((clock() - settings.afterMs) * 1000) / dayMicros);
    while (!stopping.aborted) {
      const next = await database.exclusive((engine) => this.#nextDay(engine, due));
      if (next === null) break;
      try {
        await this.#moveDay(next.table, next.day, stopping);
      } catch (error: unknown) {
        this.#hasOrphans = true;
        if (!stopping.aborted) await this.#removeOrphans(() => database.exclusive(readColdFiles), stopping);
        throw error;
      }
      hasDeleted = true;
    }
    return hasDeleted;
  }

  /** Lets go of the files of days before `day`; gives the rows of each table that went. */
  async expire(day: number, stopping: AbortSignal): Promise<Readonly<Record<EventTable, number>>> {
    const rows = { kube_audit: 0, logs: 0 };
    const expired = this.#files.filter((file) => file.day < day);
    const place = this.#place;
    if (expired.length === 0 || place === null) return rows;
    await this.#change(async (engine) => {
      await engine.run(`delete from cold_file where arrival_day < date '1970-01-01' + ${day}::integer`);
    });
    for (const file of expired) rows[file.table] += file.rows;
    const { database, logger } = this.#context;
    // Whoever began before still reads the files.
    await database.settled(stopping);
    if (stopping.aborted) return rows;
    for (const { path } of expired) {
      await place.remove(path, stopping).catch((error: unknown) => {
        this.#hasOrphans = this.#context.settings !== null;
        logger.warn({ error, path }, 'cold tier: expected to remove a file; the next pass tries again');
      });
    }
    return rows;
  }

  /** What cannot be removed now stays for the next pass. */
  async #removeOrphans(readFiles: () => Promise<readonly ColdFile[]>, stopping: AbortSignal): Promise<void> {
    const { logger } = this.#context;
    if (!this.#hasOrphans || this.#place === null) return;
    try {
      for (const path of await this.#place.removeOrphans(this.#storeId, await readFiles(), stopping)) {
        logger.info({ path }, 'cold tier: removed a file that was not recorded before a crash, or after');
      }
      this.#hasOrphans = false;
    } catch (error: unknown) {
      logger.error({ error }, 'cold tier: expected to look for files that nobody recorded; the next pass tries again');
    }
  }

  async #nextDay(
    engine: DuckDBConnection,
    due: number,
  ): Promise<{ readonly table: EventTable; readonly day: number } | null> {
    for (const table of eventTables) {
      const day = await oldestArrival(engine, [table]);
      if (day !== null && day < due) return { table, day };
    }
    return null;
  }

  async #moveDay(table: EventTable, day: number, stopping: AbortSignal): Promise<void> {
    const { database, views, logger, metrics } = this.#context;
    const place = this.#place;
    if (place === null) return;
    const started = performance.now();
    const { files, move } = await database.beside(stopping, async (engine) => {
      await place.refresh(engine, stopping);
      return writeColdDay(engine, { table, day, place, storeId: this.#storeId, views }, stopping);
    });
    await this.#change(async (engine) => {
      for (const file of files) await insertColdFile(engine, file);
      await engine.run('insert into cold_move values ($1, make_timestamp($2::bigint), $3::bigint)', [
        table,
        BigInt(move.arrivedBeforeMicros),
        BigInt(move.commitSeq),
      ]);
    });
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    const seconds = (performance.now() - started) / 1000;
    metrics.add('pintail_store_cold_rows_total', rows, { table });
    logger.info({ table, day: printDay(day), rows, bytes, files: files.length, seconds }, 'cold tier: moved a day');
    await this.#finishMoves(stopping);
  }

  /** Deletes from the table what the files hold. */
  async #finishMoves(stopping: AbortSignal): Promise<void> {
    const { database } = this.#context;
    for (const { table, arrivedBeforeMicros, commitSeq } of this.#moves) {
      let deleted: number | null = 0;
      while (deleted !== null) {
        if (stopping.aborted) return;
        deleted = await database.exclusive((engine) =>
          deleteFirstHour(engine, table, arrivedBeforeMicros, `commit_seq <= ${commitSeq}`),
        );
      }
      await this.#change(async (engine) => {
        await engine.run(
          `delete from cold_move where dataset = $1 and arrived_before = make_timestamp(${arrivedBeforeMicros})
            and commit_seq = ${commitSeq}`,
          [table],
        );
      });
    }
  }

  /** Notices files that went or came back, and lets the views say so. */
  async #checkFiles(stopping: AbortSignal): Promise<void> {
    const problems = await this.#context.database.beside(stopping, (engine) => this.#findProblems(engine, stopping));
    if (stopping.aborted) return;
    const isSame =
      problems.size === this.#problems.size && [...problems].every(([path, text]) => this.#problems.get(path) === text);
    if (isSame) return;
    this.#problems = problems;
    await this.#change(async () => undefined);
    this.#tellProblems();
  }

  /** Why files cannot be read, by path. */
  async #findProblems(engine: DuckDBConnection, stopping: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const place = this.#place;
    if (place === null) return new Map();
    const problems = new Map(await place.findProblems(engine, this.#files, this.#damages, stopping));
    if (!place.bindsToFiles) return problems;
    for (const file of await this.#findUnbindable(engine, problems)) {
      const damage = await bind(engine, [this.#locate(file)]);
      if (damage === null) continue;
      for (const [path, problem] of await place.findProblems(
        engine,
        [file],
        new Map([[file.path, damage]]),
        stopping,
      )) {
        problems.set(path, problem);
      }
    }
    return problems;
  }

  /**
   * Files of the days whose first one cannot be read at all: a view is bound to it when it is made and when it is
   * read, so it would fail queries of every other day.
   */
  async #findUnbindable(engine: DuckDBConnection, problems: ReadonlyMap<string, string>): Promise<readonly ColdFile[]> {
    const suspects: ColdFile[] = [];
    for (const table of eventTables) {
      const readable = this.#files.filter((file) => file.table === table && !problems.has(file.path));
      for (const day of groupByDay(readable)) {
        const paths = day.map((file) => this.#locate(file));
        if ((await bind(engine, paths)) !== null) suspects.push(...day);
      }
    }
    return suspects;
  }

  #tellProblems(): void {
    const { logger } = this.#context;
    const problems = [...this.#problems.values()];
    for (const problem of problems.slice(0, mostTold)) {
      logger.error({ problem }, 'cold tier: queries over the time of this file fail until it is back');
    }
    if (problems.length > mostTold) {
      logger.error(
        { files: problems.length - mostTold },
        'cold tier: queries over the times of further files fail, too',
      );
    }
  }

  /** One transaction that changes what the tier is, and the views with it, between two loads and two writers. */
  async #change(work: (engine: DuckDBConnection) => Promise<void>): Promise<void> {
    const { database, turn } = this.#context;
    await database.exclusive((engine) =>
      turn.run(async () => {
        try {
          await inTransaction(engine, async () => {
            await work(engine);
            await this.#replaceViews(engine, await readColdFiles(engine), await readColdMoves(engine));
          });
        } finally {
          await this.#read(engine);
        }
      }),
    );
  }

  async #read(engine: DuckDBConnection): Promise<void> {
    this.#files = await readColdFiles(engine);
    this.#moves = await readColdMoves(engine);
  }

  async #replaceViews(engine: DuckDBConnection, files: readonly ColdFile[], moves: readonly ColdMove[]): Promise<void> {
    await this.#context.views.replace(engine, {
      files,
      moves,
      bindsToFiles: this.#place?.bindsToFiles ?? true,
      locate: (file) => this.#locate(file),
      problem: ({ path }) => this.#problems.get(path),
    });
  }

  #locate({ path }: ColdFile): string {
    return this.#place?.locate(path) ?? path;
  }
}

/** Why files cannot be read, by DuckDB's words; null where they can. */
async function bind(engine: DuckDBConnection, paths: readonly string[]): Promise<string | null> {
  try {
    await engine.run(`describe select * from ${readParquet(paths)}`);
    return null;
  } catch (error: unknown) {
    if (isMachineError(error)) throw error;
    return error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error);
  }
}
