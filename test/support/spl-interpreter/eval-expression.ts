/** Expressions of eval and where (section 5.10), over one row. Undefined is null: unknown. */
import type { Binary, EvalExpression } from '../../../src/spl/ast.ts';
import { anyOf, compare, like, not } from './compare.ts';
import { callFunction } from './eval-functions.ts';
import type { EvalScope } from './eval-scope.ts';
import { type EvalValue, toNumber, toText, toTruth } from './eval-value.ts';
import { finite } from './field-value.ts';
import { refuse } from './refusal.ts';
import type { Row, Settings } from './row.ts';
import { matchesSearch } from './search-expression.ts';

export function evaluateRow(expression: EvalExpression, row: Row, settings: Settings): EvalValue {
  return evaluate(expression, { row, settings, evaluate });
}

function evaluate(expression: EvalExpression, scope: EvalScope): EvalValue {
  switch (expression.kind) {
    case 'NumberLiteral':
      return Number(expression.text);
    case 'StringLiteral':
      return { literal: expression.value };
    case 'FieldReference':
      return scope.row.get(expression.name);
    case 'Call':
      return callFunction(expression, scope);
    case 'Unary': {
      const operand = evaluate(expression.operand, scope);
      if (expression.operator === 'not') return not(toTruth(operand));
      const number = toNumber(operand);
      return number === undefined ? undefined : -number;
    }
    case 'EvalSearch':
      return (
        expression.expression === undefined ||
        matchesSearch(expression.expression, scope.row, () => refuse('a subsearch in searchmatch'))
      );
    case 'Binary':
      return binary(expression, scope);
    case 'EvalIn': {
      const operand = evaluate(expression.operand, scope);
      return anyOf(expression.values.map((value) => compare('=', operand, evaluate(value, scope))));
    }
  }
}

function binary({ operator, left, right }: Binary, scope: EvalScope): EvalValue {
  const [a, b] = [evaluate(left, scope), evaluate(right, scope)];
  switch (operator) {
    case 'and':
      return not(anyOf([not(toTruth(a)), not(toTruth(b))]));
    case 'or':
      return anyOf([toTruth(a), toTruth(b)]);
    case 'xor': {
      const [x, y] = [toTruth(a), toTruth(b)];
      return x === undefined || y === undefined ? undefined : x !== y;
    }
    case '=':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, a, b);
    case 'like':
      return like(a, b);
    case '.': {
      const [x, y] = [toText(a), toText(b)];
      return x === undefined || y === undefined ? undefined : x + y;
    }
    default:
      return arithmetic(operator, a, b);
  }
}

/** Rule 44 and section 5.13. */
function arithmetic(operator: '+' | '-' | '*' | '/' | '%', left: EvalValue, right: EvalValue): EvalValue {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a === undefined || b === undefined) {
    const [x, y] = [toText(left), toText(right)];
    const isText = operator === '+' && a === undefined && b === undefined && x !== undefined && y !== undefined;
    return isText ? x + y : undefined;
  }
  if (operator === '+') return finite(a + b);
  if (operator === '-') return finite(a - b);
  if (operator === '*') return finite(a * b);
  return finite(operator === '/' ? a / b : a % b);
}
