/** Turns scheduled times that have come into rows of the ledger, each exactly once. */
import type { Connection, Database } from '../../component.ts';
import { isAhead, isClockSet, planTakenBack, type TakenBack, takeBack } from './clock-behind.ts';
import { turnBackLateDataCursor } from './late-data-ledger.ts';
import { insertRuns, type LedgerRun, readTakenBackUntil } from './run-ledger.ts';
import { writeDetectionWindow, writeScheduledUntil } from './schedule-ledger.ts';
import { newRun, type ScheduledDetection } from './scheduled-detection.ts';
import type { SchedulerSettings } from './settings.ts';
import { type TakenUp, takeUpSchedules } from './take-up-schedules.ts';
import { scheduledTimes, windowAt } from './windows.ts';

interface Cursor {
  readonly scheduled: ScheduledDetection;
  /** Scheduled times up to this one are in the ledger. */
  until: number;
  next: number | null;
}

export interface PlannedRun {
  readonly run: LedgerRun;
  /** The newest window of its detection. */
  readonly isLive: boolean;
}

/** What was done about schedules that were ahead of the clock. */
export interface TurnedBack extends TakenBack {
  readonly detections: number;
  /** The furthest time up to which one of them had been planned. */
  readonly scheduledUntil: number;
}

interface Plan {
  readonly cursor: Cursor;
  readonly runs: readonly LedgerRun[];
  readonly until: number;
  /** Scheduled time of the detection's newest window; null where it is in a later batch. */
  readonly newest: number | null;
}

export class WindowPlanner {
  readonly #database: Database;
  readonly #settings: SchedulerSettings;
  readonly #cursors: Cursor[] = [];
  /** Up to this scheduled time there may be runs that were taken back. */
  #takenBackUntil = Number.NEGATIVE_INFINITY;

  constructor(database: Database, settings: SchedulerSettings) {
    this.#database = database;
    this.#settings = settings;
  }

  /** Takes up each detection where the ledger left it; one that is new begins with its next time after `now`. */
  async start(detections: Iterable<ScheduledDetection>, now: number): Promise<TakenUp> {
    const all = [...detections];
    const taken = await this.#database.write((connection) => takeUpSchedules(connection, all, now, this.#settings));
    const oldest = Math.min(now, ...taken.until.values());
    const takenBackUntil = await this.#database.read({ share: 'service' }, (connection) =>
      readTakenBackUntil(connection, oldest),
    );
    this.#takenBackUntil = takenBackUntil ?? Number.NEGATIVE_INFINITY;
    this.#cursors.length = 0;
    for (const scheduled of all) {
      const until = taken.until.get(scheduled.slug) ?? now;
      this.#cursors.push({ scheduled, until, next: scheduled.cron.next(until) });
    }
    return taken;
  }

  /** Up to when each detection's scheduled times are in the ledger. */
  plannedUntil(): ReadonlyMap<string, number> {
    return new Map(this.#cursors.map(({ scheduled, until }) => [scheduled.slug, until]));
  }

  /** The next time at which there is something to plan; null where there never is. */
  next(): number | null {
    const times = this.#cursors.flatMap(({ next }) => (next === null ? [] : [next]));
    return times.length === 0 ? null : Math.min(...times);
  }

  /**
   * Sets schedules that are ahead of the clock back to `now`, and the cursor of late data; null where none is, which is
   * nearly always. Does nothing while the clock shows a time at which it cannot have been set.
   */
  async turnBack(now: number): Promise<TurnedBack | null> {
    const ahead = this.#cursors.filter(({ until }) => isAhead(until, now));
    if (ahead.length === 0 || !isClockSet(now)) return null;
    const scheduledUntil = Math.max(...ahead.map(({ until }) => until));
    const taken = await this.#database.write(async (connection) => {
      const each: TakenBack[] = [];
      for (const { scheduled } of ahead) {
        each.push(await takeBack(connection, scheduled.slug, now, this.#settings.catchUpSeconds));
      }
      await turnBackLateDataCursor(connection, now - this.#settings.catchUpSeconds, now);
      return each;
    });
    this.#takenBackUntil = Math.max(this.#takenBackUntil, scheduledUntil);
    for (const cursor of ahead) {
      cursor.until = now;
      cursor.next = cursor.scheduled.cron.next(now);
    }
    return {
      detections: ahead.length,
      scheduledUntil,
      tooEarly: taken.flatMap(({ tooEarly }) => tooEarly),
      owed: taken.flatMap(({ owed }) => owed),
    };
  }

  /** Writes what has come due, a batch per transaction, and calls `onPlanned` after each. */
  async plan(now: number, onPlanned: (runs: readonly PlannedRun[]) => void): Promise<void> {
    for (let plans = this.#nextBatch(now); plans.length > 0; plans = this.#nextBatch(now)) {
      const batch = plans;
      const written = await this.#database.write((connection) => this.#write(connection, batch, now));
      for (const { cursor, until } of batch) {
        cursor.until = until;
        cursor.next = cursor.scheduled.cron.next(until);
      }
      onPlanned(written);
    }
  }

  #nextBatch(now: number): readonly Plan[] {
    const plans: Plan[] = [];
    let room = this.#settings.planBatch;
    for (const cursor of this.#cursors) {
      if (room <= 0) break;
      if (cursor.next === null || cursor.next > now) continue;
      const times = scheduledTimes(cursor.scheduled.cron, cursor.until, now, room);
      const until = times.at(-1);
      if (until === undefined) continue;
      const following = cursor.scheduled.cron.next(until);
      const newest = following === null || following > now ? until : null;
      const runs = times.map((time) => this.#planRun(cursor.scheduled, time, now));
      plans.push({ cursor, runs, until, newest });
      room -= times.length;
    }
    return plans;
  }

  async #write(connection: Connection, plans: readonly Plan[], now: number): Promise<readonly PlannedRun[]> {
    const written: PlannedRun[] = [];
    for (const { cursor, runs: planned, until, newest } of plans) {
      const { slug } = cursor.scheduled;
      const runs =
        cursor.until < this.#takenBackUntil
          ? await planTakenBack(connection, slug, planned, cursor.until, now)
          : planned;
      written.push(...runs.map((run) => ({ run, isLive: run.window.now === newest })));
      await writeScheduledUntil(connection, slug, until);
      const last = runs.at(-1);
      if (last !== undefined) await writeDetectionWindow(connection, slug, last.window);
    }
    await insertRuns(
      connection,
      written.map(({ run }) => run),
    );
    return written;
  }

  #planRun(scheduled: ScheduledDetection, time: number, now: number): LedgerRun {
    const { schedule } = scheduled.compiled.detection;
    const window = windowAt(schedule, time, this.#settings.timeZone, scheduled.cron.putOffBy(time));
    const run = newRun(scheduled, window, 'scheduled', 0);
    return isWithinCatchUp(run, now, this.#settings) ? run : asSkipped(run, this.#settings);
  }
}

/** False for windows that were scheduled too long ago to be run or re-opened. */
export function isWithinCatchUp(run: Pick<LedgerRun, 'window'>, now: number, settings: SchedulerSettings): boolean {
  return run.window.now >= now - settings.catchUpSeconds;
}

export function asSkipped(run: LedgerRun, settings: SchedulerSettings): LedgerRun {
  return {
    ...run,
    status: 'skipped',
    error: `window: expected to be run within ${settings.catchUpSeconds} s (catch_up) of its scheduled time, found it too old.`,
  };
}
