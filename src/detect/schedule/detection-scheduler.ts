/**
 * Runs every detection over every window that its schedule makes, none skipped in silence.
 *
 * The ledger (`detection_run`) is the truth: a scheduled time enters it in the transaction that moves the
 * detection's cursor past it, so downtime, crashes and failures leave rows that are due, not gaps. A detection that is
 * seen for the first time begins with its next scheduled time; data that is there already is left to `runOnce` and to
 * the command `scan`.
 */
import {
  type Component,
  type EventStore,
  type Logger,
  type Metrics,
  type Outbox,
  PermanentError,
} from '../../component.ts';
import type { CompiledDetection, UncompiledDetection } from '../run/compile-detection.ts';
import { installViews } from '../run/install-views.ts';
import type { RunOutcome, ScheduledWindow } from '../run/run-window.ts';
import type { Clock } from './clock.ts';
import { isClockSet } from './clock-behind.ts';
import { LateData } from './late-data.ts';
import { recoverRuns } from './recover-runs.ts';
import { type Execution, RunExecutor } from './run-executor.ts';
import { insertRuns, type LedgerRun } from './run-ledger.ts';
import { type QueuedRun, RunQueue } from './run-queue.ts';
import { newRun, type ScheduledDetection, scheduleDetections } from './scheduled-detection.ts';
import { defaultSchedulerSettings, type SchedulerSettings } from './settings.ts';
import type { GoneDetection } from './take-up-schedules.ts';
import { type PlannedRun, type TurnedBack, WindowPlanner } from './window-planner.ts';
import { checkTimeZone } from './zoned-time.ts';

export interface DetectionSchedulerOptions {
  /** Those that do not compile too: their windows are recorded as failed. Names are unique. */
  readonly detections: readonly (CompiledDetection | UncompiledDetection)[];
  readonly store: Pick<EventStore, 'database' | 'loaded' | 'onLoad'>;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings?: Partial<SchedulerSettings>;
}

export class DetectionScheduler implements Component {
  readonly name = 'detection scheduler';
  readonly #options: DetectionSchedulerOptions;
  readonly #settings: SchedulerSettings;
  readonly #planner: WindowPlanner;
  readonly #executor: RunExecutor;
  readonly #lateData: LateData;
  #queue = new RunQueue();
  readonly #running = new Set<Promise<void>>();
  #detections: ReadonlyMap<string, ScheduledDetection> = new Map();
  #stopping = new AbortController();
  #isStarted = false;
  #cycle: Promise<void> | undefined;
  #isCycleWanted = false;
  #cancelAlarm: () => void = () => undefined;
  #unwatchClock: () => void = () => undefined;
  #idleWaiters: (() => void)[] = [];
  #repairAt: number | null = null;

