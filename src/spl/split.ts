/**
 * A second field of chart and timechart, whose values become columns. Nobody knows them before the search runs, so the plan ends in
 * one column that holds a row's cells in order, each with its column's name and value; every row has the same cells.
 */
import { demandOfAggregations, type LoweredAggregation, lowerAggregations } from './aggregation.ts';
import type { Arguments } from './arguments.ts';
import type { Aggregation, FieldName, Split } from './ast.ts';
import type { CommandScope } from './command-scope.ts';
import { need } from './demand.ts';
import {
  and,
  binary,
  call,
  cast,
  column,
  type Expression,
  isNotNull,
  isNull,
  list,
  NULL,
  number,
  type SortTerm,
  TRUE,
  text,
  when,
} from './expression.ts';
import { type GroupKey, groupBy, keyExpression, keyField, keysPresent } from './grouping.ts';
import { type Column, columnsOf, type PlanNode } from './plan.ts';
import { ColumnNames, type Field, type Relation } from './relation.ts';
import { ABSENT, asKind, asNumber, commonKind, listValue, textValue, type Value } from './value.ts';

const OPTIONS = ['limit', 'useother', 'usenull', 'otherstr', 'nullstr', 'sep'];
const DEFAULT_LIMIT = 10;
const MOST_COLUMNS = 1_000;
/** The split field, one text a row; no search can write this name. */
const SPLIT = '\0split';
const PREFIX = 'VALUE';

/** What the options say, which may stand before the functions and behind BY. */
export class SplitOptions {
  #limit = DEFAULT_LIMIT;
  #keep: Split['keep'] = 'top';
  #separator = ': ';
  readonly #shown = { other: true, missing: true };
  readonly #names = { other: 'OTHER', missing: 'NULL' };
  /** The first one, where it is not supported without a second field. */
  used: Arguments['commandSpan'] | undefined;

  /** Takes one option of these or of `others`; undefined where none comes next, the option where it is one of the others. */
  take(input: Arguments, others: readonly string[], unsupported: readonly string[]) {
    const option = input.optionalOption([...OPTIONS, ...others], unsupported);
    if (option === undefined || others.includes(option.name)) return option;
    this.used ??= option.span;
    if (option.name === 'limit') this.#takeLimit(input, option);
    else if (option.name === 'useother') this.#shown.other = input.boolean(option);
    else if (option.name === 'usenull') this.#shown.missing = input.boolean(option);
    else if (option.name === 'otherstr') this.#names.other = option.value.text;
    else if (option.name === 'nullstr') this.#names.missing = option.value.text;
    else this.#separator = option.value.text;
    return option;
  }

  /** `5`, `top5`, `top 5`, `bottom5`. */
  #takeLimit(input: Arguments, option: NonNullable<ReturnType<Arguments['optionalOption']>>): void {
    const [, keep, digits = ''] = /^(top|bottom)?(\d{0,9})$/i.exec(option.value.text) ?? [];
    if (keep === undefined && digits === '') throw input.misfit(option, 'a whole number, top or bottom with one');
    const count = digits === '' ? input.expectText('a whole number') : { ...option.value, text: digits };
    this.#limit = input.integerToken(count, 0, 'limit');
    this.#keep = keep?.toLowerCase() === 'bottom' ? 'bottom' : 'top';
  }

  of(field: FieldName): Split {
    return {
      field,
      limit: this.#limit,
      keep: this.#keep,
      other: this.#shown.other ? this.#names.other : undefined,
      missing: this.#shown.missing ? this.#names.missing : undefined,
      separator: this.#separator,
    };
  }
}

/** Results of the functions for each row of the table and each of its columns. */
export interface Cells {
  readonly node: PlanNode;
  /** Every value of the rows' field once, also of rows that stand in no column. */
  readonly rows: PlanNode;
  readonly over: Field;
  readonly series: string;
  readonly results: readonly Result[];
}

interface Result {
  readonly name: string;
  readonly column: string;
  readonly value: Value;
  readonly certain: boolean;
}

