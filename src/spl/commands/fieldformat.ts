/**
 * fieldformat: says how a field is shown. Its value stays as it is, for later commands and in what leaves the search (Splunk's
 * exports do the same), so nothing is left to do but to check the expression.
 *
 *   fieldformat <field> = <expression>
 */
import type { FieldformatCommand } from '../ast.ts';
import { need } from '../demand.ts';
import { lowerAssigned } from '../evaluate.ts';
import { fieldsOfEval } from '../field-names.ts';
import type { CommandSpec } from './command.ts';

export const fieldformat: CommandSpec<FieldformatCommand> = {
  kind: 'FieldformatCommand',
  names: ['fieldformat'],

  parse(input) {
    const token = input.context.peek('arguments');
    const quoted = token.kind === 'word' ? /^'(.*)'$/.exec(token.text)?.[1] : undefined;
    const field =
      quoted === undefined
        ? input.expectPlainField()
        : { kind: 'FieldName' as const, span: input.context.next('arguments'), name: quoted };
    input.context.expectOperator('arguments', '=', 'fieldformat');
    const value = input.expression();
    const assignment = { span: { start: field.span.start, end: value.span.end }, field, value };
    return { kind: 'FieldformatCommand', span: input.span, name: input.command, assignment };
  },

  demand: (command, demand) => need(demand, fieldsOfEval(command.assignment.value)),

  lower(command, input, scope) {
    lowerAssigned(command.assignment, input, scope);
    return input;
  },
};
