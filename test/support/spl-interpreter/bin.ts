/** bin (rule 35): the range of a number or a time. */
import type { AutomaticSpan, BinCommand, TimeSpan } from '../../../src/spl/ast.ts';
import { type FieldValue, membersOf, numberIn, textOfNumber } from './field-value.ts';
import { refuse } from './refusal.ts';
import type { Row, Settings } from './row.ts';
import { relativeTime, snap } from './time.ts';
import { bucketOf } from './timechart.ts';

const LENGTHS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

export function binOf(command: BinCommand, rows: readonly Row[], settings: Settings): (row: Row) => FieldValue {
  const numberOf = (row: Row): number | undefined => {
    const members = membersOf(row.get(command.field.name));
    return members.length !== 1 || members[0] === undefined ? undefined : numberIn(members[0]);
  };
  const numbers = rows.map(numberOf).filter((found) => found !== undefined);
  const place = placing(command, numbers, settings);
  return (row) => {
    const found = numberOf(row);
    return found === undefined ? row.get(command.field.name) : place(found);
  };
}

function placing(command: BinCommand, numbers: readonly number[], settings: Settings): (value: number) => FieldValue {
  const { size, field } = command;
  const align = alignment(command, settings);
  switch (size.kind) {
    case 'number':
      return byWidth(size.width);
    case 'logarithmic':
      return (value) => {
        if (value <= 0) return textOfNumber(value);
        let power = -400;
        while (size.factor * size.base ** (power + 1) <= value) power += 1;
        return written(size.factor * size.base ** power, size.factor * size.base ** (power + 1));
      };
    case 'subseconds':
      return (value) => Math.floor((value - align) * size.perSecond) / size.perSecond + align;
    case 'weeks':
      return (value) => snap(value, `w${size.weekday}`);
    case 'time':
      return (value) => floorTime(value, size, align);
    case 'automatic': {
      if (field.name !== '_time') return byWidth(automaticWidth(size, numbers));
      const least = size.least?.kind === 'time' ? size.least.count * LENGTHS[size.least.unit as 's'] : 0;
      const begins = settings.earliest === 0 ? undefined : settings.earliest;
      const length = (settings.latest ?? Math.max(...numbers)) - (begins ?? Math.min(...numbers));
      const startOf = bucketOf({ kind: 'automatic', most: size.most, least }, length);
      // A bucket of a day or longer is where it is, whatever it is to be aligned to.
      const isShort = startOf(1) === 1 || startOf(86_399) > 0;
      return (value) => (isShort ? startOf(value - align) + align : startOf(value));
    }
  }
}

function alignment({ align }: BinCommand, { earliest, latest, now }: Settings): number {
  if (align === undefined) return 0;
  if (align.value === 'earliest') return earliest ?? 0;
  if (align.value === 'latest') return latest ?? 0;
  return /^\d+$/.test(align.value) ? Number(align.value) : relativeTime(now, align.value);
}

function floorTime(value: number, { count, unit }: TimeSpan, align: number): number {
  if (unit === 'mon' || unit === 'q' || unit === 'y') {
    return count === 1 ? snap(value, unit) : refuse('bin by several months and longer');
  }
  const length = count * LENGTHS[unit];
  const from = unit === 'd' ? 0 : align;
  return Math.floor((value - from) / length) * length + from;
}

/** The smallest power of ten of which at most so many ranges hold all. */
function automaticWidth({ most, least, start, end }: AutomaticSpan, numbers: readonly number[]): number {
  const low = Math.min(...numbers, start ?? Number.POSITIVE_INFINITY);
  for (let exponent = -3; ; exponent += 1) {
    const width = Number(`1e${exponent}`);
    if (width < (least?.kind === 'number' ? least.width : 0)) continue;
    const last = Math.max(place(Math.max(...numbers), width), end === undefined ? -Infinity : -place(-end, width) - 1);
    if (last - place(low, width) < most) return width;
  }
}

/** In decimal digits: 0.3 is in the third range of 0.1. */
function place(value: number, width: number): number {
  const digits = textOfNumber(width).split('.')[1]?.length ?? 0;
  return Math.floor((value * 10 ** digits) / Math.round(width * 10 ** digits));
}

function byWidth(width: number): (value: number) => FieldValue {
  const digits = textOfNumber(width).split('.')[1]?.length ?? 0;
  const edge = (at: number): number => (at * Math.round(width * 10 ** digits)) / 10 ** digits;
  return (value) => written(edge(place(value, width)), edge(place(value, width) + 1));
}

function written(from: number, to: number): string {
  return `${textOfNumber(from)}-${textOfNumber(to)}`;
}
