/** How long buckets of time are where no one says: one row, worked out from the search's window and the rows. */
import type { BucketSize } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { binary, call, cast, type Expression, number, text } from './expression.ts';
import type { PlanNode } from './plan.ts';
import { stepOf } from './time-bucket.ts';

/** The column of that row. */
export const STEP = 'step';

/** `time` is of the rows of `input`. */
export function stepNode(
  size: Extract<BucketSize, { kind: 'automatic' }>,
  input: PlanNode,
  time: Expression,
  scope: CommandScope,
): PlanNode {
  const extreme = (name: 'min' | 'max'): Expression => ({ op: 'aggregate', call: { name, arguments: [time] } });
  const bounds = boundsOf(scope);
  const from = call('coalesce', ...(bounds === undefined ? [] : [bounds.from]), extreme('min'));
  const to = call('coalesce', ...(bounds === undefined ? [] : [bounds.to]), extreme('max'));
  return {
    kind: 'Aggregate',
    label: scope.label('step'),
    input,
    predicates: [],
    keys: [],
    aggregates: [{ name: STEP, expression: stepOf(size, binary('-', to, from)) }],
  };
}

/** The window in epoch seconds; absent where it has no bound. A search from the epoch on is one over all of the time. */
export function boundsOf(scope: CommandScope): { readonly from: Expression; readonly to: Expression } | undefined {
  const { range } = scope.settings;
  if (range === undefined) return undefined;
  return {
    from: call('nullif', call('epoch', finite(range.earliest, '-infinity')), number(0)),
    to: call('epoch', finite(range.latest, 'infinity')),
  };
}

function finite(time: Expression, infinity: string): Expression {
  return call('nullif', time, cast(text(infinity), 'timestamp'));
}
