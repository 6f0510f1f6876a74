/** Walks the tree of `json_serialize_sql` (DuckDB 1.5) and refuses every part that is not known to be harmless. */

import type { RefuseSql } from './diagnostic.ts';
import { Amplification } from './sql-amplification.ts';
import { allowedFunctions, allowedTableFunctions, ownMacroPrefix } from './sql-functions.ts';
import { checkGrowth } from './sql-growth.ts';
import { textOf } from './sql-literals.ts';
import type { KnownTables } from './sql-tables.ts';

type Tree = Readonly<Record<string, unknown>>;

/** Names of the CTEs that a part of the query sees, in lower case. */
type Scope = ReadonlySet<string>;

const maxNodes = 20_000;

const expressionClasses: ReadonlySet<string> = new Set([
  'COLUMN_REF',
  'POSITIONAL_REFERENCE',
  'CONSTANT',
  'FUNCTION',
  'WINDOW',
  'OPERATOR',
  'COMPARISON',
  'CONJUNCTION',
  'BETWEEN',
  'CASE',
  'CAST',
  'COLLATE',
  'STAR',
  'LAMBDA',
  'SUBQUERY',
]);

const unboundType = /\b(?:bignum|varint)\b/i;

/** Functions whose second argument names the types of their result. */
const structureFunctions: ReadonlySet<string> = new Set(
  'json_transform json_transform_strict from_json from_json_strict'.split(' '),
);

/** Query nodes, table references, modifiers and orders that need no look of their own. */
const plainTypes: ReadonlySet<string> = new Set([
  'SELECT_NODE',
  'SET_OPERATION_NODE',
  'JOIN',
  'SUBQUERY',
  'EMPTY',
  'EXPRESSION_LIST',
  'LIMIT_MODIFIER',
  'LIMIT_PERCENT_MODIFIER',
  'ORDER_MODIFIER',
  'DISTINCT_MODIFIER',
  'ORDER_DEFAULT',
  'ASCENDING',
  'DESCENDING',
]);

/** What a refused part is called in SQL. */
const partNames: Readonly<Record<string, string>> = {
  PARAMETER: 'a parameter',
  DEFAULT: 'DEFAULT',
  RECURSIVE_CTE_NODE: 'a recursive CTE',
  PIVOT: 'PIVOT or UNPIVOT',
};

const partHelp: Readonly<Record<string, string>> = {
  PARAMETER: 'Write the value into the query.',
  PIVOT: 'count(*) filter (where …) per column does the same.',
};

/** Calls `refuse`, which throws, for the first part that is not allowed. */
export function checkSelect(statement: unknown, tables: KnownTables, refuse: RefuseSql): void {
  new SelectWalk(tables, refuse).walk(statement, new Set());
}

class SelectWalk {
  readonly #tables: KnownTables;
  readonly #refuse: RefuseSql;
  readonly #amplification: Amplification;
  #nodes = 0;
  /** Expressions around the part that is walked, up to the query that it stands in. */
  #around = 0;

  constructor(tables: KnownTables, refuse: RefuseSql) {
    this.#tables = tables;
    this.#refuse = refuse;
    this.#amplification = new Amplification(refuse);
  }

  walk(part: unknown, scope: Scope): void {
    if (Array.isArray(part)) {
      for (const item of part) this.walk(item, scope);
      return;
    }
    if (!isTree(part)) return;
    this.#nodes += 1;
    if (this.#nodes > maxNodes) {
      this.#refuse('SQL103', `query: expected at most ${maxNodes} parts, found more.`, Number.NaN);
    }
    if (typeof part.class === 'string') this.#walkExpression(part, part.class, scope);
    else if (typeof part.type === 'string') this.#checkNode(part, part.type, scope);
    else this.#walkChildren(part, scope);
  }

