/** Scalar expressions of the plan. They name columns, never fields: what a field means was settled in lowering. */

export type Expression =
  | { readonly op: 'column'; readonly name: string; readonly table?: string }
  | { readonly op: 'parameter'; readonly name: string }
  | { readonly op: 'text'; readonly value: string }
  /** As SQL writes it, e.g. `5`, `1.5e3`; made by `number` only. */
  | { readonly op: 'number'; readonly text: string }
  | { readonly op: 'boolean'; readonly value: boolean }
  | { readonly op: 'null' }
  | { readonly op: 'list'; readonly items: readonly Expression[] }
  | { readonly op: 'call'; readonly name: SqlFunction; readonly arguments: readonly Expression[] }
  | { readonly op: 'aggregate'; readonly call: AggregateCall }
  /** An aggregate over the members of a list. */
  | {
      readonly op: 'listAggregate';
      readonly operand: Expression;
      readonly name: SqlAggregate;
      readonly rest: readonly Expression[];
    }
  | {
      readonly op: 'window';
      readonly call: AggregateCall;
      readonly partitionBy: readonly Expression[];
      readonly orderBy: readonly SortTerm[];
      /** Absent: all rows of the partition. */
      readonly frame?: WindowFrame;
    }
  | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  | { readonly op: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly op: 'not'; readonly operand: Expression }
  | { readonly op: 'negate'; readonly operand: Expression }
  /** Turns "unknown" into false before negating: `(x) is not true`. */
  | { readonly op: 'isNotTrue'; readonly operand: Expression }
  | { readonly op: 'isNull' | 'isNotNull'; readonly operand: Expression }
  | { readonly op: 'case'; readonly whens: readonly When[]; readonly otherwise?: Expression }
  | { readonly op: 'cast'; readonly operand: Expression; readonly type: SqlType }
  | { readonly op: 'member'; readonly operand: Expression; readonly name: string }
  | { readonly op: 'index'; readonly operand: Expression; readonly index: Expression; readonly end?: Expression }
  | { readonly op: 'lambda'; readonly parameters: readonly string[]; readonly body: Expression }
  /** With `escaped`, a backslash in the pattern makes `%`, `_` and itself ordinary. */
  | { readonly op: 'like'; readonly operand: Expression; readonly pattern: Expression; readonly escaped: boolean }
  | { readonly op: 'interval'; readonly count: number; readonly unit: IntervalUnit }
  | { readonly op: 'in'; readonly operand: Expression; readonly values: readonly Expression[] }
  /** `(a, b) in (select x, y from <rows>)`; null where an operand is. The node that holds it names the rows among its subqueries. */
  | {
      readonly op: 'inRows';
      readonly operands: readonly Expression[];
      readonly rows: string;
      readonly columns: readonly string[];
    }
  /** A row of <rows> satisfies the condition, which sees its columns before those of the rows outside. */
  | { readonly op: 'existsRow'; readonly rows: string; readonly condition: Expression }
  /** An aggregate over the rows of <rows> that satisfy the condition, which sees their columns before those of the row outside. */
  | {
      readonly op: 'aggregateRows';
      readonly call: AggregateCall;
      readonly rows: string;
      readonly condition: Expression;
    }
  /** A member of the list, as the column `member`, satisfies the condition. Beside rows outside a lambda could not read theirs. */
  | {
      readonly op: 'existsMember';
      readonly list: Expression;
      readonly member: string;
      readonly condition: Expression;
    }
  /** `(select <column> from <table> where <key> = <value>)`: a row that the service keeps, such as a detection's window. */
  | {
      readonly op: 'settingOf';
      readonly table: string;
      readonly column: string;
      readonly key: string;
      readonly value: string;
    };

export type IntervalUnit = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year';

export interface When {
  readonly condition: Expression;
  readonly result: Expression;
}

export interface AggregateCall {
  readonly name: SqlAggregate;
  /** Empty for `count(*)`. */
  readonly arguments: readonly Expression[];
  readonly distinct?: boolean;
  readonly orderBy?: readonly SortTerm[];
  readonly filter?: Expression;
}

