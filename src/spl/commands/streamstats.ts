/**
 * streamstats: the functions of stats over the rows so far, in the rows' order, put beside every row.
 *
 *   streamstats [current=<bool>] [window=<int>] [global=<bool>] <function>[(<field>)] [AS <field>] … [BY <field-list>]
 *
 * `current=f` leaves the row itself out. `window=<n>` takes the last n rows; with BY it needs `global=f`, the last n rows of the
 * same BY values. Rows in which a BY field is absent get no value.
 *
 * Not supported: a window over all rows with BY; BY a field that may hold several values; functions that keep every value, without
 * a window; time_window, reset_on_change, reset_before, reset_after, allnum.
 */
import { checkNames, demandOfAggregations, lowerAggregations, parseAggregations, parseBy } from '../aggregation.ts';
import type { StreamstatsCommand } from '../ast.ts';
import { need, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { type AggregateCall, and, type Expression, isNotNull, type WindowFrame, when } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import type { Output } from '../relation.ts';
import { mapAggregates } from '../running-aggregate.ts';
import { ABSENT, commonKind, type Value } from '../value.ts';
import { hasWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

const UNSUPPORTED = ['time_window', 'reset_on_change', 'reset_before', 'reset_after', 'allnum'];
/** Splunk's own bound. */
const LARGEST_WINDOW = 10_000;

export const streamstats: CommandSpec<StreamstatsCommand> = {
  kind: 'StreamstatsCommand',
  names: ['streamstats'],

  parse(input) {
    let current = true;
    let window = 0;
    let isGlobal = true;
    for (;;) {
      const option = input.optionalOption(['current', 'window', 'global'], UNSUPPORTED);
      if (option === undefined) break;
      if (option.name === 'current') current = input.boolean(option);
      else if (option.name === 'global') isGlobal = input.boolean(option);
      else {
        window = input.integer(option, 0);
        if (window > LARGEST_WINDOW) throw input.misfit(option, `at most ${LARGEST_WINDOW}`);
      }
    }
    const aggregations = parseAggregations(input);
    const by = parseBy(input);
    const command = { kind: 'StreamstatsCommand', span: input.span, name: input.command } as const;
    if (window > 0 && by.length > 0 && isGlobal) {
      throw new SplError(
        'SPL316',
        'streamstats: expected no BY beside a window over all rows, found one.',
        command.span,
        'With global=f each group has a window of its own.',
      );
    }
    checkNames(aggregations, by, input.command);
    return { ...command, aggregations, by, current, window };
  },

  demand(command, demand) {
    const outputs = namesOf(command.aggregations.map(({ output }) => output)).filter((name) => !hasWildcard(name));
    const own = demandOfAggregations(command.aggregations);
    const rest = need(without(demand, outputs), [...own.names.keys(), ...namesOf(command.by)]);
    return { ...rest, all: rest.all || own.all, order: true };
  },

  lower(command, input, scope) {
    const keys = command.by.map((field): Value => {
      const value = scope.read(input, field);
      if (value.kind !== 'list') return value;
      throw new SplError(
        'SPL315',
        `streamstats: expected BY fields with one value, found "${field.name}", which may hold several.`,
        field.span,
        `Expand it first: mvexpand ${field.name}`,
      );
    });
    const hasKeys = keys.every(({ kind }) => kind !== 'null');
    const present = and(keys.map(({ expression }) => isNotNull(expression)));
    const frame = frameOf(command);
    const running = (expression: Expression): Expression =>
      mapAggregates(expression, (call) => {
        checkCost(call, command);
        return {
          op: 'window',
          call,
          partitionBy: keys.map((key) => key.expression),
          orderBy: input.order,
          frame,
        };
      });
    const outputs = lowerAggregations(command.aggregations, input, scope).map(({ name, value, certain }): Output => {
      const kind = commonKind([value]);
      if (!hasKeys) return { name, value: ABSENT, kind, certain: false };
      const expression = running(value.expression);
      const guarded = keys.length === 0 ? expression : when(present, expression);
      return { name, value: { ...value, expression: guarded }, kind, certain: certain && keys.length === 0 && 'rows' };
    });
    return scope.extend(input, outputs);
  },
};

function frameOf({ current, window }: StreamstatsCommand): WindowFrame {
  if (window === 0) return { current };
  return { preceding: current ? window - 1 : window, current };
}

/** Lists of all values so far would take memory and time with the square of the rows. */
function checkCost(call: AggregateCall, command: StreamstatsCommand): void {
  if (call.name !== 'list' || command.window > 0) return;
  throw new SplError(
    'SPL316',
    'streamstats: expected a window for functions that keep every value, found none: each row would hold all before it.',
    command.span,
    `Example: streamstats window=100${command.by.length > 0 ? ' global=f' : ''} …`,
  );
}
