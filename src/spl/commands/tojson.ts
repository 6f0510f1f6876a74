/**
 * tojson: each row as the text of a JSON object.
 *
 *   tojson [<field> | auto|bool|json|none|num|str(<field-list>)] … [default_type=<datatype>] [fill_null=<bool>]
 *          [include_internal=<bool>] [output_field=<field>]                            _raw by default
 *
 * Keys stand in the order of their names; absent fields have none; several values make an array. A value that does not fit its datatype is left
 * out, or null with fill_null. Names that begin with _ count where they are listed, and for wildcards with include_internal.
 */
import type { Arguments } from '../arguments.ts';
import type { JsonDatatype, JsonTyped, TojsonCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, without } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { binary, call, type Expression, isNotNull, lambda, list, number, text, when } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { datatypeOf, JSON_DATATYPES } from '../json-datatype.ts';
import { fieldValue, type Relation } from '../relation.ts';
import { nonEmpty, textValue, type Value } from '../value.ts';
import { hasWildcard, matchWildcard } from '../wildcard.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['default_type', 'fill_null', 'include_internal', 'output_field'];

export const tojson: CommandSpec<TojsonCommand> = {
  kind: 'TojsonCommand',
  names: ['tojson'],

  parse(input) {
    let defaultType: JsonDatatype = 'none';
    let fillNull = false;
    let includeInternal = false;
    let output: TojsonCommand['output'] = { kind: 'FieldName', span: input.commandSpan, name: '_raw' };
    const listed: (JsonTyped | Pick<JsonTyped, 'field'>)[] = [];
    while (!input.isEnd()) {
      const option = input.optionalOption(OPTIONS);
      if (option === undefined) {
        if (listed.length > 0) input.skipComma();
        listed.push(...parseFields(input));
      } else if (option.name === 'fill_null') fillNull = input.boolean(option);
      else if (option.name === 'include_internal') includeInternal = input.boolean(option);
      else if (option.name === 'output_field') {
        output = { kind: 'FieldName', span: option.value, name: option.value.text };
      } else {
        const datatype = datatypeNamed(option.value.text);
        if (datatype === undefined) throw input.misfit(option, JSON_DATATYPES.join(', '));
        defaultType = datatype;
      }
    }
    const fields = listed.map((item): JsonTyped => ({ datatype: defaultType, ...item }));
    return {
      kind: 'TojsonCommand',
      span: input.span,
      name: input.command,
      fields,
      defaultType,
      fillNull,
      includeInternal,
      output,
    };
  },

  demand(command, demand) {
    const { fields, name, span } = command;
    const rest = need(
      without(demand, [command.output.name]),
      namesOf(fields.map(({ field }) => field)).filter(isPlain),
    );
    return fields.length > 0 && fields.every(({ field }) => isPlain(field.name))
      ? rest
      : { ...rest, all: true, closed: rest.closed ?? { name, span } };
  },

  lower(command, input, scope) {
    const object = objectOf(command, input, scope);
    return scope.extend(input, [
      { name: command.output.name, value: textValue(object), kind: 'text', certain: 'rows' },
    ]);
  },
};

/** One name, or the names in the brackets of a datatype. */
function parseFields(input: Arguments): readonly (JsonTyped | Pick<JsonTyped, 'field'>)[] {
  const first = input.expectField();
  if (!input.context.isOperator('arguments', '(')) return [{ field: first }];
  const datatype = datatypeNamed(first.name);
  if (datatype === undefined) {
    throw new SplError(
      'SPL205',
      `${input.command}: expected one of ${JSON_DATATYPES.join(', ')} before "(", found "${first.name}".`,
      first.span,
    );
  }
  input.context.next('arguments');
  const typed: JsonTyped[] = [];
  while (!input.context.isOperator('arguments', ')')) {
    if (typed.length > 0) input.skipComma();
    typed.push({ field: input.expectField(), datatype });
  }
  input.context.next('arguments');
  if (typed.length === 0) throw input.missing(`the fields of ${datatype}()`);
  return typed;
}

function datatypeNamed(name: string): JsonDatatype | undefined {
  return JSON_DATATYPES.find((datatype) => datatype === name.toLowerCase());
}

function isPlain(name: string): boolean {
  return !hasWildcard(name);
}

function objectOf(command: TojsonCommand, input: Relation, scope: CommandScope): Expression {
  const chosen = chosenFields(command, input);
  const pairs = [...chosen]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, { field, datatype }]) => {
      const value = input.fields.get(name) === undefined ? scope.read(input, field) : fieldOf(input, name);
      if (value.kind === 'null') return [];
      return [binary('||', text(`${JSON.stringify(name)}:`), jsonOf(value, datatype, command.fillNull))];
    });
  if (pairs.length === 0) return text('{}');
  const present = call(
    'list_filter',
    list(pairs),
    lambda('kept_', (pair) => isNotNull(pair)),
  );
  return binary('||', binary('||', text('{'), call('array_to_string', present, text(','))), text('}'));
}

function fieldOf(input: Relation, name: string): Value {
  const field = input.fields.get(name);
  if (field === undefined) throw new Error(`tojson: expected the field "${name}" to be there.`);
  return fieldValue(field);
}

/** By name, with the datatype that was asked for. Throws SplError where two were. */
function chosenFields(command: TojsonCommand, input: Relation): ReadonlyMap<string, JsonTyped> {
  const everything = { kind: 'FieldName', span: command.span, name: '*' } as const;
  const listed = command.fields.length > 0 ? command.fields : [{ field: everything, datatype: command.defaultType }];
  const chosen = new Map<string, JsonTyped>();
  for (const typed of listed) {
    const { name, span } = typed.field;
    const names = isPlain(name) ? [name] : [...input.fields.keys()].filter((known) => isCovered(known, name, command));
    for (const known of names) {
      const before = chosen.get(known);
      if (before !== undefined && before.datatype !== typed.datatype) {
        throw new SplError(
          'SPL316',
          `tojson: expected one datatype of "${known}", found ${before.datatype} and ${typed.datatype}.`,
          span,
          'Which of the two holds Splunk does not say.',
        );
      }
      chosen.set(known, typed);
    }
  }
  return chosen;
}

function isCovered(name: string, pattern: string, { includeInternal }: TojsonCommand): boolean {
  return (includeInternal || !name.startsWith('_')) && matchWildcard(pattern, name) !== undefined;
}

/** Null where the value is absent or does not fit. */
function jsonOf(value: Value, datatype: JsonDatatype, fillNull: boolean): Expression {
  const one = (member: Value): Expression => {
    const made = datatypeOf(member, datatype);
    return fillNull ? when(isNotNull(member.expression), call('coalesce', made, text('null'))) : made;
  };
  if (value.kind !== 'list') return one(value);
  const members = call(
    'list_transform',
    value.expression,
    lambda('member_', (member) => one(textValue(member))),
  );
  const kept = nonEmpty(
    call(
      'list_filter',
      members,
      lambda('kept_', (member) => isNotNull(member)),
    ),
  );
  const several = binary('||', binary('||', text('['), call('array_to_string', kept, text(','))), text(']'));
  return when(binary('>', call('len', value.expression), number(1)), several, {
    op: 'index',
    operand: members,
    index: number(1),
  });
}
