/**
 * timechart: the functions of stats over buckets of time, a row for each.
 *
 *   timechart span=<length> [cont=<bool>] [fixedrange=<bool>] <function>[(<field>)] [AS <field>] …
 *
 * Buckets are counted from the epoch, in UTC. Those without rows are there too (counts are 0, the rest is absent), over the window of
 * the search, where it has bounds, else from the first row to the last; `fixedrange=f` always takes the latter, `cont=f` leaves them
 * out. No rows give no buckets.
 *
 * Not supported: BY, whose values would become columns; without span; spans of weeks, months and longer; more than 50,000 buckets,
 * an error when the search runs; all other options.
 */
import { demandOfAggregations, parseAggregations, parseBy } from '../aggregation.ts';
import type { TimechartCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, cast, column, type Expression, isNotNull, number, text, when } from '../expression.ts';
import type { Aggregate, Column, PlanNode } from '../plan.ts';
import { ColumnNames, type Field, type Relation } from '../relation.ts';
import { asNumber, wholeValue } from '../value.ts';
import { parseSize, SECONDS } from './bin.ts';
import { splitRefused } from './chart.ts';
import type { CommandSpec } from './command.ts';
import { aggregate } from './stats.ts';

const UNSUPPORTED = ['agg', 'aligntime', 'bins', 'dedup_splitvals', 'end', 'format', 'limit', 'minspan', 'nullstr', 'otherstr', 'partial', 'sep', 'start', 'useother', 'usenull']; // biome-ignore format: a flat list
const MOST_BUCKETS = 50_000;
/** While the rows are grouped `_time` stays theirs, for functions that read it; no search can write this name. */
const BUCKET = '\0bucket';

export const timechart: CommandSpec<TimechartCommand> = {
  kind: 'TimechartCommand',
  names: ['timechart'],

  parse(input) {
    let seconds: number | undefined;
    let continuous = true;
    let fixedRange = true;
    for (;;) {
      const option = input.optionalOption(['span', 'cont', 'fixedrange'], UNSUPPORTED);
      if (option === undefined) break;
      if (option.name === 'cont') continuous = input.boolean(option);
      else if (option.name === 'fixedrange') fixedRange = input.boolean(option);
      else {
        const size = parseSize(option.value, 'timechart');
        const unit = size.kind === 'time' && size.unit in SECONDS ? (size.unit as keyof typeof SECONDS) : undefined;
        if (size.kind !== 'time' || unit === undefined) throw input.misfit(option, 'seconds, minutes, hours or days');
        seconds = size.count * SECONDS[unit];
      }
    }
    if (seconds === undefined) {
      throw new SplError(
        'SPL316',
        'timechart: expected span= first, found none; buckets of Splunk’s own choosing are not supported.',
        input.commandSpan,
        'Example: timechart span=1h count',
      );
    }
    const aggregations = parseAggregations(input);
    const [field] = parseBy(input);
    if (field !== undefined) throw splitRefused('timechart', field);
    const time = aggregations.find(({ output }) => output.name === '_time');
    if (time !== undefined) {
      throw new SplError('SPL312', 'timechart: expected another name than _time, found it.', time.output.span);
    }
    const { span, command: name } = input;
    return { kind: 'TimechartCommand', span, name, aggregations, seconds, continuous, fixedRange };
  },

  demand: (command) => need(demandOfAggregations(command.aggregations), ['_time']),

  lower(command, input, scope) {
    const { seconds } = command;
    const totals = groupIntoBuckets(command, input, scope);
    const own = totals.fields.get(BUCKET);
    if (own === undefined) throw new Error('timechart: expected the buckets to have been made.');
    const results = [...totals.fields].filter(([name]) => name !== BUCKET);
    if (!command.continuous) {
      return { ...totals, fields: new Map([['_time', own], ...results]) };
    }
    const range = bucketRange(command, own.column, totals.node, scope);
    const step = number(seconds);
    const count = binary('/', binary('-', column('last'), column('first')), step);
    const all = call('range', column('first'), binary('+', column('last'), step), step);
    const message = `timechart: expected at most ${MOST_BUCKETS} buckets, found more; take a longer span.`;
    const spine: PlanNode = {
      kind: 'Unnest',
      label: scope.label('buckets'),
      input: range,
      columns: [],
      list: {
        op: 'case',
        whens: [
          { condition: binary('<', count, number(MOST_BUCKETS)), result: all },
          { condition: isNotNull(count), result: cast(call('error', text(message)), 'bigint[]') },
        ],
      },
      as: 'bucket',
    };
    const names = new ColumnNames();
    const time = names.take('_time');
    const columns: Column[] = [{ name: time, expression: column('bucket', spine.label) }];
    const fields = new Map<string, Field>([['_time', { column: time, kind: 'number', whole: true, certain: true }]]);
    for (const [name, field] of results) {
      const taken = names.take(name);
      const value: Expression = column(field.column, totals.node.label);
      columns.push({ name: taken, expression: field.certain ? call('coalesce', value, number(0)) : value });
      fields.set(name, { ...field, column: taken });
    }
    const on = binary('=', column('bucket', spine.label), column(own.column, totals.node.label));
    const node: PlanNode = { kind: 'Join', label: scope.label(), left: spine, right: totals.node, on, columns };
    const order = scope.demand.order ? [{ expression: column(time), descending: false }] : [];
    return { node, fields, order, ofEvents: false };
  },
};

