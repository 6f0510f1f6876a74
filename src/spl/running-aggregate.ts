/** Aggregates over the rows up to the current one: the expressions of stats with every aggregate made a window. */
import type { AggregateCall, Expression } from './expression.ts';

/** The expression with `change` in the place of every aggregate. An aggregate holds no other. */
export function mapAggregates(expression: Expression, change: (call: AggregateCall) => Expression): Expression {
  const map = (part: Expression): Expression => mapAggregates(part, change);
  switch (expression.op) {
    case 'aggregate':
      return change(expression.call);
    case 'list':
      return { ...expression, items: expression.items.map(map) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map(map) };
    case 'listAggregate':
      return { ...expression, operand: map(expression.operand), rest: expression.rest.map(map) };
    case 'binary':
      return { ...expression, left: map(expression.left), right: map(expression.right) };
    case 'and':
    case 'or':
      return { ...expression, operands: expression.operands.map(map) };
    case 'not':
    case 'negate':
    case 'isNotTrue':
    case 'isNull':
    case 'isNotNull':
    case 'cast':
    case 'member':
      return { ...expression, operand: map(expression.operand) };
    case 'case':
      return {
        op: 'case',
        whens: expression.whens.map(({ condition, result }) => ({ condition: map(condition), result: map(result) })),
        ...(expression.otherwise === undefined ? {} : { otherwise: map(expression.otherwise) }),
      };
    case 'index':
      return {
        ...expression,
        operand: map(expression.operand),
        index: map(expression.index),
        ...(expression.end === undefined ? {} : { end: map(expression.end) }),
      };
    case 'like':
      return { ...expression, operand: map(expression.operand), pattern: map(expression.pattern) };
    case 'in':
      return { ...expression, operand: map(expression.operand), values: expression.values.map(map) };
    case 'column':
    case 'parameter':
    case 'text':
    case 'number':
    case 'boolean':
    case 'null':
    case 'window':
    case 'lambda':
    case 'interval':
    case 'inRows':
    case 'existsRow':
    case 'aggregateRows':
    case 'existsMember':
    case 'settingOf':
      return expression;
  }
}
