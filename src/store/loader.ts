/**
 * Moves closed segments into DuckDB, at most `loadIntervalMs` after their first row and at once when somebody
 * waits. While it is behind, the next load takes more, which is what makes loads cheap.
 */

import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { type LoadCommit, type Logger, type Metrics, PermanentError, RetryableError } from '../component.ts';
import { isDatabaseLost } from './engine-error.ts';
import type { StoredEvents } from './event-table.ts';
import { LoadConnection, type OtherWork } from './load-connection.ts';
import { chooseSegments, mostSegments, rowGroupRows } from './load-size.ts';
import { type LoadResult, loadSegments } from './load-transaction.ts';
import type { ShareQueue } from './share-queue.ts';
import type { ClosedSegment, Spool } from './spool.ts';
import { quarantineSegment, type SpoolFolders } from './spool-recovery.ts';

export interface LoaderSettings {
  readonly loadIntervalMs: number;
  readonly loadRows: number;
  readonly loadBytes: number;
  readonly recentIdentities: number;
  /** DuckDB's. */
  readonly threads: number;
}

export interface LoaderContext {
  readonly events: StoredEvents;
  readonly others: OtherWork;
  /** Held while a load runs: a checkpoint needs a moment without. */
  readonly turn: ShareQueue;
  readonly spool: Spool;
  readonly folders: SpoolFolders;
  readonly settings: LoaderSettings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Called before each look at the spool, e.g. to see how full the disk is. */
  readonly beforeLoad: () => Promise<void>;
  readonly onCommit: (commit: LoadCommit) => void;
  /** DuckDB refuses all further work; the loader has stopped. */
  readonly onDatabaseLost: (error: unknown) => void;
}

interface Waiter {
  readonly segment: number;
  resolve(commitSeq: number): void;
  reject(reason: unknown): void;
}

/** How far the tables are. */
export interface LoadedState {
  readonly commitSeq: number;
  readonly lastSegment: number;
}

const attemptsBeforeQuarantine = 3;
const longestPauseMs = 30_000;
const bulkPauseMs = 20;
/** A whole data set comes in loads of as many rows: what a load costs besides its rows counts little then. */
const bulkRows = 4 * rowGroupRows;

