/** Carries out one run of the ledger: waits for the data, runs the window, records what became of it. */
import type { EventStore, Logger, Metrics, Outbox } from '../../component.ts';
import type { CompiledDetection } from '../run/compile-detection.ts';
import { type RunOutcome, runWindow } from '../run/run-window.ts';
import type { Clock } from './clock.ts';
import { readNewestCommit, writeLateDataCursor } from './late-data-ledger.ts';
import { type LedgerRun, markDone, markFailed, markPending, markRunning } from './run-ledger.ts';
import { RunTurns } from './run-turns.ts';
import type { SchedulerSettings } from './settings.ts';

export interface ExecutorPorts {
  readonly store: Pick<EventStore, 'database' | 'loaded'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export type Execution =
  | { readonly kind: 'done'; readonly run: LedgerRun; readonly outcome: RunOutcome; readonly watermark: number }
  /** `retryAt`: epoch seconds of the next attempt; null where none follows. */
  | { readonly kind: 'failed'; readonly run: LedgerRun; readonly error: Error; readonly retryAt: number | null }
  | { readonly kind: 'aborted'; readonly run: LedgerRun };

/** How a run and late data keep track of one another. */
export interface LateDataHooks {
  /** Up to which commit finished windows were compared with what was loaded; null while some of it waits. */
  seen(): number | null;
  /** A run is done, having seen the rows up to a commit; called before its watermark stops counting. */
  afterRun(run: LedgerRun, watermark: number): void;
}

/** Longest error text that is kept in the ledger. */
const maxErrorLength = 4000;

export class RunExecutor {
  readonly #ports: ExecutorPorts;
  readonly #settings: SchedulerSettings;
  /** Runs under way, with the commit up to which each is sure to see the rows; null before it is known. */
  readonly #watermarks = new Map<LedgerRun, number | null>();
  readonly #turns = new RunTurns();

  constructor(ports: ExecutorPorts, settings: SchedulerSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /**
   * The commit up to which late data is dealt with, given that all up to `seen` was compared with finished windows:
   * rows that came while a run was under way are compared only once it is done.
   */
  lateDataCursor(seen: number): number {
    return [...this.#watermarks.values()].reduce<number>((least, mark) => Math.min(least, mark ?? least), seen);
  }

  /**
   * Waits for other runs over the same window or into the same lookup, then runs. Never rejects for what happens to the run; rejects where the
   * ledger itself cannot be written.
   */
  execute(
    planned: LedgerRun,
    compiled: CompiledDetection,
    shutdown: AbortSignal,
    lateData: LateDataHooks,
  ): Promise<Execution> {
    return this.#turns.take(planned, compiled, () => this.#execute(planned, compiled, shutdown, lateData));
  }

  async #execute(
    planned: LedgerRun,
    compiled: CompiledDetection,
    shutdown: AbortSignal,
    lateData: LateDataHooks,
  ): Promise<Execution> {
    const { clock, store } = this.#ports;
    const { version } = compiled.detection;
    const attempt = planned.attempt + 1;
    const run = { ...planned, attempt, detectionVersion: version, contentHash: compiled.contentHash };
    const startedAt = clock.now();
    this.#watermarks.set(run, null);
    const timeout = new AbortController();
    const seconds = this.#settings.runTimeoutSeconds;
    const cancelTimeout = clock.at(startedAt + seconds, () =>
      timeout.abort(new Error(`run: expected to finish within ${seconds} s (run_timeout), found it still running.`)),
    );
    try {
      await store.database.write((connection) => markRunning(connection, run, startedAt));
      const watermark = await this.#waitForLoad(shutdown);
      this.#watermarks.set(run, watermark);
      const outcome = await runWindow(
        { database: store.database, outbox: this.#ports.outbox },
        {
          runId: run.runId,
          compiled,
          window: run.window,
          maxFindings: this.#settings.maxFindingsPerRun,
          maxRiskEventsPerField: this.#settings.maxRiskEventsPerField,
          incidents: this.#settings.incidents,
          startedAt,
          signal: AbortSignal.any([shutdown, timeout.signal]),
          record: async (connection, written) => {
            await markDone(connection, run, { outcome: written, watermark, startedAt, finishedAt: clock.now() });
            const seen = lateData.seen();
            if (seen !== null) await writeLateDataCursor(connection, this.lateDataCursor(seen));
          },
        },
      );
      lateData.afterRun(run, watermark);
      return { kind: 'done', run, outcome, watermark };
    } catch (error: unknown) {
      if (shutdown.aborted) {
        await store.database.write((connection) => markPending(connection, planned));
        return { kind: 'aborted', run: planned };
      }
      return await this.#fail(run, error instanceof Error ? error : new Error(String(error)), startedAt);
    } finally {
      cancelTimeout();
      this.#watermarks.delete(run);
    }
  }

  async #fail(run: LedgerRun, error: Error, startedAt: number): Promise<Execution> {
    const { clock, store } = this.#ports;
    const { initialSeconds, maxSeconds, maxAttempts } = this.#settings.retry;
    const finishedAt = clock.now();
    const delay = Math.min(initialSeconds * 2 ** (run.attempt - 1), maxSeconds);
    const mayRetry = run.kind === 'scheduled' && run.attempt < maxAttempts;
    const retryAt = mayRetry ? finishedAt + delay : null;
    const text = error.message.slice(0, maxErrorLength);
    await store.database.write((connection) =>
      markFailed(connection, run, { error: text, startedAt, finishedAt, nextAttemptAt: retryAt }),
    );
    return { kind: 'failed', run, error, retryAt };
  }

  /**
   * Waits, bounded, until what was received is loaded. Resolves to a commit whose rows the run is sure to see; what
   * comes after it re-opens the window.
   */
  async #waitForLoad(shutdown: AbortSignal): Promise<number> {
    const { clock, store, logger, metrics } = this.#ports;
    const { loadWaitSeconds } = this.#settings;
    const patience = new AbortController();
    const cancel = clock.at(clock.now() + loadWaitSeconds, () => patience.abort());
    try {
      return await store.loaded(AbortSignal.any([shutdown, patience.signal]));
    } catch (error: unknown) {
      if (shutdown.aborted || !patience.signal.aborted) throw error;
      logger.warn({ loadWaitSeconds }, 'a detection ran before everything received was loaded; late rows re-open it');
      metrics.add('pintail_detection_load_waits_exceeded_total', 1);
      return await store.database.read({ share: 'service' }, readNewestCommit);
    } finally {
      cancel();
    }
  }
}
