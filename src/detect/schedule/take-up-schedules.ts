/**
 * What the content of this start has to do with what the ledger knows: which detections go on, under the same name or
 * another, which are new, and what those that are gone still owed.
 */
import type { Connection } from '../../component.ts';
import { cronTimes } from './cron.ts';
import { insertRuns, type LedgerRun, renameUnseenRuns, runIdOf } from './run-ledger.ts';
import {
  type KnownSchedule,
  readSchedules,
  renameSchedule,
  writeGone,
  writeSchedule,
  writeScheduledUntil,
} from './schedule-ledger.ts';
import type { ScheduledDetection } from './scheduled-detection.ts';
import type { SchedulerSettings } from './settings.ts';
import { scheduledTimes, windowAt } from './windows.ts';

export interface GoneDetection {
  readonly slug: string;
  /** Up to when its windows were in the ledger; what it owed since is `skipped` where its schedule is known. */
  readonly until: number;
  readonly isScheduleKnown: boolean;
  readonly skipped: readonly LedgerRun[];
}

export interface TakenUp {
  /** Up to when each detection's scheduled times are in the ledger. */
  readonly until: ReadonlyMap<string, number>;
  readonly renamed: readonly { readonly from: string; readonly to: string }[];
  /** Those that the start before this one still had. */
  readonly gone: readonly GoneDetection[];
}

/** Brings the ledger to what this start has; in one transaction. A detection that is new begins at `now`. */
export async function takeUpSchedules(
  connection: Connection,
  detections: readonly ScheduledDetection[],
  now: number,
  settings: SchedulerSettings,
): Promise<TakenUp> {
  const known = await readSchedules(connection);
  const present = new Set(detections.map(({ slug }) => slug));
  const absent = new Map([...known].filter(([slug]) => !present.has(slug)));
  const until = new Map<string, number>();
  const renamed: { from: string; to: string }[] = [];
  for (const { slug, compiled } of detections) {
    const before = known.get(slug) ?? findRenamed(absent, compiled.detection.id);
    until.set(slug, before?.until ?? now);
    if (before === undefined) await writeScheduledUntil(connection, slug, now);
    else if (before.slug !== slug) {
      absent.delete(before.slug);
      renamed.push({ from: before.slug, to: slug });
      await renameSchedule(connection, before.slug, slug);
      await renameUnseenRuns(connection, before.slug, slug);
    }
    await writeSchedule(connection, compiled.detection);
  }
  const gone = [...absent.values()].filter(({ isGone }) => !isGone).map((one) => toGone(one, now, settings));
  for (const { slug, skipped } of gone) {
    await insertRuns(connection, skipped);
    await writeGone(connection, slug, now);
  }
  return { until, renamed, gone };
}

/** The same id under a name that is no longer there; of several the one that ran last. */
function findRenamed(absent: ReadonlyMap<string, KnownSchedule>, id: string): KnownSchedule | undefined {
  return [...absent.values()].filter((one) => one.id === id).sort((a, b) => b.until - a.until)[0];
}

/** Why a window of a detection that is gone is not run. */
export function reasonOfGone(run: Pick<LedgerRun, 'revision'>): string {
  return run.revision === 0
    ? 'detection: expected in the content, found it gone: nobody looked at the window. Where it comes back within catch_up, it does.'
    : 'detection: expected in the content, found it gone: nobody looked at late events of the window; what it found before them stands.';
}

function toGone({ slug, schedule, until }: KnownSchedule, now: number, settings: SchedulerSettings): GoneDetection {
  if (schedule === null) return { slug, until, isScheduleKnown: false, skipped: [] };
  const cron = cronTimes(schedule.cron, settings.timeZone);
  const skipped = scheduledTimes(cron, until, now, Number.POSITIVE_INFINITY).map((time): LedgerRun => {
    const identity = {
      detection: slug,
      kind: 'scheduled' as const,
      contentHash: '',
      window: windowAt(schedule, time, settings.timeZone, cron.putOffBy(time)),
    };
    return {
      ...identity,
      runId: runIdOf(identity),
      detectionVersion: '',
      status: 'skipped',
      revision: 0,
      attempt: 0,
      watermark: null,
      error: reasonOfGone({ revision: 0 }),
    };
  });
  return { slug, until, isScheduleKnown: true, skipped };
}
