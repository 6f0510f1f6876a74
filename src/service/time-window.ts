/** The window that a person names on the command line or in a request. */
import { PermanentError, type TimeWindow } from '../component.ts';
import { resolveTime } from '../detect/index.ts';

/** Splunk time modifiers, ISO times or epoch seconds, as text. */
export interface NamedWindow {
  readonly earliest?: string | undefined;
  readonly latest?: string | undefined;
  readonly now?: string | undefined;
}

/** Time zone of modifiers that snap to days (rule 50; UTC unless configured). */
export const SEARCH_TIME_ZONE = 'UTC';

/** Resolves names at `now`, which itself counts from `defaultNow` (epoch seconds). Throws where one is no time. */
export function resolveWindow(named: NamedWindow, defaultNow: number): TimeWindow {
  const resolve = (time: string, from: number) => inYears(resolveTime(time, from, SEARCH_TIME_ZONE), time);
  const now = named.now === undefined ? defaultNow : resolve(named.now, defaultNow);
  const earliest = named.earliest === undefined ? null : resolve(named.earliest, now);
  const latest = named.latest === undefined ? null : resolve(named.latest, now);
  if (earliest !== null && latest !== null && earliest > latest) {
    throw new PermanentError(
      `time: expected earliest before latest, found earliest "${named.earliest}" after latest "${named.latest}".`,
    );
  }
  return { earliest, latest, now };
}

/** Beyond these years a time is a mistake (milliseconds for seconds), and soon none that the database can hold. */
function inYears(seconds: number, time: string): number {
  if (Math.abs(seconds) < 253_402_300_800) return seconds;
  throw new PermanentError(`time: expected a time within the years to 9999, found "${time}".`);
}