  #walkChildren(part: Tree, scope: Scope): void {
    const inner = isTree(part.cte_map) ? this.#walkCtes(part.cte_map, scope) : scope;
    for (const [key, child] of Object.entries(part)) {
      if (key !== 'cte_map') this.walk(child, inner);
    }
  }

  /** A CTE sees those before it, the query behind them sees all, and nothing outside that query sees any. */
  #walkCtes(cteMap: Tree, scope: Scope): Scope {
    const inner = new Set(scope);
    for (const entry of asList(cteMap.map)) {
      if (!isTree(entry)) continue;
      this.walk(entry.value, new Set(inner));
      inner.add(String(entry.key).toLowerCase());
    }
    return inner;
  }

  #walkExpression(part: Tree, expressionClass: string, scope: Scope): void {
    const around = this.#around;
    this.#around = expressionClass === 'SUBQUERY' ? 0 : around + 1;
    this.#checkExpression(part, expressionClass, scope);
    this.#around = around;
    if (around === 0) checkGrowth(part, this.#refuse);
  }

  #checkExpression(part: Tree, expressionClass: string, scope: Scope): void {
    if (!expressionClasses.has(expressionClass)) this.#refusePart(part, expressionClass);
    // A constant's value is data.
    if (expressionClass === 'CONSTANT') return;
    if (expressionClass === 'CAST') {
      if (namesUnboundType(part.cast_type)) this.#refuseUnboundType('a cast', part);
      this.walk(part.child, scope);
      return;
    }
    if (expressionClass === 'FUNCTION' || expressionClass === 'WINDOW') {
      const name = this.#checkFunctionName(part, allowedFunctions, 'function');
      this.#amplification.add(name, asList(part.children), offsetOf(part));
      if (structureFunctions.has(name) && !isBoundStructure(part)) this.#refuseUnboundType(name, part);
    }
    this.#walkChildren(part, scope);
  }

  #checkNode(part: Tree, type: string, scope: Scope): void {
    if (type === 'BASE_TABLE') this.#checkTable(part, scope);
    else if (type === 'TABLE_FUNCTION') this.#checkTableFunction(part, scope);
    else if (type === 'SHOW_REF') this.#checkShow(part, scope);
    else if (plainTypes.has(type)) this.#walkChildren(part, scope);
    else this.#refusePart(part, type);
  }

  #checkTable(part: Tree, scope: Scope): void {
    const name = String(part.table_name);
    const schema = String(part.schema_name);
    const catalog = String(part.catalog_name);
    if (part.at_clause !== null)
      this.#refuse('SQL102', `table ${name}: expected no AT clause, found one.`, offsetOf(part));
    if (catalog === '' && schema === '' && scope.has(name.toLowerCase())) return;
    if (catalog === '' && this.#tables.has(schema, name)) return;
    const suggestion = schema === '' && catalog === '' ? this.#tables.suggest(name) : undefined;
    const full = [catalog, schema, name].filter((text) => text !== '').join('.');
    this.#refuse(
      'SQL102',
      `query: expected ${suggestion ?? 'a table that may be read'}, found "${full}".`,
      offsetOf(part),
      `Allowed: ${this.#tables.description}, and the query's own CTEs. Files are never read.`,
    );
  }

  #checkTableFunction(part: Tree, scope: Scope): void {
    const call = part.function;
    if (!isTree(call) || call.class !== 'FUNCTION') this.#refusePart(part, 'TABLE_FUNCTION');
    const name = this.#checkFunctionName(call, allowedTableFunctions, 'table function');
    this.#amplification.addTableFunction(name, asList(call.children), offsetOf(call));
    for (const child of asList(call.children)) this.walk(child, scope);
  }

  /** DESCRIBE and SUMMARIZE hold a query of their own; the SHOW family lists the bookkeeping too. */
  #checkShow(part: Tree, scope: Scope): void {
    const type = part.show_type;
    if ((type === 'DESCRIBE' || type === 'SUMMARY') && isTree(part.query)) {
      this.walk(part.query, scope);
      return;
    }
    const found = String(part.table_name).replaceAll('"', '');
    const help = 'catalog.tables, catalog.columns and catalog.views say what there is.';
    this.#refuse('SQL102', `query: expected DESCRIBE or SUMMARIZE, found SHOW ${found}.`, offsetOf(part), help);
  }

  #checkFunctionName(call: Tree, allowed: ReadonlySet<string>, kind: string): string {
    const name = String(call.function_name).toLowerCase();
    // The parser writes `main` itself for syntax such as [1, 2] or extract(hour from t).
    const isUnqualified = call.catalog === '' && (call.schema === '' || call.schema === 'main');
    if (isUnqualified && (allowed.has(name) || name.startsWith(ownMacroPrefix))) return name;
    const full = [call.catalog, call.schema, call.function_name].filter((text) => text !== '' && text !== 'main');
    const help =
      kind === 'function'
        ? "Allowed: DuckDB's functions on text, numbers, times, lists, maps and JSON, its aggregates and window functions; none that reaches outside the query or has no bound."
        : `Allowed: ${[...allowed].join(', ')}.`;
    return this.#refuse(
      'SQL102',
      `query: expected a ${kind} that is allowed, found ${full.join('.')}().`,
      offsetOf(call),
      help,
    );
  }

  #refuseUnboundType(what: string, part: Tree): never {
    const help = 'HUGEINT has 38 digits, DOUBLE has any size.';
    return this.#refuse('SQL103', `${what}: expected a type of bounded size, found BIGNUM.`, offsetOf(part), help);
  }

  #refusePart(part: Tree, type: string): never {
    const name = partNames[type] ?? type;
    return this.#refuse('SQL102', `query: expected a plain SELECT, found ${name}.`, offsetOf(part), partHelp[type]);
  }
}

/** BIGNUM, also within a list or struct: turning a text of a million digits into one takes minutes that nothing interrupts. */
function namesUnboundType(type: unknown): boolean {
  return unboundType.test(JSON.stringify(type) ?? '');
}

/** A structure that is not written out could name any type. */
function isBoundStructure(call: Tree): boolean {
  const structure = textOf(asList(call.children)[1]);
  return structure !== undefined && !structure.includes('\\') && !unboundType.test(structure);
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function offsetOf(part: Tree): number {
  return typeof part.query_location === 'number' ? part.query_location : Number.NaN;
}
