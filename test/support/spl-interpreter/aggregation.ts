/** Functions of stats and eventstats over the rows of one group (section 5.3 and 5.13). */
import type { Aggregation } from '../../../src/spl/ast.ts';
import { evaluateRow } from './eval-expression.ts';
import { toField, toTruth } from './eval-value.ts';
import { compareText, type FieldValue, finite, fromMembers, membersOf, numberIn } from './field-value.ts';
import { smallestOrLargest } from './order.ts';
import { refuse } from './refusal.ts';
import type { Row, Settings } from './row.ts';
import { matchStars } from './wildcard.ts';

/** One value per row of the group, in the order of the rows. */
interface Item {
  readonly row: Row;
  readonly value: FieldValue;
}

type StatsFunction = (members: readonly string[], items: readonly Item[]) => FieldValue;

const LONGEST_LIST = 100;

function ofNumbers(of: (numbers: readonly number[]) => number | undefined): StatsFunction {
  return (members) => {
    const numbers = members.map(numberIn).filter((number) => number !== undefined);
    return numbers.length === 0 ? undefined : of(numbers);
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function mean(numbers: readonly number[]): number {
  return sum(numbers) / numbers.length;
}

/** Of one value: 0. */
function variance(numbers: readonly number[], isSample: boolean): number {
  const middle = mean(numbers);
  const squares = sum(numbers.map((number) => (number - middle) ** 2));
  return numbers.length === 1 ? 0 : squares / (numbers.length - (isSample ? 1 : 0));
}

/** Nearest rank. */
function percentile(share: number): StatsFunction {
  return ofNumbers((numbers) => {
    const sorted = [...numbers].sort((left, right) => left - right);
    return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)];
  });
}

/** The item at an end of time; of equal times the rows' order decides, newest first. */
function atEnd(items: readonly Item[], end: 'earliest' | 'latest'): Item | undefined {
  const present = items.filter(({ value }) => value !== undefined);
  const timed = present.map((item, index) => ({ item, index, time: Number(item.row.get('_time') ?? Number.NaN) }));
  if (timed.some(({ time }) => Number.isNaN(time))) return refuse(`${end} of rows without _time`);
  timed.sort((left, right) => right.time - left.time || left.index - right.index);
  return timed.at(end === 'latest' ? 0 : -1)?.item;
}

const FUNCTIONS: Readonly<Record<string, StatsFunction>> = {
  count: (members) => members.length,
  c: (members) => members.length,
  dc: (members) => new Set(members).size,
  distinct_count: (members) => new Set(members).size,
  estdc: (members) => new Set(members).size,
  values: (members) => fromMembers([...new Set(members)].sort(compareText)),
  list: (members) => fromMembers(members.slice(0, LONGEST_LIST)),
  min: (members) => extremeOf('min', members),
  max: (members) => extremeOf('max', members),
  range: ofNumbers((numbers) => difference(Math.max(...numbers), Math.min(...numbers))),
  sum: ofNumbers(sum),
  sumsq: ofNumbers((numbers) => sum(numbers.map((number) => number * number))),
  avg: ofNumbers(mean),
  mean: ofNumbers(mean),
  stdev: ofNumbers((numbers) => Math.sqrt(variance(numbers, true))),
  stdevp: ofNumbers((numbers) => Math.sqrt(variance(numbers, false))),
  var: ofNumbers((numbers) => variance(numbers, true)),
  varp: ofNumbers((numbers) => variance(numbers, false)),
  median: percentile(50),
  mode: (members) => {
    const counts = new Map<string, number>();
    for (const member of members) counts.set(member, (counts.get(member) ?? 0) + 1);
    return [...counts].sort(([a, x], [b, y]) => y - x || compareText(a, b))[0]?.[0];
  },
  first: (_, items) => items.find(({ value }) => value !== undefined)?.value,
  last: (_, items) => items.findLast(({ value }) => value !== undefined)?.value,
  earliest: (_, items) => atEnd(items, 'earliest')?.value,
  latest: (_, items) => atEnd(items, 'latest')?.value,
  earliest_time: (_, items) => atEnd(items, 'earliest')?.row.get('_time'),
  rate: (_, items) => {
    const [from, to] = [atEnd(items, 'earliest'), atEnd(items, 'latest')];
    const [a, b] = [from, to].map((item) => membersOf(item?.value).map(numberIn));
    const seconds = difference(Number(to?.row.get('_time')), Number(from?.row.get('_time')));
    if (a?.length !== 1 || b?.length !== 1 || a[0] === undefined || b[0] === undefined) return undefined;
    return seconds === 0 ? undefined : (b[0] - a[0]) / seconds;
  },
  latest_time: (_, items) => atEnd(items, 'latest')?.row.get('_time'),
};

