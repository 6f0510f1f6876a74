/** The plan to one SELECT: a CTE per node, in the order of the pipe. */
import { column, type Expression, type SortTerm } from './expression.ts';
import { inOrder } from './node-order.ts';
import { type Column, columnsOf, inputsOf, type Plan, type PlanNode, type ScanLeg } from './plan.ts';
import { printExpression, printName, printSortTerms } from './print-expression.ts';

const INDENT = '  ';
/** A list that fits on one line of this length stays there. */
const LINE = 100;

export function printSql(plan: Plan): string {
  const nodes = inOrder(plan.root);
  const uses = new Map<PlanNode, number>();
  for (const node of nodes) for (const input of inputsOf(node)) uses.set(input, (uses.get(input) ?? 0) + 1);
  const isRecursive = nodes.some(({ kind }) => kind === 'Walk');
  const ctes = nodes.map((node) => {
    // What two nodes read is worked out once. DuckDB 1.5 pushes the conditions of joins and filters below a LIMIT, which then takes other rows.
    const isApart = (uses.get(node) ?? 0) > 1 || node.kind === 'Limit';
    const materialized = isApart ? ' materialized' : '';
    return `${printName(node.label)} as${materialized} (\n${printNode(node, isRecursive)}\n)`;
  });
  const lines = [
    `with ${isRecursive ? 'recursive ' : ''}${ctes.join(',\n')}`,
    ...printList(
      'select',
      plan.output.map((item) => printColumn(item)),
    ),
  ];
  lines.push(`from ${printName(plan.root.label)}`);
  lines.push(...printOrder(plan.orderBy));
  return lines.join('\n');
}

function printNode(node: PlanNode, isRecursive: boolean): string {
  const lines = selectLines(node).map((line) => `${INDENT}${line}`);
  const isUnion = node.kind === 'Union' || (node.kind === 'Scan' && node.legs.length > 1);
  if (!isRecursive || !isUnion) return lines.join('\n');
  // Behind RECURSIVE, DuckDB gives the columns of a bare union the types of its first leg.
  return [`${INDENT}select * from (`, ...lines.map((line) => `${INDENT}${line}`), `${INDENT})`].join('\n');
}

function selectLines(node: PlanNode): readonly string[] {
  switch (node.kind) {
    case 'Scan':
      return node.legs.flatMap((leg, index) => [
        ...(index === 0 ? [] : ['union all']),
        ...printList(
          'select',
          leg.columns.map((item) => printColumn(item)),
        ),
        ...printSource(leg),
        ...printWhere(leg.predicates),
      ]);
    case 'Union':
      return node.legs.flatMap(({ input, columns }, index) => [
        ...(index === 0 ? [] : ['union all']),
        ...printList(
          'select',
          columns.map((item) => printColumn(item)),
        ),
        `from ${printName(input.label)}`,
      ]);
    case 'Filter':
      return ['select *', `from ${printName(node.input.label)}`, ...printWhere(node.predicates)];
    case 'Generate':
      return [
        ...printList(
          'select',
          node.columns.map((item) => printColumn(item)),
        ),
        `from range(${node.count}) as made(${printName(node.row)})`,
      ];
    case 'Project':
      return [
        ...printList(
          'select',
          node.columns.map((item) => printColumn(item)),
        ),
        `from ${printName(node.input.label)}`,
      ];
    case 'Aggregate':
      return [
        ...printList(
          'select',
          [...node.keys, ...node.aggregates].map((item) => printColumn(item)),
        ),
        `from ${printName(node.input.label)}`,
        ...printWhere(node.predicates),
        ...(node.keys.length === 0
          ? []
          : printList(
              'group by',
              node.keys.map(({ expression }) => printExpression(expression)),
            )),
      ];
    case 'Unnest':
      return [
        ...printList('select', [
          ...node.columns.map((item) => printColumn(item)),
          `unnest(${printExpression(node.list)}) as ${printName(node.as)}`,
          ...(node.ordinal === undefined
            ? []
            : [`generate_subscripts(${printExpression(node.list)}, 1) as ${printName(node.ordinal)}`]),
        ]),
        `from ${printName(node.input.label)}`,
      ];
    case 'Rank': {
      const { call, partitionBy, orderBy } = node;
      const value = printExpression({ op: 'window', call, partitionBy, orderBy });
      return [
        'select',
        `${INDENT}*,`,
        `${INDENT}${value} as ${printName(node.as)}`,
        `from ${printName(node.input.label)}`,
      ];
    }
    case 'Limit':
      return ['select *', `from ${printName(node.input.label)}`, ...printOrder(node.orderBy), `limit ${node.count}`];
    case 'Walk': {
      const { columns, input, label } = node;
      return [
        `select ${columns.map(printName).join(', ')}`,
        `from ${printName(input.label)}`,
        ...printWhere([node.first]),
        'union all',
        `select ${columns.map((name) => printExpression(column(name, input.label))).join(', ')}`,
        `from ${printName(input.label)}`,
        `join ${printName(label)} on ${printExpression(node.next)}`,
      ];
    }
    case 'Join':
      return [
        ...printList(
          'select',
          node.columns.map((item) => printColumn(item)),
        ),
        `from ${printName(node.left.label)}`,
        `left join ${printName(node.right.label)} on ${printExpression(node.on)}`,
      ];
  }
}

