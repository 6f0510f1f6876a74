/**
 * addtotals: the sum of each row's numbers.
 *
 *   addtotals [fieldname=<field>] [<field-list>]      Total by default
 *
 * Wildcards, and no list, once the fields are known; then without those that begin with an underscore. What is no number counts
 * nothing; a row without numbers has 0.
 *
 * Not supported: col=t, row=f, label, labelfield.
 */
import type { AddtotalsCommand } from '../ast.ts';
import { need, wants, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, cast, type Expression, number } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { fieldValue } from '../relation.ts';
import { asNumber, numberValue } from '../value.ts';
import { hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

export const addtotals: CommandSpec<AddtotalsCommand> = {
  kind: 'AddtotalsCommand',
  names: ['addtotals'],

  parse(input) {
    let output = 'Total';
    for (;;) {
      const option = input.optionalOption(['fieldname', 'row', 'col'], ['label', 'labelfield']);
      if (option === undefined) break;
      if (option.name === 'fieldname') output = option.value.text;
      else if (input.boolean(option) !== (option.name === 'row')) {
        throw new SplError('SPL316', 'addtotals: expected totals of rows only, found others.', option.span);
      }
    }
    const fields = input.fieldList([], true);
    return { kind: 'AddtotalsCommand', span: input.span, name: input.command, fields, output };
  },

  demand(command, demand) {
    if (!wants(demand, command.output)) return demand;
    const plain = namesOf(command.fields).filter((name) => !hasWildcard(name));
    const rest = need(without(demand, [command.output]), plain);
    return plain.length === command.fields.length && plain.length > 0 ? rest : { ...rest, all: true };
  },

  lower(command, input, scope) {
    if (!scope.wants(command.output)) return input;
    const patterns = command.fields.filter(({ name }) => hasWildcard(name));
    const isOpen = command.fields.length === 0 || patterns.length > 0;
    if (isOpen && input.ofEvents) {
      throw new SplError(
        'SPL310',
        'addtotals: expected names, found a list that would have to cover every field of every event.',
        patterns[0]?.span ?? command.span,
        'Name the fields, or put addtotals behind stats.',
      );
    }
    const matches = (name: string): boolean =>
      !name.startsWith('_') &&
      (command.fields.length === 0 || patterns.some((pattern) => matchWildcard(pattern.name, name) !== undefined));
    const covered = isOpen ? [...input.fields].filter(([name]) => matches(name)).map(([name]) => name) : [];
    for (const field of command.fields) if (!hasWildcard(field.name)) scope.read(input, field);
    const names = new Set([...covered, ...namesOf(command.fields)]);
    const numbers = [...names].flatMap((name): readonly Expression[] => {
      const field = input.fields.get(name);
      return field === undefined ? [] : [call('coalesce', cast(asNumber(fieldValue(field)), 'double'), number(0))];
    });
    const total = numbers.reduce((sum, item) => binary('+', sum, item), cast(number(0), 'double'));
    return scope.extend(input, [{ name: command.output, value: numberValue(total), kind: 'number', certain: 'rows' }]);
  },
};
