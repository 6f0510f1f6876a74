/**
 * timechart: the functions of stats over buckets of time, a row for each; with BY a column for each value of a field.
 *
 *   timechart [span=<length> | bins=<int> [minspan=<length>]] [cont=<bool>] [fixedrange=<bool>]
 *             <function>[(<field>)] [AS <field>] … [BY <field> [<option>=<value>] …]
 *
 * Buckets are counted from the epoch, in UTC: seconds, minutes, hours, days; weeks from a weekday that `span=1w@w1` names (w0 is
 * Sunday); months, quarters and years by the calendar. Without `span` they have the first of Splunk's steps (1, 5, 10, 30 seconds, 1, 5,
 * 10, 30 minutes, an hour, a day, a month) of which there are at most `bins=` (100) in the time of the search, or in that from the
 * first row to the last where it has no bounds.
 *
 * Buckets without rows are there too (counts are 0, the rest is absent), over the window of the search, where it has bounds, else from
 * the first row to the last; `fixedrange=f` always takes the latter, `cont=f` leaves them out. No rows give no buckets. The options of
 * BY are those of chart.
 *
 * Not supported: weeks without a weekday; more than 50,000 buckets, an error when the search runs; all other options.
 */
import { demandOfAggregations, parseAggregations } from '../aggregation.ts';
import type { Arguments, Option } from '../arguments.ts';
import type { BucketSize, FieldName, TimechartCommand } from '../ast.ts';
import { beside } from '../beside.ts';
import { parseSize, parseWeek, SECONDS } from '../bin-size.ts';
import type { CommandScope } from '../command-scope.ts';
import { need } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, cast, column, type Expression, isNotNull, number, text, when } from '../expression.ts';
import type { Column, PlanNode } from '../plan.ts';
import { ColumnNames, type Field, type Relation } from '../relation.ts';
import { lowerCells, SplitOptions, spreadCells } from '../split.ts';
import { bucketStart, bucketStarts, FIRST_SUNDAY, lastBucket, WEEK } from '../time-bucket.ts';
import { boundsOf, STEP, stepNode } from '../time-bucket-step.ts';
import { asNumber, wholeValue } from '../value.ts';
import type { CommandSpec } from './command.ts';
import { aggregate } from './stats.ts';

const OPTIONS = ['span', 'bins', 'minspan', 'cont', 'fixedrange'];
const UNSUPPORTED = ['agg', 'aligntime', 'dedup_splitvals', 'end', 'format', 'partial', 'start'];
const DEFAULT_BINS = 100;
const MOST_BUCKETS = 50_000;
/** While the rows are grouped `_time` stays theirs, for functions that read it; no search can write this name. */
const BUCKET = '\0bucket';