function printSource({ table, derived = [] }: ScanLeg): readonly string[] {
  const name = printName(table);
  return derived.reduce<readonly string[]>(
    (from, columns) => [
      'from (',
      ...printList('select', ['*', ...columns.map((item) => printColumn(item))]).map((line) => `${INDENT}${line}`),
      ...from.map((line) => `${INDENT}${line}`),
      `) as ${name}`,
    ],
    [`from ${name}`],
  );
}

function printColumn({ name, expression }: Column): string {
  const value = printExpression(expression);
  const isItself = expression.op === 'column' && expression.name === name;
  return isItself ? value : `${value} as ${printName(name)}`;
}

/** One line when short, else one item a line. Items are never broken: a literal may hold a newline of its own. */
function printList(head: string, items: readonly string[]): readonly string[] {
  const oneLine = `${head} ${items.join(', ')}`;
  if (oneLine.length <= LINE && !oneLine.includes('\n')) return [oneLine];
  return [head, ...items.map((item, index) => `${INDENT}${item}${index < items.length - 1 ? ',' : ''}`)];
}

function printOrder(terms: readonly SortTerm[]): readonly string[] {
  return terms.length === 0
    ? []
    : printList(
        'order by',
        terms.map((term) => printSortTerms([term])),
      );
}

function printWhere(predicates: readonly Expression[]): readonly string[] {
  return predicates.map((predicate, index) => {
    const printed = printExpression(predicate);
    const text = predicate.op === 'or' && predicates.length > 1 ? `(${printed})` : printed;
    return index === 0 ? `where ${text}` : `${INDENT}and ${text}`;
  });
}

/** The plan as indented text, the last node first: what each yields and from what. */
export function printPlan(plan: Plan): string {
  const output = plan.output.map(({ name }) => printName(name)).join(', ');
  const lines = [`Output ${output}`];
  if (plan.orderBy.length > 0) lines.push(`${INDENT}order by ${printSortTerms(plan.orderBy)}`);
  for (const node of [...inOrder(plan.root)].reverse()) lines.push(...planLines(node));
  return `${lines.join('\n')}\n`;
}

function planLines(node: PlanNode): readonly string[] {
  const inputs = inputsOf(node).map(({ label }) => label);
  const from = inputs.length === 0 ? '' : ` from ${inputs.join(', ')}`;
  const yields = `${INDENT}yields ${columnsOf(node).map(printName).join(', ')}`;
  return [`${node.kind} ${node.label}${from}`, ...details(node).map((line) => `${INDENT}${line}`), yields];
}

function details(node: PlanNode): readonly string[] {
  switch (node.kind) {
    case 'Scan':
      return node.legs.flatMap((leg) => [
        `table ${leg.table}`,
        ...(leg.derived ?? []).flat().map((item) => printColumn(item)),
        ...leg.predicates.map((item) => `where ${printExpression(item)}`),
      ]);
    case 'Union':
      return node.legs.flatMap(({ input, columns }) =>
        columns
          .filter(({ name, expression }) => expression.op !== 'column' || expression.name !== name)
          .map((item) => `${input.label}: ${printColumn(item)}`),
      );
    case 'Filter':
      return node.predicates.map((item) => `where ${printExpression(item)}`);
    case 'Generate':
      return [`rows ${node.count}`];
    case 'Project':
      return node.columns
        .filter(({ name, expression }) => expression.op !== 'column' || expression.name !== name)
        .map((item) => printColumn(item));
    case 'Aggregate':
      return [
        ...node.predicates.map((item) => `where ${printExpression(item)}`),
        `by ${node.keys.map(({ name }) => printName(name)).join(', ')}`,
        ...node.aggregates.map((item) => printColumn(item)),
      ];
    case 'Unnest':
      return [`unnest ${printExpression(node.list)} as ${printName(node.as)}`];
    case 'Rank':
      return [
        `${printExpression({ op: 'window', call: node.call, partitionBy: node.partitionBy, orderBy: node.orderBy })} as ${printName(node.as)}`,
      ];
    case 'Limit':
      return [`first ${node.count} by ${printSortTerms(node.orderBy)}`];
    case 'Walk':
      return [`from ${printExpression(node.first)}`, `next ${printExpression(node.next)}`];
    case 'Join':
      return [`on ${printExpression(node.on)}`];
  }
}
