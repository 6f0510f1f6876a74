/**
 * Splunk's time modifiers: `[+-]<n><unit>[@<unit>[+-<n><unit>]]`, `now`, `0`, epoch seconds, `MM/DD/YYYY:HH:MM:SS`.
 * The offset is applied first, then the time is snapped down, then what stands behind the snap is added. All in UTC.
 */
import { SplError } from './diagnostics.ts';
import { binary, call, cast, type Expression, type IntervalUnit, text } from './expression.ts';
import type { Span } from './source.ts';

interface Unit {
  readonly interval: IntervalUnit;
  /** How many of the interval one unit is. */
  readonly times: number;
  /** What date_trunc calls it. */
  readonly truncate: string;
}

const UNITS: readonly { readonly names: readonly string[]; readonly unit: Unit }[] = [
  { names: ['s', 'sec', 'secs', 'second', 'seconds'], unit: { interval: 'second', times: 1, truncate: 'second' } },
  { names: ['m', 'min', 'mins', 'minute', 'minutes'], unit: { interval: 'minute', times: 1, truncate: 'minute' } },
  { names: ['h', 'hr', 'hrs', 'hour', 'hours'], unit: { interval: 'hour', times: 1, truncate: 'hour' } },
  { names: ['d', 'day', 'days'], unit: { interval: 'day', times: 1, truncate: 'day' } },
  { names: ['w', 'week', 'weeks'], unit: { interval: 'day', times: 7, truncate: 'week' } },
  { names: ['mon', 'month', 'months'], unit: { interval: 'month', times: 1, truncate: 'month' } },
  { names: ['q', 'qtr', 'qtrs', 'quarter', 'quarters'], unit: { interval: 'month', times: 3, truncate: 'quarter' } },
  { names: ['y', 'yr', 'yrs', 'year', 'years'], unit: { interval: 'year', times: 1, truncate: 'year' } },
];

const OFFSET = /^([+-])(\d{0,9})([a-z]+)/;

/** A TIMESTAMP, counted from `base`. */
export function timeModifier(modifier: string, base: Expression, span: Span): Expression {
  const written = modifier.trim().toLowerCase();
  if (written === 'now' || written === 'now()') return base;
  if (/^\d{1,11}(\.\d{1,6})?$/.test(written)) return epochSeconds(Number(written));
  const absolute = /^(\d{1,2})\/(\d{1,2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})$/.exec(written);
  if (absolute !== null) return absoluteTime(absolute.slice(1).map(Number), modifier, span);
  let rest = written.startsWith('now') ? written.slice(3) : written;
  let time = base;
  let isRead = false;
  const takeOffsets = (): void => {
    for (let found = OFFSET.exec(rest); found !== null; found = OFFSET.exec(rest)) {
      time = shift(
        time,
        found[1] === '-',
        Number(found[2] === '' ? '1' : found[2]),
        findUnit(found[3], modifier, span),
      );
      rest = rest.slice(found[0].length);
      isRead = true;
    }
  };
  takeOffsets();
  if (rest.startsWith('@')) {
    const name = /^@([a-z]+[0-7]?)/.exec(rest)?.[1] ?? '';
    time = snap(time, name, modifier, span);
    rest = rest.slice(name.length + 1);
    isRead = true;
    takeOffsets();
  }
  if (rest !== '' || !isRead) throw unreadable(modifier, span);
  return time;
}

function snap(time: Expression, name: string, modifier: string, span: Span): Expression {
  const day = /^w([0-7])$/.exec(name)?.[1];
  if (day === undefined) return call('date_trunc', text(findUnit(name, modifier, span).truncate), time);
  // DuckDB's weeks begin on Monday; w0 and w7 are Sunday.
  const sinceMonday = (Number(day) + 6) % 7;
  if (sinceMonday === 0) return call('date_trunc', text('week'), time);
  const interval = { op: 'interval', count: sinceMonday, unit: 'day' } as const;
  return binary('+', call('date_trunc', text('week'), binary('-', time, interval)), interval);
}

function shift(time: Expression, back: boolean, count: number, unit: Unit): Expression {
  if (count === 0) return time;
  return binary(back ? '-' : '+', time, { op: 'interval', count: count * unit.times, unit: unit.interval });
}

function findUnit(name: string | undefined, modifier: string, span: Span): Unit {
  const found = UNITS.find(({ names }) => names.includes(name ?? ''));
  if (found === undefined) throw unreadable(modifier, span);
  return found.unit;
}

function absoluteTime(parts: readonly number[], modifier: string, span: Span): Expression {
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = parts;
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const isReal =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) throw unreadable(modifier, span);
  return epochSeconds(time.getTime() / 1000);
}

function epochSeconds(seconds: number): Expression {
  return cast(text(new Date(Math.round(seconds * 1000)).toISOString().replace('T', ' ').replace('Z', '')), 'timestamp');
}

function unreadable(modifier: string, span: Span): SplError {
  return new SplError(
    'SPL308',
    `time: expected a time modifier, found "${modifier}".`,
    span,
    'Examples: -70m@m, -1d@d, @w1, now, 1700000000, 11/20/2026:00:00:00.',
  );
}
