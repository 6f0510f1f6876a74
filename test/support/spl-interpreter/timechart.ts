/** timechart (rule 35): buckets of time in UTC, the empty ones too; with BY as chart over the buckets. */
import type { BucketSize, TimechartCommand } from '../../../src/spl/ast.ts';
import { aggregate } from './aggregation.ts';
import { splitRows } from './chart.ts';
import { membersOf, numberIn } from './field-value.ts';
import { refuse } from './refusal.ts';
import { Row, type Settings, type Table } from './row.ts';

const STEPS = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 86_400];
const MOST_BUCKETS = 50_000;

export function timechart(command: TimechartCommand, rows: readonly Row[], settings: Settings): Table {
  const times = rows.flatMap((row) => membersOf(row.get('_time')).map((text) => numberIn(text) ?? 0));
  // A window that begins at 0 counts as without a beginning.
  const begins = settings.earliest === 0 ? undefined : settings.earliest;
  const earliest = begins ?? Math.min(...times);
  const latest = settings.latest ?? Math.max(...times);
  const startOf = bucketOf(command.size, latest - earliest);
  const buckets = new Map<number, Row[]>();
  for (const row of rows) {
    const time = membersOf(row.get('_time')).map(numberIn)[0];
    if (time !== undefined) buckets.set(startOf(time), [...(buckets.get(startOf(time)) ?? []), row]);
  }
  const found = [...buckets.keys()].sort((left, right) => left - right);
  const [first, last] = [found[0], found.at(-1)];
  const starts: number[] = [];
  if (first !== undefined && last !== undefined) {
    const isWhole = command.fixedRange && command.continuous;
    const from = isWhole && begins !== undefined ? startOf(begins) : first;
    const to = isWhole && settings.latest !== undefined ? startOf(settings.latest - 0.000_001) : last;
    // A day behind a bucket's start there is either the same bucket or the next; of shorter ones every second is tried.
    const stride = startOf(from + 86_400) <= startOf(from) + 86_400 && startOf(from + 86_399) === from ? 86_400 : 1;
    const least = command.size.kind === 'seconds' ? command.size.seconds : 1_000 * stride;
    if ((to - from) / least >= MOST_BUCKETS) return refuse('a timechart of more than 50,000 buckets');
    for (let at = from; at <= to; at += stride) {
      if (startOf(at) === at && (command.continuous || buckets.has(at))) starts.push(at);
    }
  }
  const { split, size } = command;
  const seconds = size.kind === 'seconds' ? size.seconds : undefined;
  return {
    existing: new Set(),
    rows:
      split === undefined
        ? starts.map((start) =>
            Row.of([['_time', start], ...aggregate(command.aggregations, buckets.get(start) ?? [], settings, seconds)]),
          )
        : splitRows(
            { ...command, split, over: '_time' },
            starts.map((start) => [start, buckets.get(start) ?? []]),
            settings,
            seconds,
          ),
  };
}

export function bucketOf(size: BucketSize, range: number): (time: number) => number {
  switch (size.kind) {
    case 'seconds':
      return (time) => Math.floor((time - size.offset) / size.seconds) * size.seconds + size.offset;
    case 'months':
      return (time) => monthOf(time, size.months);
    case 'automatic': {
      const step = STEPS.find((seconds) => seconds >= size.least && range / seconds <= size.most);
      return (time) => (step === undefined ? monthOf(time, 1) : Math.floor(time / step) * step);
    }
  }
}

function monthOf(time: number, months: number): number {
  const date = new Date(time * 1000);
  const since = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  return Date.UTC(1970, Math.floor(since / months) * months, 1) / 1000;
}
