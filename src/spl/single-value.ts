/** Fields that a command compares by one value. */
import type { FieldName } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { SplError } from './diagnostics.ts';
import type { Relation } from './relation.ts';
import type { Value } from './value.ts';

/** The field's value; throws SplError (SPL315) in the name of `command` where it may hold several. */
export function singleValue(command: string, field: FieldName, relation: Relation, scope: CommandScope): Value {
  const value = scope.read(relation, field);
  if (value.kind !== 'list') return value;
  throw new SplError(
    'SPL315',
    `${command}: expected fields with one value, found "${field.name}", which may hold several.`,
    field.span,
    `Expand it first: mvexpand ${field.name}`,
  );
}
