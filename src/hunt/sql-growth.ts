/**
 * Bounds how much an expression may copy within one row.
 *
 * No function is needed to make much out of little: `_raw || _raw || …`, or a lambda that copies a column of the row for
 * each element of a list, which DuckDB 1.5 does for all rows of a vector at once, where no interrupt reaches.
 */
import type { RefuseSql } from './diagnostic.ts';
import { seriesLength } from './sql-amplification.ts';
import { doublingFunctions, lambdaFunctions, seriesFunctions, shortResults } from './sql-functions.ts';
import { numberOf, textOf } from './sql-literals.ts';

type Tree = Readonly<Record<string, unknown>>;

/** In fields of the row; what a field holds is mostly short. */
const maxFields = 100;
const fieldLength = 1000;
/** A number, a time, a short word. */
const shortValue = 0.01;

interface Growth {
  /** How long the value may be, in fields. */
  readonly fields: number;
  /** How much of that is copied from the row, not from a lambda's own element. */
  readonly copied: number;
}

const short: Growth = { fields: shortValue, copied: 0 };

/** What the names that a lambda gives stand for. */
type Elements = ReadonlyMap<string, number>;

/** Calls `refuse`, which throws, for an expression that copies too much; its subqueries are not looked into. */
export function checkGrowth(expression: unknown, refuse: RefuseSql): void {
  new GrowthWalk(refuse).of(expression, new Map(), 0);
}

class GrowthWalk {
  readonly #refuse: RefuseSql;
  /** What the chains of || have in hand: each step keeps a text of its own until the vector is done. */
  #joined = 0;

  constructor(refuse: RefuseSql) {
    this.#refuse = refuse;
  }

  /** `lists` counts the lambdas around it that run over a list of unknown length. */
  of(expression: unknown, elements: Elements, lists: number): Growth {
    if (Array.isArray(expression)) return sum(this.#each(expression, elements, lists));
    if (!isTree(expression)) return { fields: 0, copied: 0 };
    const growth = this.#ofTree(expression, elements, lists);
    if (growth.fields > maxFields) this.#refuseFields(expression, growth.fields);
    return growth;
  }

  #addJoined(tree: Tree, fields: number): void {
    this.#joined += fields;
    if (this.#joined > maxFields) this.#refuseFields(tree, this.#joined);
  }

  #refuseFields(expression: Tree, fields: number): never {
    const message = `query: expected expressions that put together at most ${maxFields} fields, found ${Math.ceil(fields)}.`;
    const help =
      'A text repeated or joined is as many fields as it is made of; from unnest(…) each is a row of its own.';
    return this.#refuse('SQL103', message, offsetOf(expression), help);
  }

