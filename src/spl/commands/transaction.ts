/**
 * transaction: puts rows together that belong together, one row for each transaction.
 *
 *   transaction [<field-list>] [maxspan=<length>] [maxpause=<length>] [maxevents=<int>] [startswith=<condition>] [endswith=<condition>]
 *               [keepevicted=<bool>] [mvlist=<bool>]
 *
 * A condition is `"<search expression>"`, `(<search expression>)`, a word, or `eval(<condition>)`. Rows are taken newest first, those
 * of each combination of values by themselves. A row begins a new transaction (its latest row) where it satisfies `endswith`, where
 * the row before satisfied `startswith`, where it lies more than `maxpause` before that or more than `maxspan` before the
 * transaction's latest row, or where the transaction holds `maxevents` (1,000) rows.
 *
 * The result has the time of the earliest row, all texts of `_raw` a line for each, of every other field the distinct values in byte
 * order, or with mvlist=t the value of every row from the earliest on, NULL where a row has none; and `duration`, `eventcount`, `closed_txn`.
 * With startswith or endswith, transactions that lack such a row are left out, or kept with keepevicted=t and closed_txn 0. Without
 * them all are there; closed_txn is 1 where a bound ended one.
 *
 * Rows that have none of the fields are dropped; one that has only some of them is an error when the search runs. Not supported:
 * fields that may hold several values, keeporphans, unifyends, name, the other forms of mvlist, and bounds on memory.
 */