  constructor(options: DetectionSchedulerOptions) {
    this.#options = options;
    this.#settings = { ...defaultSchedulerSettings, ...options.settings };
    checkTimeZone(this.#settings.timeZone);
    const { store, clock, metrics } = options;
    this.#planner = new WindowPlanner(store.database, this.#settings);
    this.#executor = new RunExecutor(options, this.#settings);
    this.#lateData = new LateData(store, clock, this.#settings);
    metrics.gauge('pintail_detection_late_minutes', () => this.#lateData.size);
    metrics.gauge('pintail_detection_queue_size', () => this.#queue.size);
    metrics.gauge('pintail_detection_lag_seconds', () =>
      Math.max(0, clock.now() - (this.#queue.oldest ?? clock.now())),
    );
  }

  /** Creates the views, takes up what the ledger left, and from then on runs what is due. */
  async start(): Promise<void> {
    if (this.#isStarted) return;
    const { store, clock, detections, logger } = this.#options;
    this.#stopping = new AbortController();
    this.#queue = new RunQueue();
    const now = clock.now();
    const runnable = detections.filter((compiled) => compiled.ok);
    const errors = await installViews(store.database, runnable);
    this.#detections = scheduleDetections(detections, errors, this.#settings.timeZone);
    for (const { slug, failure } of this.#detections.values()) {
      this.#countFromZero(slug);
      if (failure !== null) logger.error({ detection: slug, error: failure }, 'a detection cannot run');
    }
    const { renamed, gone } = await this.#planner.start(this.#detections.values(), now);
    for (const { from, to } of renamed)
      logger.info({ from, to }, 'a detection has another name and goes on where it stood');
    this.#warnOfUnsetClock(now);
    this.#reportTurnedBack(await this.#planner.turnBack(now), now);
    const recovered = await recoverRuns(
      store.database,
      this.#detections,
      this.#planner.plannedUntil(),
      now,
      this.#settings,
    );
    this.#countSkipped(recovered.skipped);
    this.#reportGone(gone, recovered.gone);
    this.#enqueue(recovered.pending.map((run) => ({ run, isLive: false })));
    await this.#lateData.start(this.#detections, () => this.#wake());
    this.#unwatchClock = clock.onSetBack(() => this.#onClockSetBack());
    this.#isStarted = true;
    this.#wake();
  }

  /** Interrupts the runs under way, which become pending again, and waits for them. */
  async shutdown(): Promise<void> {
    if (this.#isStarted) this.#lateData.stop();
    this.#isStarted = false;
    this.#unwatchClock();
    this.#cancelAlarm();
    this.#stopping.abort(new Error('the service is shutting down'));
    await this.#cycle;
    await Promise.all(this.#running);
    this.#announceIdle();
  }

  /** Resolves once everything that is due at this moment has been run. */
  async idle(): Promise<void> {
    if (!this.#isStarted || this.#isIdle()) return;
    await new Promise<void>((resolve) => {
      this.#idleWaiters.push(resolve);
    });
  }

  /**
   * Runs one detection over any window, now. It is recorded in the ledger as manual, is not repeated for late data,
   * and what it finds is stored and leaves as from a scheduled run. Rejects with PermanentError for an unknown
   * detection, and with the run's own error where it fails.
   */
  async runOnce(slug: string, window: ScheduledWindow): Promise<RunOutcome> {
    const scheduled = this.#detections.get(slug);
    if (scheduled === undefined || !this.#isStarted) {
      const known = [...this.#detections.keys()].join(', ');
      throw new PermanentError(`detection: expected one of ${known || '(none is loaded)'}, found "${slug}".`);
    }
    if (scheduled.failure !== null || !scheduled.compiled.ok) {
      throw new PermanentError(`${slug}: expected a detection that can run, found: ${scheduled.failure}`);
    }
    const run = newRun(scheduled, window, 'manual', 0);
    await this.#options.store.database.write((connection) => insertRuns(connection, [run]));
    const execution = await this.#track(
      this.#executor.execute(run, scheduled.compiled, this.#stopping.signal, this.#lateData),
    );
    this.#report(execution);
    if (execution.kind === 'done') return execution.outcome;
    throw execution.kind === 'failed' ? execution.error : new Error(`${slug}: the service is shutting down.`);
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    try {
      return await work;
    } finally {
      this.#running.delete(settled);
    }
  }

  /** One cycle at a time; a wake-up during one makes another follow. */
  #wake(): void {
    if (!this.#isStarted) return;
    this.#isCycleWanted = true;
    if (this.#cycle !== undefined) return;
    this.#cycle = this.#runCycles().finally(() => {
      this.#cycle = undefined;
      if (this.#isCycleWanted && this.#isStarted) this.#wake();
      else if (this.#isIdle()) this.#announceIdle();
    });
  }

  async #runCycles(): Promise<void> {
    while (this.#isCycleWanted && this.#isStarted) {
      this.#isCycleWanted = false;
      const { clock, logger } = this.#options;
      try {
        const now = clock.now();
        this.#repairAt = null;
        await this.#turnBack(now);
        await this.#planner.plan(now, (runs) => this.#takePlanned(runs));
        if (this.#lateData.dueAt !== null && this.#lateData.dueAt <= now) await this.#reopen();
      } catch (error: unknown) {
        this.#repairAt = clock.now() + this.#settings.retry.initialSeconds;
        logger.error({ error: messageOf(error) }, 'the detection ledger could not be written; trying again');
      }
      this.#dispatch();
      this.#setAlarm();
    }
  }

  #onClockSetBack(): void {
    const now = this.#options.clock.now();
    this.#warnOfUnsetClock(now);
    this.#queue.shortenWaits(now, this.#settings.retry.maxSeconds);
    this.#lateData.clockSetBack();
    this.#wake();
  }

  #warnOfUnsetClock(now: number): void {
    if (isClockSet(now)) return;
    this.#options.logger.error(
      { now: isoTime(now) },
      'the clock of this machine: expected the present, found one that was never set. No detection runs until it is set',
    );
  }

  async #turnBack(now: number): Promise<void> {
    const turned = await this.#planner.turnBack(now);
    if (turned === null) return;
    this.#reportTurnedBack(turned, now);
    this.#queue.remove(new Set([...turned.tooEarly, ...turned.owed].map(({ runId }) => runId)));
    this.#enqueue(turned.owed.filter((run) => this.#canRun(run)).map((run) => ({ run, isLive: false })));
    if (!this.#isStarted) return;
    this.#lateData.stop();
    await this.#lateData.start(this.#detections, () => this.#wake());
  }

  #canRun({ detection }: LedgerRun): boolean {
    return this.#detections.get(detection)?.failure === null;
  }

  #reportTurnedBack(turned: TurnedBack | null, now: number): void {
    if (turned === null) return;
    const { detections, scheduledUntil, tooEarly, owed } = turned;
    this.#options.metrics.add('pintail_detection_schedule_set_back_total', 1);
    this.#options.logger.error(
      {
        detections,
        scheduledUntil: isoTime(scheduledUntil),
        now: isoTime(now),
        aheadSeconds: Math.round(scheduledUntil - now),
        windowsToCome: tooEarly.length,
        windowsRunAgain: owed.length,
      },
      'the schedule of detections is ahead of the clock, which was wrong before or is now: it is set back to now, ' +
        'windows that were run or skipped before their time are run when it comes. Look at how this machine keeps time',
    );
  }

  #takePlanned(runs: readonly PlannedRun[]): void {
    this.#countSkipped(runs.map(({ run }) => run).filter(({ status }) => status === 'skipped'));
    for (const { run } of runs.filter(({ run: { status } }) => status === 'failed')) {
      this.#options.metrics.add('pintail_detection_runs_total', 1, { detection: run.detection, status: 'failed' });
    }
    this.#enqueue(runs.filter(({ run }) => run.status === 'pending'));
    this.#dispatch();
  }

  #enqueue(runs: readonly PlannedRun[]): void {
    const now = this.#options.clock.now();
    this.#queue.add(
      runs.map(({ run, isLive }): QueuedRun => ({ run, isLive, notBefore: now })),
      now,
    );
  }

  async #reopen(): Promise<void> {
    const runs = await this.#lateData.reopen((seen) => this.#executor.lateDataCursor(seen));
    for (const { detection } of runs) {
      this.#options.metrics.add('pintail_detection_windows_reopened_total', 1, { detection });
    }
    this.#enqueue(runs.map((run) => ({ run, isLive: false })));
  }

