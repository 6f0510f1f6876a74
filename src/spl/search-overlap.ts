/**
 * Whether two search expressions can match one event. What the texts do not prove impossible counts as possible: terms of one field
 * whose values exclude each other, NOT of what the other requires, datasets of other tables.
 */
import type { SearchComparison, SearchExpression, SearchIn } from './ast.ts';
import { ALL_EVENTS, type Dataset, type DatasetTable, findDataset } from './catalogue.ts';
import { SplError } from './diagnostics.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { printExpression } from './print-expression.ts';
import { covers, overlaps } from './wildcard-text.ts';

/** Pairs of terms that are looked at; beyond them nothing is proven. */
const MOST_PAIRS = 20_000;

/** Terms that all hold of the events. */
type Terms = readonly SearchExpression[];

/** `made`: fields that are not the events' own to one of the two. */
export function mayMatchOneEvent(one: Terms, other: Terms, made: ReadonlySet<string> = new Set()): boolean {
  return tablePairs(one, other, made).some((pair) => !pair.excludes(pair.all(one), pair.all(other)));
}

/** Whether every event that `one` matches matches `other` too. */
export function isWithin(one: Terms, other: Terms, made: ReadonlySet<string> = new Set()): boolean {
  const pairs = tablePairs(one, other, made);
  const isOfAllTables = pairs.length >= datasetOf(one).tables.length;
  return isOfAllTables && pairs.every((pair) => pair.isWhole && pair.implies(pair.all(one), conjunction(other)));
}

/** The API server gives an objectRef to requests for resources alone, whose paths begin with /api/ or /apis/. */
function isAboutObject(term: SearchExpression): term is SearchComparison | SearchIn {
  const isPositive = term.kind === 'SearchIn' || (term.kind === 'SearchComparison' && term.operator === '=');
  return isPositive && term.field.name.startsWith('objectRef.');
}

function conjunction(operands: Terms): SearchExpression {
  return { kind: 'SearchAnd', span: { start: 0, end: 0 }, operands };
}

function ofResource({ span, field }: SearchComparison | SearchIn): SearchExpression {
  const value = { span, text: '/api*' };
  return { kind: 'SearchComparison', span, field: { ...field, name: 'requestURI' }, operator: '=', value };
}

function datasetOf(terms: Terms): Dataset {
  const term = terms.find(({ kind }) => kind === 'SearchDataset');
  return (term?.kind === 'SearchDataset' && findDataset(term.value.text)) || ALL_EVENTS;
}

function tablePairs(one: Terms, other: Terms, made: ReadonlySet<string>): readonly TablePair[] {
  return datasetOf(one).tables.flatMap((left) =>
    datasetOf(other)
      .tables.filter(({ table }) => table === left.table)
      .map((right) => new TablePair(left, right, made)),
  );
}

/** One table's rows as each of the two reads them. */
class TablePair {
  readonly #one: DatasetTable;
  readonly #other: DatasetTable;
  readonly #made: ReadonlySet<string>;
  readonly #meanings = new Map<string, 'single' | 'several' | 'differs'>();
  #pairs = 0;

  constructor(one: DatasetTable, other: DatasetTable, made: ReadonlySet<string>) {
    this.#one = one;
    this.#other = other;
    this.#made = made;
  }

  /** The terms with what follows from them of this table's rows. */
  all(terms: Terms): SearchExpression {
    const known = this.#one.table === 'kube_audit' ? terms.filter(isAboutObject).map(ofResource) : [];
    return conjunction([...terms, ...known]);
  }

  /** Whether the other side's dataset has all rows that this side reads. */
  get isWhole(): boolean {
    return this.#other.parts.every((part) => part.length === 0) || this.#one === this.#other;
  }

