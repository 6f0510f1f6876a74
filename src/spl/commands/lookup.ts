/**
 * lookup: adds the columns of a table's rows whose key columns match the event's fields.
 *
 *   lookup [local=<bool>] [update=<bool>] <name> <column> [AS <field>] …
 *          [(OUTPUT | OUTPUTNEW) <column> [AS <field>] …]
 *
 * Without OUTPUT every column but the keys is added. An event that lacks a key is left as it is. Where no row matches, the outputs
 * are cleared, unless the lookup has a default; OUTPUTNEW writes only what the event lacks. Several rows give several values, in
 * the order of the file; several values of a key are looked up one after the other. Each distinct key is looked up once.
 */

import type { Arguments } from '../arguments.ts';
import type { FieldName, LookupCommand, LookupPair } from '../ast.ts';
import { beside } from '../beside.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, wants } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { call, type Expression, when } from '../expression.ts';
import { LookupSearch } from '../lookup-search.ts';
import { findColumn, findLookup, type LookupTable } from '../lookup-table.ts';
import type { Column } from '../plan.ts';
import type { Field, Relation } from '../relation.ts';
import { replaceColumn } from '../replace-column.ts';
import { ABSENT, asKind, commonKind, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

export const lookup: CommandSpec<LookupCommand> = {
  kind: 'LookupCommand',
  names: ['lookup'],

  parse(input) {
    // Where and how often Splunk reads the table: here it is the one that was read at the start.
    for (;;) {
      const option = input.optionalOption(['local', 'update'], ['event_time_field']);
      if (option === undefined) break;
      input.boolean(option);
    }
    const table = input.expectString("a lookup's name");
    const keys = pairs(input, 'a column of the lookup to match by');
    const mode = input.optionalWord('outputnew') ? 'new' : 'overwrite';
    const hasOutputs = mode === 'new' || input.optionalWord('output') !== undefined;
    const outputs = hasOutputs ? pairs(input, 'a column of the lookup to add') : undefined;
    return { kind: 'LookupCommand', span: input.span, name: input.command, table, keys, mode, outputs };
  },

  demand(command, demand) {
    const keys = command.keys.map(({ field }) => field.name);
    // Which columns there are is not known yet: what is asked for may be one of them or a field of the input.
    if (command.outputs === undefined) return need(demand, keys);
    const outputs = command.outputs.map(({ field }) => field.name).filter((name) => wants(demand, name));
    if (outputs.length === 0) return demand;
    // An event without the key keeps what stood in the fields before.
    const kept = need(demand, outputs, 'kept');
    const names = new Map(
      [...kept.names].map(([name, strength]) => [name, outputs.includes(name) ? 'kept' : strength] as const),
    );
    const strength = command.mode === 'new' ? 'needed' : 'kept';
    return need(need({ ...kept, names }, outputs, strength), keys);
  },

  lower(command, input, scope) {
    const table = findLookup(command.name, command.table, scope.settings.lookups);
    for (const { column: key } of command.keys) findColumn(command.name, key, command.table, table);
    const outputs = outputsOf(command, table).filter(({ field }) => scope.wants(field.name));
    const keys = command.keys.map((pair) => ({ pair, value: scope.read(input, pair.field) }));
    if (outputs.length === 0 || keys.some(({ value }) => value.kind === 'null')) return input;
    const several = keys.filter(({ value }) => value.kind === 'list');
    if (several[1] !== undefined) {
      throw new SplError(
        'SPL315',
        `${command.name}: expected at most one key that may hold several values, found "${several[1].pair.field.name}" beside "${several[0]?.pair.field.name}".`,
        several[1].pair.field.span,
        'mvexpand makes a row of each value.',
      );
    }
    return addColumns(input, new LookupSearch(input, table, keys, outputs, scope), command.mode, outputs, scope);
  },
};

/** `column [AS field]`, up to OUTPUT or the end; at least one. */
function pairs(input: Arguments, expected: string): readonly LookupPair[] {
  const found: LookupPair[] = [];
  for (;;) {
    if (found.length > 0) input.skipComma();
    if (found.length > 0 && (input.isEnd() || input.isWord('output') || input.isWord('outputnew'))) return found;
    if (input.isEnd() || input.isWord('output') || input.isWord('outputnew')) throw input.missing(expected);
    const from = input.expectPlainField();
    const to = input.optionalWord('as') === undefined ? from : input.expectPlainField();
    found.push({ span: { start: from.span.start, end: to.span.end }, column: from, field: to });
  }
}

function outputsOf(command: LookupCommand, table: LookupTable): readonly LookupPair[] {
  const { outputs, keys } = command;
  if (outputs === undefined) {
    const isKey = (name: string) => keys.some(({ column: key }) => key.name === name);
    return table.columns
      .filter((name) => !isKey(name))
      .map((name) => {
        const field: FieldName = { kind: 'FieldName', span: command.span, name };
        return { span: command.span, column: field, field };
      });
  }
  for (const [index, { column: output, field }] of outputs.entries()) {
    findColumn(command.name, output, command.table, table);
    if (outputs.findIndex((other) => other.field.name === field.name) === index) continue;
    throw new SplError(
      'SPL312',
      `${command.name}: expected each output once, found "${field.name}" twice.`,
      field.span,
    );
  }
  return outputs;
}

/** The input with the outputs beside or in place of its fields. */
function addColumns(
  input: Relation,
  search: LookupSearch,
  mode: LookupCommand['mode'],
  outputs: readonly LookupPair[],
  scope: CommandScope,
): Relation {
  const passed = scope.passThrough(input);
  const columns: Column[] = passed.columns.map(({ name, expression }) => ({
    name,
    expression: beside(expression, input.node),
  }));
  const { fields, order } = passed;
  for (const [index, { field }] of outputs.filter((pair) => scope.wants(pair.field.name)).entries()) {
    const found = search.valueAt(index);
    const before = fields.get(field.name);
    const current = columns.find(({ name }) => name === before?.column)?.expression;
    const earlier = before === undefined || current === undefined ? ABSENT : currentValue(current, before);
    const kind = commonKind([found, earlier]);
    const expression =
      earlier.kind === 'null'
        ? asKind(found, kind)
        : mode === 'new'
          ? call('coalesce', asKind(earlier, kind), asKind(found, kind))
          : when(search.hasKeys, asKind(found, kind), asKind(earlier, kind));
    const taken = replaceColumn(before?.column, { name: field.name, expression }, columns, passed);
    fields.set(field.name, {
      column: taken,
      kind,
      whole: false,
      certain: mode === 'new' && (before?.certain ?? false),
    });
  }
  return {
    ...input,
    node: { kind: 'Join', label: scope.label(), left: input.node, right: search.found, on: search.on, columns },
    fields,
    order,
  };
}

function currentValue(expression: Expression, field: Field): Value {
  return field.kind === 'number'
    ? { kind: 'number', expression, whole: field.whole }
    : { kind: field.kind, expression };
}
