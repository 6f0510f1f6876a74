/** The list of aggregations that stats and eventstats share: `count`, `values(a) AS b`, `avg(eval(x/2))`, `max(tcp.*) AS tcp.*`. */
import type { Arguments } from './arguments.ts';
import type { Aggregation, FieldName } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import type { Demand } from './demand.ts';
import { SplError } from './diagnostics.ts';
import { lowerCondition, lowerValue } from './evaluate.ts';
import { column, type Expression } from './expression.ts';
import { eachOnce, fieldsOfEval } from './field-names.ts';
import {
  countOf,
  findStatsFunction,
  ROW_COUNT,
  type StatsContext,
  type StatsFunction,
  statsFunctionNames,
  UNSUPPORTED_STATS,
} from './functions/stats.ts';
import { fieldValue, type Relation } from './relation.ts';
import { suggest } from './suggestion.ts';
import type { Token } from './token.ts';
import type { Value } from './value.ts';
import { fillWildcard, hasWildcard, matchWildcard } from './wildcard.ts';

/** Reads aggregations up to BY, OVER or the end. */
export function parseAggregations(input: Arguments): readonly Aggregation[] {
  const found: Aggregation[] = [];
  while (!input.isEnd() && !input.isWord('by') && !input.isWord('over')) {
    if (found.length > 0) input.skipComma();
    found.push(parseAggregation(input));
  }
  if (found.length === 0) throw input.missing('at least one function', `Example: ${input.command} count by verb`);
  return found;
}

/** `BY a b, c` or nothing. */
export function parseBy(input: Arguments): readonly FieldName[] {
  if (input.optionalWord('by') === undefined) return [];
  const fields = input.fieldList();
  if (fields.length === 0) throw input.missing('at least one field after BY');
  return eachOnce(fields);
}

/** No result may have the name of a BY field. */
export function checkNames(aggregations: readonly Aggregation[], by: readonly FieldName[], command: string): void {
  const names = new Set(by.map(({ name }) => name));
  const twice = aggregations.find(({ output }) => names.has(output.name));
  if (twice === undefined) return;
  throw new SplError(
    'SPL312',
    `${command}: expected one result named "${twice.output.name}", found a BY field of that name too.`,
    twice.output.span,
    'Name it with AS.',
  );
}

function parseAggregation(input: Arguments): Aggregation {
  const token = input.expectText('a function');
  const name = token.text.toLowerCase();
  checkName(input, token, name);
  const argument = input.context.isOperator('arguments', '(') ? parseArgument(input, token, name) : undefined;
  const isCount = name === 'count' || name === 'c';
  if (argument === undefined && !isCount) {
    throw new SplError('SPL206', `${name}: expected a field in brackets, found none.`, token);
  }
  const end = input.context.lastEnd;
  const as = input.optionalWord('as');
  const written = input.context.lexer.text.slice(token.start, end).replace(/\s+/g, ' ');
  const output: FieldName =
    as === undefined
      ? { kind: 'FieldName', span: { start: token.start, end }, name: unnamed(name, written, argument) }
      : input.expectField();
  return {
    span: { start: token.start, end: input.context.lastEnd },
    function: name,
    functionSpan: token,
    argument,
    output,
  };
}

/** `count` and `c` are both called count; a call is called as it is written. */
function unnamed(name: string, written: string, argument: Aggregation['argument']): string {
  if (argument === undefined) return 'count';
  return argument.kind === 'FieldName' ? `${name}(${argument.name})` : written;
}

function checkName(input: Arguments, token: Token, name: string): void {
  if (findStatsFunction(name) !== undefined) return;
  if (UNSUPPORTED_STATS.has(name.replace(/\d+$/, ''))) {
    throw new SplError('SPL302', `${name}(): this function is not supported.`, token, 'docs/spl.md lists what is.');
  }
  throw new SplError(
    'SPL301',
    `${input.command}: expected a function, found "${token.text}".`,
    token,
    suggest(name, [...statsFunctionNames(), ...UNSUPPORTED_STATS]),
  );
}

function parseArgument(input: Arguments, token: Token, name: string): Aggregation['argument'] {
  input.context.next('arguments');
  if (input.context.optionalOperator('arguments', ')') !== undefined) {
    if (name === 'count' || name === 'c') return undefined;
    throw new SplError('SPL206', `${name}: expected a field in brackets, found none.`, token);
  }
  const field = input.expectField();
  let argument: Aggregation['argument'] = field;
  if (field.name === 'eval' && input.context.isOperator('arguments', '(')) {
    input.context.next('arguments');
    argument = input.expression();
    input.context.expectOperator('arguments', ')', input.command);
  }
  input.context.expectOperator('arguments', ')', input.command);
  return argument;
}

/** What the aggregations need of their rows. */
export function demandOfAggregations(aggregations: readonly Aggregation[]): Demand {
  const names = new Map<string, 'needed'>();
  let order = false;
  let all = false;
  for (const { argument, function: name } of aggregations) {
    const spec = specOf(name);
    order ||= spec.ordered;
    if (spec.needsTime) names.set('_time', 'needed');
    if (argument === undefined) continue;
    const found = argument.kind === 'FieldName' ? [argument.name] : fieldsOfEval(argument);
    for (const field of found) {
      if (hasWildcard(field)) all = true;
      else names.set(field, 'needed');
    }
  }
  return { names, all, order };
}

