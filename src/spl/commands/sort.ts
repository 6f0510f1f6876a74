/**
 * sort: orders the rows; without a number the first 10,000 remain, with 0 all.
 *
 *   sort [<int>] [limit=<int>] [+|-]<field> … [a|asc|d|desc]      auto(), str(), num(), ip() say how to compare
 *
 * A sign holds for its field, with a blank behind it for all that follow. By default numbers are compared as numbers, IPv4 addresses as addresses, all else as
 * text; numbers come before addresses, those before text, rows without the field last. Several values are one text, a line for each.
 * Rows that compare equal keep their order.
 * `d` or `desc` at the end turns the direction of every field round, `a` or `asc` leaves it.
 */
import type { SortCommand, SortKey } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { need, withOrder } from '../demand.ts';
import {
  and,
  binary,
  call,
  column,
  type Expression,
  isNull,
  number,
  type SortTerm,
  text,
  when,
} from '../expression.ts';
import { columnsOf, type PlanNode } from '../plan.ts';
import { ColumnNames, type Relation } from '../relation.ts';
import { asNumber, asText, textValue, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const DEFAULT_LIMIT = 10_000;

export const sort: CommandSpec<SortCommand> = {
  kind: 'SortCommand',
  names: ['sort'],

  parse(input) {
    let limit = DEFAULT_LIMIT;
    const token = input.context.peek('arguments');
    if (token.kind === 'word' && /^\d+$/.test(token.text)) {
      limit = input.integerToken(input.context.next('arguments'), 0, 'limit');
    }
    const option = input.optionalOption(['limit']);
    if (option !== undefined) limit = input.integer(option, 0);
    let keys = input.sortKeys();
    if (keys.length === 0) throw input.missing('at least one field');
    const last = keys.at(-1);
    if (keys.length > 1 && last !== undefined && isWord(last, /^(?:d|desc)$/)) {
      const reversed = keys.slice(0, -1).map((key) => ({ ...key, descending: !key.descending }));
      return { kind: 'SortCommand', span: input.span, name: input.command, limit, keys: reversed };
    }
    if (keys.length > 1 && last !== undefined && isWord(last, /^(?:a|asc)$/)) keys = keys.slice(0, -1);
    return { kind: 'SortCommand', span: input.span, name: input.command, limit, keys };
  },

  demand(command, demand) {
    return withOrder(
      need(
        demand,
        command.keys.map(({ field }) => field.name),
      ),
    );
  },

  lower: (command, input, scope) => sortRows(command.keys, command.limit, input, scope),
};

/** At the end, without a sign or quotes. */
function isWord({ field, span, as }: SortKey, word: RegExp): boolean {
  return as === 'auto' && word.test(field.name) && span.end - span.start === field.name.length;
}

/** Shared with dedup's sortby. `limit` 0 keeps all. */
export function sortRows(keys: readonly SortKey[], limit: number, input: Relation, scope: CommandScope): Relation {
  const terms = keys.flatMap((key) => sortTerms(key, joined(scope.read(input, key.field))));
  const names = new ColumnNames();
  // Also those that no field has any more: the places of an earlier sort.
  for (const name of columnsOf(input.node)) names.take(name);
  const place = names.take('_order');
  const ranked: PlanNode = {
    kind: 'Rank',
    label: scope.label(limit === 0 ? undefined : 'places'),
    input: input.node,
    call: { name: 'row_number', arguments: [] },
    partitionBy: [],
    orderBy: [...terms, ...input.order],
    as: place,
  };
  const order: readonly SortTerm[] = [{ expression: column(place), descending: false }];
  if (limit === 0) return { ...input, node: ranked, order };
  const predicates = [binary('<=', column(place), number(limit))];
  return { ...input, node: { kind: 'Filter', label: scope.label(), input: ranked, predicates }, order };
}

function joined(value: Value): Value {
  return value.kind === 'list' ? textValue(call('array_to_string', value.expression, text('\n'))) : value;
}

function sortTerms(key: SortKey, value: Value): readonly SortTerm[] {
  if (value.kind === 'null') return [];
  const { descending } = key;
  const term = (expression: Expression): SortTerm => ({ expression, descending });
  switch (key.as) {
    case 'num':
      return [term(asNumber(value))];
    case 'str':
      return [term(asText(value))];
    case 'ip':
      return byClass([call('spl_sort_address', asText(value))], value).map(term);
    case 'auto':
      if (value.kind === 'number') return [term(value.expression)];
      return byClass([asNumber(value), call('spl_sort_address', asText(value))], value).map(term);
  }
}

/** The text decides only between those that are neither: 07 and 7 are equal. */
function byClass(classes: readonly Expression[], value: Value): readonly Expression[] {
  return [...classes, when(and(classes.map(isNull)), asText(value))];
}
