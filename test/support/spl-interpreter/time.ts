/** Times in UTC: formats, and the modifiers of rule 50. */
import { refuse } from './refusal.ts';

function two(value: number): string {
  return String(value).padStart(2, '0');
}

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December',
]; // biome-ignore format: a flat list
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAY = 86_400_000;

/** From 0. */
function dayOfYear(time: Date): number {
  return Math.floor((time.getTime() - Date.UTC(time.getUTCFullYear(), 0, 1)) / DAY);
}

/** The week and year of the Thursday in the same week. */
function isoWeek(time: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(time.getTime() + (4 - (time.getUTCDay() || 7)) * DAY);
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}

function fraction(seconds: number, digits: number): string {
  const micros = Math.floor(seconds * 1e6);
  return String(((micros % 1e6) + 1e6) % 1e6)
    .padStart(6, '0')
    .slice(0, digits);
}

export function formatTime(seconds: number, format: string): string {
  if (Math.abs(seconds) > 60_000_000_000) return refuse('a time in years that nobody lives in');
  const time = new Date(Math.floor(seconds) * 1000);
  return format.replace(/%(\d?[NQ]|:z|.)/g, (_, letter: string) => {
    switch (letter) {
      case 'Y':
        return String(time.getUTCFullYear()).padStart(4, '0');
      case 'm':
        return two(time.getUTCMonth() + 1);
      case 'd':
        return two(time.getUTCDate());
      case 'H':
        return two(time.getUTCHours());
      case 'M':
        return two(time.getUTCMinutes());
      case 'S':
        return two(time.getUTCSeconds());
      case 'F':
        return formatTime(seconds, '%Y-%m-%d');
      case 'T':
        return formatTime(seconds, '%H:%M:%S');
      case 's':
        return String(Math.floor(seconds));
      case 'y':
        return two(time.getUTCFullYear() % 100);
      case 'b':
      case 'h':
        return MONTHS[time.getUTCMonth()]?.slice(0, 3) ?? '';
      case 'B':
        return MONTHS[time.getUTCMonth()] ?? '';
      case 'a':
        return DAYS[time.getUTCDay()]?.slice(0, 3) ?? '';
      case 'A':
        return DAYS[time.getUTCDay()] ?? '';
      case 'w':
        return String(time.getUTCDay());
      case 'u':
        return String(time.getUTCDay() || 7);
      case 'I':
        return two(time.getUTCHours() % 12 || 12);
      case 'l':
        return String(time.getUTCHours() % 12 || 12).padStart(2);
      case 'k':
        return String(time.getUTCHours()).padStart(2);
      case 'e':
        return String(time.getUTCDate()).padStart(2);
      case 'p':
        return time.getUTCHours() < 12 ? 'AM' : 'PM';
      case 'j':
        return String(dayOfYear(time) + 1).padStart(3, '0');
      case 'U':
        return two(Math.floor((dayOfYear(time) + 7 - time.getUTCDay()) / 7));
      case 'W':
        return two(Math.floor((dayOfYear(time) + 7 - ((time.getUTCDay() + 6) % 7)) / 7));
      case 'G':
        return String(isoWeek(time).year).padStart(4, '0');
      case 'V':
        return two(isoWeek(time).week);
      case 'f':
      case '6N':
        return fraction(seconds, 6);
      case 'N':
      case '9N':
      case '9Q':
        return `${fraction(seconds, 6)}000`;
      case '3N':
      case '3Q':
      case 'Q':
        return fraction(seconds, 3);
      case 'D':
        return formatTime(seconds, '%m/%d/%y');
      case 'R':
        return formatTime(seconds, '%H:%M');
      case 'c':
        return formatTime(seconds, '%a %b %e %H:%M:%S %Y');
      case 'z':
        return '+0000';
      case ':z':
        return '+00:00';
      case 'Z':
        return 'UTC';
      case '%':
        return '%';
      default:
        return refuse(`%${letter} in a time format`);
    }
  });
}

const PARTS: Readonly<Record<string, string>> = {
  Y: '(\\d{4})',
  m: '(\\d{2})',
  d: '(\\d{2})',
  H: '(\\d{2})',
  M: '(\\d{2})',
  S: '(\\d{2})',
  b: '([A-Za-z]{3})',
  f: '(\\d{1,6})',
  z: '([+-]\\d{2}(?::?\\d{2})?|[A-Z]{1,3})',
};

/** RFC 822's, in hours. */
const ZONES: Readonly<Record<string, number>> = {
  Z: 0, UTC: 0, GMT: 0, UT: 0, EDT: -4, EST: -5, CDT: -5, CST: -6, MDT: -6, MST: -7, PDT: -7, PST: -8,
}; // biome-ignore format: a flat table

