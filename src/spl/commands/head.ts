/**
 * head, tail: the first rows, or the last ones in reverse order.
 *
 *   head [<int> | limit=<int>]      tail [<int>]      10 by default
 *   head [limit=<int>] (<condition>) [null=<bool>] [keeplast=<bool>]      the rows up to the first that does not satisfy it
 *
 * With null=t a condition that is neither true nor false goes on; with keeplast=t the row that ends it is there too. A condition has no
 * bound but its limit.
 */
import type { EvalExpression, HeadCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, withOrder } from '../demand.ts';
import { lowerCondition } from '../evaluate.ts';
import { binary, call, column, type Expression, FALSE, isNull, number, or, when } from '../expression.ts';
import { fieldsOfEval } from '../field-names.ts';
import { columnsOf, type PlanNode } from '../plan.ts';
import { ColumnNames, type Relation } from '../relation.ts';
import type { CommandSpec } from './command.ts';

export const head: CommandSpec<HeadCommand> = {
  kind: 'HeadCommand',
  names: ['head', 'tail'],

  parse(input) {
    const from = input.command.toLowerCase() === 'tail' ? 'tail' : 'head';
    let count: number | undefined;
    let condition: EvalExpression | undefined;
    let passesUnknown = false;
    let keepLast = false;
    while (!input.isEnd()) {
      const option = input.optionalOption(from === 'head' ? ['limit', 'null', 'keeplast'] : ['limit']);
      if (option?.name === 'limit') count = input.integer(option, 0);
      else if (option?.name === 'null') passesUnknown = input.boolean(option);
      else if (option?.name === 'keeplast') keepLast = input.boolean(option);
      else if (from === 'head' && condition === undefined && input.context.isOperator('eval', '(')) {
        condition = input.expression();
      } else if (count === undefined) count = input.integerToken(input.expectText('a whole number'), 0, 'count');
      else throw input.context.unexpected(input.command, 'the end', input.context.peek('arguments'));
    }
    const bound = count ?? (condition === undefined ? 10 : undefined);
    const { span, command: name } = input;
    return { kind: 'HeadCommand', span, name, from, count: bound, condition, passesUnknown, keepLast };
  },

  demand: ({ condition }, demand) => withOrder(need(demand, condition === undefined ? [] : fieldsOfEval(condition))),

  lower(command, input, scope) {
    const { count } = command;
    const order =
      command.from === 'head'
        ? input.order
        : input.order.map(({ expression, descending }) => ({ expression, descending: !descending }));
    const rows = command.condition === undefined ? input : untilFalse(command, command.condition, input, scope);
    if (count === undefined) return { ...rows, order };
    return { ...rows, node: { kind: 'Limit', label: scope.label(), input: rows.node, orderBy: order, count }, order };
  },
};

/** The rows before which, and themselves, every row satisfies the condition. */
function untilFalse(command: HeadCommand, condition: EvalExpression, input: Relation, scope: CommandScope): Relation {
  const holds = lowerCondition(condition, input, scope);
  const satisfied = command.passesUnknown ? or([holds, isNull(holds)]) : call('coalesce', holds, FALSE);
  const names = new ColumnNames(columnsOf(input.node));
  const failures = names.take('failures');
  const before: Expression = {
    op: 'window',
    call: { name: 'sum', arguments: [when(satisfied, number(0), number(1))] },
    partitionBy: [],
    orderBy: input.order,
    frame: { current: !command.keepLast },
  };
  const node: PlanNode = {
    kind: 'Project',
    label: scope.label('failures'),
    input: input.node,
    columns: [
      ...columnsOf(input.node).map((name) => ({ name, expression: column(name) })),
      { name: failures, expression: call('coalesce', before, number(0)) },
    ],
  };
  const own = command.count === undefined ? scope : scope.step('initial', scope.demand);
  return own.filter({ ...input, node }, [binary('=', column(failures), number(0))]);
}
