/**
 * fromjson: the keys of the JSON object in a field, as fields.
 *
 *   fromjson <field> [prefix=<text>]
 *
 * Only the keys of the object itself, each as one name, whatever dots it has. An array gives its members as several values, an object
 * within gives its JSON text; null and empty arrays give nothing. What is found takes the place of what a field held, and where
 * nothing is found that stays. Which keys there are only the data know: every field of the result so far, and every name that the
 * rest of the search asks for, is looked for. Names that begin with _ are left alone.
 */
import type { FromjsonCommand } from '../ast.ts';
import { need, refuseClosed } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { call, type Expression, lambda, text } from '../expression.ts';
import { printKeyStep } from '../json-path.ts';
import { fieldValue, type Output, type Relation } from '../relation.ts';
import { asList, asText, listValue, nonEmpty, type Value } from '../value.ts';
import { hasWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

export const fromjson: CommandSpec<FromjsonCommand> = {
  kind: 'FromjsonCommand',
  names: ['fromjson'],

  parse(input) {
    let field: FromjsonCommand['field'] | undefined;
    let prefix = '';
    while (!input.isEnd()) {
      const option = input.optionalOption(['prefix']);
      if (option !== undefined) prefix = option.value.text;
      else if (field === undefined) field = input.expectPlainField();
      else throw input.context.unexpected(input.command, 'one field', input.context.peek('arguments'));
    }
    if (field === undefined) throw input.missing('a field that holds JSON', 'Example: fromjson object');
    return { kind: 'FromjsonCommand', span: input.span, name: input.command, field, prefix };
  },

  demand: (command, demand) => need(demand, [command.field.name]),

  lower(command, input, scope) {
    refuseClosed(scope.demand, 'fromjson, which finds whatever keys the object has');
    const source = scope.read(input, command.field);
    if (source.kind === 'null') return input;
    const wanted = new Set([...scope.demand.names.keys(), ...(scope.demand.all ? input.fields.keys() : [])]);
    const keys = [...wanted].filter((name) => isMade(name, command.prefix));
    const made = scope.extend(
      input,
      keys.map((name) => keyOutput(name, command, source, input)),
    );
    return { ...made, ofEvents: true };
  },
};

/** An empty key has no path in DuckDB. */
function isMade(name: string, prefix: string): boolean {
  return !name.startsWith('_') && name.startsWith(prefix) && name.length > prefix.length;
}

function keyOutput(name: string, command: FromjsonCommand, source: Value, input: Relation): Output {
  if (hasWildcard(name)) {
    throw new SplError('SPL310', `fromjson: expected names, found the wildcard "${name}".`, command.span);
  }
  const path = text(`$${printKeyStep(name.slice(command.prefix.length))}`);
  const valuesIn = (document: Expression): Expression => call('spl_json_values_at', document, path);
  const found =
    source.kind === 'list'
      ? nonEmpty(call('flatten', call('list_transform', source.expression, lambda('member_', valuesIn))))
      : valuesIn(asText(source));
  const before = input.fields.get(name);
  if (before === undefined) return { name, value: listValue(found), kind: 'list', certain: false };
  const expression = call('coalesce', found, asList(fieldValue(before)));
  return { name, value: listValue(expression), kind: 'list', certain: before.certain };
}
