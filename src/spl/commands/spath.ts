/**
 * spath: fields out of a JSON text.
 *
 *   spath [input=<field>] [output=<field>] [path=<path> | <path>]
 *
 * With a path, one value: an object or array gives its JSON text, and where the path leads nowhere the output stays as it was.
 * Without a path, everything: every field of the result so far, and every name that the rest of the search asks for, is looked for
 * in the text too and put behind what the field already holds. Names that begin with _ are left alone.
 */
import type { SpathCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, refuseClosed, wants } from '../demand.ts';
import { call, column, type Expression, number } from '../expression.ts';
import { fieldOf, valueAt } from '../json-path.ts';
import type { Output, Relation } from '../relation.ts';
import { fieldValue } from '../relation.ts';
import { asKind, asList, asText, commonKind, listValue, nonEmpty, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

/** Splunk's extraction_cutoff, in characters; followed only where strict is asked for: padding would evade a detection. */
const SPLUNK_CUTOFF = 5_000;

export const spath: CommandSpec<SpathCommand> = {
  kind: 'SpathCommand',
  names: ['spath'],

  parse(input) {
    let source: SpathCommand['input'] = { kind: 'FieldName', span: input.commandSpan, name: '_raw' };
    let output: SpathCommand['output'];
    let path: SpathCommand['path'];
    while (!input.isEnd()) {
      const option = input.optionalOption(['input', 'output', 'path']);
      if (option === undefined) {
        if (path !== undefined) throw input.context.unexpected('spath', 'one path', input.context.peek('arguments'));
        path = input.expectString('a path');
        continue;
      }
      const field = { kind: 'FieldName', span: option.value, name: option.value.text } as const;
      if (option.name === 'input') source = field;
      else if (option.name === 'output') output = field;
      else path = { kind: 'StringLiteral', span: option.value, value: option.value.text };
    }
    if (output !== undefined && path === undefined) throw input.missing('a path for the output');
    return { kind: 'SpathCommand', span: input.span, name: input.command, input: source, output, path };
  },

  demand(command, demand) {
    if (command.path === undefined) return need(demand, [command.input.name]);
    const output = command.output?.name ?? command.path.value;
    // The output stays where the path leads nowhere.
    return wants(demand, output) ? need(demand, [command.input.name, output]) : demand;
  },

  lower(command, input, scope) {
    if (command.path === undefined) refuseClosed(scope.demand, 'spath, which finds whatever fields the text has');
    const source = scope.read(input, command.input);
    if (source.kind === 'null') return input;
    return command.path === undefined
      ? extractAll(command, source, input, scope)
      : scope.extend(input, [extractOne(command, command.path.value, asText(source), input, scope)]);
  },
};

function extractOne(
  command: SpathCommand,
  path: string,
  document: Expression,
  input: Relation,
  scope: CommandScope,
): Output {
  const name = command.output?.name ?? path;
  const found = valueAt(document, path, command.path?.span ?? command.span, scope.settings.limits);
  const before = input.fields.get(name);
  if (before === undefined) return { name, value: found, kind: commonKind([found]), certain: false };
  const kind = commonKind([found, fieldValue(before)]);
  const expression = call('coalesce', asKind(found, kind), asKind(fieldValue(before), kind));
  return { name, value: { kind, expression }, kind, certain: before.certain };
}

function extractAll(command: SpathCommand, source: Value, input: Relation, scope: CommandScope): Relation {
  const wanted = new Set([...scope.demand.names.keys(), ...(scope.demand.all ? input.fields.keys() : [])]);
  const names = [...wanted].filter((name) => !name.startsWith('_'));
  if (names.length === 0) return { ...input, ofEvents: true };
  const seen = scope.settings.strict ? call('spl_json_start', asText(source), number(SPLUNK_CUTOFF)) : asText(source);
  const { document, relation } =
    source.kind === 'list' || scope.settings.strict
      ? inColumn(seen, input, scope)
      : { document: seen, relation: input };
  const outputs = names.map((name) =>
    appended(name, fieldOf(document, name, command.span, scope.settings.limits), relation),
  );
  return { ...scope.extend(relation, outputs), ofEvents: true };
}

/** The text in a column of its own, so that it is not worked out again for every field. */
function inColumn(document: Expression, input: Relation, scope: CommandScope) {
  const passed = scope.passThrough(input);
  const name = passed.names.take('document');
  const columns = [...passed.columns, { name, expression: document }];
  const node = { kind: 'Project', label: scope.label('text'), input: input.node, columns } as const;
  return { document: column(name), relation: { ...input, node, fields: passed.fields, order: passed.order } };
}

/** Behind what the field already holds: both values, where both are there. */
function appended(name: string, found: Value, input: Relation): Output {
  const before = input.fields.get(name);
  if (before === undefined) return { name, value: found, kind: commonKind([found]), certain: false };
  const both = call('list_concat', asList(fieldValue(before)), asList(found));
  return { name, value: listValue(nonEmpty(both)), kind: 'list', certain: before.certain };
}
