/**
 * regex: keeps the rows whose field matches a regular expression, or those whose field does not.
 *
 *   regex [<field>=|<field>!=] "<expression>"      _raw by default
 *
 * With != a row without the field is kept. Of several values any may match.
 */
import type { RegexCommand } from '../ast.ts';
import { need } from '../demand.ts';
import { call, type Expression, FALSE, text } from '../expression.ts';
import { rePattern } from '../regular-expression.ts';
import { anyMember, asText } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const regex: CommandSpec<RegexCommand> = {
  kind: 'RegexCommand',
  names: ['regex'],

  parse(input) {
    const token = input.context.peek('search');
    const isField = token.kind === 'word';
    const named = isField ? input.context.next('search') : undefined;
    const negated = isField && input.context.isOperator('search', '!=');
    if (isField) {
      if (negated) input.context.next('search');
      else input.context.expectOperator('search', '=', 'regex');
    }
    const pattern = input.expectString('a regular expression in double quotes');
    rePattern(pattern.value, pattern.span);
    const field = { kind: 'FieldName', span: named ?? input.commandSpan, name: named?.text ?? '_raw' } as const;
    return { kind: 'RegexCommand', span: input.span, name: input.command, field, negated, pattern };
  },

  demand: (command, demand) => need(demand, [command.field.name]),

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    if (value.kind === 'null') return command.negated ? input : scope.filter(input, [FALSE]);
    const pattern = text(rePattern(command.pattern.value, command.pattern.span));
    const test = (subject: Expression): Expression => call('regexp_matches', subject, pattern);
    const matches = value.kind === 'list' ? anyMember(value.expression, test) : test(asText(value));
    return scope.filter(input, [command.negated ? { op: 'isNotTrue', operand: matches } : matches]);
  },
};