export type WindowFrame = RowsFrame | RangeFrame | PlacesFrame;

/** The rows up to the current one. */
export interface RowsFrame {
  /** How many rows before the current one; absent: all of them. */
  readonly preceding?: number;
  readonly current: boolean;
}

/** The rows whose one sort term, a whole number, is at most so much less than that of the current one. */
export interface PlacesFrame {
  /** Of each row its own. */
  readonly below: Expression;
  readonly current: boolean;
}

/** The current row and those behind it, or on both sides, whose one sort term, a number, differs by at most `within`. */
export interface RangeFrame {
  readonly within: number;
  readonly before?: boolean;
}

export interface SortTerm {
  readonly expression: Expression;
  readonly descending: boolean;
}

export type BinaryOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '||';

export type SqlType = 'varchar' | 'double' | 'bigint' | 'timestamp' | 'json' | 'varchar[]' | 'bigint[]' | 'json[]';

/** Functions of DuckDB and the macros of sql/macros that compiled searches call: an allow-list for whoever runs the SQL. */
export type SqlFunction = (typeof SQL_FUNCTIONS)[number];
export const SQL_FUNCTIONS = [
  'abs',
  'acos',
  'acosh',
  'array_to_string',
  'asin',
  'asinh',
  'atan',
  'atan2',
  'atanh',
  'ceil',
  'coalesce',
  'concat',
  'contains',
  'cos',
  'cosh',
  'date_trunc',
  'ends_with',
  'epoch',
  'error',
  'exp',
  'flatten',
  'floor',
  'generate_subscripts',
  'getvariable',
  'greatest',
  'json_extract',
  'json_extract_string',
  'least',
  'len',
  'list_bool_or',
  'list_concat',
  'list_contains',
  'list_distinct',
  'list_filter',
  'list_position',
  'list_reverse',
  'list_sort',
  'list_transform',
  'list_zip',
  'ln',
  'log10',
  'lower',
  'lpad',
  'ltrim',
  'md5',
  'mod',
  'nullif',
  'pi',
  'pow',
  'printf',
  'range',
  'regexp_extract',
  'regexp_extract_all',
  'regexp_matches',
  'regexp_replace',
  'replace',
  'round',
  'row',
  'rtrim',
  'sha1',
  'sha256',
  'sign',
  'sin',
  'sinh',
  'spl_bin_log',
  'spl_bin_width',
  'spl_bit_and',
  'spl_bit_or',
  'spl_bit_shift',
  'spl_cell',
  'spl_clean_keys',
  'spl_commas',
  'spl_delimited_pairs',
  'spl_duration',
  'spl_in_network',
  'spl_ip_mask',
  'spl_iplocation',
  'spl_json_append',
  'spl_json_at',
  'spl_json_entries',
  'spl_json_extend',
  'spl_json_fragment',
  'spl_json_inferred',
  'spl_json_keys',
  'spl_json_kind',
  'spl_json_list_at',
  'spl_json_members',
  'spl_json_start',
  'spl_json_valid',
  'spl_json_value',
  'spl_json_values_at',
  'spl_json_with',
  'spl_json_with_member',
  'spl_json_without',
  'spl_list_at',
  'spl_longest_literal',
  'spl_may_hold',
  'spl_may_name',
  'spl_members_at',
  'spl_mode',
  'spl_number',
  'spl_number_in_base',
  'spl_number_text',
  'spl_pair_at',
  'spl_pair_values',
  'spl_pairs',
  'spl_replace_nth',
  'spl_round',
  'spl_sort_address',
  'spl_strftime',
  'spl_strptime',
  'spl_strptime_zone',
  'spl_text_at',
  'spl_timestamp',
  'spl_url_decode',
  'sqrt',
  'starts_with',
  'string_split',
  'strlen',
  'struct_extract',
  'substr',
  'tan',
  'tanh',
  'time_bucket',
  'to_binary',
  'to_json',
  'translate',
  'trim',
  'trunc',
  'try',
  'unnest',
  'upper',
  'xor',
] as const;

