/** timechart (rule 35): buckets of time from the epoch, the empty ones too. */
import type { TimechartCommand } from '../../../src/spl/ast.ts';
import { aggregate } from './aggregation.ts';
import { membersOf, numberIn } from './field-value.ts';
import { Row, type Settings, type Table } from './row.ts';

export function timechart(command: TimechartCommand, rows: readonly Row[], settings: Settings): Table {
  const { seconds } = command;
  const bucketOf = (time: number): number => Math.floor(time / seconds) * seconds;
  const buckets = new Map<number, Row[]>();
  for (const row of rows) {
    const time = membersOf(row.get('_time')).map(numberIn)[0];
    if (time !== undefined) buckets.set(bucketOf(time), [...(buckets.get(bucketOf(time)) ?? []), row]);
  }
  const found = [...buckets.keys()].sort((left, right) => left - right);
  const [first, last] = [found[0], found.at(-1)];
  const starts: number[] = [];
  if (first !== undefined && last !== undefined) {
    const isWhole = command.fixedRange && command.continuous;
    const from = isWhole && settings.earliest !== undefined ? bucketOf(settings.earliest) : first;
    const to =
      isWhole && settings.latest !== undefined ? Math.ceil(settings.latest / seconds) * seconds - seconds : last;
    for (let start = from; start <= to; start += seconds)
      if (command.continuous || buckets.has(start)) starts.push(start);
  }
  return {
    rows: starts.map((start) =>
      Row.of([['_time', start], ...aggregate(command.aggregations, buckets.get(start) ?? [], settings, seconds)]),
    ),
    existing: new Set(),
  };
}
