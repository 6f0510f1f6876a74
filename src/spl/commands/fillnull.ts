/**
 * fillnull: puts a value where fields have none.
 *
 *   fillnull [value=<text>] [<field-list>]
 *
 * Without a list it fills the fields that the result has: by Splunk's rule those of which some row has a value, decided over all
 * rows of the result. Outside --strict-splunk the typed columns of a dataset count as fields of the result even if no row has one.
 */
import type { FillnullCommand } from '../ast.ts';
import { need, wants } from '../demand.ts';
import { binary, call, type Expression, list, number, text, when } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { isNumeric } from '../predicate.ts';
import type { Certainty, Field, Output } from '../relation.ts';
import { fieldValue } from '../relation.ts';
import { asText, literalText, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const fillnull: CommandSpec<FillnullCommand> = {
  kind: 'FillnullCommand',
  names: ['fillnull'],

  parse(input) {
    const option = input.optionalOption(['value']);
    const fields = input.fieldList();
    return { kind: 'FillnullCommand', span: input.span, name: input.command, value: option?.value.text ?? '0', fields };
  },

  demand: (command, demand) =>
    need(
      demand,
      namesOf(command.fields).filter((name) => wants(demand, name)),
    ),

  lower(command, input, scope) {
    if (command.fields.length === 0) {
      const filled = [...input.fields].filter(([name]) => scope.wants(name) && !name.startsWith('_'));
      return scope.extend(
        input,
        filled.map(([name, field]) => fill(name, field, command.value, field.certain)),
      );
    }
    const outputs = command.fields.map(({ name }): Output => {
      const field = input.fields.get(name);
      return field === undefined
        ? { name, value: literalText(command.value), kind: 'text', certain: 'rows' }
        : fill(name, field, command.value, field.certain || 'rows');
    });
    return scope.extend(input, outputs);
  },
};

/** `certain`: the result has the field, whatever its rows hold. */
function fill(name: string, field: Field, value: string, certain: Certainty): Output {
  const current = fieldValue(field);
  const keepsNumber = field.kind === 'number' && isNumeric(value);
  const filler: Expression = keepsNumber
    ? number(Number(value))
    : field.kind === 'list'
      ? list([text(value)])
      : text(value);
  const present = keepsNumber || field.kind === 'list' ? current.expression : asText(current);
  const filled = call('coalesce', present, filler);
  const expression = certain ? filled : when(someRowHas(current.expression), filled);
  const kind = keepsNumber ? 'number' : field.kind === 'list' ? 'list' : 'text';
  const whole = keepsNumber && field.whole && Number.isSafeInteger(Number(value));
  const result = (kind === 'number' ? { kind, expression, whole } : { kind, expression }) as Value;
  return { name, value: result, kind, certain };
}

function someRowHas(expression: Expression): Expression {
  const count: Expression = {
    op: 'window',
    call: { name: 'count', arguments: [expression] },
    partitionBy: [],
    orderBy: [],
  };
  return binary('>', count, number(0));
}