/** Of numbers as large as times nothing is known behind the microsecond. */
function difference(most: number, least: number): number {
  return most > 1e9 ? Number((most - least).toFixed(6)) : most - least;
}

export function statsFunctionNames(): readonly string[] {
  return Object.keys(FUNCTIONS);
}

/** As it is written. */
function extremeOf(which: 'min' | 'max', members: readonly string[]): FieldValue {
  const found = smallestOrLargest(
    which,
    members.map((text) => numberIn(text) ?? text),
  );
  if (typeof found !== 'number') return found;
  const written = new Set(members.filter((text) => numberIn(text) === found));
  return written.size === 1 ? [...written][0] : refuse('one of several spellings of a number');
}

/** Seconds of the units that per_second and its kin count by. */
const UNITS: Readonly<Record<string, number>> = { per_second: 1, per_minute: 60, per_hour: 3_600, per_day: 86_400 };

function statsFunction(name: string, seconds: number | undefined): StatsFunction {
  const unit = UNITS[name];
  if (unit !== undefined) {
    return seconds === undefined
      ? refuse(`${name} without buckets of time`)
      : ofNumbers((numbers) => (sum(numbers) * unit) / seconds);
  }
  const share = /^(?:exactperc|perc|p|upperperc)(\d{1,2}|100)$/.exec(name)?.[1];
  return share === undefined ? (FUNCTIONS[name] ?? refuse(`the function ${name} of stats`)) : percentile(Number(share));
}

/** A wildcard stands for every field that some row has. */
export function spellOut(aggregations: readonly Aggregation[], rows: readonly Row[]): readonly Aggregation[] {
  return aggregations.flatMap((aggregation) => spelledOut(aggregation, rows));
}

function spelledOut(aggregation: Aggregation, rows: readonly Row[]): readonly Aggregation[] {
  const { argument, output, function: name } = aggregation;
  if (argument?.kind !== 'FieldName' || !argument.name.includes('*')) return [aggregation];
  const isUnnamed = output.name === `${name}(${argument.name})`;
  return [...new Set(rows.flatMap((row) => row.names()))].flatMap((field) => {
    const stars = field.startsWith('_') ? undefined : matchStars(argument.name, field);
    if (stars === undefined) return [];
    let index = 0;
    const made = isUnnamed ? `${name}(${field})` : output.name.replace(/\*/g, () => stars[index++] ?? '');
    return [{ ...aggregation, argument: { ...argument, name: field }, output: { ...output, name: made } }];
  });
}

/** The results over one group, by output name. */
export function aggregate(
  aggregations: readonly Aggregation[],
  rows: readonly Row[],
  settings: Settings,
  seconds?: number,
): readonly (readonly [string, FieldValue])[] {
  return spellOut(aggregations, rows).map(({ function: name, argument, output }) => {
    if (argument === undefined) return [output.name, rows.length] as const;
    const items = rows.map((row): Item => {
      if (argument.kind === 'FieldName') {
        return { row, value: row.get(argument.name) };
      }
      const value = evaluateRow(argument, row, settings);
      // Of a condition, the rows where it is true count.
      if (typeof value === 'boolean') return { row, value: toTruth(value) === true ? 1 : undefined };
      return { row, value: toField(value) };
    });
    const value = statsFunction(name, seconds)(
      items.flatMap((item) => membersOf(item.value)),
      items,
    );
    return [output.name, typeof value === 'number' ? finite(value) : value] as const;
  });
}
