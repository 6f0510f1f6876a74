/** Which fields an expression reads. */
import type { EvalExpression, FieldName, SearchExpression } from './ast.ts';

/** Full-text terms read `_raw`. What a subsearch compares is known only once it is lowered. */
export function fieldsOfSearch(expression: SearchExpression | undefined): readonly string[] {
  if (expression === undefined) return [];
  switch (expression.kind) {
    case 'SearchAnd':
    case 'SearchOr':
      return expression.operands.flatMap(fieldsOfSearch);
    case 'SearchNot':
      return fieldsOfSearch(expression.operand);
    case 'SearchComparison':
    case 'SearchIn':
      return [expression.field.name];
    case 'SearchKeyword':
      return /^\*+$/.test(expression.text) ? [] : ['_raw'];
    case 'SearchSubsearch':
    case 'SearchTime':
    case 'SearchDataset':
      return [];
  }
}

export function fieldsOfEval(expression: EvalExpression): readonly string[] {
  switch (expression.kind) {
    case 'NumberLiteral':
    case 'StringLiteral':
      return [];
    case 'FieldReference':
      return [expression.name];
    case 'Call':
      return expression.arguments.flatMap(fieldsOfEval);
    case 'Unary':
      return fieldsOfEval(expression.operand);
    case 'Binary':
      return [...fieldsOfEval(expression.left), ...fieldsOfEval(expression.right)];
    case 'EvalSearch':
      return fieldsOfSearch(expression.expression);
    case 'EvalIn':
      return [expression.operand, ...expression.values].flatMap(fieldsOfEval);
  }
}

export function namesOf(fields: readonly FieldName[]): readonly string[] {
  return fields.map(({ name }) => name);
}

/** The fields without those whose name came before. */
export function eachOnce(fields: readonly FieldName[]): readonly FieldName[] {
  const names = new Set<string>();
  return fields.filter(({ name }) => {
    const isFirst = !names.has(name);
    names.add(name);
    return isFirst;
  });
}
