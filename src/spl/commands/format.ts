/**
 * format: all rows as the text of one search expression, in the field `search` of the only row left.
 *
 *   format [mvsep=<text>] [maxresults=<int>] [emptystr=<text>]
 *          [<row prefix> <column prefix> <column separator> <column end> <row separator> <row end>]
 *
 *   ( ( host="a" AND user="x" ) OR ( host="b" AND ( user="y" OR user="z" ) ) )
 *
 * Fields stand in the order of their names, internal ones left out; quotes and backslashes of values get a backslash; names that are
 * no plain word stand in quotes; an empty part takes no blank. At the end of a
 * subsearch in a search expression it says how the rows are put together: there AND or OR between fields, OR between rows and values.
 */
import type { FormatCommand, StringLiteral } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import type { Demand } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import {
  binary,
  call,
  column,
  type Expression,
  isNotNull,
  lambda,
  list,
  NULL,
  number,
  text,
  when,
} from '../expression.ts';
import type { PlanNode } from '../plan.ts';
import { fieldValue, firstRows, type Relation } from '../relation.ts';
import { asText, nonEmpty, type Value } from '../value.ts';
import type { CommandSpec } from './command.ts';

const PARTS = ['a row prefix', 'a column prefix', 'a column separator', 'a column end', 'a row separator', 'a row end'];
const DEFAULT_PARTS = ['(', '(', 'AND', ')', 'OR', ')'];
const NONE = 'NOT ( )';

export const format: CommandSpec<FormatCommand> = {
  kind: 'FormatCommand',
  names: ['format'],

  parse(input) {
    let valueSeparator = 'OR';
    let limit = 0;
    let emptyText: StringLiteral | undefined;
    const parts: string[] = [];
    while (!input.isEnd()) {
      const option = input.optionalOption(['mvsep', 'maxresults', 'emptystr']);
      if (option === undefined) parts.push(input.expectText(PARTS[parts.length] ?? 'six texts').text);
      else if (option.name === 'mvsep') valueSeparator = option.value.text;
      else if (option.name === 'maxresults') limit = input.integer(option, 0);
      else emptyText = { kind: 'StringLiteral', span: option.value, value: option.value.text };
    }
    if (parts.length !== 0 && parts.length !== PARTS.length) {
      throw input.missing(PARTS[parts.length] ?? 'six texts and no more', 'All six of them, or none.');
    }
    const [rowPrefix = '', columnPrefix = '', columnSeparator = '', columnEnd = '', rowSeparator = '', rowEnd = ''] =
      parts.length === 0 ? DEFAULT_PARTS : parts;
    return {
      kind: 'FormatCommand',
      span: input.span,
      name: input.command,
      rowPrefix,
      columnPrefix,
      columnSeparator,
      columnEnd,
      rowSeparator,
      rowEnd,
      valueSeparator,
      emptyText,
      limit,
    };
  },

  demand: ({ name, span }): Demand => ({ names: new Map(), all: true, order: true, closed: { name, span } }),

  lower: (command, input, scope) => lowerFormat(command, input, scope),
};

/** How the rows of a subsearch are put together. Throws SplError where the texts do not make a search expression. */
export function formattedTerm(command: FormatCommand): { readonly columns: 'and' | 'or'; readonly limit: number } {
  const { rowPrefix, columnPrefix, columnSeparator, columnEnd, rowSeparator, rowEnd, valueSeparator } = command;
  const hasBrackets = rowPrefix === '(' && columnPrefix === '(' && columnEnd === ')' && rowEnd === ')';
  const isExpression = hasBrackets && ['AND', 'OR'].includes(columnSeparator) && rowSeparator === 'OR';
  if (isExpression && valueSeparator === 'OR' && command.emptyText === undefined) {
    return { columns: columnSeparator === 'OR' ? 'or' : 'and', limit: command.limit };
  }
  throw new SplError(
    'SPL316',
    'format: expected "(" "(" "AND" ")" "OR" ")" or "(" "(" "OR" ")" "OR" ")" in a subsearch, found others.',
    command.span,
    'mvsep and emptystr keep their defaults there.',
  );
}

function lowerFormat(command: FormatCommand, input: Relation, scope: CommandScope): Relation {
  const names = [...input.fields.keys()].filter((name) => !name.startsWith('_')).sort();
  const rows = firstRows(input, command.limit, scope.label('first'));
  const pairs = names.map((name) => {
    const field = rows.fields.get(name);
    return field === undefined ? NULL : pairOf(name, fieldValue(field), command.valueSeparator);
  });
  const present = nonEmpty(
    call(
      'list_filter',
      list(pairs),
      lambda('kept_', (pair) => isNotNull(pair)),
    ),
  );
  const row = joined(command.columnPrefix, joinedBy(present, command.columnSeparator), command.columnEnd);
  const each: PlanNode = {
    kind: 'Project',
    label: scope.label('rows'),
    input: rows.node,
    columns: [
      { name: 'row', expression: row },
      ...input.order.map(({ expression }, index) => ({ name: `order_${index + 1}`, expression })),
    ],
  };
  const orderBy = input.order.map(({ descending }, index) => ({
    expression: column(`order_${index + 1}`),
    descending,
  }));
  const all: Expression = {
    op: 'aggregate',
    call: { name: 'list', arguments: [column('row')], orderBy, filter: isNotNull(column('row')) },
  };
  const whole = joined(command.rowPrefix, joinedBy(all, command.rowSeparator), command.rowEnd);
  const search = call('coalesce', whole, text(command.emptyText?.value ?? NONE));
  return {
    node: {
      kind: 'Aggregate',
      label: scope.label(),
      input: each,
      predicates: [],
      keys: [],
      aggregates: [{ name: 'search', expression: search }],
    },
    fields: new Map([['search', { column: 'search', kind: 'text', whole: false, certain: 'rows' }]]),
    order: [],
    ofEvents: false,
  };
}

/** `name="value"`; of several values one for each, in brackets. */
function pairOf(name: string, value: Value, separator: string): Expression {
  const one = (member: Expression): Expression =>
    binary('||', binary('||', text(`${printedName(name)}="`), escaped(member)), text('"'));
  if (value.kind !== 'list') return one(asText(value));
  const members = call('list_transform', value.expression, lambda('member_', one));
  const several = joined('(', joinedBy(members, separator), ')');
  return when(binary('>', call('len', value.expression), number(1)), several, {
    op: 'index',
    operand: members,
    index: number(1),
  });
}

/** Names that are no plain word stand in quotes. */
function printedName(name: string): string {
  return /^\w+$/.test(name) ? name : `"${name.replace(/[\\"]/g, '\\$&')}"`;
}

function escaped(value: Expression): Expression {
  return call('replace', call('replace', value, text('\\'), text('\\\\')), text('"'), text('\\"'));
}

function joinedBy(texts: Expression, separator: string): Expression {
  return call('array_to_string', texts, text(` ${separator} `));
}

/** Absent where the inner text is. */
function joined(before: string, inner: Expression, after: string): Expression {
  const left = before === '' ? inner : binary('||', text(`${before} `), inner);
  return after === '' ? left : binary('||', left, text(` ${after}`));
}
