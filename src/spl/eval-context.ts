import type { EvalExpression, FieldReference } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import type { Expression } from './expression.ts';
import type { Value } from './value.ts';

/** What a function sees of the place that calls it. */
export interface EvalContext {
  readonly scope: CommandScope;
  read(field: FieldReference): Value;
  value(expression: EvalExpression): Value;
  condition(expression: EvalExpression): Expression;
  /** The same place with one more name: inside mvmap and mvfilter a field stands for one of its values. */
  bind(name: string, value: Value): EvalContext;
}
