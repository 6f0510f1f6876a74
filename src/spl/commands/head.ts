/**
 * head, tail: the first rows, or the last ones in reverse order.
 *
 *   head [<int> | limit=<int>]      tail [<int>]      10 by default
 *
 * Not supported: head with a condition, null, keeplast.
 */
import type { HeadCommand } from '../ast.ts';
import { withOrder } from '../demand.ts';
import type { CommandSpec } from './command.ts';

export const head: CommandSpec<HeadCommand> = {
  kind: 'HeadCommand',
  names: ['head', 'tail'],

  parse(input) {
    const from = input.command.toLowerCase() === 'tail' ? 'tail' : 'head';
    const option = input.optionalOption(['limit'], ['null', 'keeplast']);
    let count = 10;
    if (option !== undefined) count = input.integer(option, 0);
    else if (!input.isEnd()) count = input.integerToken(input.expectText('a whole number'), 0, 'count');
    return { kind: 'HeadCommand', span: input.span, name: input.command, from, count };
  },

  demand: (_, demand) => withOrder(demand),

  lower(command, input, scope) {
    const order =
      command.from === 'head'
        ? input.order
        : input.order.map(({ expression, descending }) => ({ expression, descending: !descending }));
    const node = {
      kind: 'Limit',
      label: scope.label(),
      input: input.node,
      orderBy: order,
      count: command.count,
    } as const;
    return { ...input, node, order };
  },
};
