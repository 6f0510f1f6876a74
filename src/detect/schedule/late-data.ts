/**
 * Rows that were loaded after a run had looked at their time. The windows of such runs are opened again: debounced, so
 * that a slow trickle costs one run per pause and window, and bounded by `catch_up`.
 */
import type { EventStore } from '../../component.ts';
import type { OwnBounds } from '../../spl/index.ts';
import type { WindowBounds } from '../run/identify-findings.ts';
import type { ScheduledWindow } from '../run/run-window.ts';
import type { Clock } from './clock.ts';
import {
  readCommitsAfter,
  readEventHorizon,
  readLateDataCursor,
  readNewestCommit,
  writeLateDataCursor,
} from './late-data-ledger.ts';
import { LoadHistory, toStretches } from './load-history.ts';
import { type Reach, reachOf, readRange, setsTimes } from './read-range.ts';
import { type LedgerRun, readDoneRuns, readLatestDone, reopenRuns } from './run-ledger.ts';
import { newRun, type ScheduledDetection, writesLookup } from './scheduled-detection.ts';
import type { SchedulerSettings } from './settings.ts';
import { reachOfWindows } from './windows.ts';

/**
 * Rows dated further ahead than this beyond the end of any window are not followed: no run that is done or under way
 * can have looked there, and whatever looks later sees them. Clocks that are wrong date rows anywhere.
 */
const AHEAD_SECONDS = 32 * 86_400;
/** How often minutes that lie too far back are forgotten. */
const FORGET_SECONDS = 3600;

export class LateData {
  readonly #store: Pick<EventStore, 'database' | 'onLoad'>;
  readonly #clock: Clock;
  readonly #settings: SchedulerSettings;
  readonly #history = new LoadHistory();
  #detections: ReadonlyMap<string, ScheduledDetection> = new Map();
  /** Of the detections whose searches set times of their own, how far these reach. */
  #reaches: ReadonlyMap<string, Reach> = new Map();
  /** Minutes with rows that were not compared with finished windows yet. */
  #changed = new Set<number>();
  #dueAt: number | null = null;
  #isReopening = false;
  /** The latest end of what a run that is done has read; rows after it are late for nothing. */
  #latestDone = Number.NEGATIVE_INFINITY;
  /** Rows that lie further back than this and before every date of a schedule are read by no run that may still be repeated. */
  #horizonSeconds = 0;
  #oldestDate = Number.POSITIVE_INFINITY;
  /** How far runs read beyond their scheduled time. */
  #reachSeconds = 0;
  #forgottenAt = Number.NEGATIVE_INFINITY;
  #unsubscribe: (() => void) | undefined;