/** `over` is the field of the table's rows, `seconds` the length of the buckets that it holds. */
export function lowerCells(
  command: { readonly aggregations: readonly Aggregation[]; readonly over: FieldName; readonly split: Split },
  input: Relation,
  scope: CommandScope,
  seconds?: number,
): Cells {
  const { aggregations, over, split } = command;
  const read = demandOfAggregations(aggregations);
  const values = scope
    .step('values', need(read, [over.name, SPLIT]))
    .extend(input, [
      { name: SPLIT, ...splitValue(scope.read(input, split.field)) },
      ...(input.fields.has(over.name)
        ? []
        : [{ name: over.name, value: ABSENT, kind: 'text', certain: false } as const]),
    ]);
  const alsoRead = new Set(read.all ? input.fields.keys() : read.names.keys());
  const by = [over, { ...split.field, name: SPLIT }];
  const grouping = groupBy(by, values, scope, { dedupSplitValues: false, alsoRead });
  const [rowKey, splitKey] = grouping?.keys ?? [];
  if (grouping === undefined || rowKey === undefined || splitKey === undefined) {
    throw new Error(`${scope.label()}: expected the fields of rows and columns to have been made.`);
  }
  const { relation } = grouping;
  const lower = (): readonly LoweredAggregation[] => lowerAggregations(aggregations, relation, scope, seconds);
  const named = nameSeries(command, { relation, rowKey, splitKey }, lower, scope);
  const names = new ColumnNames();
  const taken = names.take(over.name);
  const series = names.take('series');
  const results = lower().map(({ name, value, certain }): Result => {
    const kind = commonKind([value]);
    const made = names.take('cell');
    const whole = value.kind === 'number' && value.whole === true;
    const found = { kind, expression: column(made), ...(kind === 'number' ? { whole } : {}) } as Value;
    return { name, column: made, value: found, certain };
  });
  const node: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('cells'),
    input: named.node,
    predicates: [...keysPresent([rowKey], relation.node), isNotNull(column(named.series))],
    keys: [
      { name: taken, expression: keyExpression(rowKey) },
      { name: series, expression: column(named.series) },
    ],
    aggregates: lower().map(({ value }, index) => ({
      name: results[index]?.column ?? '',
      expression: asKind(value, commonKind([value])),
    })),
  };
  const rows: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('each'),
    input: named.node,
    predicates: keysPresent([rowKey], relation.node),
    keys: [{ name: taken, expression: keyExpression(rowKey) }],
    aggregates: [],
  };
  return { node, rows, over: keyField(rowKey, taken), series, results };
}

/** One text; of several values a row for each. Rows without the field stay. */
function splitValue(value: Value): { value: Value; kind: 'text' | 'list'; certain: false } {
  if (value.kind !== 'list') return { value: textValue(asKind(value, 'text')), kind: 'text', certain: false };
  const nothing = cast(list([NULL]), 'varchar[]');
  return { value: listValue(call('coalesce', value.expression, nothing)), kind: 'list', certain: false };
}

interface Grouped {
  readonly relation: Relation;
  readonly rowKey: GroupKey;
  readonly splitKey: GroupKey;
}

/** The rows with the name of their column, absent where they have none. */
function nameSeries(
  { split, over }: { readonly split: Split; readonly over: FieldName },
  { relation, rowKey, splitKey }: Grouped,
  lower: () => readonly LoweredAggregation[],
  scope: CommandScope,
): { readonly node: PlanNode; readonly series: string } {
  const names = new ColumnNames();
  const columns = columnsOf(relation.node).map((name) => ({ name: names.take(name), expression: column(name) }));
  const series = names.take('series');
  const missing = split.missing === undefined ? cast(NULL, 'varchar') : text(split.missing);
  if (split.limit === 0) {
    const value = splitColumn(splitKey);
    const expression = when(isNull(value), missing, columnName(value, over));
    const node: PlanNode = {
      kind: 'Project',
      label: scope.label('series'),
      input: relation.node,
      columns: [...columns, { name: series, expression }],
    };
    return { node, series };
  }
  const ranks = rankValues(split, { relation, rowKey, splitKey }, lower, scope);
  const value = splitColumn(splitKey, relation.node.label);
  const other = split.other === undefined ? cast(NULL, 'varchar') : text(split.other);
  const expression: Expression = {
    op: 'case',
    whens: [
      { condition: isNull(value), result: missing },
      { condition: binary('<=', column('place', ranks.label), number(split.limit)), result: columnName(value, over) },
    ],
    otherwise: other,
  };
  const node: PlanNode = {
    kind: 'Join',
    label: scope.label('series'),
    left: relation.node,
    right: ranks,
    on: binary('=', value, column('value', ranks.label)),
    columns: [
      ...columns.map(({ name }) => ({ name, expression: column(name, relation.node.label) })),
      { name: series, expression },
    ],
  };
  return { node, series };
}

function splitColumn({ value }: GroupKey, label?: string): Expression {
  if (value.expression.op !== 'column') throw new Error('split: expected a column of its own.');
  return column(value.expression.name, label);
}

/** A value may not pass for a field of Splunk's own, nor for the field of the rows. */
function columnName(value: Expression, over: FieldName): Expression {
  return {
    op: 'case',
    whens: [
      { condition: call('starts_with', value, text('_')), result: binary('||', text(PREFIX), value) },
      { condition: binary('=', value, text(over.name)), result: binary('||', text(`${PREFIX}_`), value) },
    ],
    otherwise: value,
  };
}