/** Epoch seconds; undefined where the text does not fit. */
export function parseTime(text: string, format: string): number | undefined {
  if (format === '%s') return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  const letters: string[] = [];
  const source = format
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replaceAll('%6N', '%f')
    .replace(/%:z|%Z/g, '%z')
    .replace(/%(.)|([\\^$.*+?()[\]{}|])/g, (_, letter?: string, special?: string) => {
      if (letter === undefined) return `\\${special}`;
      letters.push(letter);
      return PARTS[letter] ?? refuse(`%${letter} in a time format`);
    });
  const month = letters.includes('b') ? 'b' : 'm';
  if (!letters.includes('Y') || !letters.includes(month) || !letters.includes('d')) {
    return refuse('a time format without a date');
  }
  const found = new RegExp(`^${source}$`).exec(text);
  if (found === null) return undefined;
  const written = (letter: string): string => found[letters.indexOf(letter) + 1] ?? '';
  const part = (letter: string): number => (letters.includes(letter) ? Number(written(letter)) : 0);
  const [year, day, hour, minute, second] = [part('Y'), part('d'), part('H'), part('M'), part('S')];
  const monthOfYear =
    month === 'm'
      ? part('m') - 1
      : MONTHS.findIndex((name) => name.slice(0, 3).toLowerCase() === written('b').toLowerCase());
  const time = new Date(0);
  time.setUTCFullYear(year, monthOfYear, day);
  const isReal =
    time.getUTCMonth() === monthOfYear && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isReal) return undefined;
  const offset = letters.includes('z') ? offsetOf(written('z')) : 0;
  if (offset === undefined) return undefined;
  const micros = letters.includes('f') ? Number(written('f').padEnd(6, '0')) / 1e6 : 0;
  return time.getTime() / 1000 + hour * 3600 + minute * 60 + second + micros - offset;
}

/** In seconds. */
function offsetOf(zone: string): number | undefined {
  const [, sign, hours, minutes = 0] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return ZONES[zone] === undefined ? undefined : ZONES[zone] * 3600;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}

type Unit = 's' | 'm' | 'h' | 'd' | 'w' | 'mon' | 'q' | 'y';
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** Offset first, then down to the unit, then what stands behind it. */
export function relativeTime(seconds: number, modifier: string): number {
  let time = seconds;
  let rest = modifier;
  const offsets = (): void => {
    for (
      let found = /^([+-])(\d+)(mon|[smhdwqy])/.exec(rest);
      found !== null;
      found = /^([+-])(\d+)(mon|[smhdwqy])/.exec(rest)
    ) {
      time = shift(time, (found[1] === '-' ? -1 : 1) * Number(found[2]), found[3] as Unit);
      rest = rest.slice(found[0].length);
    }
  };
  offsets();
  const snapped = /^@(mon|w[0-7]?|[smhdqy])/.exec(rest);
  if (snapped !== null) {
    time = snap(time, snapped[1] ?? '');
    rest = rest.slice(snapped[0].length);
    offsets();
  }
  return rest === '' ? time : refuse(`the time modifier ${modifier}`);
}

function shift(time: number, count: number, unit: Unit): number {
  if (unit === 'mon' || unit === 'q' || unit === 'y') {
    const months = count * { mon: 1, q: 3, y: 12 }[unit];
    const date = new Date(Math.floor(time) * 1000);
    const day = date.getUTCDate();
    date.setUTCDate(1);
    date.setUTCMonth(date.getUTCMonth() + months);
    const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
    date.setUTCDate(Math.min(day, last));
    return date.getTime() / 1000 + (time - Math.floor(time));
  }
  return time + count * SECONDS[unit];
}

/** Down to the start of the unit; a bare week begins on Sunday. */
export function snap(time: number, unit: string): number {
  const date = new Date(Math.floor(time) * 1000);
  if (unit === 's' || unit === 'm' || unit === 'h' || unit === 'd')
    return Math.floor(time / SECONDS[unit]) * SECONDS[unit];
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === 'mon') return Date.UTC(year, month, 1) / 1000;
  if (unit === 'q') return Date.UTC(year, month - (month % 3), 1) / 1000;
  if (unit === 'y') return Date.UTC(year, 0, 1) / 1000;
  const weekday = unit === 'w' ? 0 : Number(unit.slice(1)) % 7;
  const day = snap(time, 'd');
  return day - ((date.getUTCDay() - weekday + 7) % 7) * 86_400;
}
