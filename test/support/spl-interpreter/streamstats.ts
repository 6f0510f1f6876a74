/** streamstats (rule 24): the functions of stats over the rows so far, in the rows' order. */
import type { EvalExpression, StreamstatsCommand } from '../../../src/spl/ast.ts';
import { aggregate } from './aggregation.ts';
import { evaluateRow } from './eval-expression.ts';
import { toTruth } from './eval-value.ts';
import { membersOf, numberIn } from './field-value.ts';
import { refuse } from './refusal.ts';
import type { Row, Settings, Table } from './row.ts';

interface Seen {
  readonly key: string;
  readonly row: Row;
}

/** A row without a BY field keeps no value and is in no window; a reset forgets the rows of all groups. */
export function streamStats(command: StreamstatsCommand, table: Table, settings: Settings): Table {
  let seen: readonly Seen[] = [];
  let last: string | undefined;
  const holds = (condition: EvalExpression | undefined, row: Row): boolean =>
    condition !== undefined && toTruth(evaluateRow(condition, row, settings)) === true;
  const near = (own: Row) => (other: Row) =>
    command.timeWindow === undefined ||
    Math.abs(microsecondsOf(other) - microsecondsOf(own)) <= command.timeWindow * 1_000_000;
  const running = (row: Row): Row => {
    const values = command.by.map(({ name }) => membersOf(row.get(name)));
    if (values.some((members) => members.length > 1)) return refuse('streamstats by a field with several values');
    if (values.some((members) => members.length === 0)) {
      return row.with(command.aggregations.map(({ output }) => [output.name, undefined]));
    }
    const key = JSON.stringify(values);
    if (command.resetOnChange && key !== last) seen = [];
    last = key;
    const before = seen;
    seen = [...seen, { key, row }];
    const all = command.current ? seen : before;
    const ofKey = (rows: readonly Seen[]): readonly Seen[] => rows.filter((one) => one.key === key);
    const inWindow = (rows: readonly Seen[]): readonly Seen[] =>
      command.window === 0 ? rows : rows.slice(-command.window);
    const counted = command.isGlobal ? ofKey(inWindow(all)) : inWindow(ofKey(all));
    return row.with(aggregate(command.aggregations, counted.map((one) => one.row).filter(near(row)), settings));
  };
  if (command.timeWindow !== undefined) checkOrder(command, table);
  const rows = table.rows.map((row) => {
    if (holds(command.resetBefore, row)) seen = [];
    const made = running(row);
    if (holds(command.resetAfter, row)) seen = [];
    return made;
  });
  return { ...table, rows };
}

function microsecondsOf(row: Row): number {
  const [time] = membersOf(row.get('_time')).map(numberIn);
  return time === undefined ? Number.NaN : Math.round(time * 1_000_000);
}

function checkOrder({ by }: StreamstatsCommand, table: Table): void {
  const counted = table.rows.filter((row) => by.every(({ name }) => membersOf(row.get(name)).length > 0));
  const times = counted.map(microsecondsOf);
  const isOrdered = (fits: (one: number, next: number) => boolean): boolean =>
    times.every((time, at) => !Number.isNaN(time) && (at === 0 || fits(times[at - 1] ?? 0, time)));
  if (isOrdered((one, next) => one <= next) || isOrdered((one, next) => one >= next)) return;
  refuse('a time window over rows that are not in the order of their times');
}