  excludes(x: SearchExpression, y: SearchExpression): boolean {
    if (this.#isSpent()) return false;
    if (x.kind === 'SearchAnd' && x.operands.some((part) => this.excludes(part, y))) return true;
    if (y.kind === 'SearchAnd' && y.operands.some((part) => this.excludes(x, part))) return true;
    if (x.kind === 'SearchOr' && x.operands.every((part) => this.excludes(part, y))) return true;
    if (y.kind === 'SearchOr' && y.operands.every((part) => this.excludes(x, part))) return true;
    if (x.kind === 'SearchNot') return this.implies(y, x.operand);
    if (y.kind === 'SearchNot') return this.implies(x, y.operand);
    if (isTerm(x) && x.operator === '!=') return this.#isOneValue(x) && this.implies(y, positive(x));
    if (isTerm(y) && y.operator === '!=') return this.#isOneValue(y) && this.implies(x, positive(y));
    const [left, right] = [valuesOf(x), valuesOf(y)];
    if (left === undefined || right === undefined || left.field !== right.field) return false;
    if (this.#meaning(left.field) !== 'single') return false;
    return left.values.every((value) => right.values.every((wanted) => !mayEqualBoth(value, wanted)));
  }

  /** Whatever matches `x` matches `y`. */
  implies(x: SearchExpression, y: SearchExpression): boolean {
    if (this.#isSpent()) return false;
    if (y.kind === 'SearchDataset' || (y.kind === 'SearchKeyword' && /^\*+$/.test(y.text))) return true;
    if (y.kind === 'SearchAnd') return y.operands.every((part) => this.implies(x, part));
    if (x.kind === 'SearchOr') return x.operands.every((part) => this.implies(part, y));
    if (y.kind === 'SearchOr' && y.operands.some((part) => this.implies(x, part))) return true;
    if (x.kind === 'SearchAnd' && x.operands.some((part) => this.implies(part, y))) return true;
    if (y.kind === 'SearchNot') return this.excludes(x, y.operand);
    const [found, wanted] = [valuesOf(x), valuesOf(y)];
    if (found === undefined || wanted === undefined || found.field !== wanted.field) return false;
    if (this.#meaning(found.field) === 'differs') return false;
    return found.values.every((value) => wanted.values.some((wide) => isCovered(value, wide)));
  }

  #isOneValue({ field }: SearchComparison): boolean {
    return this.#meaning(field.name) === 'single';
  }

  #isSpent(): boolean {
    this.#pairs += 1;
    return this.#pairs > MOST_PAIRS;
  }

  #meaning(field: string): 'single' | 'several' | 'differs' {
    const known = this.#meanings.get(field);
    if (known !== undefined) return known;
    const found = this.#compare(field);
    this.#meanings.set(field, found);
    return found;
  }

  #compare(field: string): 'single' | 'several' | 'differs' {
    if (this.#made.has(field)) return 'differs';
    try {
      const span = { start: 0, end: 0 };
      const [one, other] = [this.#one, this.#other].map((table) => table.resolve(field, span, DEFAULT_LIMITS).value);
      if (one === undefined || other === undefined) return 'differs';
      if (printExpression(one.expression) !== printExpression(other.expression)) return 'differs';
      return one.kind === 'list' ? 'several' : 'single';
    } catch (error: unknown) {
      // A name that cannot be read; the search that has it does not compile.
      if (error instanceof SplError) return 'differs';
      throw error;
    }
  }
}

function isTerm(expression: SearchExpression): expression is SearchComparison {
  return expression.kind === 'SearchComparison';
}

function positive(term: SearchComparison): SearchComparison {
  return { ...term, operator: '=' };
}

/** Of `f=v` and `f IN (…)`, as they are compared: in lower case. */
function valuesOf(
  expression: SearchExpression,
): { readonly field: string; readonly values: readonly string[] } | undefined {
  const found =
    expression.kind === 'SearchIn'
      ? expression.values
      : expression.kind === 'SearchComparison' && expression.operator === '='
        ? [expression.value]
        : undefined;
  if (found === undefined || !('field' in expression)) return undefined;
  return { field: expression.field.name, values: found.map(({ text }) => text.toLowerCase()) };
}

const NETWORK = /^[0-9a-f.:]+\/\d{1,3}$/;

function mayEqualBoth(one: string, other: string): boolean {
  return NETWORK.test(one) || NETWORK.test(other) || overlaps(one, other);
}

function isCovered(value: string, wide: string): boolean {
  return value === wide || (!NETWORK.test(value) && covers(wide, value));
}
