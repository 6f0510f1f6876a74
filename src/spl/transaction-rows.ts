/**
 * The result of transaction: one row for each.
 *
 * It has the time of the earliest row, all texts of `_raw` a line for each, of every other field the distinct values in
 * byte order, or with mvlist=t the value of every row from the earliest on, NULL where a row has none; and `duration`,
 * `eventcount`, `closed_txn`. With startswith or endswith, transactions that lack such a row are left out, or kept with
 * keepevicted=t and closed_txn 0. Without them all are there; closed_txn is 1 where a bound ended one.
 */
import type { TransactionCommand } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import {
  and,
  binary,
  call,
  column,
  type Expression,
  list,
  number,
  or,
  type SortTerm,
  TRUE,
  text,
  when,
  window,
} from './expression.ts';
import { namesOf } from './field-names.ts';
import { findStatsFunction } from './functions/stats.ts';
import { type Column, type PlanNode, withColumns } from './plan.ts';
import { ColumnNames, type Field, fieldValue, type Relation } from './relation.ts';
import { MADE_FIELDS } from './transaction-demand.ts';
import type { Members } from './transaction-members.ts';
import type { Parts } from './transaction-parts.ts';
import { asKind, asText, type commonKind, listValue, type Value } from './value.ts';

/** One row for each transaction. */
export function joinParts(
  command: TransactionCommand,
  { node, newest, part }: Parts,
  members: Members,
  scope: CommandScope,
): Relation {
  const names = new ColumnNames();
  const fields = new Map<string, Field>();
  const keys: Column[] = [];
  const aggregates: Column[] = [];
  const keyNames = new Set(namesOf(command.fields));
  const oldestFirst: readonly SortTerm[] = [{ expression: members.place, descending: true }];
  const aggregateOf = (name: 'min' | 'max' | 'count', operand?: Expression): Expression => ({
    op: 'aggregate',
    call: { name, arguments: operand === undefined ? [] : [operand] },
  });
  const make = (name: string, expression: Expression): string => {
    const taken = names.take(name);
    aggregates.push({ name: taken, expression });
    return taken;
  };
  for (const [name, field] of members.fields) {
    const taken = names.take(name);
    if (keyNames.has(name)) {
      keys.push({ name: taken, expression: column(field.column) });
      if (scope.wants(name)) fields.set(name, { ...field, column: taken, certain: field.certain || 'rows' });
      continue;
    }
    if (!scope.wants(name) || MADE_FIELDS.includes(name)) continue;
    const { value, kind } = united(name, fieldValue(field), members, command.keepsList, oldestFirst);
    aggregates.push({ name: taken, expression: asKind(value, kind) });
    fields.set(name, { column: taken, kind, whole: false, certain: field.certain });
  }
  const groups = [names.take('newest'), names.take('part')] as const;
  keys.push({ name: groups[0], expression: newest }, { name: groups[1], expression: part });
  const earliest = column(make('earliest', aggregateOf('min', members.time)));
  const latest = column(make('latest', aggregateOf('max', members.time)));
  const count = make('eventcount', aggregateOf('count'));
  const oldest = column(make('oldest', aggregateOf('max', members.place)));
  const started = column(make('started', aggregateOf('max', members.starts)));
  const ended = column(make('ended', aggregateOf('max', members.ends)));
  const all: PlanNode = { kind: 'Aggregate', label: scope.label('all'), input: node, predicates: [], keys, aggregates };
  const keyColumns = keys.slice(0, members.keys.length).map(({ name }) => column(name));
  const hasBounds = command.startsWith !== undefined || command.endsWith !== undefined;
  const isClosed = hasBounds
    ? and([command.startsWith === undefined ? TRUE : started, command.endsWith === undefined ? TRUE : ended])
    : or([
        binary('<', oldest, window('max', [oldest], { partitionBy: keyColumns })),
        binary('>=', column(count), number(command.maxEvents)),
      ]);
  const closed = names.take('closed');
  const duration = names.take('duration');
  const made = withColumns(all, scope.label(hasBounds && !command.keepEvicted ? 'closed' : undefined), [
    // Times have microseconds; doubles of today's would show more digits than that.
    { name: duration, expression: call('round', binary('-', latest, earliest), number(6)) },
    { name: closed, expression: when(isClosed, number(1), number(0)) },
  ]);
  fields.set('duration', { column: duration, kind: 'number', whole: false, certain: 'rows' });
  fields.set('eventcount', { column: count, kind: 'number', whole: true, certain: 'rows' });
  fields.set('closed_txn', { column: closed, kind: 'number', whole: true, certain: 'rows' });
  const order: readonly SortTerm[] = scope.demand.order
    ? [
        { expression: earliest, descending: true },
        { expression: oldest, descending: false },
      ]
    : [];
  const kept = new Map([...fields].filter(([name]) => scope.wants(name)));
  const relation: Relation = { node: made, fields: kept, order, ofEvents: members.ofEvents };
  return hasBounds && !command.keepEvicted
    ? scope.filter(relation, [binary('=', column(closed), number(1))])
    : relation;
}

/** What a transaction has of one field of its rows. */
function united(
  name: string,
  value: Value,
  members: Members,
  keepsList: boolean,
  orderBy: readonly SortTerm[],
): { readonly value: Value; readonly kind: ReturnType<typeof commonKind> } {
  if (name === '_time') {
    const expression: Expression = { op: 'aggregate', call: { name: 'min', arguments: [members.time] } };
    return { value: { kind: 'number', expression }, kind: 'number' };
  }
  const lists = (items: Expression): Expression => ({
    op: 'aggregate',
    call: { name: 'list', arguments: [items], orderBy },
  });
  if (name === '_raw') {
    return {
      value: { kind: 'text', expression: call('array_to_string', lists(asText(value)), text('\n')) },
      kind: 'text',
    };
  }
  if (!keepsList) {
    const values = findStatsFunction('values');
    if (values === undefined) throw new Error('transaction: expected values() to be a function.');
    return { value: values.lower(value, { order: [], time: undefined }), kind: 'list' };
  }
  const every =
    value.kind === 'list'
      ? call('flatten', lists(call('coalesce', value.expression, list([text('NULL')]))))
      : lists(call('coalesce', asText(value), text('NULL')));
  const has: Expression = { op: 'aggregate', call: { name: 'count', arguments: [value.expression] } };
  return { value: listValue(when(binary('>', has, number(0)), every)), kind: 'list' };
}
