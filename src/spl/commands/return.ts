/**
 * return: what a subsearch hands to the search around it.
 *
 *   return [<int>] [<field> | <alias>=<field>] …      1 row by default
 *
 * Stands at the end of a subsearch in a search expression, where it takes the place of head, fields and rename. Splunk's leaves no
 * term at all where no row comes back: then every event matches.
 *
 * Not supported: `$field`, whose values would be search text; elsewhere.
 */
import type { FieldName, ReturnCommand, Returned } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { only } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { type Field, firstRows, type Relation } from '../relation.ts';
import type { CommandSpec } from './command.ts';

export const returns: CommandSpec<ReturnCommand> = {
  kind: 'ReturnCommand',
  names: ['return'],

  parse(input) {
    const fields: Returned[] = [];
    let count = 1;
    for (let isFirst = true; !input.isEnd(); isFirst = false) {
      const token = input.context.peek('arguments');
      if (isFirst && token.kind === 'word' && /^\d+$/.test(token.text)) {
        count = input.integerToken(input.expectText('a whole number'), 1, 'count');
        continue;
      }
      input.skipComma();
      const alias = input.expectPlainField();
      if (alias.name.startsWith('$')) {
        throw new SplError(
          'SPL316',
          `return: expected a field, found "${alias.name}", whose values would be search text.`,
          alias.span,
          `Return the field: return ${alias.name.slice(1)}`,
        );
      }
      const field = input.context.optionalOperator('arguments', '=') === undefined ? alias : input.expectPlainField();
      fields.push({ span: { start: alias.span.start, end: field.span.end }, field, alias });
    }
    if (fields.length === 0) throw input.missing('a field to return', 'Example: return 10 user');
    return { kind: 'ReturnCommand', span: input.span, name: input.command, count, fields };
  },

  demand: (command) => returnDemand(command),

  lower(command) {
    throw new SplError(
      'SPL316',
      'return: expected at the end of a subsearch in a search expression, found elsewhere.',
      command.span,
      'To keep fields, write fields or table.',
    );
  },
};

/** The fields, in the order of the rows. */
export function returnDemand(command: ReturnCommand) {
  return only(
    command.fields.map(({ field }) => field.name),
    true,
  );
}

/** The first rows, with the fields under their new names. */
export function returnedRows(command: ReturnCommand, input: Relation, scope: CommandScope): Relation {
  const fields = new Map<string, Field>();
  const seen = new Set<string>();
  for (const { field, alias } of command.fields) {
    if (seen.has(alias.name)) throw twice(alias);
    seen.add(alias.name);
    scope.read(input, field);
    const found = input.fields.get(field.name);
    if (found !== undefined) fields.set(alias.name, found);
  }
  return { ...firstRows(input, command.count, scope.label()), fields };
}

function twice(alias: FieldName): SplError {
  return new SplError('SPL312', `return: expected each name once, found "${alias.name}" twice.`, alias.span);
}
