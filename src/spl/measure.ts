/**
 * How large a plan's expressions are once DuckDB has put the macros' texts in their place, without printing them: parts that are
 * written several times are counted as often, yet looked at once. DuckDB refuses to go deeper than 1,000.
 */
import type { AggregateCall, Expression } from './expression.ts';
import { inOrder } from './node-order.ts';
import type { Plan, PlanNode } from './plan.ts';

export interface Size {
  readonly nodes: number;
  readonly depth: number;
}

/** How often the macros of sql/macros write their argument, at most. */
const MACRO_COPIES = 6;
/** Those that write it once, though they nest as others do. */
const WRITTEN_ONCE: ReadonlySet<string> = new Set([
  'spl_json_append', 'spl_json_extend', 'spl_json_kind', 'spl_json_valid', 'spl_json_with', 'spl_json_with_member', 'spl_json_without',
]); // biome-ignore format: a flat list

export function measurePlan(plan: Plan): Size {
  const known = new Map<Expression, Size>();
  const expressions = [
    ...plan.output.map(({ expression }) => expression),
    ...inOrder(plan.root).flatMap(expressionsOf),
  ];
  let nodes = 0;
  let depth = 0;
  for (const expression of expressions) {
    const size = measure(expression, known);
    nodes += size.nodes;
    depth = Math.max(depth, size.depth);
  }
  return { nodes, depth };
}

function measure(expression: Expression, known: Map<Expression, Size>): Size {
  const found = known.get(expression);
  if (found !== undefined) return found;
  const isMacro = expression.op === 'call' && expression.name.startsWith('spl_');
  const copies = isMacro && !WRITTEN_ONCE.has(expression.name) ? MACRO_COPIES : 1;
  let nodes = 1;
  let depth = 0;
  for (const child of childrenOf(expression)) {
    const size = measure(child, known);
    nodes += size.nodes * copies;
    depth = Math.max(depth, size.depth);
  }
  const size = { nodes, depth: depth + (isMacro ? MACRO_COPIES : 1) };
  known.set(expression, size);
  return size;
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.op) {
    case 'column':
    case 'parameter':
    case 'text':
    case 'number':
    case 'boolean':
    case 'null':
    case 'interval':
    case 'settingOf':
      return [];
    case 'list':
      return expression.items;
    case 'call':
      return expression.arguments;
    case 'aggregate':
      return partsOfCall(expression.call);
    case 'listAggregate':
      return [expression.operand, ...expression.rest];
    case 'window':
      return [
        ...partsOfCall(expression.call),
        ...expression.partitionBy,
        ...expression.orderBy.map((term) => term.expression),
      ];
    case 'binary':
      return [expression.left, expression.right];
    case 'and':
    case 'or':
      return expression.operands;
    case 'not':
    case 'negate':
    case 'isNotTrue':
    case 'isNull':
    case 'isNotNull':
    case 'cast':
    case 'member':
      return [expression.operand];
    case 'case':
      return [
        ...expression.whens.flatMap(({ condition, result }) => [condition, result]),
        ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
      ];
    case 'index':
      return [expression.operand, expression.index, ...(expression.end === undefined ? [] : [expression.end])];
    case 'lambda':
      return [expression.body];
    case 'like':
      return [expression.operand, expression.pattern];
    case 'in':
      return [expression.operand, ...expression.values];
    case 'inRows':
      return expression.operands;
    case 'existsRow':
      return [expression.condition];
    case 'aggregateRows':
      return [...partsOfCall(expression.call), expression.condition];
    case 'existsMember':
      return [expression.list, expression.condition];
  }
}

function partsOfCall(call: AggregateCall): readonly Expression[] {
  return [
    ...call.arguments,
    ...(call.orderBy ?? []).map((term) => term.expression),
    ...(call.filter === undefined ? [] : [call.filter]),
  ];
}

function expressionsOf(node: PlanNode): readonly Expression[] {
  switch (node.kind) {
    case 'Scan':
      return node.legs.flatMap((leg) => [
        ...leg.predicates,
        ...[...(leg.derived ?? []).flat(), ...leg.columns].map(({ expression }) => expression),
      ]);
    case 'Union':
      return node.legs.flatMap((leg) => leg.columns.map(({ expression }) => expression));
    case 'Filter':
      return node.predicates;
    case 'Generate':
    case 'Project':
      return node.columns.map(({ expression }) => expression);
    case 'Aggregate':
      return [...node.predicates, ...node.keys, ...node.aggregates].map((item) =>
        'op' in item ? item : item.expression,
      );
    case 'Unnest':
      return [node.list, ...node.columns.map(({ expression }) => expression)];
    case 'Rank':
      return [...partsOfCall(node.call), ...node.partitionBy, ...node.orderBy.map((term) => term.expression)];
    case 'Limit':
      return node.orderBy.map((term) => term.expression);
    case 'Walk':
      return [node.first, node.next];
    case 'Join':
      return [node.on, ...node.columns.map(({ expression }) => expression)];
  }
}
