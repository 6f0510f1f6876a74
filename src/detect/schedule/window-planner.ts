/** Turns scheduled times that have come into rows of the ledger, each exactly once. */
import type { Connection, Database } from '../../component.ts';
import {
  insertRuns,
  type LedgerRun,
  readScheduledUntil,
  writeDetectionWindow,
  writeScheduledUntil,
} from './run-ledger.ts';
import { newRun, type ScheduledDetection } from './scheduled-detection.ts';
import type { SchedulerSettings } from './settings.ts';
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

interface Plan {
  readonly cursor: Cursor;
  readonly runs: readonly PlannedRun[];
  readonly until: number;
}

export class WindowPlanner {
  readonly #database: Database;
  readonly #settings: SchedulerSettings;
  readonly #cursors: Cursor[] = [];

  constructor(database: Database, settings: SchedulerSettings) {
    this.#database = database;
    this.#settings = settings;
  }

  /** Takes up each detection where the ledger left it; one that is new begins with its next time after `now`. */
  async start(detections: Iterable<ScheduledDetection>, now: number): Promise<void> {
    const known = await this.#database.read({ share: 'service' }, readScheduledUntil);
    const all = [...detections];
    await this.#database.write(async (connection) => {
      for (const { slug } of all) {
        if (!known.has(slug)) await writeScheduledUntil(connection, slug, now);
      }
    });
    this.#cursors.length = 0;
    for (const scheduled of all) {
      const until = known.get(scheduled.slug) ?? now;
      this.#cursors.push({ scheduled, until, next: scheduled.cron.next(until) });
    }
  }

  /** The next time at which there is something to plan; null where there never is. */
  next(): number | null {
    const times = this.#cursors.flatMap(({ next }) => (next === null ? [] : [next]));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Writes what has come due, a batch per transaction, and calls `onPlanned` after each. */
  async plan(now: number, onPlanned: (runs: readonly PlannedRun[]) => void): Promise<void> {
    for (let plans = this.#nextBatch(now); plans.length > 0; plans = this.#nextBatch(now)) {
      const batch = plans;
      await this.#database.write((connection) => writePlans(connection, batch));
      for (const { cursor, until } of batch) {
        cursor.until = until;
        cursor.next = cursor.scheduled.cron.next(until);
      }
      onPlanned(batch.flatMap((plan) => plan.runs));
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
      const runs = times.map((time) => ({
        run: this.#planRun(cursor.scheduled, time, now),
        isLive: time === newest,
      }));
      plans.push({ cursor, runs, until });
      room -= times.length;
    }
    return plans;
  }

  #planRun(scheduled: ScheduledDetection, time: number, now: number): LedgerRun {
    const { schedule } = scheduled.compiled.detection;
    const run = newRun(scheduled, windowAt(schedule, time, this.#settings.timeZone), 'scheduled', 0);
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

async function writePlans(connection: Connection, plans: readonly Plan[]): Promise<void> {
  await insertRuns(
    connection,
    plans.flatMap(({ runs }) => runs.map(({ run }) => run)),
  );
  for (const { cursor, runs, until } of plans) {
    await writeScheduledUntil(connection, cursor.scheduled.slug, until);
    const newest = runs.at(-1);
    if (newest !== undefined) await writeDetectionWindow(connection, cursor.scheduled.slug, newest.run.window);
  }
}
