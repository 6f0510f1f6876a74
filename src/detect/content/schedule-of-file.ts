/** Schedules as content writes them, whichever file they stand in. */
import type { Schedule } from '../detection.ts';
import { checkCron } from '../schedule/cron.ts';
import { parseTimeModifier } from '../schedule/time-modifier.ts';

const hourly: Schedule = { cron: '0 * * * *', earliest: '-70m@m', latest: '-10m@m' };

/** The schedule that ESCU's own deployment files give to each type of detection. Investigations run on demand. */
export const defaultSchedules: Readonly<Record<string, Schedule>> = {
  Anomaly: hourly,
  TTP: hourly,
  Correlation: hourly,
  Hunting: hourly,
  Investigation: hourly,
  Baseline: { cron: '10 0 * * *', earliest: '-1450m@m', latest: '-10m@m' },
};

/** Throws what `toError` makes of the first part that cannot be read. */
export function checkScheduleOf(
  schedule: Schedule,
  toError: (problem: { readonly field: keyof Schedule; readonly cause: Error }) => Error,
): void {
  const checks: readonly (readonly [keyof Schedule, () => unknown])[] = [
    ['cron', () => checkCron(schedule.cron)],
    ['earliest', () => parseTimeModifier(schedule.earliest)],
    ['latest', () => parseTimeModifier(schedule.latest)],
  ];
  for (const [field, check] of checks) {
    try {
      check();
    } catch (error: unknown) {
      throw toError({ field, cause: error instanceof Error ? error : new Error(String(error)) });
    }
  }
}
