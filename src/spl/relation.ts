/** A plan node with what its columns mean: the fields of the rows at one point of the pipe. */
import { cast, column, type Expression, NULL, type SortTerm } from './expression.ts';
import type { Column, PlanNode } from './plan.ts';
import { ABSENT, asKind, columnValue, type FieldKind, type Value } from './value.ts';

export interface Field {
  readonly column: string;
  readonly kind: FieldKind;
  /** A number without fraction (BIGINT). */
  readonly whole: boolean;
  readonly certain: Certainty;
  /** What nomv puts between its values, where that is not a line break. */
  readonly delimiter?: string;
}

/**
 * Whether the result set has a field, which decides what `fillnull` fills. `schema`: even if no row has a value; `rows`: every row has
 * one; false: only if some row has one.
 */
export type Certainty = 'schema' | 'rows' | false;

/** Of the field in rows of several relations, one after the other; undefined for one that does not have it. */
export function certaintyOf(sides: readonly (Certainty | undefined)[]): Certainty {
  if (sides.includes('schema')) return 'schema';
  return sides.every((side) => side === 'rows') && 'rows';
}

export interface Relation {
  readonly node: PlanNode;
  /** By SPL name, in the order of the result's columns. */
  readonly fields: ReadonlyMap<string, Field>;
  /** Of columns only. Empty where nothing downstream asks for an order. */
  readonly order: readonly SortTerm[];
  /** The rows are events, or have fields out of a text: a name that is not among the fields was looked for in the data. */
  readonly ofEvents: boolean;
  /** Fields that are not known before the search runs: a column of cells, each with the name and the value of one of them. */
  readonly spread?: Spread;
}

export interface Spread {
  readonly column: string;
  /** Of the cells' values. */
  readonly kind: FieldKind;
}

/** A column to be made. */
export interface Output {
  readonly name: string;
  readonly value: Value;
  readonly kind: FieldKind;
  readonly certain: Certainty;
}

export function fieldValue(field: Field): Value {
  return columnValue(field.column, field.kind, field.whole);
}

/** No value, of the type of the field's column. */
export function absentOf({ kind, whole }: Pick<Field, 'kind' | 'whole'>): Expression {
  return whole ? cast(NULL, 'bigint') : asKind(ABSENT, kind);
}

/** The first rows in their order; all of them for 0. */
export function firstRows(relation: Relation, count: number, label: string): Relation {
  if (count === 0) return relation;
  return { ...relation, node: { kind: 'Limit', label, input: relation.node, orderBy: relation.order, count } };
}

/** Within a subquery DuckDB takes these for functions without brackets before it looks for a column of the query around it. */
const SQL_VALUES: ReadonlySet<string> = new Set([
  'current_catalog',
  'current_database',
  'current_date',
  'current_role',
  'current_schema',
  'current_time',
  'current_timestamp',
  'current_user',
  'localtime',
  'localtimestamp',
  'session_user',
  'user',
]);

/** Names for columns: the field's own where it is free. DuckDB takes names that differ only in case for the same. */
export class ColumnNames {
  /** Parameters of lambdas would hide columns of the same name. */
  readonly #used: Set<string>;

  constructor(used: Iterable<string> = []) {
    this.#used = new Set([...used].map(fold));
  }

  take(name: string): string {
    const base = name === '' || name.includes('\0') ? 'field' : name;
    const isParameter = /^(?:each_|kept_|location_|match_|member_|place_|step_|whole_)\d*$/i.test(base);
    const isFunction = SQL_VALUES.has(fold(base));
    let candidate = isParameter || isFunction ? `${base}_1` : base;
    for (let count = 2; this.#used.has(fold(candidate)); count += 1) candidate = `${base}_${count}`;
    this.#used.add(fold(candidate));
    return candidate;
  }
}

/** At least as coarse as DuckDB's own folding, which knows ASCII only. */
function fold(name: string): string {
  return name.toLowerCase();
}

/** The columns of the order, kept beside the fields: under a field's column where that passes unchanged, else hidden. */
export function carryOrder(order: readonly SortTerm[], columns: Column[], names: ColumnNames): readonly SortTerm[] {
  return order.map(({ expression, descending }) => {
    const kept = columns.find((item) => isSameColumn(item.expression, expression));
    if (kept !== undefined) return { expression: column(kept.name), descending };
    const name = names.take('_order');
    columns.push({ name, expression });
    return { expression: column(name), descending };
  });
}

function isSameColumn(one: Expression, other: Expression): boolean {
  return one.op === 'column' && other.op === 'column' && one.name === other.name && one.table === other.table;
}
