import type { EvalExpression } from '../../../src/spl/ast.ts';
import type { EvalValue } from './eval-value.ts';
import type { Row, Settings } from './row.ts';

/** What an expression may look at, and how its parts are evaluated. */
export interface EvalScope {
  readonly row: Row;
  readonly settings: Settings;
  readonly evaluate: (expression: EvalExpression, scope: EvalScope) => EvalValue;
}

export type EvalFunction = (values: readonly EvalValue[], scope: EvalScope) => EvalValue;
