/**
 * fillnull: puts a value where fields have none.
 *
 *   fillnull [value=<text>] [<field-list>]
 *
 * Without a list it fills the fields that the result has: by Splunk's rule those of which some row has a value, decided over all
 * rows of the result. Outside --strict-splunk the typed columns of a dataset count as fields of the result even if no row has one.
 */
import type { FillnullCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, wants } from '../demand.ts';
import { binary, call, column, type Expression, lambda, list, number, text, when } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { columnsOf, type PlanNode } from '../plan.ts';
import { isNumeric } from '../predicate.ts';
import type { Certainty, Field, Output, Relation, Spread } from '../relation.ts';
import { fieldValue } from '../relation.ts';
import { asKind, asText, literalText, type Value } from '../value.ts';
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
    if (input.spread !== undefined) return fillCells(command.value, input, input.spread, scope);
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

/** The cells of fields that are not known before the search runs. The field of their rows is always there. */
function fillCells(value: string, input: Relation, { column: cells, kind }: Spread, scope: CommandScope): Relation {
  const keepsNumber = kind === 'number' && isNumeric(value);
  const made = keepsNumber || kind === 'list' ? kind : 'text';
  const filler = keepsNumber ? number(Number(value)) : kind === 'list' ? list([text(value)]) : text(value);
  const filled = lambda('cell_', (cell) => {
    const found = { kind, expression: call('struct_extract', cell, text('value')) } as const;
    return call('spl_cell', call('struct_extract', cell, text('name')), call('coalesce', asKind(found, made), filler));
  });
  const columns = columnsOf(input.node).map((name) => ({
    name,
    expression: name === cells ? call('list_transform', column(cells), filled) : column(name),
  }));
  const node: PlanNode = { kind: 'Project', label: scope.label(), input: input.node, columns };
  return { ...input, node, spread: { column: cells, kind: made } };
}

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