export const timechart: CommandSpec<TimechartCommand> = {
  kind: 'TimechartCommand',
  names: ['timechart'],

  parse(input) {
    const options = new SplitOptions();
    const own = new TimeOptions();
    for (let option = options.take(input, OPTIONS, UNSUPPORTED); option !== undefined; ) {
      if (OPTIONS.includes(option.name)) own.take(input, option);
      option = options.take(input, OPTIONS, UNSUPPORTED);
    }
    const aggregations = parseAggregations(input);
    let field: FieldName | undefined;
    if (input.optionalWord('by') !== undefined) {
      field = input.expectPlainField();
      while (options.take(input, [], [...UNSUPPORTED, ...OPTIONS]) !== undefined);
    }
    if (field === undefined && options.used !== undefined) {
      throw new SplError('SPL316', 'timechart: expected no option of BY, found no BY.', options.used);
    }
    const time = aggregations.find(({ output }) => output.name === '_time');
    if (time !== undefined) {
      throw new SplError('SPL312', 'timechart: expected another name than _time, found it.', time.output.span);
    }
    const { span, command: name } = input;
    const split = field === undefined ? undefined : options.of(field);
    const { size, continuous, fixedRange } = own;
    return { kind: 'TimechartCommand', span, name, aggregations, size, continuous, fixedRange, split };
  },

  demand({ aggregations, split }) {
    return need(demandOfAggregations(aggregations), ['_time', ...(split === undefined ? [] : [split.field.name])]);
  },

  lower(command, input, scope) {
    checkTime(input, command.span);
    const rows = intoBuckets(command, input, scope);
    const over = { kind: 'FieldName', span: command.span, name: BUCKET } as const;
    const { split, size } = command;
    const seconds = size.kind === 'seconds' ? size.seconds : undefined;
    if (split !== undefined) {
      const cells = lowerCells({ aggregations: command.aggregations, over, split }, rows.relation, scope, seconds);
      const own = { node: cells.rows, column: cells.over.column };
      const spine = command.continuous ? allBuckets(command, own, rows.span, scope) : own;
      return spreadCells(cells, spine, { over: { ...over, name: '_time' }, split }, scope);
    }
    const label = command.continuous ? scope.label('totals') : scope.label();
    const grouped = { aggregations: command.aggregations, by: [over], dedupSplitValues: false };
    const totals = aggregate(grouped, rows.relation, scope, label, seconds);
    const own = totals.fields.get(BUCKET);
    if (own === undefined) throw new Error('timechart: expected the buckets to have been made.');
    const results = [...totals.fields].filter(([name]) => name !== BUCKET);
    if (!command.continuous) return { ...totals, fields: new Map([['_time', own], ...results]) };
    const spine = allBuckets(command, { node: totals.node, column: own.column }, rows.span, scope);
    const names = new ColumnNames();
    const time = names.take('_time');
    const columns: Column[] = [{ name: time, expression: column(spine.column, spine.node.label) }];
    const fields = new Map<string, Field>([['_time', { column: time, kind: 'number', whole: true, certain: 'rows' }]]);
    for (const [name, field] of results) {
      const taken = names.take(name);
      const value: Expression = column(field.column, totals.node.label);
      columns.push({ name: taken, expression: field.certain ? call('coalesce', value, number(0)) : value });
      fields.set(name, { ...field, column: taken });
    }
    const on = binary('=', column(spine.column, spine.node.label), column(own.column, totals.node.label));
    const node: PlanNode = { kind: 'Join', label: scope.label(), left: spine.node, right: totals.node, on, columns };
    const order = scope.demand.order ? [{ expression: column(time), descending: false }] : [];
    return { node, fields, order, ofEvents: false };
  },
};

/** The options that say what buckets there are. */
class TimeOptions {
  continuous = true;
  fixedRange = true;
  #span: BucketSize | undefined;
  #most = DEFAULT_BINS;
  #least = 0;

  take(input: Arguments, option: Option): void {
    if (option.name === 'cont') this.continuous = input.boolean(option);
    else if (option.name === 'fixedrange') this.fixedRange = input.boolean(option);
    else if (option.name === 'bins') this.#most = input.integer(option, 1);
    else if (option.name === 'minspan') this.#least = leastOf(input, option);
    else this.#span = spanOf(input, option);
  }

  get size(): BucketSize {
    return this.#span ?? { kind: 'automatic', most: this.#most, least: this.#least };
  }
}

function leastOf(input: Arguments, option: Option): number {
  const size = parseSize(option.value, 'timechart');
  if (size.kind === 'time' && size.unit in SECONDS) return size.count * SECONDS[size.unit as keyof typeof SECONDS];
  throw input.misfit(option, 'seconds, minutes, hours or days');
}

function spanOf(input: Arguments, option: Option): BucketSize {
  const week = parseWeek(input, option);
  if (week !== undefined) {
    return { kind: 'seconds', seconds: WEEK, offset: ((FIRST_SUNDAY + week.weekday) % 7) * SECONDS.d };
  }
  const size = parseSize(option.value, 'timechart');
  if (size.kind === 'number') throw input.misfit(option, 'a length of time, such as 5m, 1h, 1d, 1w@w1, 1mon');
  const { count, unit } = size;
  const months = { mon: 1, q: 3, y: 12 }[unit as string];
  return months === undefined
    ? { kind: 'seconds', seconds: count * SECONDS[unit as keyof typeof SECONDS], offset: 0 }
    : { kind: 'months', months: count * months };
}

