/** transaction (rule 36): the rows of each key, newest first, one by one; the open transaction takes a row or is closed by it. */
import type { TransactionBound, TransactionCommand } from '../../../src/spl/ast.ts';
import { evaluateRow } from './eval-expression.ts';
import { toTruth } from './eval-value.ts';
import { compareText, type FieldValue, fromMembers, membersOf, numberIn } from './field-value.ts';
import { refuse } from './refusal.ts';
import { Row, type Settings, type Table } from './row.ts';
import { matchesSearch } from './search-expression.ts';

interface Member {
  readonly row: Row;
  readonly time: number;
  readonly place: number;
}

interface Transaction {
  readonly members: Member[];
  /** What ended it was a bound: another row came that it could not take. */
  isBounded: boolean;
  hasStart: boolean;
  hasEnd: boolean;
}

export function transaction(command: TransactionCommand, table: Table, settings: Settings): Table {
  const newestFirst = table.rows
    .map((row, at) => ({ row, at, time: membersOf(row.get('_time')).map(numberIn)[0] }))
    .flatMap(({ row, at, time }) => (time === undefined ? [] : [{ row, at, time }]))
    .sort((left, right) => right.time - left.time || left.at - right.at)
    .map(({ row, time }, place) => ({ row, time, place }));
  const open = new Map<string, Transaction>();
  const closed: Transaction[] = [];
  for (const member of newestFirst) {
    const key = keyOf(command, member.row);
    if (key === undefined) continue;
    const isEnd = satisfies(command.endsWith, member.row, settings);
    const isStart = satisfies(command.startsWith, member.row, settings);
    let current = open.get(key);
    if (current !== undefined && !takes(command, current, member, isEnd)) {
      current.isBounded = true;
      closed.push(current);
      current = undefined;
    }
    current ??= { members: [], isBounded: false, hasStart: false, hasEnd: false };
    current.members.push(member);
    current.hasStart ||= isStart;
    current.hasEnd ||= isEnd;
    open.set(key, current);
  }
  const all = [...closed, ...open.values()];
  const hasBounds = command.startsWith !== undefined || command.endsWith !== undefined;
  const isClosed = (found: Transaction): boolean =>
    hasBounds
      ? (command.startsWith === undefined || found.hasStart) && (command.endsWith === undefined || found.hasEnd)
      : found.isBounded || found.members.length >= command.maxEvents;
  return {
    existing: table.existing,
    rows: all
      .filter((found) => !hasBounds || command.keepEvicted || isClosed(found))
      .sort((left, right) => oldest(right).time - oldest(left).time || oldest(left).place - oldest(right).place)
      .map((found) => summary(command, found, isClosed(found))),
  };
}

function takes(command: TransactionCommand, current: Transaction, member: Member, isEnd: boolean): boolean {
  const newest = current.members[0] ?? member;
  const { maxSpan, maxPause, maxEvents } = command;
  return (
    !isEnd &&
    !current.hasStart &&
    (maxPause === undefined || oldest(current).time - member.time <= maxPause) &&
    (maxSpan === undefined || newest.time - member.time <= maxSpan) &&
    current.members.length < maxEvents
  );
}

function oldest({ members }: Transaction): Member {
  return members.at(-1) ?? refuse('a transaction without rows');
}

function keyOf(command: TransactionCommand, row: Row): string | undefined {
  const values = command.fields.map(({ name }) => membersOf(row.get(name)));
  if (values.some((members) => members.length > 1)) return refuse('transaction by a field with several values');
  const missing = values.filter((members) => members.length === 0).length;
  if (missing > 0 && missing < values.length) return refuse('transaction of a row that has some of its fields');
  return missing > 0 ? undefined : JSON.stringify(values);
}

function satisfies(bound: TransactionBound | undefined, row: Row, settings: Settings): boolean {
  if (bound === undefined) return false;
  return bound.kind === 'search'
    ? matchesSearch(bound.expression, row, () => refuse('a subsearch in transaction'))
    : toTruth(evaluateRow(bound.condition, row, settings)) === true;
}

function summary(command: TransactionCommand, { members }: Transaction, isClosed: boolean): Row {
  const oldestFirst = [...members].reverse();
  const keys = command.fields.map(({ name }) => name);
  const names = new Set(members.flatMap(({ row }) => row.names()));
  const united = (name: string): FieldValue => {
    const values = oldestFirst.map(({ row }) => membersOf(row.get(name)));
    if (name === '_time') return oldestFirst[0]?.time;
    if (name === '_raw') return values.flat().join('\n');
    if (keys.includes(name)) return oldestFirst[0]?.row.get(name);
    if (command.keepsList) return values.flatMap((found) => (found.length === 0 ? ['NULL'] : found));
    return fromMembers([...new Set(values.flat())].sort(compareText));
  };
  const first = members[0]?.time ?? 0;
  return Row.of([
    ...[...names].map((name) => [name, united(name)] as const),
    ['duration', Math.round((first - (oldestFirst[0]?.time ?? 0)) * 1e6) / 1e6],
    ['eventcount', members.length],
    ['closed_txn', isClosed ? 1 : 0],
  ]);
}
