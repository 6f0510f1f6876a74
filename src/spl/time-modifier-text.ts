/**
 * Splunk's time modifiers, read: `now`, epoch seconds, `MM/DD/YYYY:HH:MM:SS`, or parts that apply from left to right.
 *
 *   modifier := 'now' part* | part+
 *   part     := ('+' | '-') [<n>] <unit> | '@' <unit> | '@w' (0 … 7)
 */

export type TimeUnit = 's' | 'm' | 'h' | 'd' | 'w' | 'mon' | 'q' | 'y';

export type TimeStep =
  | { readonly kind: 'offset'; readonly count: number; readonly unit: TimeUnit }
  | { readonly kind: 'snap'; readonly unit: Exclude<TimeUnit, 'w'> }
  /** Down to that day of the week, `@w` to Sunday. 0 is Sunday. */
  | { readonly kind: 'snap_weekday'; readonly weekday: number };

export type TimeModifier =
  | { readonly kind: 'absolute'; readonly epochSeconds: number }
  | { readonly kind: 'relative'; readonly steps: readonly TimeStep[] };

const NAMES: Readonly<Record<TimeUnit, readonly string[]>> = {
  s: ['s', 'sec', 'secs', 'second', 'seconds'],
  m: ['m', 'min', 'mins', 'minute', 'minutes'],
  h: ['h', 'hr', 'hrs', 'hour', 'hours'],
  d: ['d', 'day', 'days'],
  w: ['w', 'week', 'weeks'],
  mon: ['mon', 'month', 'months'],
  q: ['q', 'qtr', 'qtrs', 'quarter', 'quarters'],
  y: ['y', 'yr', 'yrs', 'year', 'years'],
};

const UNITS: ReadonlyMap<string, TimeUnit> = new Map(
  Object.entries(NAMES).flatMap(([unit, names]) => names.map((name) => [name, unit as TimeUnit] as const)),
);

/** The modifier, or the part of the text that cannot be read. Times without a zone are UTC. */
export function readTimeModifier(text: string): TimeModifier | { readonly kind: 'unreadable'; readonly part: string } {
  const written = text.trim().toLowerCase();
  if (/^\d{1,30}(?:\.\d{1,9})?$/.test(written)) return { kind: 'absolute', epochSeconds: Number(written) };
  const date = /^(\d{1,2})\/(\d{1,2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})$/.exec(written);
  if (date !== null) return readDate(date.slice(1).map(Number)) ?? { kind: 'unreadable', part: text };
  const isNow = written.startsWith('now');
  const rest = isNow ? written.replace(/^now(?:\(\))?/, '') : written;
  const steps: TimeStep[] = [];
  const pattern = /(?:([+-])(\d{0,9})|@)([a-z]+)([0-7]?)/y;
  while (pattern.lastIndex < rest.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(rest);
    const step = match === null ? undefined : readStep(match);
    if (step === undefined) return { kind: 'unreadable', part: match?.[0] ?? rest.slice(at) };
    steps.push(step);
  }
  return steps.length === 0 && !isNow ? { kind: 'unreadable', part: text } : { kind: 'relative', steps };
}

function readStep([, sign, digits = '', name = '', weekday = '']: readonly string[]): TimeStep | undefined {
  const unit = UNITS.get(name);
  if (unit === undefined || (weekday !== '' && (sign !== undefined || unit !== 'w'))) return undefined;
  if (sign !== undefined) {
    const count = digits === '' ? 1 : Number(digits);
    return { kind: 'offset', count: sign === '-' ? -count : count, unit };
  }
  return unit === 'w' ? { kind: 'snap_weekday', weekday: Number(weekday) % 7 } : { kind: 'snap', unit };
}

function readDate(parts: readonly number[]): TimeModifier | undefined {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = parts;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal ? { kind: 'absolute', epochSeconds: time.getTime() / 1000 } : undefined;
}
