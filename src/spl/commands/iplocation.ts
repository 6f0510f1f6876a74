/**
 * iplocation: adds City, Country, Region, lat and lon of an address.
 *
 *   iplocation [prefix=<text>] <field>
 *
 * An address with no location adds nothing. A part that a found record lacks is the empty string. Of several addresses every
 * located one is taken, in order. Each distinct address is looked up once.
 *
 * Not supported: allfields, lang, and the second database that they need.
 */
import type { IplocationCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, wants } from '../demand.ts';
import { binary, call, column, type Expression, isNotNull, lambda, type SortTerm, text, when } from '../expression.ts';
import type { Column, PlanNode } from '../plan.ts';
import type { Field, Relation } from '../relation.ts';
import { replaceColumn } from '../replace-column.ts';
import { ABSENT, asKind, asText, commonKind, listValue, numberValue, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const TEXT_PARTS = ['City', 'Country', 'Region'] as const;
const NUMBER_PARTS = ['lat', 'lon'] as const;
const PARTS: readonly string[] = [...TEXT_PARTS, ...NUMBER_PARTS];

export const iplocation: CommandSpec<IplocationCommand> = {
  kind: 'IplocationCommand',
  names: ['iplocation'],

  parse(input) {
    let prefix = '';
    for (;;) {
      const option = input.optionalOption(['prefix'], ['allfields', 'lang']);
      if (option === undefined) break;
      prefix = option.value.text;
    }
    const field = input.expectPlainField();
    return { kind: 'IplocationCommand', span: input.span, name: input.command, field, prefix };
  },

  demand(command, demand) {
    const outputs = PARTS.map((part) => `${command.prefix}${part}`).filter((name) => wants(demand, name));
    // Where an address has no location, what stood in the fields before stays.
    const kept = need(demand, outputs, 'kept');
    const names = new Map(
      [...kept.names].map(([name, strength]) => [name, outputs.includes(name) ? 'kept' : strength] as const),
    );
    return outputs.length === 0 ? demand : need({ ...kept, names }, [command.field.name]);
  },

  lower(command, input, scope) {
    const parts = PARTS.filter((part) => scope.wants(`${command.prefix}${part}`));
    const source = scope.read(input, command.field);
    if (parts.length === 0 || source.kind === 'null') return input;
    const isList = source.kind === 'list';
    const located = isList
      ? locateLists(input.node, source.expression, scope)
      : locateAddresses(input.node, asText(source), scope);
    const location = column(LOCATION, located.label);
    const { columns, passed } = besideInput(input, scope);
    const { fields, order } = passed;
    for (const part of parts) {
      const name = `${command.prefix}${part}`;
      const before = fields.get(name);
      const found = isList ? listValue(partOfEach(location, part)) : partOf(location, part);
      const current = columns.find((item) => item.name === before?.column)?.expression;
      const earlier = before === undefined || current === undefined ? ABSENT : valueOfExpression(current, before);
      const kind = commonKind([found, earlier]);
      const made =
        earlier.kind === 'null' ? asKind(found, kind) : call('coalesce', asKind(found, kind), asKind(earlier, kind));
      const taken = replaceColumn(before?.column, { name, expression: made }, columns, passed);
      fields.set(name, { column: taken, kind, whole: false, certain: false });
    }
    const on = binary(
      '=',
      column(KEY, located.label),
      qualified(isList ? source.expression : asText(source), input.node.label),
    );
    return {
      ...input,
      node: { kind: 'Join', label: scope.label(), left: input.node, right: located, on, columns },
      fields,
      order,
    };
  },
};

const KEY = 'address';
const LOCATION = 'location';

/** Each distinct address with its location. */
function locateAddresses(input: PlanNode, address: Expression, scope: CommandScope): PlanNode {
  return {
    kind: 'Aggregate',
    label: scope.label('addresses'),
    input,
    predicates: [isNotNull(address)],
    keys: [{ name: KEY, expression: address }],
    aggregates: [{ name: LOCATION, expression: call('spl_iplocation', address) }],
  };
}

/** Each distinct list of addresses with the locations of its members, in order. */
function locateLists(input: PlanNode, addresses: Expression, scope: CommandScope): PlanNode {
  const distinct: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('lists'),
    input,
    predicates: [isNotNull(addresses)],
    keys: [{ name: KEY, expression: addresses }],
    aggregates: [],
  };
  const members: PlanNode = {
    kind: 'Unnest',
    label: scope.label('members'),
    input: distinct,
    columns: [{ name: KEY, expression: column(KEY) }],
    list: column(KEY),
    as: 'member',
    ordinal: 'position',
  };
  const locations = locateAddresses(members, column('member'), scope);
  const beside: PlanNode = {
    kind: 'Join',
    label: scope.label('located'),
    left: members,
    right: locations,
    on: binary('=', column(KEY, locations.label), column('member', members.label)),
    columns: [
      { name: KEY, expression: column(KEY, members.label) },
      { name: 'position', expression: column('position', members.label) },
      { name: LOCATION, expression: column(LOCATION, locations.label) },
    ],
  };
  const byPosition: SortTerm = { expression: column('position'), descending: false };
  return {
    kind: 'Aggregate',
    label: scope.label('found'),
    input: beside,
    predicates: [isNotNull(column(LOCATION))],
    keys: [{ name: KEY, expression: column(KEY) }],
    aggregates: [
      {
        name: LOCATION,
        expression: { op: 'aggregate', call: { name: 'list', arguments: [column(LOCATION)], orderBy: [byPosition] } },
      },
    ],
  };
}

/** The input's columns, named as its own, for a join. */
function besideInput(
  input: Relation,
  scope: CommandScope,
): { columns: Column[]; passed: ReturnType<CommandScope['passThrough']> } {
  const passed = scope.passThrough(input);
  const columns = passed.columns.map(({ name, expression }) => ({
    name,
    expression: qualified(expression, input.node.label),
  }));
  return { columns, passed };
}

function qualified(expression: Expression, label: string): Expression {
  return expression.op === 'column' ? { ...expression, table: label } : expression;
}

function valueOfExpression(expression: Expression, field: Field): Value {
  return field.kind === 'number'
    ? { kind: 'number', expression, whole: field.whole }
    : { kind: field.kind, expression };
}

function partOf(location: Expression, part: string): Value {
  const member: Expression = { op: 'member', operand: location, name: part };
  return NUMBER_PARTS.some((number) => number === part)
    ? numberValue(member)
    : textValue(when(isNotNull(location), call('coalesce', member, text(''))));
}

function partOfEach(locations: Expression, part: string): Expression {
  return call(
    'list_transform',
    locations,
    lambda('location_', (location) => {
      const member: Expression = { op: 'member', operand: location, name: part };
      const written = NUMBER_PARTS.some((number) => number === part) ? call('spl_number_text', member) : member;
      return call('coalesce', written, text(''));
    }),
  );
}
