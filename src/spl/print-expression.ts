/** Expressions to SQL text. Brackets only where SQL would otherwise read it differently. */
import type { AggregateCall, Expression, SortTerm, WindowFrame } from './expression.ts';
import { quoteIdentifier, quoteText } from './quote.ts';

/** How tightly DuckDB binds, loosest first. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  not: 3,
  is: 5,
  '=': 6,
  '<>': 6,
  '<': 6,
  '<=': 6,
  '>': 6,
  '>=': 6,
  in: 7,
  like: 7,
  '||': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
  negate: 11,
  postfix: 12,
  atom: 13,
};

/** Names that cannot be keywords need no quotes: our own tables and CTEs. */
const UNQUOTED =
  /^[a-z]+_[0-9]+(?:_[a-z0-9]+)*$|^(?:kube_audit|detection_window|_time|_raw|_indextime|_order|commit_seq)$/;

export function printName(name: string): string {
  return UNQUOTED.test(name) ? name : quoteIdentifier(name);
}

export function printExpression(expression: Expression): string {
  return print(expression).text;
}

interface Printed {
  readonly text: string;
  readonly precedence: number;
}

/** The operand's text, bracketed if it binds more loosely than `least`. */
function operand(expression: Expression, least: number): string {
  const printed = print(expression);
  return printed.precedence < least ? `(${printed.text})` : printed.text;
}

function level(name: string): number {
  const found = PRECEDENCE[name];
  if (found === undefined) throw new Error(`print-expression: expected a known operator, found "${name}".`);
  return found;
}

function print(expression: Expression): Printed {
  const atom = level('atom');
  switch (expression.op) {
    case 'column': {
      const name = printName(expression.name);
      return {
        text: expression.table === undefined ? name : `${printName(expression.table)}.${name}`,
        precedence: atom,
      };
    }
    case 'parameter':
      return { text: expression.name, precedence: atom };
    case 'text':
      return { text: quoteText(expression.value), precedence: atom };
    case 'number':
      return { text: expression.text, precedence: expression.text.startsWith('-') ? level('negate') : atom };
    case 'boolean':
      return { text: String(expression.value), precedence: atom };
    case 'null':
      return { text: 'null', precedence: atom };
    case 'list':
      return { text: `[${expression.items.map(printExpression).join(', ')}]`, precedence: atom };
    case 'call':
      return { text: `${expression.name}(${expression.arguments.map(printExpression).join(', ')})`, precedence: atom };
    case 'aggregate':
      return { text: printAggregate(expression.call), precedence: atom };
    case 'listAggregate': {
      const inner = [expression.operand, { op: 'text', value: expression.name } as const, ...expression.rest];
      return { text: `list_aggregate(${inner.map(printExpression).join(', ')})`, precedence: atom };
    }
    case 'window':
      return { text: printWindow(expression), precedence: atom };
    case 'binary': {
      const precedence = level(expression.operator);
      // Every operator leans to the left; comparisons do not chain at all.
      const left = operand(expression.left, precedence + (precedence <= level('like') ? 1 : 0));
      return { text: `${left} ${expression.operator} ${operand(expression.right, precedence + 1)}`, precedence };
    }
    case 'and':
    case 'or': {
      const precedence = level(expression.op);
      return {
        text: expression.operands.map((item) => operand(item, level('not'))).join(` ${expression.op} `),
        precedence,
      };
    }
    case 'not':
      return { text: `not ${operand(expression.operand, level('postfix'))}`, precedence: level('not') };
    case 'negate':
      return { text: `-${operand(expression.operand, level('postfix'))}`, precedence: level('negate') };
    case 'isNotTrue':
      return { text: `(${printExpression(expression.operand)}) is not true`, precedence: level('is') };
    case 'isNull':
    case 'isNotNull': {
      const test = expression.op === 'isNull' ? 'is null' : 'is not null';
      return { text: `${operand(expression.operand, level('||'))} ${test}`, precedence: level('is') };
    }
    case 'case':
      return { text: printCase(expression), precedence: atom };
    case 'cast':
      return {
        text: `${operand(expression.operand, level('postfix'))}::${expression.type}`,
        precedence: level('postfix'),
      };
    case 'member':
      return {
        text: `${operand(expression.operand, level('atom'))}.${printName(expression.name)}`,
        precedence: level('postfix'),
      };
    case 'index': {
      const end = expression.end === undefined ? '' : `:${printExpression(expression.end)}`;
      const inner = `${printExpression(expression.index)}${end}`;
      // Brackets behind a cast would belong to its type: varchar[][1].
      const least = level(expression.operand.op === 'cast' ? 'atom' : 'postfix');
      return { text: `${operand(expression.operand, least)}[${inner}]`, precedence: level('postfix') };
    }
    case 'lambda':
      return { text: `lambda ${expression.parameters.join(', ')}: ${printExpression(expression.body)}`, precedence: 0 };
    case 'like': {
      const sides = `${operand(expression.operand, level('||'))} like ${operand(expression.pattern, level('||'))}`;
      return { text: `${sides}${expression.escaped ? " escape '\\'" : ''}`, precedence: level('like') };
    }
    case 'interval':
      return { text: `interval ${expression.count} ${expression.unit}`, precedence: atom };
    case 'in': {
      const values = expression.values.map(printExpression).join(', ');
      return { text: `${operand(expression.operand, level('||'))} in (${values})`, precedence: level('in') };
    }
    case 'inRows': {
      const operands = expression.operands.map(printExpression).join(', ');
      const rows = `select ${expression.columns.map(printName).join(', ')} from ${printName(expression.rows)}`;
      const left =
        expression.operands.length === 1 && expression.operands[0] !== undefined
          ? operand(expression.operands[0], level('||'))
          : `(${operands})`;
      return { text: `${left} in (${rows})`, precedence: level('in') };
    }
    case 'existsRow': {
      const { rows, condition } = expression;
      const where = condition.op === 'boolean' && condition.value ? '' : ` where ${printExpression(condition)}`;
      return { text: `exists (select 1 from ${printName(rows)}${where})`, precedence: atom };
    }
    case 'aggregateRows': {
      const { call, rows, condition } = expression;
      const where = `where ${printExpression(condition)}`;
      return { text: `(select ${printAggregate(call)} from ${printName(rows)} ${where})`, precedence: atom };
    }
    case 'existsMember': {
      const members = `select unnest(${printExpression(expression.list)}) as ${printName(expression.member)}`;
      const condition = printExpression(expression.condition);
      return { text: `exists (select 1 from (${members}) where ${condition})`, precedence: atom };
    }
    case 'settingOf': {
      const { table, column, key, value } = expression;
      const where = `where ${printName(key)} = ${quoteText(value)}`;
      return { text: `(select ${printName(column)} from ${printName(table)} ${where})`, precedence: atom };
    }
  }
}

