/**
 * Functions of stats, eventstats: many rows to one value. Each member of a field with several values counts. Text that is no
 * number is no part of sums and means.
 */
import {
  type AggregateCall,
  binary,
  call,
  cast,
  type Expression,
  isNotNull,
  isNull,
  lambda,
  number,
  type SortTerm,
  type SqlAggregate,
  when,
} from '../expression.ts';
import { asNumber, asText, listValue, nonEmpty, numberValue, textValue, type Value, wholeValue } from '../value.ts';

export interface StatsContext {
  /** The order of the rows, first to last. */
  readonly order: readonly SortTerm[];
  /** `_time`, where the rows have it. */
  readonly time: Expression | undefined;
  /** How long the group's bucket of time is, where timechart made it. */
  readonly seconds?: number | undefined;
}

export interface StatsFunction {
  /** The rows' order decides. */
  readonly ordered: boolean;
  readonly needsTime: boolean;
  /** Only over the buckets of timechart. */
  readonly needsBucket: boolean;
  lower(value: Value, context: StatsContext): Value;
}

/** `list` keeps at most so many values. */
const LIST_LIMIT = 100;

const FUNCTIONS: Readonly<Record<string, StatsFunction>> = {
  count: unordered(count),
  c: unordered(count),
  dc: unordered(distinctCount),
  distinct_count: unordered(distinctCount),
  estdc: unordered(distinctCount),
  values: unordered(values),
  list: ordered(list),
  min: unordered((value) => extreme('min', value)),
  max: unordered((value) => extreme('max', value)),
  range: unordered((value, context) =>
    ofNumbers(value, (numbers) => {
      const [most, least] = [aggregate('max', [numbers]), aggregate('min', [numbers])];
      return isTime(value, context) ? secondsBetween(least, most) : binary('-', most, least);
    }),
  ),
  sum: unordered((value) => ofNumbers(value, (numbers) => aggregate('sum', [numbers]))),
  sumsq: unordered((value) => ofNumbers(value, (numbers) => aggregate('sum', [binary('*', numbers, numbers)]))),
  avg: unordered((value) => ofNumbers(value, (numbers) => aggregate('avg', [numbers]))),
  mean: unordered((value) => ofNumbers(value, (numbers) => aggregate('avg', [numbers]))),
  stdev: unordered((value) => ofNumbers(value, (numbers) => sample('stddev_samp', numbers))),
  stdevp: unordered((value) => ofNumbers(value, (numbers) => aggregate('stddev_pop', [numbers]))),
  var: unordered((value) => ofNumbers(value, (numbers) => sample('var_samp', numbers))),
  varp: unordered((value) => ofNumbers(value, (numbers) => aggregate('var_pop', [numbers]))),
  median: unordered((value) => percentile(value, 0.5)),
  mode: unordered(mode),
  first: ordered((value, { order }) => one('first', value, order)),
  last: ordered((value, { order }) => one('last', value, order)),
  earliest: byTime((value, context) => one('first', value, chronological(context))),
  latest: byTime((value, context) => one('last', value, chronological(context))),
  earliest_time: byTime((value, context) => timeOf('min', value, context)),
  latest_time: byTime((value, context) => timeOf('max', value, context)),
  rate: byTime(rate),
  per_second: perTime(1),
  per_minute: perTime(60),
  per_hour: perTime(3_600),
  per_day: perTime(86_400),
};

/** Splunk's others, refused by name. */
export const UNSUPPORTED_STATS: ReadonlySet<string> = new Set([
  'rate_avg', 'rate_sum', 'estdc_error', 'sparkline', 'exactperc', 'upperperc',
]); // biome-ignore format: a flat list

export function findStatsFunction(name: string): StatsFunction | undefined {
  const known = FUNCTIONS[name];
  if (known !== undefined) return known;
  const percent = /^(?:perc|p|exactperc|upperperc)(\d{1,2}|100)$/.exec(name)?.[1];
  return percent === undefined ? undefined : unordered((value) => percentile(value, Number(percent) / 100));
}

export function statsFunctionNames(): readonly string[] {
  return [...Object.keys(FUNCTIONS), 'perc95'];
}

/** `count` without a field. */
export const ROW_COUNT: Value = wholeValue({ op: 'aggregate', call: { name: 'count', arguments: [] } });

/** `count(eval(<condition>))`. */
export function countOf(condition: Expression): Value {
  return wholeValue({ op: 'aggregate', call: { name: 'count', arguments: [], filter: condition } });
}

function unordered(lower: StatsFunction['lower']): StatsFunction {
  return { ordered: false, needsTime: false, needsBucket: false, lower };
}

