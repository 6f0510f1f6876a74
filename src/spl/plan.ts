/**
 * The plan between SPL and SQL: relational nodes, each with the columns it yields. Commands lower to these; only the printer
 * knows how SQL spells them. Every node becomes one CTE, named by its label.
 */
import { type AggregateCall, column, type Expression, type SortTerm } from './expression.ts';

export interface Column {
  readonly name: string;
  readonly expression: Expression;
}

export type PlanNode = Scan | Generate | Filter | Project | Aggregate | Unnest | Rank | Limit | Join | Union | Walk;

interface NodeBase {
  /** Unique within the plan; the CTE's name. */
  readonly label: string;
}

/** Reads tables, one leg each; legs yield the same columns and are laid one after the other. */
export interface Scan extends NodeBase {
  readonly kind: 'Scan';
  readonly legs: readonly ScanLeg[];
  /** Whose rows the predicates look into. */
  readonly subqueries?: readonly PlanNode[];
}

export interface ScanLeg {
  readonly table: string;
  /** Worked out once for each row, beside the table's own columns: each of these lists sees the columns of those before it. */
  readonly derived?: readonly (readonly Column[])[];
  readonly columns: readonly Column[];
  /** All of these hold. The window comes first. */
  readonly predicates: readonly Expression[];
}

/** Rows out of nothing, numbered from 0 in `row`, which the columns may name. */
export interface Generate extends NodeBase {
  readonly kind: 'Generate';
  readonly count: number;
  readonly row: string;
  readonly columns: readonly Column[];
}

/** Rows for which all predicates are true; the same columns. */
export interface Filter extends NodeBase {
  readonly kind: 'Filter';
  readonly input: PlanNode;
  readonly predicates: readonly Expression[];
  /** Whose rows the predicates look into. */
  readonly subqueries?: readonly PlanNode[];
}

/** Exactly these columns, row by row. */
export interface Project extends NodeBase {
  readonly kind: 'Project';
  readonly input: PlanNode;
  readonly columns: readonly Column[];
}

/** One row per combination of keys among the rows that satisfy the predicates; one row in all without keys. */
export interface Aggregate extends NodeBase {
  readonly kind: 'Aggregate';
  readonly input: PlanNode;
  readonly predicates: readonly Expression[];
  readonly keys: readonly Column[];
  readonly aggregates: readonly { readonly name: string; readonly expression: Expression }[];
}

/** One row per member of a list, the member in `as`; rows with an absent list vanish. The other columns are repeated. */
export interface Unnest extends NodeBase {
  readonly kind: 'Unnest';
  readonly input: PlanNode;
  readonly columns: readonly Column[];
  readonly list: Expression;
  readonly as: string;
  /** Name for the member's position from 1, where wanted. */
  readonly ordinal?: string;
}

/** Adds a numbering `as` (or another window value) to the input's columns. */
export interface Rank extends NodeBase {
  readonly kind: 'Rank';
  readonly input: PlanNode;
  readonly call: AggregateCall;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly SortTerm[];
  readonly as: string;
}

/** The first rows in an order. */
export interface Limit extends NodeBase {
  readonly kind: 'Limit';
  readonly input: PlanNode;
  readonly orderBy: readonly SortTerm[];
  readonly count: number;
}

/** Every row of `left`, with the matching row of `right` beside it; each column names its side by the side's label. */
export interface Join extends NodeBase {
  readonly kind: 'Join';
  readonly left: PlanNode;
  readonly right: PlanNode;
  readonly on: Expression;
  readonly columns: readonly Column[];
}

/** The rows of all legs; the same columns from each. */
export interface Union extends NodeBase {
  readonly kind: 'Union';
  readonly legs: readonly { readonly input: PlanNode; readonly columns: readonly Column[] }[];
}

/** From the rows that satisfy `first` to those that `next` leads to from them, and so on: `next` names this node's columns by its label. */
export interface Walk extends NodeBase {
  readonly kind: 'Walk';
  readonly input: PlanNode;
  readonly columns: readonly string[];
  readonly first: Expression;
  readonly next: Expression;
}

/** A whole search: the last node, its order, the columns that leave. */
export interface Plan {
  readonly root: PlanNode;
  readonly output: readonly Column[];
  readonly orderBy: readonly SortTerm[];
}

export function inputsOf(node: PlanNode): readonly PlanNode[] {
  switch (node.kind) {
    case 'Scan':
      return node.subqueries ?? [];
    case 'Generate':
      return [];
    case 'Filter':
      return [node.input, ...(node.subqueries ?? [])];
    case 'Join':
      return [node.left, node.right];
    case 'Union':
      return node.legs.map(({ input }) => input);
    default:
      return [node.input];
  }
}

/** Names of the columns a node yields. */
export function columnsOf(node: PlanNode): readonly string[] {
  switch (node.kind) {
    case 'Scan':
    case 'Union':
      return (node.legs[0]?.columns ?? []).map(({ name }) => name);
    case 'Filter':
    case 'Limit':
      return columnsOf(node.input);
    case 'Generate':
    case 'Project':
    case 'Join':
      return node.columns.map(({ name }) => name);
    case 'Aggregate':
      return [...node.keys, ...node.aggregates].map(({ name }) => name);
    case 'Unnest':
      return [...node.columns.map(({ name }) => name), node.as, ...(node.ordinal === undefined ? [] : [node.ordinal])];
    case 'Walk':
      return node.columns;
    case 'Rank':
      return [...columnsOf(node.input), node.as];
  }
}

/** The node's columns, and these. */
export function withColumns(input: PlanNode, label: string, made: readonly Column[]): Project {
  const columns = columnsOf(input).map((name) => ({ name, expression: column(name) }));
  return { kind: 'Project', label, input, columns: [...columns, ...made] };
}
