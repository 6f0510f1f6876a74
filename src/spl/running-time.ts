/** The time window of streamstats: how many places before a row the first one lies whose time is near enough. */
import type { StreamstatsCommand } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { SplError } from './diagnostics.ts';
import { and, binary, call, cast, column, type Expression, isNull, number, or, text, when } from './expression.ts';
import { columnsOf, type PlanNode } from './plan.ts';
import { ColumnNames, fieldValue, type Relation } from './relation.ts';
import { placedAmong, type Segments } from './running-segments.ts';
import { asNumber } from './value.ts';

const MICROSECONDS = 1_000_000;
const OUT_OF_ORDER =
  'streamstats: expected rows in the order of _time for time_window, found others; sort them first: sort 0 _time.';

export interface TimeReach {
  readonly relation: Relation;
  /** In places; absent without a time window. */
  readonly reach?: Expression;
}

/** `keys` and `present`, whether a row has all of them, are of the columns of the segments' relation. */
export function reachInTime(
  command: StreamstatsCommand,
  keys: readonly Expression[],
  present: Expression,
  { relation, place }: Segments,
  scope: CommandScope,
): TimeReach {
  if (command.timeWindow === undefined || place === undefined) return { relation };
  const field = relation.fields.get('_time');
  if (field === undefined) {
    throw new SplError(
      'SPL316',
      'streamstats: expected rows that have _time for time_window, found none.',
      command.span,
    );
  }
  const names = new ColumnNames(columnsOf(relation.node));
  const add = (
    suffix: string,
    node: PlanNode,
    made: readonly (readonly [string, Expression])[],
  ): [PlanNode, readonly Expression[]] => {
    const columns = made.map(([name, expression]) => ({ name: names.take(name), expression }));
    const kept = columnsOf(node).map((name) => ({ name, expression: column(name) }));
    const input = {
      kind: 'Project',
      label: scope.label(suffix),
      input: node,
      columns: [...kept, ...columns],
    } as const;
    return [input, columns.map(({ name }) => column(name))];
  };
  // Whole microseconds: differences of doubles in seconds are not exact.
  const micros = call('round', binary('*', asNumber(fieldValue(field)), number(MICROSECONDS)));
  const [timed, [time = micros]] = add('times', relation.node, [['time', micros]]);
  const before: Expression = {
    op: 'window',
    call: { name: 'max', arguments: [time] },
    partitionBy: [present],
    orderBy: relation.order,
    frame: { preceding: 1, current: false },
  };
  // In rows that are in the order of time those near enough on both sides are neighbours, the earliest place among them first.
  const first: Expression = {
    op: 'window',
    call: { name: 'min', arguments: [place] },
    partitionBy: placedAmong(command, keys, present),
    orderBy: [{ expression: time, descending: false }],
    frame: { within: command.timeWindow * MICROSECONDS, before: true },
  };
  const isOtherWay = (operator: '<' | '>'): Expression =>
    when(or([isNull(time), binary(operator, time, before)]), number(1), number(0));
  const [compared, [rises = time, falls = time, start = time]] = add('neighbours', timed, [
    ['rises', isOtherWay('>')],
    ['falls', isOtherWay('<')],
    ['first', first],
  ]);
  const any = (flag: Expression): Expression =>
    binary(
      '>',
      { op: 'window', call: { name: 'max', arguments: [flag] }, partitionBy: [present], orderBy: [] },
      number(0),
    );
  const isOutOfOrder = and([present, any(rises), any(falls)]);
  const fails = cast(call('error', text(OUT_OF_ORDER)), 'bigint');
  const [node, [reach]] = add('reach', compared, [['reach', when(isOutOfOrder, fails, binary('-', place, start))]]);
  return { relation: { ...relation, node }, ...(reach === undefined ? {} : { reach }) };
}
