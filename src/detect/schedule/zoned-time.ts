/** Wall-clock time in a time zone, by the zone data that Node carries. Instants are epoch seconds. */

export interface WallClock {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

/** Throws where the name is no IANA time zone. */
export function checkTimeZone(timeZone: string): void {
  try {
    formatFor(timeZone);
  } catch (error: unknown) {
    throw new Error(`time zone: expected an IANA name such as Europe/Berlin, found "${timeZone}".`, { cause: error });
  }
}

/** What a clock on the wall shows at the instant; fractions of a second are dropped. */
export function toWallClock(epochSeconds: number, timeZone: string): WallClock {
  const parts = new Map<string, string>();
  for (const part of formatFor(timeZone).formatToParts(Math.floor(epochSeconds) * 1000))
    parts.set(part.type, part.value);
  const value = (name: string) => Number(parts.get(name));
  const year = parts.get('era') === 'BC' ? 1 - value('year') : value('year');
  return {
    year,
    month: value('month'),
    day: value('day'),
    hour: value('hour'),
    minute: value('minute'),
    second: value('second'),
  };
}

function asIfUtc(wall: WallClock): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second) / 1000;
}

/** What is added to UTC at the instant, in seconds. */
export function offsetAt(epochSeconds: number, timeZone: string): number {
  return asIfUtc(toWallClock(epochSeconds, timeZone)) - Math.floor(epochSeconds);
}

/**
 * The instants at which the clock shows a time, given in seconds as if it were UTC, the earlier first: two where it occurs
 * twice (clocks go back). One that never occurs (clocks go forward) is as far after the gap as it lies in it.
 */
export function instantsOf(utc: number, timeZone: string): readonly number[] {
  const before = offsetAt(utc - 86_400, timeZone);
  const after = offsetAt(utc + 86_400, timeZone);
  if (before === after) return [utc - before];
  const real = [utc - before, utc - after].filter((instant) => instant + offsetAt(instant, timeZone) === utc);
  return real.length === 0 ? [utc - before] : real.sort((a, b) => a - b);
}

/** The instant at which the clock shows this time, the first of two. Fields may overflow (month 14, day 0). */
export function fromWallClock(wall: WallClock, timeZone: string): number {
  return Math.min(...instantsOf(asIfUtc(wall), timeZone));
}
