/** reverse: the rows from last to first. */
import type { ReverseCommand } from '../ast.ts';
import type { CommandSpec } from './command.ts';

export const reverse: CommandSpec<ReverseCommand> = {
  kind: 'ReverseCommand',
  names: ['reverse'],

  parse: (input) => ({ kind: 'ReverseCommand', span: input.span, name: input.command }),

  demand: (_, demand) => demand,

  lower(_, input) {
    const order = input.order.map(({ expression, descending }) => ({ expression, descending: !descending }));
    return { ...input, order };
  },
};
