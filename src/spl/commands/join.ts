/**
 * join: puts beside each row the first row of another search that has the same values in some fields.
 *
 *   join [type=inner|left|outer] [overwrite=<bool>] [max=<int>] [<field-list>] [ search … ]
 *
 * Values are compared as text, with regard to case; a row that lacks one of the fields matches nothing. `inner` drops rows without a
 * match. A field of both is that of the matching row, unless it lacks the field; with `overwrite=f` it stays as it was. Of several matching
 * rows the first `max` (1; 0 is all) give a row each. Without a list the fields are those that both results have.
 *
 * Not supported: left and right with WHERE, usetime, earlier, fields that may hold several values, a subsearch that ends in events
 * (`_time` and `_raw` would replace those of the row), without a list also rows that are events.
 */
import type { FieldName, JoinCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { EVERYTHING, need, withOrder } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import { and, binary, call, column, type Expression, FALSE, isNotNull, number } from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { type Column, columnsOf, type PlanNode } from '../plan.ts';
import { type Certainty, ColumnNames, type Field, fieldValue, type Relation } from '../relation.ts';
import { replaceColumn } from '../replace-column.ts';
import { singleValue } from '../single-value.ts';
import { asKind, asText, commonKind, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const UNSUPPORTED = ['usetime', 'earlier', 'left', 'right'];

export const join: CommandSpec<JoinCommand> = {
  kind: 'JoinCommand',
  names: ['join'],

  parse(input) {
    let keepUnmatched = false;
    let overwrite = true;
    let max = 1;
    const fields: FieldName[] = [];
    while (!input.isEnd() && !input.context.isOperator('arguments', '[')) {
      const option = input.optionalOption(['type', 'overwrite', 'max'], UNSUPPORTED);
      if (option === undefined) {
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectPlainField());
      } else if (option.name === 'overwrite') overwrite = input.boolean(option);
      else if (option.name === 'max') max = input.integer(option, 0);
      else {
        const type = option.value.text.toLowerCase();
        if (!['inner', 'left', 'outer'].includes(type)) throw input.misfit(option, 'inner, left or outer');
        keepUnmatched = type !== 'inner';
      }
    }
    const search = input.context.subsearch(input.command, 'search');
    return {
      kind: 'JoinCommand',
      span: input.span,
      name: input.command,
      keepUnmatched,
      overwrite,
      max,
      fields,
      search,
    };
  },

  demand(command, demand) {
    const { fields, name, span } = command;
    const rest = need(demand, namesOf(fields));
    // Which fields both have is known only where all are.
    return fields.length > 0 ? rest : { ...rest, all: true, closed: rest.closed ?? { name, span } };
  },

  lower(command, input, scope) {
    const { closed } = join.demand(command, scope.demand);
    const wanted = withOrder(
      command.fields.length > 0
        ? need(scope.demand, namesOf(command.fields))
        : { ...EVERYTHING, ...(closed === undefined ? {} : { closed }) },
    );
    const other = scope.subsearches.search(command.search, wanted, scope.label());
    if (other.ofEvents) {
      throw new SplError(
        'SPL316',
        'join: expected a subsearch that ends with stats, table or the like, found one that yields events.',
        command.search.span,
        'Their _time and _raw would replace those of the rows.',
      );
    }
    const keys = command.fields.length > 0 ? command.fields : sharedFields(command, input, other);
    const keyOf = (field: FieldName, relation: Relation): Value => singleValue('join', field, relation, scope);
    const pairs = keys.map((field) => [keyOf(field, input), keyOf(field, other)] as const);
    const matching = matchingRows(
      other,
      pairs.map(([, key]) => key),
      command.max,
      scope,
    );
    const on = pairs.map(([own, theirs]) => {
      if (own.kind === 'null' || theirs.kind === 'null') return FALSE;
      return binary('=', asText(beside(own, input.node.label)), asText(beside(theirs, matching.node.label)));
    });
    const partner = { relation: { ...other, node: matching.node }, place: matching.place, keys: namesOf(keys) };
    return joined(command, input, partner, and(on), scope);
  },
};

/** Throws SplError where there are none, or where the events' own are among them: whether those count Splunk does not say. */
function sharedFields({ span }: JoinCommand, input: Relation, other: Relation): readonly FieldName[] {
  const names = [...other.fields.keys()].filter((name) => input.fields.has(name));
  const internal = names.find((name) => name.startsWith('_'));
  if (internal !== undefined || names.length === 0) {
    const found = internal === undefined ? 'none that both results have' : `"${internal}" in both results`;
    throw new SplError(
      'SPL316',
      `join: expected fields to join by, found ${found}.`,
      span,
      'Example: join user [search … | table user …]',
    );
  }
  return names.map((name) => ({ kind: 'FieldName', span, name }));
}

/** The first rows of each combination of keys, all of them for 0; their places count from 1. */
function matchingRows(other: Relation, keys: readonly Value[], most: number, scope: CommandScope) {
  const names = new ColumnNames();
  for (const name of columnsOf(other.node)) names.take(name);
  const place = names.take('place');
  const ranked: PlanNode = {
    kind: 'Rank',
    label: scope.label('places'),
    input: other.node,
    call: { name: 'row_number', arguments: [] },
    partitionBy: keys.map((key) => asText(key)),
    orderBy: other.order,
    as: place,
  };
  if (most === 0) return { node: ranked, place };
  const node: PlanNode = {
    kind: 'Filter',
    label: scope.label('first'),
    input: ranked,
    predicates: [binary(most === 1 ? '=' : '<=', column(place), number(most))],
  };
  return { node, place };
}

/** The rows beside which the others are put. */
interface Partner {
  readonly relation: Relation;
  /** The column that numbers the rows of one combination of keys. */
  readonly place: string;
  readonly keys: readonly string[];
}

function joined(
  command: JoinCommand,
  input: Relation,
  { relation: other, place, keys }: Partner,
  on: Expression,
  scope: CommandScope,
): Relation {
  const passed = scope.passThrough(input);
  const columns: Column[] = passed.columns.map(({ name, expression }) => ({
    name,
    expression: expression.op === 'column' ? column(expression.name, input.node.label) : expression,
  }));
  const fields = new Map<string, Field>(passed.fields);
  for (const [name, field] of other.fields) {
    if (!scope.wants(name) || keys.includes(name)) continue;
    const theirs = beside(fieldValue(field), other.node.label);
    const before = input.fields.get(name);
    const own = before === undefined ? [] : [beside(fieldValue(before), input.node.label)];
    const values = command.overwrite ? [theirs, ...own] : [...own, theirs];
    const kind = commonKind(values);
    const sides = values.map((value) => asKind(value, kind));
    const expression = sides.length > 1 ? call('coalesce', ...sides) : asKind(theirs, kind);
    const taken = replaceColumn(fields.get(name)?.column, { name, expression }, columns, passed);
    const whole = field.whole && (before === undefined || before.whole);
    fields.set(name, { column: taken, kind, whole, certain: certaintyAfter(command, field, before) });
  }
  const matched = passed.names.take('matched');
  if (!command.keepUnmatched) columns.push({ name: matched, expression: column(place, other.node.label) });
  const order = [...passed.order];
  if (command.max !== 1 && scope.demand.order) {
    const name = passed.names.take('_order');
    columns.push({ name, expression: column(place, other.node.label) });
    order.push({ expression: column(name), descending: false });
  }
  // A SELECT needs a column.
  if (columns.length === 0) columns.push({ name: matched, expression: number(1) });
  const node: PlanNode = {
    kind: 'Join',
    label: command.keepUnmatched ? scope.label() : scope.label('matches'),
    left: input.node,
    right: other.node,
    on,
    columns,
  };
  const relation: Relation = { ...input, node, fields, order };
  return command.keepUnmatched ? relation : scope.filter(relation, [isNotNull(column(matched))]);
}

/** A row without a match has nothing of the other search, whatever its rows have. */
function certaintyAfter({ keepUnmatched }: JoinCommand, field: Field, before: Field | undefined): Certainty {
  const theirs = keepUnmatched && field.certain === 'rows' ? false : field.certain;
  if (theirs === 'rows' || before?.certain === 'rows') return 'rows';
  return theirs || (before?.certain ?? false);
}

/** The value of a column of one of the two sides. */
function beside(value: Value, label: string): Value {
  return value.expression.op === 'column' ? { ...value, expression: column(value.expression.name, label) } : value;
}
