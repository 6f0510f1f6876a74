/**
 * append: the rows of another search behind those so far.
 *
 *   append [ search … ]
 *
 * Not supported: maxtime, maxout, timeout, extendtimerange; the subsearch has no bound on its rows.
 */
import type { AppendCommand } from '../ast.ts';
import { appendRows } from '../union.ts';
import type { CommandSpec } from './command.ts';

export const append: CommandSpec<AppendCommand> = {
  kind: 'AppendCommand',
  names: ['append'],

  parse(input) {
    input.optionalOption([], ['maxtime', 'maxout', 'timeout', 'extendtimerange']);
    const search = input.context.subsearch(input.command, 'search');
    return { kind: 'AppendCommand', span: input.span, name: input.command, search };
  },

  demand: (_, demand) => demand,

  lower(command, input, scope) {
    return appendRows(input, scope.subsearches.search(command.search, scope.demand, scope.label()), scope);
  },
};
