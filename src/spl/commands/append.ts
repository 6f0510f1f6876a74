/**
 * append: the rows of another search behind those so far.
 *
 *   append [maxout=<int>] [ search … ]
 *
 * Without maxout the subsearch has no bound on its rows.
 *
 * Not supported: maxtime, timeout, extendtimerange.
 */
import type { Arguments, Option } from '../arguments.ts';
import type { AppendCommand } from '../ast.ts';
import { withOrder } from '../demand.ts';
import { firstRows } from '../relation.ts';
import { appendRows } from '../union.ts';
import type { CommandSpec } from './command.ts';

export const append: CommandSpec<AppendCommand> = {
  kind: 'AppendCommand',
  names: ['append'],

  parse(input) {
    const limit = subsearchOptions(input);
    const search = input.context.subsearch(input.command, 'search');
    return { kind: 'AppendCommand', span: input.span, name: input.command, search, limit };
  },

  demand: (_, demand) => demand,

  lower(command, input, scope) {
    const demand = command.limit === 0 ? scope.demand : withOrder(scope.demand);
    const added = scope.subsearches.search(command.search, demand, scope.label());
    return appendRows(input, firstRows(added, command.limit, scope.label('first')), scope);
  },
};

/** Options before a subsearch: its bound `maxout`, 0 where there is none, and those of `own`, which `take` is given. */
export function subsearchOptions(
  input: Arguments,
  own: readonly string[] = [],
  take: (option: Option) => void = () => {},
): number {
  let limit = 0;
  for (;;) {
    const option = input.optionalOption(['maxout', ...own], ['maxtime', 'timeout', 'extendtimerange']);
    if (option === undefined) return limit;
    if (option.name === 'maxout') limit = input.integer(option, 1);
    else take(option);
  }
}
