/**
 * top, rare: the most and the least frequent combinations of values, with their count and share.
 *
 *   top|rare [<int>] [limit=<int>] [countfield=<text>] [percentfield=<text>] [showcount=<bool>] [showperc=<bool>]
 *            [useother=<bool>] [otherstr=<text>] <field-list> [BY <field-list>]
 *
 * Rows that lack one of the fields do not count; a field with several values counts once for each. Combinations of equal count come
 * in the order of their values. `limit=0` gives all. With useother a row behind those of each BY group counts all that the limit leaves out.
 *
 * Not supported: useother with several fields.
 */

import { parseBy } from '../aggregation.ts';
import type { FieldName, TopCommand } from '../ast.ts';
import type { CommandScope } from '../command-scope.ts';
import { only } from '../demand.ts';
import { SplError } from '../diagnostics.ts';
import {
  binary,
  call,
  cast,
  column,
  type Expression,
  FALSE,
  NULL,
  number,
  type SortTerm,
  text,
  when,
} from '../expression.ts';
import { namesOf } from '../field-names.ts';
import { type GroupKey, groupBy, keyExpression, keyField, keysPresent } from '../grouping.ts';
import type { Column, PlanNode } from '../plan.ts';
import { ColumnNames, type Field, fieldValue } from '../relation.ts';
import { asText, textValue } from '../value.ts';
import type { CommandSpec } from './command.ts';

const OPTIONS = ['limit', 'countfield', 'percentfield', 'showcount', 'showperc', 'useother', 'otherstr'];

export const top: CommandSpec<TopCommand> = {
  kind: 'TopCommand',
  names: ['top', 'rare'],

  parse(input) {
    let limit = 10;
    let countField: string | undefined = 'count';
    let percentField: string | undefined = 'percent';
    let usesOther = false;
    let label = 'OTHER';
    const fields: FieldName[] = [];
    while (!input.isEnd() && !input.isWord('by')) {
      const option = input.optionalOption(OPTIONS);
      if (option === undefined) {
        const token = input.context.peek('arguments');
        if (fields.length === 0 && token.kind === 'word' && /^\d+$/.test(token.text)) {
          limit = input.integerToken(input.context.next('arguments'), 0, 'limit');
          continue;
        }
        if (fields.length > 0) input.skipComma();
        fields.push(input.expectPlainField());
      } else if (option.name === 'limit') limit = input.integer(option, 0);
      else if (option.name === 'countfield') countField = option.value.text;
      else if (option.name === 'percentfield') percentField = option.value.text;
      else if (option.name === 'useother') usesOther = input.boolean(option);
      else if (option.name === 'otherstr') label = option.value.text;
      else if (option.name === 'showcount') countField = input.boolean(option) ? countField : undefined;
      else percentField = input.boolean(option) ? percentField : undefined;
    }
    if (fields.length === 0) throw input.missing('at least one field');
    const by = parseBy(input);
    const order = input.command.toLowerCase() === 'rare' ? 'rare' : 'top';
    const made = [...namesOf(by), ...namesOf(fields), countField, percentField].filter((name) => name !== undefined);
    const twice = made.find((name, index) => made.indexOf(name) !== index);
    if (twice !== undefined) {
      throw new SplError(
        'SPL312',
        `${order}: expected one result named "${twice}", found two.`,
        input.span,
        'Use countfield= and percentfield=.',
      );
    }
    if (usesOther && fields.length > 1) {
      throw new SplError(
        'SPL316',
        `${order}: expected one field beside useother=t, found ${fields.length}.`,
        input.span,
        'Which of them a row for the others has Splunk does not say.',
      );
    }
    return {
      kind: 'TopCommand',
      span: input.span,
      name: input.command,
      order,
      fields,
      by,
      limit,
      countField,
      percentField,
      other: usesOther && limit > 0 ? label : undefined,
    };
  },

  demand: (command) => only([...namesOf(command.by), ...namesOf(command.fields)], false),

  lower(command, input, scope) {
    const all = [...command.by, ...command.fields];
    const grouping = groupBy(all, input, scope, { dedupSplitValues: false, alsoRead: new Set() });
    const keys: readonly GroupKey[] =
      grouping?.keys ?? all.map(({ name }) => ({ name, value: textValue(cast(NULL, 'varchar')) }));
    const names = new ColumnNames();
    const keyColumns: Column[] = keys.map((key) => ({ name: names.take(key.name), expression: keyExpression(key) }));
    const countColumn = names.take(command.countField ?? 'count');
    const rows = grouping?.relation.node ?? input.node;
    const counted: PlanNode = {
      kind: 'Aggregate',
      label: scope.label('counts'),
      input: rows,
      predicates: grouping === undefined ? [FALSE] : keysPresent(keys, rows),
      keys: keyColumns,
      aggregates: [{ name: countColumn, expression: { op: 'aggregate', call: { name: 'count', arguments: [] } } }],
    };
    const groups = keyColumns.slice(0, command.by.length).map(({ name }) => column(name));
    const percentColumn = names.take(command.percentField ?? 'percent');
    const total = {
      op: 'window',
      call: { name: 'sum', arguments: [column(countColumn)] },
      partitionBy: groups,
      orderBy: [],
    } as const;
    const share = shareOf(column(countColumn), total);
    const rankColumn = names.take('_order');
    const totalColumn = names.take('total');
    const byCount: readonly SortTerm[] = [
      { expression: column(countColumn), descending: command.order === 'top' },
      ...keyColumns.slice(command.by.length).map(({ name }) => ({ expression: column(name), descending: false })),
    ];
    const ranked: PlanNode = {
      kind: 'Project',
      label: scope.label(command.limit === 0 ? undefined : 'ranks'),
      input: counted,
      columns: [
        ...keyColumns.map(({ name }) => ({ name, expression: column(name) })),
        { name: countColumn, expression: column(countColumn) },
        { name: percentColumn, expression: share },
        ...(command.other === undefined ? [] : [{ name: totalColumn, expression: total }]),
        {
          name: rankColumn,
          expression: {
            op: 'window',
            call: { name: 'row_number', arguments: [] },
            partitionBy: groups,
            orderBy: byCount,
          },
        },
      ],
    };
    const node =
      command.other === undefined
        ? firstRanks(ranked, column(rankColumn), command.limit, scope)
        : withOthers(
            ranked,
            { keys, keyColumns, countColumn, percentColumn, totalColumn, rankColumn },
            command,
            command.other,
            scope,
          );
    const fields = new Map<string, Field>();
    // The fields come before the BY fields in the result.
    for (const key of [...keys.slice(command.by.length), ...keys.slice(0, command.by.length)]) {
      const taken = keyColumns[keys.indexOf(key)]?.name ?? '';
      const field = keyField(key, taken);
      const isLabelled = command.other !== undefined && command.fields.some(({ name }) => name === key.name);
      fields.set(key.name, isLabelled ? { ...field, kind: 'text', whole: false } : field);
    }
    if (command.countField !== undefined) {
      fields.set(command.countField, { column: countColumn, kind: 'number', whole: true, certain: 'rows' });
    }
    if (command.percentField !== undefined) {
      fields.set(command.percentField, { column: percentColumn, kind: 'number', whole: false, certain: 'rows' });
    }
    const order = scope.demand.order
      ? [
          ...groups.map((expression) => ({ expression, descending: false })),
          { expression: column(rankColumn), descending: false },
        ]
      : [];
    return { node, fields, order, ofEvents: false };
  },
};