import type { Arguments } from '../arguments.ts';
import type { FieldName, TransactionBound, TransactionCommand } from '../ast.ts';
import { SECONDS } from '../bin-size.ts';
import type { CommandScope } from '../command-scope.ts';
import { type Demand, need, withOrder, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { lowerCondition } from '../evaluate.ts';
import {
  and,
  binary,
  call,
  cast,
  column,
  type Expression,
  FALSE,
  isNotNull,
  list,
  number,
  or,
  type SortTerm,
  TRUE,
  text,
  when,
} from '../expression.ts';
import { eachOnce, fieldsOfEval, fieldsOfSearch, namesOf } from '../field-names.ts';
import { findStatsFunction } from '../functions/stats.ts';
import { type Column, columnsOf, type PlanNode } from '../plan.ts';
import { lowerSearch } from '../predicate.ts';
import { ColumnNames, type Field, fieldValue, type Relation } from '../relation.ts';
import { asKind, asNumber, asText, type commonKind, listValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['maxspan', 'maxpause', 'maxevents', 'keepevicted', 'mvlist', 'connected'];
const UNSUPPORTED = ['name', 'unifyends', 'keeporphans', 'maxopentxn', 'maxopenevents', 'delim', 'mvraw', 'nullstr'];
const MADE = ['duration', 'eventcount', 'closed_txn'];
const MOST_EVENTS = 1_000;

export const transaction: CommandSpec<TransactionCommand> = {
  kind: 'TransactionCommand',
  names: ['transaction'],

  parse(input) {
    const fields: FieldName[] = [];
    const bounds = new Map<string, TransactionBound>();
    let maxSpan: number | undefined;
    let maxPause: number | undefined;
    let maxEvents = MOST_EVENTS;
    let keepEvicted = false;
    let keepsList = false;
    while (!input.isEnd()) {
      const bound = input.optionalAssignment(['startswith', 'endswith']);
      if (bound !== undefined) {
        bounds.set(bound.text.toLowerCase(), parseBound(input, bound.text));
        continue;
      }
      const option = input.optionalOption(OPTIONS, UNSUPPORTED);
      if (option === undefined) {
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectPlainField());
      } else if (option.name === 'maxspan') maxSpan = seconds(option.value.text, () => input.misfit(option, LENGTH));
      else if (option.name === 'maxpause') maxPause = seconds(option.value.text, () => input.misfit(option, LENGTH));
      else if (option.name === 'maxevents') maxEvents = input.integer(option, 1);
      else if (option.name === 'keepevicted') keepEvicted = input.boolean(option);
      else if (option.name === 'mvlist') keepsList = input.boolean(option);
      // How rows join that have only some of the fields: there are none here.
      else input.boolean(option);
    }
    const made = fields.find(({ name }) => MADE.includes(name) || name === '_time' || name === '_raw');
    if (made !== undefined) {
      throw new SplError('SPL312', `transaction: expected another field than "${made.name}", found it.`, made.span);
    }
    return {
      kind: 'TransactionCommand',
      span: input.span,
      name: input.command,
      fields: eachOnce(fields),
      maxSpan,
      maxPause,
      maxEvents,
      startsWith: bounds.get('startswith'),
      endsWith: bounds.get('endswith'),
      keepEvicted,
      keepsList,
    };
  },

  demand: (command, demand) => demandOf(command, demand),

  lower(command, input, scope) {
    const time = input.fields.get('_time');
    if (time === undefined) {
      throw new SplError('SPL316', 'transaction: expected rows that have _time, found none.', command.span);
    }
    const keys = command.fields.map((field) => keyOf(field, input, scope));
    const present = scope
      .step('present', scope.demand)
      .filter(input, [hasKeys(command, keys), isNotNull(asNumber(fieldValue(time)))]);
    const members = markMembers(command, present, scope);
    const parts = splitIntoParts(command, members, scope);
    return collect(command, parts, members, present, scope);
  },
};

const LENGTH = 'a length in s, m, h or d';

function seconds(written: string, misfit: () => SplError): number | undefined {
  if (/^-\d+[a-z]*$/i.test(written)) return undefined;
  const [, digits = '', unit = ''] = /^(\d{1,9})([a-z]*)$/i.exec(written) ?? [];
  const factor = unit === '' ? 1 : SECONDS[unit.toLowerCase() as keyof typeof SECONDS];
  if (digits === '' || factor === undefined) throw misfit();
  return Number(digits) * factor;
}

function parseBound(input: Arguments, name: string): TransactionBound {
  if (input.context.isOperator('search', '(')) {
    input.context.next('search');
    const expression = input.searchExpression();
    input.context.expectOperator('search', ')', name);
    if (expression === undefined) throw input.missing(`a condition for ${name}`);
    return { kind: 'search', expression };
  }
  const token = input.expectText(`a condition for ${name}`);
  if (token.kind === 'word' && token.text.toLowerCase() === 'eval' && input.context.isOperator('arguments', '(')) {
    input.context.next('arguments');
    const condition = input.expression();
    input.context.expectOperator('arguments', ')', name);
    return { kind: 'eval', condition };
  }
  return { kind: 'search', expression: input.quotedSearch(token) };
}

function demandOf(command: TransactionCommand, demand: Demand): Demand {
  const read = [command.startsWith, command.endsWith].flatMap((bound) =>
    bound === undefined ? [] : bound.kind === 'eval' ? fieldsOfEval(bound.condition) : fieldsOfSearch(bound.expression),
  );
  return withOrder(need(without(demand, MADE), ['_time', ...namesOf(command.fields), ...read]));
}

function keyOf(field: FieldName, input: Relation, scope: CommandScope): Value {
  const value = scope.read(input, field);
  if (value.kind !== 'list') return value;
  throw new SplError(
    'SPL315',
    `transaction: expected fields with one value, found "${field.name}", which may hold several.`,
    field.span,
    `Expand it first: mvexpand ${field.name}`,
  );
}

/** All fields, or none; how a row that has some of them joins others depends on which of those came first. */
function hasKeys(command: TransactionCommand, keys: readonly Value[]): Expression {
  if (keys.length === 0) return TRUE;
  if (keys.some(({ kind }) => kind === 'null')) return FALSE;
  const all = and(keys.map(({ expression }) => isNotNull(expression)));
  if (keys.length === 1) return all;
  const names = namesOf(command.fields).join(', ');
  const message = `transaction: expected rows that have all of ${names}, or none, found one that has only some; filter them first.`;
  const some = or(keys.map(({ expression }) => isNotNull(expression)));
  const fails = binary('=', cast(call('error', text(message)), 'bigint'), number(1));
  return {
    op: 'case',
    whens: [
      { condition: all, result: TRUE },
      { condition: some, result: fails },
    ],
    otherwise: FALSE,
  };
}

/** The rows with what decides where they belong, under names that are free. */
interface Members {
  readonly node: PlanNode;
  readonly fields: ReadonlyMap<string, Field>;
  readonly names: ColumnNames;
  readonly keys: readonly Expression[];
  readonly time: Expression;
  /** From 1, the newest first. */
  readonly place: Expression;
  readonly starts: Expression;
  readonly ends: Expression;
}

function markMembers(command: TransactionCommand, input: Relation, scope: CommandScope): Members {
  const own = demandOf(command, scope.demand);
  const { columns, names, fields } = scope
    .step('members', own)
    .passThrough(input, (name) => scope.wants(name) || name === '_time' || namesOf(command.fields).includes(name));
  const given = fieldValue(input.fields.get('_time') ?? missing());
  const add = (name: string, expression: Expression): Expression => {
    const taken = names.take(name);
    columns.push({ name: taken, expression });
    return column(taken);
  };
  const newestFirst: readonly SortTerm[] = [{ expression: asNumber(given), descending: true }, ...input.order];
  const members = {
    fields,
    names,
    keys: command.fields.flatMap(({ name }) => {
      const field = fields.get(name);
      return field === undefined ? [] : [column(field.column)];
    }),
    time: add('time', asNumber(given)),
    place: add('place', window('row_number', [], [], newestFirst)),
    starts: add('starts', satisfied(command.startsWith, input, scope)),
    ends: add('ends', satisfied(command.endsWith, input, scope)),
  };
  return { ...members, node: { kind: 'Project', label: scope.label('members'), input: input.node, columns } };
}

function missing(): never {
  throw new Error('transaction: expected _time to have been looked for.');
}

function satisfied(bound: TransactionBound | undefined, input: Relation, scope: CommandScope): Expression {
  if (bound === undefined) return FALSE;
  const condition =
    bound.kind === 'eval'
      ? lowerCondition(bound.condition, input, scope)
      : lowerSearch(bound.expression, {
          read: (field) => scope.read(input, field),
          raw: () => {
            const raw = input.fields.get('_raw');
            return raw === undefined ? undefined : column(raw.column);
          },
          subsearch({ subsearch }) {
            throw new SplError(
              'SPL207',
              'transaction: expected a condition on one row, found a subsearch.',
              subsearch.span,
              'Mark the rows before it: eval starts=if(…).',
            );
          },
        });
  return call('coalesce', condition, FALSE);
}

/** Rows with the place of the newest of their run and the number of their transaction within it. */
interface Parts {
  readonly node: PlanNode;
  readonly newest: Expression;
  readonly part: Expression;
}

/** Runs end where two neighbours say so; within a run, bounds count from the newest row of each transaction on. */
function splitIntoParts(command: TransactionCommand, members: Members, scope: CommandScope): Parts {
  const { keys, place, time, names } = members;
  const byPlace: readonly SortTerm[] = [{ expression: place, descending: false }];
  const before = { preceding: 1, current: false } as const;
  const pause: Expression =
    command.maxPause === undefined
      ? FALSE
      : binary('>', binary('-', window('max', [time], keys, byPlace, before), time), number(command.maxPause));
  const begins = or([
    members.ends,
    call('coalesce', window('max', [members.starts], keys, byPlace, before), FALSE),
    pause,
  ]);
  const [begin, run, newest, numbered] = ['begins', 'run', 'newest', 'number'].map((name) => names.take(name)) as [
    string,
    string,
    string,
    string,
  ];
  const begun = add(members.node, scope.label('begins'), [
    { name: begin, expression: when(begins, number(1), number(0)) },
  ]);
  const runs = add(begun, scope.label('runs'), [
    { name: run, expression: window('sum', [column(begin)], keys, byPlace, { current: true }) },
  ]);
  const ofRun = [...keys, column(run)];
  const counted = add(runs, scope.label('numbers'), [
    { name: newest, expression: window('min', [place], ofRun, []) },
    { name: numbered, expression: window('row_number', [], ofRun, byPlace) },
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
  const reach = window('max', [column(numbered)], [column(newest)], newestFirst, { within: span });
  const full = binary('+', column(numbered), number(command.maxEvents - 1));
  const reaching = add(run.node, scope.label('reach'), [
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
  const node = add(marked, scope.label('parts'), [
    { name: part, expression: window('sum', [column(first)], [column(newest)], byNumber, { current: true }) },
  ]);
  return { node, newest: column(newest), part: column(part) };
}

/** One row for each transaction. */
function collect(
  command: TransactionCommand,
  { node, newest, part }: Parts,
  members: Members,
  input: Relation,
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
  const make = (name: string, expression: Expression): Expression => {
    const taken = names.take(name);
    aggregates.push({ name: taken, expression });
    return column(taken);
  };
  for (const [name, field] of members.fields) {
    const taken = names.take(name);
    if (keyNames.has(name)) {
      keys.push({ name: taken, expression: column(field.column) });
      if (scope.wants(name)) fields.set(name, { ...field, column: taken, certain: field.certain || 'rows' });
      continue;
    }
    if (!scope.wants(name) || MADE.includes(name)) continue;
    const { value, kind } = united(name, fieldValue(field), members, command.keepsList, oldestFirst);
    aggregates.push({ name: taken, expression: asKind(value, kind) });
    fields.set(name, { column: taken, kind, whole: false, certain: field.certain });
  }
  const groups = [names.take('newest'), names.take('part')] as const;
  keys.push({ name: groups[0], expression: newest }, { name: groups[1], expression: part });
  const earliest = make('earliest', aggregateOf('min', members.time));
  const latest = make('latest', aggregateOf('max', members.time));
  const count = make('eventcount', aggregateOf('count'));
  const oldest = make('oldest', aggregateOf('max', members.place));
  const started = make('started', aggregateOf('max', members.starts));
  const ended = make('ended', aggregateOf('max', members.ends));
  const all: PlanNode = { kind: 'Aggregate', label: scope.label('all'), input: node, predicates: [], keys, aggregates };
  const keyColumns = keys.slice(0, members.keys.length).map(({ name }) => column(name));
  const hasBounds = command.startsWith !== undefined || command.endsWith !== undefined;
  const isClosed = hasBounds
    ? and([command.startsWith === undefined ? TRUE : started, command.endsWith === undefined ? TRUE : ended])
    : or([
        binary('<', oldest, window('max', [oldest], keyColumns, [])),
        binary('>=', count, number(command.maxEvents)),
      ]);
  const closed = names.take('closed');
  const duration = names.take('duration');
  const made = add(all, scope.label(hasBounds && !command.keepEvicted ? 'closed' : undefined), [
    // Times have microseconds; doubles of today's would show more digits than that.
    { name: duration, expression: call('round', binary('-', latest, earliest), number(6)) },
    { name: closed, expression: when(isClosed, number(1), number(0)) },
  ]);
  fields.set('duration', { column: duration, kind: 'number', whole: false, certain: 'rows' });
  fields.set('eventcount', { column: columnName(count), kind: 'number', whole: true, certain: 'rows' });
  fields.set('closed_txn', { column: closed, kind: 'number', whole: true, certain: 'rows' });
  const order: readonly SortTerm[] = scope.demand.order
    ? [
        { expression: earliest, descending: true },
        { expression: oldest, descending: false },
      ]
    : [];
  const kept = new Map([...fields].filter(([name]) => scope.wants(name)));
  const relation: Relation = { node: made, fields: kept, order, ofEvents: input.ofEvents };
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

/** The node's columns and these. */
function add(input: PlanNode, label: string, made: readonly Column[]): PlanNode {
  const columns = columnsOf(input).map((name) => ({ name, expression: column(name) }));
  return { kind: 'Project', label, input, columns: [...columns, ...made] };
}

function columnName(expression: Expression): string {
  if (expression.op !== 'column') throw new Error('transaction: expected a column.');
  return expression.name;
}

function window(
  name: 'row_number' | 'max' | 'min' | 'sum',
  operands: readonly Expression[],
  partitionBy: readonly Expression[],
  orderBy: readonly SortTerm[],
  frame?: Extract<Expression, { op: 'window' }>['frame'],
): Expression {
  const made = { op: 'window', call: { name, arguments: operands }, partitionBy, orderBy } as const;
  return frame === undefined ? made : { ...made, frame };
}