function intoBuckets(
  command: TimechartCommand,
  input: Relation,
  scope: CommandScope,
): { readonly relation: Relation; readonly span: PlanNode | undefined } {
  const { size, split } = command;
  const found = need(demandOfAggregations(command.aggregations), [
    '_time',
    BUCKET,
    ...(split === undefined ? [] : [split.field.name]),
  ]);
  const field = input.fields.get('_time');
  const time = asNumber(scope.read(input, { kind: 'FieldName', span: command.span, name: '_time' }));
  if (field === undefined) throw new Error('timechart: expected _time to have been looked for.');
  const span = size.kind === 'automatic' ? stepNode(size, input.node, time, scope) : undefined;
  const step = span === undefined ? undefined : column(STEP, span.label);
  const own = scope.step('rows', found);
  if (span === undefined || step === undefined) {
    const start = cast(bucketStart(size, time), 'bigint');
    const output = { name: BUCKET, value: wholeValue(start), kind: 'number', certain: 'rows' } as const;
    return { relation: own.extend(input, [output]), span };
  }
  const passed = own.passThrough(input);
  const columns = passed.columns.map(({ name, expression }) => ({ name, expression: beside(expression, input.node) }));
  const bucket = passed.names.take(BUCKET);
  columns.push({ name: bucket, expression: cast(bucketStart(size, beside(time, input.node), step), 'bigint') });
  const fields = new Map(passed.fields).set(BUCKET, { column: bucket, kind: 'number', whole: true, certain: 'rows' });
  const right = span;
  const on: Expression = { op: 'boolean', value: true };
  const node: PlanNode = { kind: 'Join', label: own.label(), left: input.node, right, on, columns };
  return { relation: { ...input, node, fields, order: passed.order }, span };
}

function checkTime(input: Relation, span: TimechartCommand['span']): void {
  if (input.fields.has('_time')) return;
  throw new SplError('SPL316', 'timechart: expected rows that have _time, found none.', span);
}

interface Buckets {
  readonly node: PlanNode;
  readonly column: string;
}

/** Every bucket from the first to the last; none where there are no rows. */
function allBuckets(
  command: TimechartCommand,
  found: Buckets,
  span: PlanNode | undefined,
  scope: CommandScope,
): Buckets {
  const { size } = command;
  const extreme = (name: 'min' | 'max'): Expression => ({
    op: 'aggregate',
    call: { name, arguments: [column(found.column)] },
  });
  // One row more or less: the step is the same in all.
  const step: Expression | undefined =
    span === undefined ? undefined : { op: 'aggregate', call: { name: 'any_value', arguments: [column(STEP)] } };
  const joined: PlanNode =
    span === undefined
      ? found.node
      : {
          kind: 'Join',
          label: scope.label('found'),
          left: found.node,
          right: span,
          on: { op: 'boolean', value: true },
          columns: [
            { name: found.column, expression: column(found.column, found.node.label) },
            { name: STEP, expression: column(STEP, span.label) },
          ],
        };
  const least = [extreme('min')];
  const greatest = [extreme('max')];
  const bounds = command.fixedRange ? boundsOf(scope) : undefined;
  if (bounds !== undefined) {
    least.push(cast(bucketStart(size, bounds.from, step), 'bigint'));
    greatest.push(cast(lastBucket(size, bounds.to, step), 'bigint'));
  }
  const hasRows = isNotNull(extreme('min'));
  const range: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('range'),
    input: joined,
    predicates: [],
    keys: [],
    aggregates: [
      { name: 'first', expression: when(hasRows, call('least', ...least)) },
      { name: 'last', expression: when(hasRows, call('greatest', ...greatest)) },
      ...(step === undefined ? [] : [{ name: STEP, expression: step }]),
    ],
  };
  const { count, starts } = bucketStarts(size, column('first'), column('last'), column(STEP));
  const message = `timechart: expected at most ${MOST_BUCKETS} buckets, found more; take a longer span.`;
  const node: PlanNode = {
    kind: 'Unnest',
    label: scope.label('buckets'),
    input: range,
    columns: [],
    list: {
      op: 'case',
      whens: [
        { condition: binary('<', count, number(MOST_BUCKETS)), result: starts },
        { condition: isNotNull(count), result: cast(call('error', text(message)), 'bigint[]') },
      ],
    },
    as: 'bucket',
  };
  return { node, column: 'bucket' };
}
