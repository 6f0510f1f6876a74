/** Time modifiers to SQL: time-modifier-text.ts says how they are written. All in UTC. */
import { SplError } from './diagnostics.ts';
import { binary, call, cast, type Expression, type IntervalUnit, text } from './expression.ts';
import type { Span } from './source.ts';
import { readTimeModifier, type TimeStep, type TimeUnit } from './time-modifier-text.ts';

/** The interval, how many of it one unit is, and what date_trunc calls the unit. */
const UNITS: Readonly<Record<TimeUnit, readonly [IntervalUnit, number, string]>> = {
  s: ['second', 1, 'second'],
  m: ['minute', 1, 'minute'],
  h: ['hour', 1, 'hour'],
  d: ['day', 1, 'day'],
  w: ['day', 7, 'week'],
  mon: ['month', 1, 'month'],
  q: ['month', 3, 'quarter'],
  y: ['year', 1, 'year'],
};

/** The last second of the year 5138: beyond it a number is no time in seconds. */
const LATEST_EPOCH_SECOND = 99_999_999_999;

/** A TIMESTAMP, counted from `base`. Throws SplError. */
export function timeModifier(modifier: string, base: Expression, span: Span): Expression {
  const read = readTimeModifier(modifier);
  if (read.kind === 'relative') return read.steps.reduce(apply, base);
  if (read.kind === 'absolute' && read.epochSeconds <= LATEST_EPOCH_SECOND) return epochSeconds(read.epochSeconds);
  throw new SplError(
    'SPL308',
    `time: expected a time modifier, found "${modifier}".`,
    span,
    'Examples: -70m@m, -1d@d, @w1, now, 1700000000, 11/20/2026:00:00:00.',
  );
}

function apply(time: Expression, step: TimeStep): Expression {
  switch (step.kind) {
    case 'offset': {
      if (step.count === 0) return time;
      const [unit, times] = UNITS[step.unit];
      return binary(step.count < 0 ? '-' : '+', time, { op: 'interval', count: Math.abs(step.count) * times, unit });
    }
    case 'snap':
      return call('date_trunc', text(UNITS[step.unit][2]), time);
    case 'snap_weekday': {
      // DuckDB's weeks begin on Monday.
      const sinceMonday = (step.weekday + 6) % 7;
      if (sinceMonday === 0) return call('date_trunc', text('week'), time);
      const interval = { op: 'interval', count: sinceMonday, unit: 'day' } as const;
      return binary('+', call('date_trunc', text('week'), binary('-', time, interval)), interval);
    }
  }
}

function epochSeconds(seconds: number): Expression {
  return cast(text(new Date(Math.round(seconds * 1000)).toISOString().replace('T', ' ').replace('Z', '')), 'timestamp');
}