export interface LoweredAggregation {
  readonly name: string;
  readonly value: Value;
  /** Counts are never absent. */
  readonly certain: boolean;
}

/** Aggregations over the relation's rows, wildcards spelled out; `seconds`: the length of the buckets of time that they are grouped by. */
export function lowerAggregations(
  aggregations: readonly Aggregation[],
  input: Relation,
  scope: CommandScope,
  seconds?: number,
): readonly LoweredAggregation[] {
  const context: StatsContext = { order: input.order, time: timeOf(input), seconds };
  const lowered = aggregations.flatMap((item) => lowerAggregation(item, input, scope, context));
  const names = new Set<string>();
  lowered.forEach(({ name }) => {
    if (names.has(name)) {
      const span = aggregations.find(({ output }) => output.name === name)?.span ?? { start: 0, end: 0 };
      throw new SplError(
        'SPL312',
        `stats: expected one result named "${name}", found two.`,
        span,
        'Name them with AS.',
      );
    }
    names.add(name);
  });
  return lowered;
}

function lowerAggregation(
  item: Aggregation,
  input: Relation,
  scope: CommandScope,
  context: StatsContext,
): readonly LoweredAggregation[] {
  const spec = specOf(item.function);
  const isCount = item.function === 'count' || item.function === 'c';
  if (spec.needsTime && context.time === undefined) {
    throw new SplError('SPL316', `${item.function}(): expected rows that have _time, found none.`, item.span);
  }
  if (spec.needsBucket && context.seconds === undefined) {
    throw new SplError(
      'SPL316',
      `${item.function}(): expected buckets of one length, such as timechart span=1h makes.`,
      item.span,
      'Divide a sum() by the length of the time that it covers.',
    );
  }
  const certain = isCount || /^(?:dc|distinct_count|estdc)$/.test(item.function);
  const { argument } = item;
  if (argument === undefined) return [{ name: item.output.name, value: ROW_COUNT, certain }];
  if (argument.kind !== 'FieldName') {
    if (isCount && isCondition(argument, input, scope)) {
      return [{ name: item.output.name, value: countOf(lowerCondition(argument, input, scope)), certain }];
    }
    return [
      {
        name: item.output.name,
        value: over(spec, lowerCheckedValue(item, argument, input, scope), context, certain),
        certain,
      },
    ];
  }
  if (!hasWildcard(argument.name)) {
    return [{ name: item.output.name, value: over(spec, scope.read(input, argument), context, certain), certain }];
  }
  if (input.ofEvents) {
    throw new SplError(
      'SPL310',
      `${item.function}(): expected a field, found "${argument.name}", which would have to cover every field of every event.`,
      argument.span,
      'Name the fields.',
    );
  }
  return expandWildcard(item, argument, input).map(({ field, output }) => ({
    name: output,
    value: over(spec, scope.read(input, { ...argument, name: field }), context, certain),
    certain,
  }));
}

/** Nothing of an absent field: no count, no value. */
function over(spec: StatsFunction, value: Value, context: StatsContext, certain: boolean): Value {
  if (value.kind !== 'null') return spec.lower(value, context);
  if (!certain) return value;
  return {
    kind: 'number',
    whole: true,
    expression: { op: 'aggregate', call: { name: 'count', arguments: [{ op: 'null' }] } },
  };
}

function isCondition(
  argument: Exclude<Aggregation['argument'], FieldName | undefined>,
  input: Relation,
  scope: CommandScope,
): boolean {
  return lowerValue(argument, input, scope).kind === 'boolean';
}

function lowerCheckedValue(
  item: Aggregation,
  argument: Exclude<Aggregation['argument'], FieldName | undefined>,
  input: Relation,
  scope: CommandScope,
): Value {
  const value = lowerValue(argument, input, scope);
  if (value.kind !== 'boolean') return value;
  throw new SplError(
    'SPL305',
    `${item.function}(): expected a value, found a condition.`,
    argument.span,
    'Only count takes conditions.',
  );
}

function expandWildcard(item: Aggregation, argument: FieldName, input: Relation) {
  const stars = (name: string): number => name.split('*').length - 1;
  const named = item.output.name !== `${item.function}(${argument.name})`;
  if (named && stars(item.output.name) !== stars(argument.name)) {
    throw new SplError(
      'SPL311',
      `${item.function}(): expected as many * in both names, found ${stars(argument.name)} in "${argument.name}" and ${stars(item.output.name)} in "${item.output.name}".`,
      item.span,
    );
  }
  return [...input.fields.keys()].flatMap((field) => {
    const found = field.startsWith('_') ? undefined : matchWildcard(argument.name, field);
    if (found === undefined) return [];
    return [{ field, output: named ? fillWildcard(item.output.name, found) : `${item.function}(${field})` }];
  });
}

function timeOf(input: Relation): Expression | undefined {
  const time = input.fields.get('_time');
  return time === undefined || fieldValue(time).kind !== 'number' ? undefined : column(time.column);
}

function specOf(name: string): StatsFunction {
  const spec = findStatsFunction(name);
  if (spec === undefined) throw new Error(`aggregation: expected "${name}" to have been checked.`);
  return spec;
}