function groupIntoBuckets(command: TimechartCommand, input: Relation, scope: CommandScope): Relation {
  const time = scope.read(input, { kind: 'FieldName', span: command.span, name: '_time' });
  checkTime(input, command.span);
  const seconds = number(command.seconds);
  const start = binary('*', call('floor', binary('/', asNumber(time), seconds)), seconds);
  const own = need(demandOfAggregations(command.aggregations), ['_time', BUCKET]);
  const rows = scope
    .step('rows', own)
    .extend(input, [{ name: BUCKET, value: wholeValue(cast(start, 'bigint')), kind: 'number', certain: true }]);
  const by = [{ kind: 'FieldName', span: command.span, name: BUCKET } as const];
  const label = command.continuous ? scope.label('totals') : scope.label();
  return aggregate(
    { aggregations: command.aggregations, by, dedupSplitValues: false },
    rows,
    scope,
    label,
    command.seconds,
  );
}

function checkTime(input: Relation, span: TimechartCommand['span']): void {
  if (input.fields.has('_time')) return;
  throw new SplError('SPL316', 'timechart: expected rows that have _time, found none.', span);
}

/** The first and the last bucket; none where there are no rows. */
function bucketRange(command: TimechartCommand, bucket: string, input: PlanNode, scope: CommandScope): Aggregate {
  const extreme = (name: 'min' | 'max'): Expression => ({
    op: 'aggregate',
    call: { name, arguments: [column(bucket)] },
  });
  const seconds = number(command.seconds);
  const range = command.fixedRange ? scope.settings.range : undefined;
  const least = [extreme('min')];
  const greatest = [extreme('max')];
  if (range !== undefined) {
    // A search from the epoch on is one over all of the time.
    const from = call('nullif', call('epoch', finite(range.earliest, '-infinity')), number(0));
    const to = call('epoch', finite(range.latest, 'infinity'));
    least.push(cast(binary('*', call('floor', binary('/', from, seconds)), seconds), 'bigint'));
    const behind = binary('*', call('ceil', binary('/', to, seconds)), seconds);
    greatest.push(cast(binary('-', behind, seconds), 'bigint'));
  }
  const hasRows = isNotNull(extreme('min'));
  return {
    kind: 'Aggregate',
    label: scope.label('range'),
    input,
    predicates: [],
    keys: [],
    aggregates: [
      { name: 'first', expression: when(hasRows, call('least', ...least)) },
      { name: 'last', expression: when(hasRows, call('greatest', ...greatest)) },
    ],
  };
}

function finite(time: Expression, infinity: string): Expression {
  return call('nullif', time, cast(text(infinity), 'timestamp'));
}