function ordered(lower: StatsFunction['lower']): StatsFunction {
  return { ordered: true, needsTime: false, needsBucket: false, lower };
}

function byTime(lower: StatsFunction['lower']): StatsFunction {
  return { ordered: true, needsTime: true, needsBucket: false, lower };
}

/** The sum for each unit of that many seconds. */
function perTime(unit: number): StatsFunction {
  const lower: StatsFunction['lower'] = (value, { seconds }) => {
    if (seconds === undefined) throw new Error('stats: expected the bucket to have been looked for.');
    const scaled = (sum: Expression): Expression => binary('/', binary('*', sum, number(unit)), number(seconds));
    return ofNumbers(value, (numbers) => scaled(aggregate('sum', [numbers])));
  };
  return { ordered: false, needsTime: false, needsBucket: true, lower };
}

/** What comes most often; of several the first in the order of bytes. */
function mode(value: Value): Value {
  const texts = asText(value);
  const members =
    value.kind === 'list' ? allMembers(value.expression) : aggregate('list', [texts], { filter: isNotNull(texts) });
  const found = call('spl_mode', members);
  return value.kind === 'number' ? numberValue(call('spl_number', found)) : textValue(found);
}

function aggregate(name: SqlAggregate, found: readonly Expression[], more: Partial<AggregateCall> = {}): Expression {
  return { op: 'aggregate', call: { name, arguments: found, ...more } };
}

function count(value: Value): Value {
  if (value.kind !== 'list') return wholeValue(aggregate('count', [value.expression]));
  const total = aggregate('sum', [call('len', value.expression)]);
  return wholeValue(cast(call('coalesce', total, number(0)), 'bigint'));
}

function distinctCount(value: Value): Value {
  if (value.kind !== 'list') return wholeValue(aggregate('count', [asText(value)], { distinct: true }));
  return wholeValue(call('coalesce', call('len', call('list_distinct', allMembers(value.expression))), number(0)));
}

/** Every member of every row's list. */
function allMembers(list: Expression, orderBy: readonly SortTerm[] = []): Expression {
  return call('flatten', aggregate('list', [list], { orderBy, filter: isNotNull(list) }));
}

/** Distinct values as text, in byte order. */
function values(value: Value): Value {
  if (value.kind === 'list') {
    return listValue(nonEmpty(call('list_sort', call('list_distinct', allMembers(value.expression)))));
  }
  const texts = asText(value);
  const orderBy = [{ expression: texts, descending: false }];
  return listValue(aggregate('list', [texts], { distinct: true, orderBy, filter: isNotNull(texts) }));
}

function list(value: Value, { order }: StatsContext): Value {
  const found =
    value.kind === 'list'
      ? allMembers(value.expression, order)
      : aggregate('list', [asText(value)], { orderBy: order, filter: isNotNull(value.expression) });
  return listValue(nonEmpty({ op: 'index', operand: found, index: number(1), end: number(LIST_LIMIT) }));
}

/** Numbers come before text: the least is the smallest number, the greatest the last text. */
function extreme(name: 'min' | 'max', value: Value): Value {
  if (value.kind === 'number') return withExpression(value, aggregate(name, [value.expression]));
  if (value.kind === 'list') return textValue(extremeOfMembers(name, value.expression));
  const texts = asText(value);
  const numbers = asNumber(value);
  const ofText = aggregate(name, [texts], { filter: isNull(numbers) });
  const ofNumber = aggregate(name === 'min' ? 'arg_min' : 'arg_max', [texts, numbers]);
  return textValue(name === 'min' ? call('coalesce', ofNumber, ofText) : call('coalesce', ofText, ofNumber));
}

function extremeOfMembers(name: 'min' | 'max', lists: Expression): Expression {
  const members = allMembers(lists);
  const isNumber = (member: Expression): Expression => isNotNull(call('spl_number', member));
  const texts = call(
    'list_sort',
    call(
      'list_filter',
      members,
      lambda('member_', (member) => isNull(call('spl_number', member))),
    ),
  );
  const numbers = call('list_filter', members, lambda('member_', isNumber));
  const sorted = call(
    'list_sort',
    call(
      'list_transform',
      numbers,
      lambda('kept_', (member) => call('row', call('spl_number', member), member)),
    ),
  );
  const place = number(name === 'min' ? 1 : -1);
  const ofNumber = call('struct_extract', { op: 'index', operand: sorted, index: place }, number(2));
  const ofText: Expression = { op: 'index', operand: texts, index: place };
  return name === 'min' ? call('coalesce', ofNumber, ofText) : call('coalesce', ofText, ofNumber);
}

