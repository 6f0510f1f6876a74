/**
 * mvexpand: a row for each value of a field. A row without the field stays.
 *
 *   mvexpand <field> [limit=<int>]
 */
import type { MvexpandCommand } from '../ast.ts';
import { need } from '../demand.ts';
import { call, cast, column, type Expression, list, NULL, number } from '../expression.ts';
import type { PlanNode } from '../plan.ts';
import type { CommandSpec } from './command.ts';

export const mvexpand: CommandSpec<MvexpandCommand> = {
  kind: 'MvexpandCommand',
  names: ['mvexpand'],

  parse(input) {
    const field = input.expectPlainField();
    const option = input.optionalOption(['limit']);
    const limit = option === undefined ? 0 : input.integer(option, 0);
    return { kind: 'MvexpandCommand', span: input.span, name: input.command, field, limit };
  },

  demand: (command, demand) => need(demand, [command.field.name]),

  lower(command, input, scope) {
    const value = scope.read(input, command.field);
    if (value.kind !== 'list') return input;
    const { name } = command.field;
    const passed = scope.passThrough(input, (other) => other !== name && scope.wants(other));
    const nothing = cast(list([NULL]), 'varchar[]');
    const members: Expression =
      command.limit === 0
        ? value.expression
        : { op: 'index', operand: value.expression, index: number(1), end: number(command.limit) };
    const member = passed.names.take(name);
    const position = scope.demand.order ? passed.names.take('_order') : undefined;
    const node: PlanNode = {
      kind: 'Unnest',
      label: scope.label(),
      input: input.node,
      columns: passed.columns,
      list: call('coalesce', members, nothing),
      as: member,
      ...(position === undefined ? {} : { ordinal: position }),
    };
    const fields = new Map(
      [...input.fields].flatMap(([other, field]) => {
        if (other === name)
          return [[name, { column: member, kind: 'text', whole: false, certain: field.certain }] as const];
        const kept = passed.fields.get(other);
        return kept === undefined ? [] : [[other, kept] as const];
      }),
    );
    const order = position === undefined ? [] : [...passed.order, { expression: column(position), descending: false }];
    return { ...input, node, fields, order };
  },
};
