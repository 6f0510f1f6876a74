/**
 * Splunk's time modifiers (rule 50) and ISO 8601 times, resolved to instants in a time zone; the compiler's reader says how modifiers
 * are written. Seconds, minutes and hours are durations; days and longer keep the wall clock. Real-time modifiers (`rt…`)
 * are refused.
 */
import { PermanentError } from '../../component.ts';
import { readTimeModifier, type TimeModifier, type TimeStep, type TimeUnit } from '../../spl/index.ts';
import { fromWallClock, toWallClock, type WallClock } from './zoned-time.ts';

const isoTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

/** Reads a modifier; throws a PermanentError that names what was found. */
export function parseTimeModifier(text: string): TimeModifier {
  const trimmed = text.trim();
  if (isoTime.test(trimmed)) return { kind: 'absolute', epochSeconds: parseIso(trimmed) };
  if (/^rt/.test(trimmed)) {
    throw new PermanentError(`time: expected a scheduled time such as -70m@m, found the real-time modifier "${text}".`);
  }
  const read = readTimeModifier(text);
  if (read.kind === 'unreadable') throw unreadable(text, read.part);
  return read;
}

function unreadable(text: string, part: string): Error {
  const where = part === text ? '' : ` in "${text}"`;
  return new PermanentError(
    `time: expected a modifier such as -70m@m, now, an ISO time or epoch seconds; found "${part}"${where}.`,
  );
}

function parseIso(text: string): number {
  const withTime = text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T');
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(withTime) ? withTime : `${withTime}Z`;
  const milliseconds = Date.parse(zoned);
  if (Number.isNaN(milliseconds)) throw new PermanentError(`time: expected a time that exists, found "${text}".`);
  return milliseconds / 1000;
}

/**
 * The instant, in epoch seconds, that a modifier means at `nowSeconds` in the time zone. ISO times without a zone are
 * UTC. `putOffBy`: by how many seconds clocks going forward put off what is now, so that `-1d` of a time that they left out
 * is that time of the day before. Throws a PermanentError where the text is no modifier.
 */
export function resolveTime(modifier: string, nowSeconds: number, timeZone: string, putOffBy = 0): number {
  const parsed = parseTimeModifier(modifier);
  if (parsed.kind === 'absolute') return parsed.epochSeconds;
  return parsed.steps.reduce(
    (instant, step, index) => apply(step, instant, timeZone, index === 0 ? putOffBy : 0),
    nowSeconds,
  );
}

/** The longest that one unit may be. */
const longestSeconds: Readonly<Record<TimeUnit, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 7 * 86_400,
  mon: 31 * 86_400,
  q: 92 * 86_400,
  y: 366 * 86_400,
};
/** How much longer a zone makes a stretch of the calendar at most: one that crosses the date line has a day twice. */
const zoneSeconds = 86_400;

/** Seconds that the modifier lies before the time it is counted from at most, whenever that is; a date lies anywhere. */
export function furthestBack(modifier: string): number {
  return furthest(modifier, (step) => {
    if (step.kind === 'snap') return longestSeconds[step.unit];
    return step.kind === 'snap_weekday' ? longestSeconds.w : Math.max(0, -step.count) * longestSeconds[step.unit];
  });
}

/** Seconds that the modifier lies behind the time it is counted from at most, whenever that is; a date lies anywhere. */
export function furthestAhead(modifier: string): number {
  return furthest(modifier, (step) =>
    step.kind === 'offset' ? Math.max(0, step.count) * longestSeconds[step.unit] : 0,
  );
}

function furthest(modifier: string, secondsOf: (step: TimeStep) => number): number {
  const parsed = parseTimeModifier(modifier);
  if (parsed.kind === 'absolute') return Number.POSITIVE_INFINITY;
  const moves = parsed.steps.map((step) => ({ step, seconds: secondsOf(step) })).filter(({ seconds }) => seconds > 0);
  const isOfCalendar = moves.some(({ step }) => step.kind === 'snap_weekday' || !(step.unit in secondsPer));
  return moves.reduce((sum, { seconds }) => sum + seconds, isOfCalendar ? zoneSeconds : 0);
}

const secondsPer = { s: 1, m: 60, h: 3600 } as const;

function apply(step: TimeStep, instant: number, timeZone: string, putOffBy: number): number {
  switch (step.kind) {
    case 'offset':
      return offset(instant, step.count, step.unit, timeZone, putOffBy);
    case 'snap':
      return snap(instant, step.unit, timeZone);
    case 'snap_weekday':
      return snapToWeekday(instant, step.weekday, timeZone);
  }
}

function offset(instant: number, count: number, unit: TimeUnit, timeZone: string, putOffBy: number): number {
  if (unit === 's' || unit === 'm' || unit === 'h') return instant + count * secondsPer[unit];
  const fraction = instant - Math.floor(instant);
  const shown = toWallClock(instant, timeZone);
  const wall = { ...shown, second: shown.second - putOffBy };
  if (unit === 'd' || unit === 'w') {
    const days = unit === 'd' ? count : 7 * count;
    return fromWallClock({ ...wall, day: wall.day + days }, timeZone) + fraction;
  }
  const months = count * { mon: 1, q: 3, y: 12 }[unit];
  const lastDay = new Date(Date.UTC(wall.year, wall.month + months, 0)).getUTCDate();
  const moved = { ...wall, month: wall.month + months, day: Math.min(wall.day, lastDay) };
  return fromWallClock(moved, timeZone) + fraction;
}

function snap(instant: number, unit: Exclude<TimeUnit, 'w'>, timeZone: string): number {
  const whole = Math.floor(instant);
  const wall = toWallClock(whole, timeZone);
  const midnight: WallClock = { ...wall, hour: 0, minute: 0, second: 0 };
  switch (unit) {
    case 's':
      return whole;
    case 'm':
      return whole - wall.second;
    // Counted back from the instant, so that a repeated hour (clocks go back) stays the one it is.
    case 'h':
      return whole - wall.second - 60 * wall.minute;
    case 'd':
      return fromWallClock(midnight, timeZone);
    case 'mon':
      return fromWallClock({ ...midnight, day: 1 }, timeZone);
    case 'q':
      return fromWallClock({ ...midnight, day: 1, month: wall.month - ((wall.month - 1) % 3) }, timeZone);
    case 'y':
      return fromWallClock({ ...midnight, day: 1, month: 1 }, timeZone);
  }
}

function snapToWeekday(instant: number, weekday: number, timeZone: string): number {
  const wall = toWallClock(instant, timeZone);
  const today = new Date(Date.UTC(wall.year, wall.month - 1, wall.day)).getUTCDay();
  const back = (today - weekday + 7) % 7;
  return fromWallClock({ ...wall, day: wall.day - back, hour: 0, minute: 0, second: 0 }, timeZone);
}
