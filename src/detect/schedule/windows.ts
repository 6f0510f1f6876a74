/** From a schedule to windows. Pure. */
import type { OwnBounds } from '../../spl/index.ts';
import type { Schedule } from '../detection.ts';
import type { ScheduledWindow } from '../run/run-window.ts';
import { type CronTimes, cronTimes } from './cron.ts';
import { CENTURY_SECONDS, type Reach, readRange } from './read-range.ts';
import { furthestAhead, furthestBack, parseTimeModifier, resolveTime } from './time-modifier.ts';

/**
 * Earliest to latest, exactly, as the modifiers say at the scheduled minute; half-open. `putOffBy`: of `CronTimes`, for a
 * minute that it made.
 */
export function windowAt(schedule: Schedule, scheduledAt: number, timeZone: string, putOffBy = 0): ScheduledWindow {
  return {
    earliest: resolveTime(schedule.earliest, scheduledAt, timeZone, putOffBy),
    latest: resolveTime(schedule.latest, scheduledAt, timeZone, putOffBy),
    now: scheduledAt,
  };
}

export interface WindowReach extends Reach {
  /** Where all windows begin, in epoch seconds, if it is a date, from which they lie ever further away; else infinite. */
  readonly since: number;
}

/** At least how far the windows of a schedule lie around their scheduled times, whenever these are after `now`. */
export function reachOfWindows({ earliest, latest }: Schedule, now: number): WindowReach {
  const start = parseTimeModifier(earliest);
  const end = parseTimeModifier(latest);
  return {
    ...(start.kind === 'absolute'
      ? { back: 0, since: start.epochSeconds }
      : { back: furthestBack(earliest), since: Number.POSITIVE_INFINITY }),
    ahead: end.kind === 'absolute' ? Math.max(0, end.epochSeconds - now) : furthestAhead(latest),
  };
}

/** Scheduled times after `after` up to and including `until`, oldest first, at most `limit`. */
export function scheduledTimes(cron: CronTimes, after: number, until: number, limit: number): readonly number[] {
  const times: number[] = [];
  for (let next = cron.next(after); next !== null && next <= until && times.length < limit; next = cron.next(next)) {
    times.push(next);
  }
  return times;
}

/** How the windows of one search lie to each other, over the given number of runs from a time on. */
export interface Tiling {
  /** Longest stretch between two windows that none covers, in seconds. */
  readonly longestGap: number;
  /** Longest stretch that two windows in a row cover both, in seconds. */
  readonly longestOverlap: number;
}

/** `parts`: the times that the search sets itself in place of the schedule's. */
export function measureTiling(
  schedule: Schedule,
  parts: readonly OwnBounds[],
  timeZone: string,
  from: number,
  runs: number,
): Tiling {
  const cron = cronTimes(schedule.cron, timeZone);
  const times = scheduledTimes(cron, from, Number.POSITIVE_INFINITY, runs);
  const windows = times.map((time) =>
    readRange(parts, windowAt(schedule, time, timeZone, cron.putOffBy(time)), CENTURY_SECONDS),
  );
  let longestGap = 0;
  let longestOverlap = 0;
  for (const [index, window] of windows.entries()) {
    const before = windows[index - 1];
    if (before === undefined) continue;
    longestGap = Math.max(longestGap, window.earliest - before.latest);
    longestOverlap = Math.max(longestOverlap, before.latest - window.earliest);
  }
  return { longestGap, longestOverlap };
}
