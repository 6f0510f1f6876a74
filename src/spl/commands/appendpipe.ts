/**
 * appendpipe: the rows so far through further commands, behind themselves.
 *
 *   appendpipe [run_in_preview=<bool>] [ stats … ]
 *
 * There is no preview: run_in_preview changes nothing.
 */
import type { AppendpipeCommand } from '../ast.ts';
import { appendRows } from '../union.ts';
import type { CommandSpec } from './command.ts';

export const appendpipe: CommandSpec<AppendpipeCommand> = {
  kind: 'AppendpipeCommand',
  names: ['appendpipe'],

  parse(input) {
    const option = input.optionalOption(['run_in_preview']);
    if (option !== undefined) input.boolean(option);
    const search = input.context.subsearch(input.command, 'pipe');
    return { kind: 'AppendpipeCommand', span: input.span, name: input.command, search };
  },

  /** The part that goes through; lower.ts adds what the commands within need. */
  demand: (_, demand) => demand,

  lower(command, input, scope) {
    const { subsearches, settings, demand } = scope;
    return appendRows(input, subsearches.pipe(command.search, input, demand, scope.label(), settings), scope);
  },
};