  #dispatch(): void {
    const { clock } = this.#options;
    while (this.#isStarted && this.#running.size < this.#settings.maxParallelRuns) {
      const queued = this.#queue.take(clock.now());
      if (queued === null) return;
      const scheduled = this.#detections.get(queued.run.detection);
      if (scheduled?.compiled.ok !== true)
        throw new Error(`queued a detection that cannot run: ${queued.run.detection}`);
      const work = this.#execute(queued, scheduled.compiled);
      this.#running.add(work);
      void work.finally(() => {
        this.#running.delete(work);
        this.#wake();
      });
    }
  }

  /** Never rejects. */
  async #execute(queued: QueuedRun, compiled: CompiledDetection): Promise<void> {
    const { clock, logger } = this.#options;
    try {
      const execution = await this.#executor.execute(queued.run, compiled, this.#stopping.signal, this.#lateData);
      this.#report(execution);
      if (execution.kind === 'failed' && execution.retryAt !== null) {
        this.#queue.add([{ run: execution.run, isLive: false, notBefore: execution.retryAt }], clock.now());
      }
    } catch (error: unknown) {
      // The ledger could not be written; its row is still unfinished, so the run is owed.
      logger.error(
        { detection: queued.run.detection, error: messageOf(error) },
        'a detection run could not be recorded',
      );
      const notBefore = clock.now() + this.#settings.retry.initialSeconds;
      this.#queue.add([{ ...queued, notBefore }], clock.now());
    }
  }

  #report(execution: Execution): void {
    const { logger, metrics } = this.#options;
    const { detection, window, attempt, revision } = execution.run;
    if (execution.kind === 'aborted') return;
    metrics.add('pintail_detection_runs_total', 1, { detection, status: execution.kind });
    if (execution.kind === 'failed') {
      const { retryAt, error } = execution;
      logger.error({ detection, window, attempt, retryAt, error: error.message }, 'a detection run failed');
      return;
    }
    const { outcome } = execution;
    metrics.add('pintail_findings_total', outcome.found, { detection, change: 'new' });
    metrics.add('pintail_findings_total', outcome.revised, { detection, change: 'revised' });
    metrics.add('pintail_findings_total', outcome.withdrawn, { detection, change: 'withdrawn' });
    metrics.add('pintail_risk_events_total', outcome.riskEvents, { detection });
    metrics.add('pintail_risk_objects_missing_total', outcome.missingRiskObjects, { detection });
    metrics.add('pintail_risk_objects_dropped_total', outcome.droppedRiskObjects, { detection });
    if (outcome.droppedRiskObjects > 0) {
      const { maxRiskEventsPerField } = this.#settings;
      logger.warn(
        { detection, window, droppedRiskObjects: outcome.droppedRiskObjects, maxRiskEventsPerField },
        'risk objects beyond max_risk_events_per_field got no risk event',
      );
    }
    logger.debug({ detection, window, revision, ...outcome }, 'a detection ran');
  }

  /** Prometheus sees no increase in a series that appears with a value. */
  #countFromZero(detection: string): void {
    const { metrics } = this.#options;
    for (const status of ['done', 'failed']) metrics.add('pintail_detection_runs_total', 0, { detection, status });
    metrics.add('pintail_detection_windows_reopened_total', 0, { detection });
    metrics.add('pintail_detection_windows_skipped_total', 0, { detection });
    for (const change of ['new', 'revised', 'withdrawn']) {
      metrics.add('pintail_findings_total', 0, { detection, change });
    }
    metrics.add('pintail_risk_events_total', 0, { detection });
    metrics.add('pintail_risk_objects_missing_total', 0, { detection });
    metrics.add('pintail_risk_objects_dropped_total', 0, { detection });
  }

  /** `unfinished`: what detections left that are gone now or were at an earlier start. */
  #reportGone(gone: readonly GoneDetection[], unfinished: readonly LedgerRun[]): void {
    for (const run of unfinished) this.#countSkippedRun(run);
    for (const { slug, until, isScheduleKnown, skipped } of gone) {
      for (const run of skipped) this.#countSkippedRun(run);
      const open = unfinished.filter(({ detection }) => detection === slug);
      this.#options.logger.warn(
        { detection: slug, scheduledUntil: isoTime(until), isScheduleKnown, windows: skipped.length + open.length },
        'a detection is no longer in the content: the windows that it owed are skipped. Where it comes back within catch_up, they run',
      );
    }
  }

  #countSkippedRun({ detection }: LedgerRun): void {
    this.#options.metrics.add('pintail_detection_windows_skipped_total', 1, { detection });
  }

  #countSkipped(runs: readonly LedgerRun[]): void {
    if (runs.length === 0) return;
    for (const run of runs) this.#countSkippedRun(run);
    this.#options.logger.warn({ windows: runs.length }, 'detection windows beyond catch_up were skipped');
  }

  #setAlarm(): void {
    this.#cancelAlarm();
    this.#cancelAlarm = () => undefined;
    if (!this.#isStarted) return;
    const times = [this.#planner.next(), this.#lateData.dueAt, this.#queue.nextRelease()];
    const due = times.filter((time) => time !== null);
    const wanted = this.#repairAt ?? (due.length === 0 ? null : Math.min(...due));
    if (wanted !== null) this.#cancelAlarm = this.#options.clock.at(wanted, () => this.#wake());
  }

  #isIdle(): boolean {
    return this.#cycle === undefined && !this.#isCycleWanted && this.#running.size === 0;
  }

  #announceIdle(): void {
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

function isoTime(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