export type SqlAggregate =
  | 'any_value' | 'arg_max' | 'arg_min' | 'avg' | 'count' | 'first' | 'last' | 'list' | 'max' | 'median' | 'min' | 'min'
  | 'quantile_disc' | 'row_number' | 'stddev_pop' | 'stddev_samp' | 'sum' | 'var_pop' | 'var_samp'; // biome-ignore format: a flat catalogue

// ---------------------------------------------------------------- makers

export function column(name: string, table?: string): Expression {
  return table === undefined ? { op: 'column', name } : { op: 'column', name, table };
}

export function text(value: string): Expression {
  return { op: 'text', value };
}

/** A finite number. */
export function number(value: number): Expression {
  if (!Number.isFinite(value)) throw new Error(`number: expected a finite number, found ${value}.`);
  // DuckDB reads an exponent as DOUBLE; a whole number beyond 2^53 would become a wider integer type.
  const isExact = !Number.isInteger(value) || Number.isSafeInteger(value);
  return { op: 'number', text: isExact ? String(value) : value.toExponential() };
}

export const NULL: Expression = { op: 'null' };
export const TRUE: Expression = { op: 'boolean', value: true };
export const FALSE: Expression = { op: 'boolean', value: false };

export function call(name: SqlFunction, ...found: readonly Expression[]): Expression {
  return { op: 'call', name, arguments: found };
}

export function binary(operator: BinaryOperator, left: Expression, right: Expression): Expression {
  return { op: 'binary', operator, left, right };
}

export function cast(operand: Expression, type: SqlType): Expression {
  return { op: 'cast', operand, type };
}

export function list(items: readonly Expression[]): Expression {
  return { op: 'list', items };
}

export function isNull(operand: Expression): Expression {
  return { op: 'isNull', operand };
}

export function isNotNull(operand: Expression): Expression {
  return { op: 'isNotNull', operand };
}

export function when(condition: Expression, result: Expression, otherwise?: Expression): Expression {
  const whens = [{ condition, result }];
  return otherwise === undefined ? { op: 'case', whens } : { op: 'case', whens, otherwise };
}

/** Over all rows, in no order, where `over` says nothing else. */
export function window(
  name: SqlAggregate,
  operands: readonly Expression[],
  over: Partial<Pick<Extract<Expression, { op: 'window' }>, 'partitionBy' | 'orderBy' | 'frame'>>,
): Expression {
  return { op: 'window', call: { name, arguments: operands }, partitionBy: [], orderBy: [], ...over };
}

/** Parameters of the lambdas whose bodies are being made right now, the outermost first. */
const open: string[] = [];

/** Its parameter gets another name within a lambda that has one of that name: `member_`, `member_2`. */
export function lambda(parameter: string, body: (value: Expression) => Expression): Expression {
  let name = parameter;
  for (let count = 2; open.includes(name); count += 1) name = `${parameter}${count}`;
  open.push(name);
  try {
    return { op: 'lambda', parameters: [name], body: body({ op: 'parameter', name }) };
  } finally {
    open.pop();
  }
}

/** All of them; flat, and without `true`. */
export function and(operands: readonly Expression[]): Expression {
  return combine('and', operands, true);
}

/** Any of them; flat, and without `false`. */
export function or(operands: readonly Expression[]): Expression {
  return combine('or', operands, false);
}

function combine(op: 'and' | 'or', operands: readonly Expression[], neutral: boolean): Expression {
  const flat: Expression[] = [];
  for (const operand of operands) {
    if (operand.op === 'boolean' && operand.value === neutral) continue;
    if (operand.op === 'boolean') return operand;
    if (operand.op === op) flat.push(...operand.operands);
    else flat.push(operand);
  }
  const [first] = flat;
  if (first === undefined) return neutral ? TRUE : FALSE;
  return flat.length === 1 ? first : { op, operands: flat };
}
