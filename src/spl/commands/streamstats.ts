/**
 * streamstats: the functions of stats over the rows so far, in the rows' order, put beside every row.
 *
 *   streamstats [reset_on_change=<bool>] [reset_before=(<condition>)] [reset_after=(<condition>)] [current=<bool>] [window=<int>]
 *               [time_window=<length>] [global=<bool>] <function>[(<field>)] [AS <field>] … [BY <field-list>]
 *
 * `current=f` leaves the row itself out. `window=<n>` takes the last n rows, with BY those of them that have the same BY values; with
 * `global=f` the last n rows of the same BY values. `time_window=<length>` takes the rows so far whose `_time` is at most that far from
 * the row's own; rows that are not in the order of `_time`, one way or the other, are an error when the search runs. Rows in which a BY field is absent get no value and are in no window. A reset is for all
 * groups: in a row for which reset_before holds, behind one for which reset_after does, where the BY values differ from those of the
 * row before that has them all.
 *
 * Not supported: BY a field that may hold several values; functions that keep every value, without a window; reset_after over its
 * own results; allnum.
 */
import { checkNames, demandOfAggregations, lowerAggregations, parseAggregations, parseBy } from '../aggregation.ts';
import type { Arguments } from '../arguments.ts';
import type { EvalExpression, StreamstatsCommand } from '../ast.ts';
import { parseSeconds } from '../bin-size.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { parseEvalExpression } from '../eval-parser.ts';
import {
  type AggregateCall,
  and,
  call,
  type Expression,
  isNotNull,
  number,
  type WindowFrame,
  when,
} from '../expression.ts';
import { fieldsOfEval, namesOf } from '../field-names.ts';
import type { Output, Relation } from '../relation.ts';
import { mapAggregates } from '../running-aggregate.ts';
import { segmentRows } from '../running-segments.ts';
import { reachInTime } from '../running-time.ts';
import type { Token } from '../token.ts';
import { ABSENT, commonKind, type Value } from '../value.ts';
import { hasWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

const UNSUPPORTED = ['allnum'];
/** Splunk's own bound. */
const LARGEST_WINDOW = 10_000;

export const streamstats: CommandSpec<StreamstatsCommand> = {
  kind: 'StreamstatsCommand',
  names: ['streamstats'],

  parse(input) {
    let current = true;
    let window = 0;
    let timeWindow: number | undefined;
    let isGlobal = true;
    let resetOnChange = false;
    const resets = new Map<string, EvalExpression>();
    for (;;) {
      const reset = input.optionalAssignment(['reset_before', 'reset_after']);
      if (reset !== undefined) {
        resets.set(reset.text.toLowerCase(), parseCondition(input, reset));
        continue;
      }
      const option = input.optionalOption(
        ['current', 'window', 'time_window', 'global', 'reset_on_change'],
        UNSUPPORTED,
      );
      if (option === undefined) break;
      if (option.name === 'current') current = input.boolean(option);
      else if (option.name === 'global') isGlobal = input.boolean(option);
      else if (option.name === 'reset_on_change') resetOnChange = input.boolean(option);
      else if (option.name === 'time_window') {
        timeWindow = parseSeconds(option.value.text);
        if (timeWindow === undefined) throw input.misfit(option, 'a length in s, m, h, d or w, such as 5m');
      } else {
        window = input.integer(option, 0);
        if (window > LARGEST_WINDOW) throw input.misfit(option, `at most ${LARGEST_WINDOW}`);
      }
    }
    const aggregations = parseAggregations(input);
    const by = parseBy(input);
    const command = { kind: 'StreamstatsCommand', span: input.span, name: input.command } as const;
    checkNames(aggregations, by, input.command);
    const [resetBefore, resetAfter] = [resets.get('reset_before'), resets.get('reset_after')];
    const made = new Set(namesOf(aggregations.map(({ output }) => output)));
    const own = resetAfter === undefined ? undefined : fieldsOfEval(resetAfter).find((name) => made.has(name));
    if (own !== undefined) {
      throw new SplError(
        'SPL316',
        `streamstats: expected fields from before it in reset_after, found its result "${own}".`,
        resetAfter?.span ?? command.span,
      );
    }
    return {
      ...command,
      aggregations,
      by,
      current,
      window,
      timeWindow,
      isGlobal,
      resetOnChange,
      resetBefore,
      resetAfter,
    };
  },

  demand(command, demand) {
    const outputs = namesOf(command.aggregations.map(({ output }) => output)).filter((name) => !hasWildcard(name));
    const own = demandOfAggregations(command.aggregations);
    const rest = need(without(demand, outputs), [
      ...own.names.keys(),
      ...namesOf(command.by),
      ...(command.timeWindow === undefined ? [] : ['_time']),
      ...[command.resetBefore, command.resetAfter].flatMap((reset) => (reset === undefined ? [] : fieldsOfEval(reset))),
    ]);
    return { ...rest, all: rest.all || own.all, order: true };
  },

  lower(command, input, scope) {
    const found = keysOf(command, input, scope);
    const segments = segmentRows(
      command,
      found.map(({ expression }) => expression),
      arePresent(found),
      input,
      scope,
    );
    const { partitionBy, place } = segments;
    const marked = keysOf(command, segments.relation, scope);
    const { relation, reach } = reachInTime(
      command,
      marked.map(({ expression }) => expression),
      arePresent(marked),
      segments,
      scope,
    );
    const keys = keysOf(command, relation, scope);
    const hasKeys = keys.every(({ kind }) => kind !== 'null');
    const present = arePresent(keys);
    const running = (expression: Expression): Expression =>
      mapAggregates(expression, (made) => {
        checkCost(made, command);
        return {
          op: 'window',
          call: made,
          partitionBy: [...keys.map((key) => key.expression), ...partitionBy],
          orderBy: place === undefined ? relation.order : [{ expression: place, descending: false }],
          frame: frameOf(command, place !== undefined, reach),
        };
      });
    const outputs = lowerAggregations(command.aggregations, relation, scope).map(({ name, value, certain }): Output => {
      const kind = commonKind([value]);
      if (!hasKeys) return { name, value: ABSENT, kind, certain: false };
      const expression = running(value.expression);
      const guarded = keys.length === 0 ? expression : when(present, expression);
      return { name, value: { ...value, expression: guarded }, kind, certain: certain && keys.length === 0 && 'rows' };
    });
    return scope.extend(relation, outputs);
  },
};

/** `(<condition>)`, also between quotes. */
function parseCondition(input: Arguments, option: Token): EvalExpression {
  const token = input.context.peek('arguments');
  if (token.kind === 'string') {
    const context = input.context.within(input.context.next('arguments'), input.command);
    const expression = parseEvalExpression(context);
    const rest = context.peek('eval');
    if (rest.kind !== 'end') throw context.unexpected(input.command, 'the end of the condition', rest);
    return expression;
  }
  if (!input.context.isOperator('eval', '(')) {
    throw input.context.unexpected(input.command, `a condition in brackets behind ${option.text}=`, token);
  }
  return input.expression();
}

function keysOf(command: StreamstatsCommand, relation: Relation, scope: CommandScope): readonly Value[] {
  return command.by.map((field): Value => {
    const value = scope.read(relation, field);
    if (value.kind !== 'list') return value;
    throw new SplError(
      'SPL315',
      `streamstats: expected BY fields with one value, found "${field.name}", which may hold several.`,
      field.span,
      `Expand it first: mvexpand ${field.name}`,
    );
  });
}

function arePresent(keys: readonly Value[]): Expression {
  return and(keys.map(({ expression }) => isNotNull(expression)));
}

function frameOf(
  { current, window }: StreamstatsCommand,
  isOfPlaces: boolean,
  reach: Expression | undefined,
): WindowFrame {
  const before = current ? window - 1 : window;
  if (reach !== undefined) return { below: window === 0 ? reach : call('least', reach, number(before)), current };
  if (window === 0) return { current };
  return isOfPlaces ? { below: number(before), current } : { preceding: before, current };
}

/** Lists of all values so far would take memory and time with the square of the rows. */
function checkCost({ name }: AggregateCall, command: StreamstatsCommand): void {
  if (name !== 'list' || command.window > 0) return;
  throw new SplError(
    'SPL316',
    'streamstats: expected a window for functions that keep every value, found none: each row would hold all before it.',
    command.span,
    `Example: streamstats window=100${command.by.length > 0 ? ' global=f' : ''} …`,
  );
}