function printCase(expression: Extract<Expression, { op: 'case' }>): string {
  const whens = expression.whens.map(
    ({ condition, result }) => `when ${printExpression(condition)} then ${printExpression(result)}`,
  );
  const otherwise = expression.otherwise === undefined ? '' : ` else ${printExpression(expression.otherwise)}`;
  return `case ${whens.join(' ')}${otherwise} end`;
}

export function printSortTerms(terms: readonly SortTerm[]): string {
  return terms
    .map(
      ({ expression, descending }) =>
        // DuckDB puts nulls last in both directions, as SPL does.
        `${printExpression(expression)}${descending ? ' desc' : ''}`,
    )
    .join(', ');
}

function printAggregate(call: AggregateCall): string {
  const inner =
    call.arguments.length === 0 && call.name === 'count' ? '*' : call.arguments.map(printExpression).join(', ');
  const distinct = call.distinct === true ? 'distinct ' : '';
  const order =
    call.orderBy === undefined || call.orderBy.length === 0 ? '' : ` order by ${printSortTerms(call.orderBy)}`;
  const filter = call.filter === undefined ? '' : ` filter (where ${printExpression(call.filter)})`;
  return `${call.name}(${distinct}${inner}${order})${filter}`;
}

function printWindow({ call, partitionBy, orderBy, frame }: Extract<Expression, { op: 'window' }>): string {
  const partition = partitionBy.length === 0 ? '' : `partition by ${partitionBy.map(printExpression).join(', ')}`;
  const order = orderBy.length === 0 ? '' : `order by ${printSortTerms(orderBy)}`;
  const inner = [partition, order, printFrame(frame)].filter((part) => part !== '').join(' ');
  return `${printWindowCall(call)} over (${inner})`;
}

/** The first or last value that is there is no aggregate within a window: DuckDB wants IGNORE NULLS instead of a filter. */
function printWindowCall(call: AggregateCall): string {
  const [argument] = call.arguments;
  const isPlace = call.name === 'first' || call.name === 'last';
  if (!isPlace || argument === undefined) return printAggregate(call);
  const order =
    call.orderBy === undefined || call.orderBy.length === 0 ? '' : ` order by ${printSortTerms(call.orderBy)}`;
  return `${call.name}(${printExpression(argument)}${order} ignore nulls)`;
}

function printFrame(frame: WindowFrame | undefined): string {
  if (frame === undefined) return '';
  if ('within' in frame) {
    return `range between ${frame.before === true ? `${frame.within} preceding` : 'current row'} and ${frame.within} following`;
  }
  const to = frame.current ? 'current row' : '1 preceding';
  if ('below' in frame) return `range between ${printExpression(frame.below)} preceding and ${to}`;
  const from = frame.preceding === undefined ? 'unbounded' : String(frame.preceding);
  return `rows between ${from} preceding and ${to}`;
}
