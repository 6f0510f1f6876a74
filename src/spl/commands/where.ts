/**
 * where: keeps the rows for which an expression is true. An unknown result (a comparison with an absent field) drops the row.
 *
 *   where <condition>
 */
import type { WhereCommand } from '../ast.ts';
import { need } from '../demand.ts';
import { lowerCondition } from '../evaluate.ts';
import { fieldsOfEval } from '../field-names.ts';
import type { CommandSpec } from './command.ts';

export const where: CommandSpec<WhereCommand> = {
  kind: 'WhereCommand',
  names: ['where'],

  parse(input) {
    const condition = input.expression();
    return { kind: 'WhereCommand', span: input.span, name: input.command, condition };
  },

  demand: (command, demand) => need(demand, fieldsOfEval(command.condition)),

  lower(command, input, scope) {
    return scope.filter(input, [lowerCondition(command.condition, input, scope)]);
  },
};
