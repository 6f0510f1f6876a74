/** Five-field cron expressions, as in savedsearches.conf. */
import { Cron } from 'croner';

/** Throws where the expression is not five cron fields. */
export function checkCron(expression: string): void {
  open(expression, 'UTC');
}

/** The scheduled times of one expression in one time zone. */
export interface CronTimes {
  /** First scheduled time after the instant, in epoch seconds; null where there is none. */
  next(afterSeconds: number): number | null;
}

/**
 * When clocks go forward, a job of one fixed time in the gap runs at the first moment after it; when they go back, it
 * runs once. Jobs of several times (`0 * * * *`) run at each real hour.
 */
export function cronTimes(expression: string, timeZone: string): CronTimes {
  const cron = open(expression, timeZone);
  return {
    next(afterSeconds) {
      const next = cron.nextRun(new Date(afterSeconds * 1000));
      return next === null ? null : next.getTime() / 1000;
    },
  };
}

function open(expression: string, timeZone: string): Cron {
  try {
    return new Cron(expression.trim(), { paused: true, timezone: timeZone, mode: '5-part' });
  } catch (error: unknown) {
    throw new Error(`cron: expected five fields such as "0 * * * *", found "${expression}".`, { cause: error });
  }
}
