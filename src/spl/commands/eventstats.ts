/**
 * eventstats: the functions of stats, their results put beside every row. Rows in which a BY field is absent get no value.
 *
 *   eventstats <function>[(<field>)] [AS <field>] … [BY <field-list>]
 *
 * Not supported: allnum; BY a field that may hold several values.
 */

import { demandOfAggregations, parseAggregations, parseBy } from '../aggregation.ts';
import type { EventstatsCommand } from '../ast.ts';
import { need, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { and, binary, column, type Expression, TRUE } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import type { PlanNode } from '../plan.ts';
import { ColumnNames, type Field, fieldValue } from '../relation.ts';
import { hasWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';
import { aggregate } from './stats.ts';

export const eventstats: CommandSpec<EventstatsCommand> = {
  kind: 'EventstatsCommand',
  names: ['eventstats'],

  parse(input) {
    input.optionalOption([], ['allnum']);
    const aggregations = parseAggregations(input);
    const by = parseBy(input);
    return { kind: 'EventstatsCommand', span: input.span, name: input.command, aggregations, by };
  },

  demand(command, demand) {
    const outputs = namesOf(command.aggregations.map(({ output }) => output)).filter((name) => !hasWildcard(name));
    const own = demandOfAggregations(command.aggregations);
    const rest = need(without(demand, outputs), [...own.names.keys(), ...namesOf(command.by)]);
    return { ...rest, all: rest.all || own.all, order: rest.order || own.order };
  },

  lower(command, input, scope) {
    for (const field of command.by) {
      if (input.fields.get(field.name)?.kind !== 'list') continue;
      throw new SplError(
        'SPL315',
        `eventstats: expected BY fields with one value, found "${field.name}", which may hold several.`,
        field.span,
        `Expand it first: mvexpand ${field.name}`,
      );
    }
    const totals = aggregate({ ...command, dedupSplitValues: false }, input, scope, scope.label('totals'));
    const left = input.node;
    const right: PlanNode = totals.node;
    const keys = new Set(namesOf(command.by));
    const made = [...totals.fields].filter(([name]) => !keys.has(name) && scope.wants(name));
    if (made.length === 0) return input;
    const passed = scope.passThrough(input, (name) => scope.wants(name) && !made.some(([other]) => other === name));
    const columns = passed.columns.map(({ name, expression }) => ({ name, expression: qualified(expression, left) }));
    const names = new ColumnNames();
    for (const { name } of columns) names.take(name);
    const fields = new Map<string, Field>(passed.fields);
    for (const [name, field] of made) {
      const taken = names.take(name);
      columns.push({ name: taken, expression: qualified(fieldValue(field).expression, right) });
      // A row without a BY field has no count; it may be that no row has one.
      fields.set(name, { ...field, column: taken, certain: command.by.length === 0 && field.certain });
    }
    const on = and(
      command.by.flatMap(({ name }): readonly Expression[] => {
        const own = input.fields.get(name);
        const other = totals.fields.get(name);
        if (own === undefined || other === undefined) return [];
        return [binary('=', column(own.column, left.label), column(other.column, right.label))];
      }),
    );
    const none = command.by.some(({ name }) => !input.fields.has(name));
    const condition = none ? binary('=', { op: 'number', text: '1' }, { op: 'number', text: '0' }) : on;
    const node: PlanNode = {
      kind: 'Join',
      label: scope.label(),
      left,
      right,
      on: command.by.length === 0 ? TRUE : condition,
      columns,
    };
    return { ...input, node, fields, order: passed.order };
  },
};

function qualified(expression: Expression, node: PlanNode): Expression {
  return expression.op === 'column' ? { ...expression, table: node.label } : expression;
}
