/**
 * Where one transaction ends and the next begins among rows of the same values, taken newest first.
 *
 * A row begins a new transaction (its latest row) where it satisfies `endswith`, where the row before satisfied
 * `startswith`, where it lies more than `maxpause` before that or more than `maxspan` before the transaction's latest
 * row, or where the transaction holds `maxevents` rows.
 */
import type { TransactionCommand } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import {
  and,
  binary,
  call,
  cast,
  column,
  type Expression,
  FALSE,
  isNotNull,
  number,
  or,
  type SortTerm,
  when,
  window,
} from './expression.ts';
import { columnsOf, type PlanNode, withColumns } from './plan.ts';
import type { Members } from './transaction-members.ts';

/** Rows with the place of the newest of their run and the number of their transaction within it. */
export interface Parts {
  readonly node: PlanNode;
  readonly newest: Expression;
  readonly part: Expression;
}

/** Runs end where two neighbours say so; within a run, bounds count from the newest row of each transaction on. */
export function splitIntoParts(command: TransactionCommand, members: Members, scope: CommandScope): Parts {
  const { keys, place, time, names } = members;
  const byPlace: readonly SortTerm[] = [{ expression: place, descending: false }];
  const before = { preceding: 1, current: false } as const;
  const pause: Expression =
    command.maxPause === undefined
      ? FALSE
      : binary(
          '>',
          binary('-', window('max', [time], { partitionBy: keys, orderBy: byPlace, frame: before }), time),
          number(command.maxPause),
        );
  const begins = or([
    members.ends,
    call('coalesce', window('max', [members.starts], { partitionBy: keys, orderBy: byPlace, frame: before }), FALSE),
    pause,
  ]);
  const [begin, run, newest, numbered] = ['begins', 'run', 'newest', 'number'].map((name) => names.take(name)) as [
    string,
    string,
    string,
    string,
  ];
  const begun = withColumns(members.node, scope.label('begins'), [
    { name: begin, expression: when(begins, number(1), number(0)) },
  ]);
  const runs = withColumns(begun, scope.label('runs'), [
    {
      name: run,
      expression: window('sum', [column(begin)], { partitionBy: keys, orderBy: byPlace, frame: { current: true } }),
    },
  ]);
  const ofRun = [...keys, column(run)];
  const counted = withColumns(runs, scope.label('numbers'), [
    { name: newest, expression: window('min', [place], { partitionBy: ofRun }) },
    { name: numbered, expression: window('row_number', [], { partitionBy: ofRun, orderBy: byPlace }) },
  ]);
  if (command.maxSpan === undefined) {
    const share = binary('/', binary('-', column(numbered), number(1)), number(command.maxEvents));
    return { node: counted, newest: column(newest), part: cast(call('floor', share), 'bigint') };
  }
  return walkParts(command, command.maxSpan, { node: counted, newest, numbered, members }, scope);
}

/** From the newest row of a run to the first that is too far from it, and from there on in the same way. */
function walkParts(
  command: TransactionCommand,
  span: number,
  run: { readonly node: PlanNode; readonly newest: string; readonly numbered: string; readonly members: Members },
  scope: CommandScope,
): Parts {
  const { newest, numbered, members } = run;
  const [next, first, part] = ['next', 'first', 'part'].map((name) => members.names.take(name)) as [
    string,
    string,
    string,
  ];
  const newestFirst: readonly SortTerm[] = [{ expression: members.time, descending: true }];
  const reach = window('max', [column(numbered)], {
    partitionBy: [column(newest)],
    orderBy: newestFirst,
    frame: { within: span },
  });
  const full = binary('+', column(numbered), number(command.maxEvents - 1));
  const reaching = withColumns(run.node, scope.label('reach'), [
    { name: next, expression: binary('+', call('least', reach, full), number(1)) },
  ]);
  const label = scope.label('firsts');
  const same = (name: string, other: string): Expression =>
    binary('=', column(name, reaching.label), column(other, label));
  const firsts: PlanNode = {
    kind: 'Walk',
    label,
    input: reaching,
    columns: [newest, numbered, next],
    first: binary('=', column(numbered), number(1)),
    next: and([same(newest, newest), same(numbered, next)]),
  };
  const marked: PlanNode = {
    kind: 'Join',
    label: scope.label('marked'),
    left: reaching,
    right: firsts,
    on: and([same(newest, newest), same(numbered, numbered)]),
    columns: [
      ...columnsOf(run.node).map((name) => ({ name, expression: column(name, reaching.label) })),
      { name: first, expression: when(isNotNull(column(next, label)), number(1), number(0)) },
    ],
  };
  const byNumber: readonly SortTerm[] = [{ expression: column(numbered), descending: false }];
  const node = withColumns(marked, scope.label('parts'), [
    {
      name: part,
      expression: window('sum', [column(first)], {
        partitionBy: [column(newest)],
        orderBy: byNumber,
        frame: { current: true },
      }),
    },
  ]);
  return { node, newest: column(newest), part: column(part) };
}
