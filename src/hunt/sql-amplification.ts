/**
 * Bounds how large a query may blow up its own literals.
 *
 * DuckDB stops a query between vectors of rows, not inside one: `list_sort(range(100000000))` ran on
 * for 13 s after its interrupt, three nested replace() of short texts for minutes. So every function that
 * makes much out of little must say how much in a literal, and the product of all of them has a bound.
 */

import type { RefuseSql } from './diagnostic.ts';
import { replaceFunctions, seriesFunctions, sizeArguments } from './sql-functions.ts';

const maxScalarSeries = 10_000;
const maxTableSeries = 10_000_000;
const maxProduct = 1_000_000;

export class Amplification {
  readonly #refuse: RefuseSql;
  #product = 1;

  constructor(refuse: RefuseSql) {
    this.#refuse = refuse;
  }

  /** Counts a call in an expression. */
  add(name: string, children: readonly unknown[], byteOffset: number): void {
    if (seriesFunctions.has(name)) {
      const length = seriesLength(name, children);
      if (length === undefined || length > maxScalarSeries) {
        const help = `from ${name}(…) may have ${maxTableSeries} entries, and times.`;
        this.#refuse(
          'SQL103',
          `${name}: expected literal bounds of at most ${maxScalarSeries} entries.`,
          byteOffset,
          help,
        );
      }
      this.#multiply(name, length ?? 0, byteOffset);
    }
    const sizeArgument = sizeArguments[name];
    if (sizeArgument !== undefined) {
      const size = numberOf(children[sizeArgument]);
      if (size === undefined)
        this.#refuse('SQL103', `${name}: expected a literal size, found an expression.`, byteOffset);
      this.#multiply(name, size ?? 0, byteOffset);
    }
    if (replaceFunctions.has(name)) {
      // An expression as replacement is as long as a field; what fields are built from is counted above.
      const factor = (textOf(children[2])?.length ?? 1) / Math.max(1, textOf(children[1])?.length ?? 1);
      this.#multiply(name, Math.ceil(factor), byteOffset);
    }
  }

  /** Counts a call in FROM, where rows stream: only its own length is bounded. */
  addTableFunction(name: string, children: readonly unknown[], byteOffset: number): void {
    if (!seriesFunctions.has(name)) return;
    if (!children.every(isLiteral)) {
      this.#refuse('SQL103', `${name}: expected literal bounds, found an expression.`, byteOffset);
    }
    const length = seriesLength(name, children);
    if (length !== undefined && length > maxTableSeries) {
      this.#refuse('SQL103', `${name}: expected at most ${maxTableSeries} entries, found ${length}.`, byteOffset);
    }
  }

  #multiply(name: string, factor: number, byteOffset: number): void {
    this.#product *= Math.max(1, factor);
    if (!(this.#product <= maxProduct)) {
      const message = `${name}: expected sizes whose product is at most ${maxProduct}, found ${this.#product}.`;
      this.#refuse(
        'SQL103',
        message,
        byteOffset,
        'The sizes of range, repeat, lpad, rpad, list_resize and replace multiply.',
      );
    }
  }
}

/** Entries of range(stop), range(start, stop) or range(start, stop, step), without or with the stop; undefined where they are no numbers. */
function seriesLength(name: string, children: readonly unknown[]): number | undefined {
  const numbers = children.map(numberOf);
  if (numbers.length === 0 || numbers.some((value) => value === undefined)) return undefined;
  const [first = 0, second, step = 1] = numbers;
  const span = second === undefined ? first : second - first;
  if (step === 0) return 0;
  return Math.max(0, name === 'range' ? Math.ceil(span / step) : Math.floor(span / step) + 1);
}

type Tree = Readonly<Record<string, unknown>>;

/** The number of a constant, also behind a sign or a cast. */
function numberOf(expression: unknown): number | undefined {
  const tree = expression as Tree | undefined;
  if (tree?.class === 'CAST') return numberOf(tree.child);
  if (tree?.class === 'FUNCTION' && (tree.function_name === '-' || tree.function_name === '+')) {
    const [only, ...more] = tree.children as readonly unknown[];
    const value = more.length === 0 ? numberOf(only) : undefined;
    return value !== undefined && tree.function_name === '-' ? -value : value;
  }
  const value = constantOf(tree);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function textOf(expression: unknown): string | undefined {
  const value = constantOf(expression as Tree | undefined);
  return typeof value === 'string' ? value : undefined;
}

function constantOf(tree: Tree | undefined): unknown {
  if (tree?.class !== 'CONSTANT') return undefined;
  return (tree.value as Tree | undefined)?.value;
}

/** A constant, also behind casts, signs and interval functions. */
function isLiteral(expression: unknown): boolean {
  const tree = expression as Tree;
  if (tree.class === 'CONSTANT') return true;
  if (tree.class === 'CAST') return isLiteral(tree.child);
  const literalFunctions = /^(?:[-+]|trunc|to_\w+)$/;
  if (tree.class !== 'FUNCTION' || !literalFunctions.test(String(tree.function_name))) return false;
  return (tree.children as readonly unknown[]).every(isLiteral);
}