/** Over the numbers of all rows and members. */
function ofNumbers(value: Value, lower: (numbers: Expression) => Expression): Value {
  if (value.kind !== 'list') return numberValue(lower(toDouble(value)));
  const numbers = call(
    'list_filter',
    call(
      'list_transform',
      allMembers(value.expression),
      lambda('member_', (member) => call('spl_number', member)),
    ),
    lambda('kept_', isNotNull),
  );
  return numberValue(overList(lower, numbers));
}

/** DuckDB's list functions do to a list what the aggregates do to rows. */
function overList(lower: (numbers: Expression) => Expression, numbers: Expression): Expression {
  const made = lower(numbers);
  return replaceAggregates(made);
}

function replaceAggregates(expression: Expression): Expression {
  switch (expression.op) {
    case 'aggregate': {
      const [argument, ...rest] = expression.call.arguments;
      if (argument === undefined) return expression;
      return { op: 'listAggregate', operand: squared(argument), name: expression.call.name, rest };
    }
    case 'binary':
      return { ...expression, left: replaceAggregates(expression.left), right: replaceAggregates(expression.right) };
    case 'case':
      return {
        op: 'case',
        whens: expression.whens.map(({ condition, result }) => ({
          condition: replaceAggregates(condition),
          result: replaceAggregates(result),
        })),
        ...(expression.otherwise === undefined ? {} : { otherwise: replaceAggregates(expression.otherwise) }),
      };
    default:
      return expression;
  }
}

/** `numbers * numbers` of a list means each member with itself. */
function squared(argument: Expression): Expression {
  if (argument.op !== 'binary') return argument;
  return call(
    'list_transform',
    argument.left,
    lambda('member_', (member) => binary('*', member, member)),
  );
}

function toDouble(value: Value): Expression {
  const numbers = asNumber(value);
  return value.kind === 'number' && value.whole !== true && value.literal === undefined
    ? numbers
    : cast(numbers, 'double');
}

/** Of one value the deviation is 0. */
function sample(name: 'stddev_samp' | 'var_samp', numbers: Expression): Expression {
  return when(binary('=', aggregate('count', [numbers]), number(1)), number(0), aggregate(name, [numbers]));
}

/** The nearest rank. */
function percentile(value: Value, fraction: number): Value {
  return ofNumbers(value, (numbers) => aggregate('quantile_disc', [numbers, number(fraction)]));
}

/** The value of the first or last row that has one; of several the whole value. */
function one(name: 'first' | 'last', value: Value, orderBy: readonly SortTerm[]): Value {
  return withExpression(value, aggregate(name, [value.expression], { orderBy, filter: isNotNull(value.expression) }));
}

/** Another value of the same kind: what was known of a literal no longer holds. */
function withExpression(value: Value, expression: Expression): Value {
  return value.kind === 'number'
    ? { kind: 'number', expression, whole: value.whole === true }
    : { kind: value.kind, expression };
}

/** Oldest first; of equal times, what came last in the rows' order is older. */
function chronological({ order, time }: StatsContext): readonly SortTerm[] {
  const reversed = order.map(({ expression, descending }) => ({ expression, descending: !descending }));
  return time === undefined ? reversed : [{ expression: time, descending: false }, ...reversed];
}

/** How much the value grew a second, from the earliest to the latest. A counter that was set back counts as any other value. */
function rate(value: Value, context: StatsContext): Value {
  const end = (name: 'first' | 'last'): Expression =>
    cast(asNumber(one(name, value, chronological(context))), 'double');
  const [from, to] = [timeOf('min', value, context), timeOf('max', value, context)].map(asNumber);
  if (from === undefined || to === undefined) throw new Error('stats: expected two ends of the time.');
  const seconds = call('nullif', secondsBetween(from, to), number(0));
  return numberValue(binary('/', binary('-', end('last'), end('first')), seconds));
}

/** Doubles of today's times have digits behind the microsecond, which times do not have. */
function secondsBetween(from: Expression, to: Expression): Expression {
  return call('round', binary('-', to, from), number(6));
}

function isTime({ expression }: Value, { time }: StatsContext): boolean {
  return time?.op === 'column' && expression.op === 'column' && expression.name === time.name;
}

function timeOf(name: 'min' | 'max', value: Value, { time }: StatsContext): Value {
  if (time === undefined) throw new Error('stats: expected _time to have been looked for.');
  return numberValue(aggregate(name, [time], { filter: isNotNull(value.expression) }));
}
