/** Times in UTC: formats, and the modifiers of rule 50. */
import { refuse } from './refusal.ts';

function two(value: number): string {
  return String(value).padStart(2, '0');
}

export function formatTime(seconds: number, format: string): string {
  const time = new Date(Math.floor(seconds) * 1000);
  return format.replace(/%(.)/g, (_, letter: string) => {
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
};

/** Epoch seconds; undefined where the text does not fit. */
export function parseTime(text: string, format: string): number | undefined {
  const letters: string[] = [];
  const source = format
    .replaceAll('%F', '%Y-%m-%d')
    .replaceAll('%T', '%H:%M:%S')
    .replace(/%(.)|([\\^$.*+?()[\]{}|])/g, (_, letter?: string, special?: string) => {
      if (letter === undefined) return `\\${special}`;
      letters.push(letter);
      return PARTS[letter] ?? refuse(`%${letter} in a time format`);
    });
  if (!letters.includes('Y') || !letters.includes('m') || !letters.includes('d'))
    return refuse('a time format without a date');
  const found = new RegExp(`^${source}$`).exec(text);
  if (found === null) return undefined;
  const part = (letter: string): number => (letters.includes(letter) ? Number(found[letters.indexOf(letter) + 1]) : 0);
  const [year, month, day, hour, minute, second] = ['Y', 'm', 'd', 'H', 'M', 'S'].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  const isReal =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return isReal ? time.getTime() / 1000 + hour * 3600 + minute * 60 + second : undefined;
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
