/** What `span=` and its kin say of the length of ranges, as bin and timechart write it. */
import type { Arguments, Option } from './arguments.ts';
import type { LogarithmicSpan, NumberSpan, SubsecondSpan, TimeSpan, WeekSpan } from './ast.ts';
import { SplError } from './diagnostics.ts';
import type { Token } from './token.ts';

export const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const UNITS: Readonly<Record<string, TimeSpan['unit']>> = {
  s: 's', sec: 's', secs: 's', second: 's', seconds: 's',
  m: 'm', min: 'm', mins: 'm', minute: 'm', minutes: 'm',
  h: 'h', hr: 'h', hrs: 'h', hour: 'h', hours: 'h',
  d: 'd', day: 'd', days: 'd',
  mon: 'mon', month: 'mon', months: 'mon',
  q: 'q', qtr: 'q', quarter: 'q', y: 'y', yr: 'y', year: 'y',
}; // biome-ignore format: a flat table
/** How many of each fit into a second. */
const SUBSECONDS: Readonly<Record<string, number>> = { ds: 10, cs: 100, ms: 1_000, us: 1_000_000 };
const DEFAULT_BASE = 10;

const MAX_SECONDS = 1_000_000_000;

/** Seconds of `5m`, `24h`, `7d`, `1w`; undefined for another text and for units without a length of their own. */
export function parseSeconds(written: string): number | undefined {
  const [, digits = '', unit = ''] = /^(\d{1,9})([a-z]+)$/i.exec(written) ?? [];
  const known = UNITS[unit.toLowerCase()];
  const weeks = /^w(?:k|ks|eek|eeks)?$/i.test(unit) ? 7 * SECONDS.d : undefined;
  const factor = weeks ?? (known !== undefined && known in SECONDS ? SECONDS[known as keyof typeof SECONDS] : 0);
  const seconds = Number(digits) * factor;
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : undefined;
}

/** `5m`, `1h`, `10`. */
export function parseSize(token: Token, command: string): TimeSpan | NumberSpan {
  const [, digits = '', unit = ''] = /^(\d{0,9}(?:\.\d+)?)([a-z]*)$/i.exec(token.text) ?? [];
  const count = digits === '' ? 1 : Number(digits);
  const known = UNITS[unit.toLowerCase()];
  if (unit === '' && digits !== '' && count > 0) return { kind: 'number', width: count };
  if (known !== undefined && Number.isInteger(count) && count > 0) return { kind: 'time', count, unit: known };
  throw new SplError(
    'SPL205',
    `${command}: span: expected a length of time or a width, found "${token.text}".`,
    token,
    'Examples: span=5m, span=1h, span=1d, span=10.',
  );
}

/** `1w@w1`; undefined where the span is no week. Which day a week begins on must be said. */
export function parseWeek(input: Arguments, option: Option): WeekSpan | undefined {
  const weekday = /^1?w(?:k|eek)?@w([0-7])$/i.exec(option.value.text)?.[1];
  if (weekday !== undefined) return { kind: 'weeks', weekday: Number(weekday) % 7 };
  if (!/^\d*w(?:k|ks|eek|eeks)?$/i.test(option.value.text)) return undefined;
  throw input.misfit(option, 'weeks that begin on a named day, such as 1w@w1 for Mondays');
}

/** `100ms`; undefined where the span has another unit. Ranges must divide a second evenly. */
export function parseSubseconds(input: Arguments, option: Option): SubsecondSpan | undefined {
  const [, digits = '', unit = ''] = /^(\d{0,9})(ds|cs|ms|us)$/i.exec(option.value.text) ?? [];
  const whole = SUBSECONDS[unit.toLowerCase()];
  if (whole === undefined) return undefined;
  const count = digits === '' ? 1 : Number(digits);
  if (count > 0 && count < whole && whole % count === 0) return { kind: 'subseconds', perSecond: whole / count };
  throw input.misfit(option, `a part of a second that divides it evenly, such as ${whole / 2}${unit.toLowerCase()}`);
}

/** `2log5`, `log2`, `log`; undefined where the span is none of these. */
export function parseLogarithm(input: Arguments, option: Option): LogarithmicSpan | undefined {
  const found = /^(\d{1,9}(?:\.\d{1,9})?)?log(\d{1,9}(?:\.\d{1,9})?)?$/i.exec(option.value.text);
  if (found === null) return undefined;
  const factor = found[1] === undefined ? 1 : Number(found[1]);
  const base = found[2] === undefined ? DEFAULT_BASE : Number(found[2]);
  if (base > 1 && factor >= 1 && factor < base) return { kind: 'logarithmic', factor, base };
  throw input.misfit(option, 'a base above 1 and a factor from 1 up to below the base, such as 2log5');
}