  constructor(store: Pick<EventStore, 'database' | 'onLoad'>, clock: Clock, settings: SchedulerSettings) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = settings;
  }

  /** Minutes of event time that are remembered. */
  get size(): number {
    return this.#history.size;
  }

  /** When finished windows are to be compared with what was loaded; null where nothing waits. */
  get dueAt(): number | null {
    return this.#dueAt;
  }

  /** The commit up to which everything was compared; null while something waits or is being compared. */
  seen(): number | null {
    return this.#changed.size === 0 && !this.#isReopening ? this.#history.commitSeq : null;
  }

  /**
   * Follows load commits, calling `onDue` when late rows set a time; looks at once at what came earlier.
   */
  async start(detections: ReadonlyMap<string, ScheduledDetection>, onDue: () => void): Promise<void> {
    const { catchUpSeconds } = this.#settings;
    this.#detections = detections;
    this.#reaches = new Map(
      [...detections].flatMap(([slug, scheduled]) => {
        const parts = partsOf(scheduled);
        return setsTimes(parts) ? [[slug, reachOf(parts, catchUpSeconds)]] : [];
      }),
    );
    const now = this.#clock.now();
    const schedules = [...detections.values()].map(({ compiled }) => compiled.detection.schedule);
    const windows = schedules.map((schedule) => reachOfWindows(schedule, now));
    const reaches = [...windows, ...this.#reaches.values()];
    this.#oldestDate = Math.min(...windows.map(({ since }) => since));
    this.#horizonSeconds = catchUpSeconds + Math.max(0, ...reaches.map(({ back }) => back));
    this.#reachSeconds = Math.max(0, ...reaches.map(({ ahead }) => ahead));
    // First the subscription: a commit between it and the query is seen twice, which does no harm.
    this.#unsubscribe = this.#store.onLoad((commit) => {
      const minutes = this.#relevant(commit.minutes);
      this.#history.add({ ...commit, minutes });
      this.#wait(minutes, this.#settings.debounceSeconds);
      if (this.#dueAt !== null) onDue();
    });
    const since = Math.max(0, this.#horizon(now));
    await this.#store.database.read({ share: 'service' }, async (connection) => {
      const newest = await readNewestCommit(connection);
      const done = await readLatestDone(connection);
      if (done.length > 0) {
        const ends = done.map(({ detection, latest, scheduledAt }) =>
          Math.max(latest, this.#rangeOf(detection, { earliest: latest, latest, now: scheduledAt }).latest),
        );
        this.#latestDone = Math.max(...ends);
        const cursor = await readLateDataCursor(connection);
        for (const commit of await readCommitsAfter(connection, cursor, since)) {
          const minutes = this.#relevant(commit.minutes);
          this.#history.add({ ...commit, minutes });
          this.#wait(minutes, 0);
        }
      }
      this.#history.add({ commitSeq: newest, minutes: [] });
    });
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** After the clock was set back: nothing waits for a time that it showed before, and no window after now was looked at. */
  clockSetBack(): void {
    const now = this.#clock.now();
    if (this.#dueAt !== null) this.#dueAt = Math.min(this.#dueAt, now + this.#settings.debounceSeconds);
    this.#latestDone = Math.min(this.#latestDone, now + this.#reachSeconds);
    this.#forgottenAt = Math.min(this.#forgottenAt, now);
  }

  /** A run is done; rows that came while it was under way count as late. */
  afterRun(run: LedgerRun, watermark: number): void {
    if (run.kind !== 'scheduled') return;
    const range = this.#rangeOf(run.detection, run.window);
    this.#latestDone = Math.max(this.#latestDone, range.latest);
    this.#wait(this.#history.newMinutes(range, watermark), this.#settings.debounceSeconds);
  }

  /** Opens the windows whose runs would have read late rows, in the ledger; resolves to the runs that are pending again. */
  async reopen(cursorFor: (seen: number) => number): Promise<readonly LedgerRun[]> {
    if (this.#changed.size === 0) return [];
    const now = this.#clock.now();
    const seen = this.#history.commitSeq;
    const changed = this.#changed;
    this.#changed = new Set();
    this.#dueAt = null;
    this.#isReopening = true;
    this.#history.forgetBefore(this.#horizon(now));
    try {
      const since = now - this.#settings.catchUpSeconds;
      const done = await this.#store.database.read({ share: 'service' }, async (connection) => {
        const horizon = await readEventHorizon(connection);
        const runs = await readDoneRuns(connection, toStretches(changed), this.#reaches, since);
        // Without all of its events a window would lose findings that were right.
        return runs
          .map((run) => ({ run, range: this.#rangeOf(run.detection, run.window) }))
          .filter(({ range }) => range.earliest >= horizon);
      });
      const late = done
        .filter(({ run, range }) => this.#history.newMinutes(range, run.watermark ?? 0).length > 0)
        .map(({ run }) => run);
      const reopened = late.flatMap((run) => {
        const scheduled = this.#detections.get(run.detection);
        return scheduled === undefined || writesLookup(scheduled) ? [] : [reopenedRun(run, scheduled)];
      });
      await this.#store.database.write(async (connection) => {
        await reopenRuns(connection, reopened);
        await writeLateDataCursor(connection, cursorFor(seen));
      });
      return reopened.filter((run) => run.status === 'pending');
    } catch (error: unknown) {
      this.#wait(changed, this.#settings.retry.initialSeconds);
      throw error;
    } finally {
      this.#isReopening = false;
    }
  }

  /** What a run of the detection reads, as its search is now. */
  #rangeOf(detection: string, window: ScheduledWindow): WindowBounds {
    return readRange(partsOf(this.#detections.get(detection)), window, this.#settings.catchUpSeconds);
  }

  #horizon(now: number): number {
    return Math.min(now - this.#horizonSeconds, this.#oldestDate);
  }

  /** Minutes that may lie in what a run has read and that may still be opened. */
  #relevant(minutes: readonly number[]): readonly number[] {
    const now = this.#clock.now();
    const from = this.#horizon(now);
    const until = now + this.#reachSeconds + AHEAD_SECONDS;
    if (now - this.#forgottenAt >= FORGET_SECONDS) {
      this.#forgottenAt = now;
      this.#history.forgetBefore(from);
    }
    return minutes.filter((minute) => (minute + 1) * 60 > from && minute * 60 < until);
  }

  #wait(minutes: Iterable<number>, seconds: number): void {
    for (const minute of minutes) {
      if (minute * 60 < this.#latestDone) this.#changed.add(minute);
    }
    if (this.#changed.size > 0) this.#dueAt ??= this.#clock.now() + seconds;
  }
}

function partsOf(scheduled: ScheduledDetection | undefined): readonly OwnBounds[] {
  return scheduled?.compiled.ok === true ? scheduled.compiled.ownBounds : [];
}

/** The same row again where the text is the same; a row of its own where the detection has changed since. */
function reopenedRun(run: LedgerRun, scheduled: ScheduledDetection): LedgerRun {
  const fresh = newRun(scheduled, run.window, 'scheduled', run.revision + 1);
  const isSameText = run.contentHash === fresh.contentHash && scheduled.failure === null;
  return isSameText ? { ...run, status: 'pending', revision: run.revision + 1, attempt: 0 } : fresh;
}
