/** Five-field cron expressions, as in savedsearches.conf. */
import { Cron } from 'croner';
import { instantsOf, offsetAt } from './zoned-time.ts';

/** Throws where the expression is not five cron fields. */
export function checkCron(expression: string): void {
  open(expression);
}

/** The scheduled times of one expression in one time zone. */
export interface CronTimes {
  /** First scheduled time after the instant, in epoch seconds; null where there is none. */
  next(afterSeconds: number): number | null;
  /** By how many seconds clocks going forward put off the time that is scheduled at the instant; 0 on all other days. */
  putOffBy(scheduledAt: number): number;
}

/** Longer than clocks were ever turned by at once, and far shorter than from one such change to the next. */
const AROUND_SECONDS = 2 * 86_400;

/**
 * When clocks go forward, a time that they leave out runs as far behind the change as it lay in the gap (02:15 at 03:15);
 * two times that so become one run once. When they go back, times that come twice run twice, so that windows of minutes and
 * hours find their next run in time; the only time of a day (`30 2 * * *`) runs at the first.
 */
export function cronTimes(expression: string, timeZone: string): CronTimes {
  const cron = open(expression);
  /** The next time of clocks on the wall, read as if it were UTC. */
  const nextWall = (after: number): number | null => {
    const next = cron.nextRun(new Date(after * 1000));
    return next === null ? null : next.getTime() / 1000;
  };
  if (timeZone === 'UTC') return { next: nextWall, putOffBy: () => 0 };
  const isOnce = /^\s*\d+\s+\d+\s/.test(expression);
  const runsOf = (wall: number): readonly number[] => instantsOf(wall, timeZone).slice(0, isOnce ? 1 : 2);
  return {
    next(afterSeconds) {
      let first = Number.POSITIVE_INFINITY;
      let wall = nextWall(afterSeconds + Math.min(...offsetsAround(afterSeconds, timeZone)));
      while (wall !== null) {
        first = Math.min(first, ...runsOf(wall).filter((instant) => instant > afterSeconds));
        // Around a change a later time of the wall may be an earlier instant.
        if (first < Number.POSITIVE_INFINITY && wall >= first + Math.max(...offsetsAround(first, timeZone))) break;
        wall = nextWall(wall);
      }
      return first === Number.POSITIVE_INFINITY ? null : first;
    },
    putOffBy(scheduledAt) {
      const before = offsetAt(scheduledAt - 86_400, timeZone);
      const wall = scheduledAt + before;
      const shift = offsetAt(scheduledAt, timeZone) - before;
      const isPutOff = shift > 0 && nextWall(wall - 1) === wall && instantsOf(wall, timeZone).includes(scheduledAt);
      return isPutOff ? shift : 0;
    },
  };
}

function offsetsAround(instant: number, timeZone: string): readonly number[] {
  return [-AROUND_SECONDS, 0, AROUND_SECONDS].map((seconds) => offsetAt(instant + seconds, timeZone));
}

function open(expression: string): Cron {
  try {
    return new Cron(expression.trim(), { paused: true, timezone: 'UTC', mode: '5-part' });
  } catch (error: unknown) {
    throw new Error(`cron: expected five fields such as "0 * * * *", found "${expression}".`, { cause: error });
  }
}