/** The values by their score: of one function the sum of its results, of several the number of rows; ties by the value. */
function rankValues(
  split: Split,
  { relation, rowKey, splitKey }: Grouped,
  lower: () => readonly LoweredAggregation[],
  scope: CommandScope,
): PlanNode {
  const value = splitColumn(splitKey);
  const lowered = lower();
  const [only] = lowered;
  const predicates = [...keysPresent([rowKey], relation.node), isNotNull(value)];
  const count: Expression = { op: 'aggregate', call: { name: 'count', arguments: [] } };
  const results: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('results'),
    input: relation.node,
    predicates,
    keys: [
      { name: 'over', expression: keyExpression(rowKey) },
      { name: 'value', expression: value },
    ],
    aggregates: [
      {
        name: 'result',
        expression: lowered.length === 1 && only !== undefined ? asKind(only.value, commonKind([only.value])) : count,
      },
    ],
  };
  const kind = lowered.length === 1 && only !== undefined ? commonKind([only.value]) : 'number';
  const result = asNumber({ kind, expression: column('result') });
  const score: Expression = { op: 'aggregate', call: { name: 'sum', arguments: [result] } };
  const scores: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('scores'),
    input: results,
    predicates: [],
    keys: [{ name: 'value', expression: column('value') }],
    aggregates: [{ name: 'score', expression: call('coalesce', score, number(0)) }],
  };
  return {
    kind: 'Rank',
    label: scope.label('ranks'),
    input: scores,
    call: { name: 'row_number', arguments: [] },
    partitionBy: [],
    orderBy: [
      { expression: column('score'), descending: split.keep === 'top' },
      { expression: column('value'), descending: false },
    ],
    as: 'place',
  };
}

/**
 * The table: a row for each of the spine's, every row with all columns. Counts that nobody counted are 0, all else is absent. The
 * values' columns come in byte order, then that of the missing, then that of the others; several functions one behind the other.
 */
export function spreadCells(
  cells: Cells,
  spine: { readonly node: PlanNode; readonly column: string },
  command: { readonly over: FieldName; readonly split: Split },
  scope: CommandScope,
): Relation {
  const { split, over } = command;
  const { node, series, results } = cells;
  const each: PlanNode = {
    kind: 'Aggregate',
    label: scope.label('columns'),
    input: node,
    predicates: [],
    keys: [{ name: 'series', expression: column(series) }],
    aggregates: [
      {
        name: 'total',
        expression: { op: 'window', call: { name: 'count', arguments: [] }, partitionBy: [], orderBy: [] },
      },
    ],
  };
  const message = `${scope.label().replace(/_.*/s, '')}: expected at most ${MOST_COLUMNS} columns, found more; take a limit.`;
  const few: PlanNode = {
    kind: 'Filter',
    label: scope.label('few'),
    input: each,
    predicates: [
      {
        op: 'case',
        whens: [{ condition: binary('<=', column('total'), number(MOST_COLUMNS)), result: TRUE }],
        otherwise: binary('=', cast(call('error', text(message)), 'bigint'), number(1)),
      },
    ],
  };
  const all: PlanNode = {
    kind: 'Join',
    label: scope.label('all'),
    left: spine.node,
    right: few,
    on: TRUE,
    columns: [
      { name: 'over', expression: column(spine.column, spine.node.label) },
      { name: 'series', expression: column('series', few.label) },
    ],
  };
  const filled: PlanNode = {
    kind: 'Join',
    label: scope.label('filled'),
    left: all,
    right: node,
    on: and([
      binary('=', column('over', all.label), column(cells.over.column, node.label)),
      binary('=', column('series', all.label), column(series, node.label)),
    ]),
    columns: [
      { name: 'over', expression: column('over', all.label) },
      { name: 'series', expression: column('series', all.label) },
      ...results.map((result): Column => {
        const value = column(result.column, node.label);
        return { name: result.column, expression: result.certain ? call('coalesce', value, number(0)) : value };
      }),
    ],
  };
  const kind = commonKind(results.map(({ value }) => value));
  const last = (name: string | undefined, place: number) =>
    name === undefined ? [] : [{ condition: binary('=', column('series'), text(name)), result: number(place) }];
  const place: Expression = {
    op: 'case',
    whens: [...last(split.missing, 1), ...last(split.other, 2)],
    otherwise: number(0),
  };
  const orderBy: readonly SortTerm[] = [
    ...(split.missing === undefined && split.other === undefined ? [] : [{ expression: place, descending: false }]),
    { expression: column('series'), descending: false },
  ];
  const lists = results.map(({ name, value }): Expression => {
    const title =
      results.length === 1 ? column('series') : binary('||', text(`${name}${split.separator}`), column('series'));
    const cell = call('spl_cell', title, asKind(value, kind));
    return { op: 'aggregate', call: { name: 'list', arguments: [cell], orderBy, filter: isNotNull(column('series')) } };
  });
  const [first = NULL, ...others] = lists;
  const names = new ColumnNames();
  const taken = names.take(over.name);
  const spread = names.take('columns');
  const table: PlanNode = {
    kind: 'Aggregate',
    label: scope.label(),
    input: filled,
    predicates: [],
    keys: [{ name: taken, expression: column('over') }],
    aggregates: [{ name: spread, expression: others.reduce((left, right) => call('list_concat', left, right), first) }],
  };
  return {
    node: table,
    fields: new Map([[over.name, { ...cells.over, column: taken }]]),
    order: scope.demand.order ? [{ expression: column(taken), descending: false }] : [],
    ofEvents: false,
    spread: { column: spread, kind },
  };
}