  #ofTree(tree: Tree, elements: Elements, lists: number): Growth {
    switch (tree.class) {
      case 'CONSTANT':
        return { fields: Math.max(1, textOf(tree)?.length ?? 1) / fieldLength, copied: 0 };
      case 'COLUMN_REF':
        return columnGrowth(tree, elements);
      case 'SUBQUERY':
        this.of(tree.child, elements, lists);
        return { fields: 1, copied: 1 };
      case 'FUNCTION':
        return this.#ofFunction(tree, elements, lists);
      case 'CAST': {
        const child = this.of(tree.child, elements, lists);
        // What a list or struct holds is quoted.
        return isTree(tree.child) && ['FUNCTION', 'OPERATOR'].includes(String(tree.child.class))
          ? times(2, child)
          : child;
      }
      case 'CASE':
        return this.#ofCase(tree, elements, lists);
      case 'COMPARISON':
      case 'CONJUNCTION':
      case 'BETWEEN':
        this.#each(Object.values(tree), elements, lists);
        return short;
      default: {
        const whole = this.of(Object.values(tree), elements, lists);
        return /^(?:COMPARE_|OPERATOR_NOT|OPERATOR_IS_)/.test(String(tree.type)) ? short : whole;
      }
    }
  }

  #ofFunction(tree: Tree, elements: Elements, lists: number): Growth {
    const name = String(tree.function_name).toLowerCase();
    const children = asList(tree.children);
    const lambda = children.find((child) => isTree(child) && child.class === 'LAMBDA') as Tree | undefined;
    if (lambda !== undefined && lambdaFunctions.has(name)) return this.#ofLambda(tree, lambda, elements, lists);
    this.#each([tree.filter, tree.order_bys], elements, lists);
    const whole = this.of(children, elements, lists);
    if (shortResults.has(name)) return short;
    if (seriesFunctions.has(name)) return { fields: (seriesLength(name, children) ?? 0) * shortValue, copied: 0 };
    if (name === '||') this.#addJoined(tree, whole.fields);
    if (doublingFunctions.has(name)) return times(2, whole);
    if (name !== 'repeat') return whole;
    const count = numberOf(children[1]) ?? 1;
    const literal = textOf(children[0]);
    if (literal !== undefined) return { fields: (literal.length * count) / fieldLength, copied: 0 };
    return times(count, whole);
  }

  /** A CASE is as long as its longest branch. */
  #ofCase(tree: Tree, elements: Elements, lists: number): Growth {
    const checks = asList(tree.case_checks).filter(isTree);
    const branches = this.#each([tree.else_expr, ...checks.map(({ then_expr }) => then_expr)], elements, lists);
    this.#each(
      checks.map(({ when_expr }) => when_expr),
      elements,
      lists,
    );
    return {
      fields: Math.max(...branches.map(({ fields }) => fields)),
      copied: Math.max(...branches.map(({ copied }) => copied)),
    };
  }

  #each(expressions: readonly unknown[], elements: Elements, lists: number): readonly Growth[] {
    return expressions.map((expression) => this.of(expression, elements, lists));
  }

  #ofLambda(call: Tree, lambda: Tree, elements: Elements, lists: number): Growth {
    const [list] = asList(call.children);
    const listGrowth = this.of(list, elements, lists);
    const length = literalLength(list);
    const around = length === undefined ? lists + 1 : lists;
    if (around > 1) {
      const message = `${call.function_name}: expected no lambda within a lambda over lists of unknown length, found one.`;
      this.#refuse('SQL103', message, offsetOf(call), 'unnest(…) one of the lists and join or aggregate its rows.');
    }
    const element = length === undefined ? 1 : listGrowth.fields / Math.max(1, length);
    const inner = new Map(elements);
    for (const parameter of parametersOf(lambda.lhs)) inner.set(parameter, element);
    const body = this.of(lambda.expr, inner, around);
    if (length !== undefined) {
      return { fields: listGrowth.fields + length * body.fields, copied: listGrowth.copied + length * body.copied };
    }
    if (body.copied > 0) {
      const message = `${call.function_name}: expected a lambda that compares with columns of the row, found one that copies them for each element of a list of unknown length.`;
      this.#refuse('SQL103', message, offsetOf(call), 'unnest(…) the list and put the two together in its rows.');
    }
    return { fields: listGrowth.fields + body.fields, copied: listGrowth.copied };
  }
}

function columnGrowth(tree: Tree, elements: Elements): Growth {
  const element = elements.get(String(asList(tree.column_names)[0]).toLowerCase());
  return element === undefined ? { fields: 1, copied: 1 } : { fields: element, copied: 0 };
}

/** Entries of a list that the query itself spells out; undefined for every other. */
function literalLength(list: unknown): number | undefined {
  if (!isTree(list) || list.class !== 'FUNCTION') return undefined;
  const name = String(list.function_name).toLowerCase();
  const children = asList(list.children);
  if (name === 'list_value') return children.length;
  return seriesFunctions.has(name) ? seriesLength(name, children) : undefined;
}

/** `lambda x: …` has one name, `lambda x, i: …` a row of them. */
function parametersOf(side: unknown): readonly string[] {
  if (!isTree(side)) return [];
  if (side.class === 'COLUMN_REF') return asList(side.column_names).map((name) => String(name).toLowerCase());
  return asList(side.children).flatMap(parametersOf);
}

function times(count: number, { fields, copied }: Growth): Growth {
  return { fields: count * fields, copied: count * copied };
}

function sum(growths: readonly Growth[]): Growth {
  let fields = 0;
  let copied = 0;
  for (const growth of growths) {
    fields += growth.fields;
    copied += growth.copied;
  }
  return { fields, copied };
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
