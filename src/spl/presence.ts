/** Columns that have a value in every row, as far as the plan tells: a condition that asks for one need not be made. */
import type { Expression } from './expression.ts';
import type { Aggregate, PlanNode } from './plan.ts';

/** False where that is not known. Only what commands make so is followed: what data hold is never known. */
export function isAlwaysPresent(expression: Expression, node: PlanNode): boolean {
  switch (expression.op) {
    case 'text':
    case 'number':
    case 'boolean':
    case 'list':
      return true;
    case 'column':
      return expression.table === undefined && isPresentColumn(expression.name, node);
    case 'call':
      return expression.name === 'coalesce' && expression.arguments.some((item) => isAlwaysPresent(item, node));
    default:
      return false;
  }
}

function isPresentColumn(name: string, node: PlanNode): boolean {
  switch (node.kind) {
    case 'Filter':
    case 'Limit':
      return isPresentColumn(name, node.input);
    case 'Project':
    case 'Unnest': {
      const made = node.columns.find((column) => column.name === name)?.expression;
      return made !== undefined && isAlwaysPresent(made, node.input);
    }
    case 'Aggregate':
      return node.keys.some(
        (key) => key.name === name && (isAlwaysPresent(key.expression, node.input) || isFiltered(key.expression, node)),
      );
    default:
      return false;
  }
}

/** The rows without it were dropped. */
function isFiltered(expression: Expression, node: Aggregate): boolean {
  return node.predicates.some(
    (predicate) =>
      predicate.op === 'isNotNull' &&
      predicate.operand.op === 'column' &&
      expression.op === 'column' &&
      predicate.operand.name === expression.name,
  );
}