/** In percent. */
function shareOf(count: Expression, total: Expression): Expression {
  return call('round', binary('/', binary('*', count, number(100)), total), number(6));
}

function firstRanks(ranked: PlanNode, rank: Expression, limit: number, scope: CommandScope): PlanNode {
  if (limit === 0) return ranked;
  return { kind: 'Filter', label: scope.label(), input: ranked, predicates: [binary('<=', rank, number(limit))] };
}

interface RankedColumns {
  readonly keys: readonly GroupKey[];
  /** Those of the BY fields, then that of the field. */
  readonly keyColumns: readonly Column[];
  readonly countColumn: string;
  readonly percentColumn: string;
  /** The count of all rows of the BY group. */
  readonly totalColumn: string;
  readonly rankColumn: string;
}

/** What the limit leaves out as one row of the rank behind it. */
function withOthers(
  ranked: PlanNode,
  { keys, keyColumns, countColumn, percentColumn, totalColumn, rankColumn }: RankedColumns,
  { by, limit }: TopCommand,
  label: string,
  scope: CommandScope,
): PlanNode {
  const [key] = keys.slice(by.length);
  const [value] = keyColumns.slice(by.length);
  if (key === undefined || value === undefined) throw new Error('top: expected a field.');
  const over = (name: 'any_value' | 'sum', operand: Expression): Expression => ({
    op: 'aggregate',
    call: { name, arguments: [operand] },
  });
  const place = call('least', column(rankColumn), number(limit + 1));
  const isOther = binary('>', over('any_value', place), number(limit));
  const one = over('any_value', asText(fieldValue(keyField(key, value.name))));
  return {
    kind: 'Aggregate',
    label: scope.label(),
    input: ranked,
    predicates: [],
    keys: [
      ...keyColumns.slice(0, by.length).map(({ name }) => ({ name, expression: column(name) })),
      { name: rankColumn, expression: place },
    ],
    aggregates: [
      { name: value.name, expression: when(isOther, text(label), one) },
      { name: countColumn, expression: cast(over('sum', column(countColumn)), 'bigint') },
      {
        name: percentColumn,
        expression: shareOf(over('sum', column(countColumn)), over('any_value', column(totalColumn))),
      },
    ],
  };
}