export class Loader {
  readonly #context: LoaderContext;
  readonly #engine: LoadConnection;
  #state: LoadedState;
  #failures = 0;
  #bytesPerSecond = 0;
  #waiters: Waiter[] = [];
  #isStopped = false;
  #isAwaited = false;
  /** Set after DuckDB refused several segments together, to find out which. */
  #isOneByOne = false;
  /** Set while a whole data set comes in. */
  #isBulk = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(context: LoaderContext, engine: DuckDBConnection, state: LoadedState) {
    this.#context = context;
    this.#engine = new LoadConnection(engine, context.others, context.settings.threads);
    this.#state = state;
  }

  get state(): LoadedState {
    return this.#state;
  }

  /** How long until `bytes` of the spool are loaded, as far as the last loads tell. */
  drainMs(bytes: number): number {
    const estimate = this.#bytesPerSecond > 0 ? (bytes / this.#bytesPerSecond) * 1000 : 5000;
    return Math.round(Math.min(Math.max(estimate, 1000), 30_000));
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves once segments up to `segment` are in the tables. */
  loaded(segment: number, signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    if (segment <= this.#state.lastSegment) {
      return Promise.resolve(this.#state.commitSeq);
    }
    if (this.#isStopped) {
      return Promise.reject(stopped());
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        segment,
        resolve: (commitSeq) => {
          signal?.removeEventListener('abort', leave);
          resolve(commitSeq);
        },
        reject: (reason) => {
          signal?.removeEventListener('abort', leave);
          reject(reason);
        },
      };
      const leave = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(signal?.reason);
      };
      this.#waiters.push(waiter);
      signal?.addEventListener('abort', leave, { once: true });
      this.#isAwaited = true;
      this.#wake();
    });
  }

  /** Resolves once the oldest segment of the spool is in the tables. */
  async oldestLoaded(): Promise<void> {
    const { spool } = this.#context;
    if (spool.closed.length === 0) {
      await spool.rotate();
    }
    const [oldest] = spool.closed;
    if (oldest !== undefined) {
      await this.loaded(oldest.id);
    }
  }

  /** While on, rows wait until there are enough for a load of the cheap kind (load-size.ts). */
  set bulk(isOn: boolean) {
    this.#isBulk = isOn;
    this.#wake();
  }

  /** Finishes the load in hand; what is left stays in the spool. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#running;
    for (const waiter of this.#waiters) {
      waiter.reject(stopped());
    }
    this.#waiters = [];
  }

  /** Loads what the spool holds, once, up to a failure; for a shutdown, after `stop`. */
  async drain(): Promise<void> {
    await this.#context.spool.rotate();
    while (this.#context.spool.closed.length > 0 && (await this.#loadNext())) {
      // Each turn loads one group.
    }
  }

  /** Gives the connection back; a checkpoint first, so that the next start has no log to replay. */
  async close(): Promise<void> {
    try {
      await this.#engine.run('checkpoint');
    } catch (error: unknown) {
      this.#context.logger.warn({ error }, 'store: expected a checkpoint at shutdown; the next start replays the log');
    }
    this.#engine.connection.disconnectSync();
  }

  async #run(): Promise<void> {
    const { spool, beforeLoad } = this.#context;
    // What the start found is closed already; rows that come meanwhile wait for their turn.
    let isFirst = true;
    while (!this.#isStopped) {
      const started = performance.now();
      this.#isAwaited = false;
      let isHealthy = true;
      try {
        await beforeLoad();
        if (!this.#isBulk && !isFirst) {
          await spool.rotate();
        }
        isFirst = false;
        while (!this.#isStopped && isHealthy && this.#isDue()) {
          isHealthy = await this.#loadNext();
        }
        this.#isOneByOne &&= spool.closed.length > 0;
      } catch (error: unknown) {
        this.#context.logger.error({ error }, 'store: the loader failed');
        isHealthy = false;
      }
      if (isHealthy) await this.#pause(started);
      else if (!this.#isStopped) await this.#sleep(Math.min(250 * 2 ** this.#failures, longestPauseMs));
    }
  }

  /** Until the interval is over, or half of it where rows for a load past the log are there by then. */
  async #pause(started: number): Promise<void> {
    const { spool, settings } = this.#context;
    const interval = this.#isBulk ? bulkPauseMs : settings.loadIntervalMs;
    const wait = async (ms: number): Promise<void> => {
      const left = ms - (performance.now() - started);
      if (left > 0 && !this.#isStopped && !this.#isAwaited) await this.#sleep(left);
    };
    await wait(interval / 2);
    if (this.#isBulk || spool.rows >= rowGroupRows) return;
    spool.onRows = () => {
      if (spool.rows >= rowGroupRows) this.#wake();
    };
    await wait(interval);
    spool.onRows = () => undefined;
  }

  #isDue(): boolean {
    const { closed } = this.#context.spool;
    return this.#isBulk && this.#waiters.length === 0
      ? closed.reduce((rows, segment) => rows + segment.rows, 0) >= bulkRows ||
          closed.reduce((bytes, segment) => bytes + segment.bytes, 0) >= this.#context.settings.loadBytes
      : closed.length > 0;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** False where it failed and should be tried again later. */
  async #loadNext(): Promise<boolean> {
    const { settings, clock, metrics, turn, events } = this.#context;
    const segments = this.#takeSegments();
    const commitSeq = this.#state.commitSeq + 1;
    const started = performance.now();
    let result: LoadResult;
    try {
      result = await turn.run(() =>
        loadSegments(this.#engine, {
          events,
          segments,
          commitSeq,
          loadedAtMicros: clock() * 1000,
          recentIdentities: settings.recentIdentities,
        }),
      );
    } catch (error: unknown) {
      return this.#recover(segments, error);
    }
    const seconds = (performance.now() - started) / 1000;
    metrics.observe('pintail_store_load_duration_seconds', seconds);
    this.#bytesPerSecond = segments.reduce((sum, { bytes }) => sum + bytes, 0) / seconds;
    this.#failures = 0;
    this.#count(result);
    await this.#finish(segments, { commitSeq, minutes: result.minutes });
    return true;
  }

  #takeSegments(): readonly ClosedSegment[] {
    const { spool, settings } = this.#context;
    // What did not fit into memory is taken in smaller pieces.
    const segments = this.#isOneByOne ? 1 : mostSegments >> this.#failures;
    return chooseSegments(spool.closed, { ...settings, segments });
  }

  async #finish(segments: readonly ClosedSegment[], commit: LoadCommit): Promise<void> {
    this.#advance(segments, commit.commitSeq);
    this.#context.onCommit(commit);
    for (const { path } of segments) {
      // A file that stays is removed at the next start: its number is not above last_segment.
      await rm(path, { force: true }).catch((error: unknown) => {
        this.#context.logger.warn({ error, segment: path }, 'store: expected to remove a loaded segment');
      });
    }
  }

  #advance(segments: readonly ClosedSegment[], commitSeq: number): void {
    this.#context.spool.forget(new Set(segments.map(({ id }) => id)));
    this.#state = { commitSeq, lastSegment: Math.max(this.#state.lastSegment, ...segments.map(({ id }) => id)) };
    const ready = this.#waiters.filter(({ segment }) => segment <= this.#state.lastSegment);
    this.#waiters = this.#waiters.filter(({ segment }) => segment > this.#state.lastSegment);
    for (const { resolve } of ready) {
      resolve(commitSeq);
    }
  }

  /** True where the loader can go on at once. */
  async #recover(segments: readonly ClosedSegment[], error: unknown): Promise<boolean> {
    const { logger, metrics, folders, onDatabaseLost } = this.#context;
    this.#failures += 1;
    metrics.add('pintail_store_load_failures_total', 1);
    logger.error(
      { error, segments: segments.map(({ path }) => path) },
      'store: a load failed; its rows stay in the spool',
    );
    if (isDatabaseLost(error)) {
      this.#isStopped = true;
      onDatabaseLost(error);
      return false;
    }
    // A commit may have reached the disk before its failure was reported.
    const committed = await readLoadedState(this.#engine.connection);
    if (committed.commitSeq > this.#state.commitSeq) {
      const [commit] = await readCommitsAfter(this.#engine.connection, this.#state.commitSeq);
      await this.#finish(segments, commit ?? { commitSeq: committed.commitSeq, minutes: [] });
      return true;
    }
    if (!(error instanceof PermanentError)) {
      return false;
    }
    if (segments.length > 1) {
      this.#isOneByOne = true;
      return true;
    }
    const [segment] = segments;
    if (segment === undefined || this.#failures < attemptsBeforeQuarantine) {
      return false;
    }
    const target = await quarantineSegment(folders, segment);
    metrics.add('pintail_store_quarantined_segments_total', 1, { reason: 'unloadable' });
    logger.error({ error, segment: target, rows: segment.rows }, 'store: put aside a segment that DuckDB cannot load');
    this.#failures = 0;
    this.#advance(segments, this.#state.commitSeq);
    return true;
  }

  #count(result: LoadResult): void {
    const { metrics } = this.#context;
    metrics.add('pintail_store_loaded_rows_total', result.auditRows, { table: 'kube_audit' });
    metrics.add('pintail_store_loaded_rows_total', result.logRows, { table: 'logs' });
    metrics.add('pintail_store_duplicate_rows_total', result.duplicateAuditRows, { table: 'kube_audit' });
    metrics.add('pintail_store_duplicate_rows_total', result.duplicateLogRows, { table: 'logs' });
    metrics.add('pintail_store_conflicting_audit_id_rows_total', result.conflictingRows);
  }
}

function stopped(): RetryableError {
  return new RetryableError('store: expected to load everything appended, found the loader stopping.', 5000);
}

/** Reads how far the tables are; zeros in a new database. */
export async function readLoadedState(engine: DuckDBConnection): Promise<LoadedState> {
  const result = await engine.runAndReadAll(
    'select coalesce(max(commit_seq), 0), coalesce(max(last_segment), 0) from load_commit',
  );
  const [commitSeq, lastSegment] = result.getRowsJS()[0] ?? [];
  return { commitSeq: Number(commitSeq), lastSegment: Number(lastSegment) };
}

/** Loads that were committed after `commitSeq`, oldest first. */
export async function readCommitsAfter(engine: DuckDBConnection, commitSeq: number): Promise<readonly LoadCommit[]> {
  const result = await engine.runAndReadAll(
    `select commit_seq, unnest(minutes) from load_commit where commit_seq > ${commitSeq} order by all`,
  );
  const commits = new Map<number, number[]>();
  for (const [seq, minute] of result.getRowsJS()) {
    commits.set(Number(seq), [...(commits.get(Number(seq)) ?? []), Number(minute)]);
  }
  return [...commits].map(([seq, minutes]) => ({ commitSeq: seq, minutes }));
}
