/**
 * Bounds how long a query may make a single value.
 *
 * DuckDB stops a query between vectors of 2,048 rows, not inside one, and what a vector allocates is not in its memory
 * limit: `repeat(i::varchar, 1000000)` took 12 GB before an interrupt was looked at. So every function that makes much
 * out of little must say how much in a literal, and all of them together have a bound for one value.
 */

import type { RefuseSql } from './diagnostic.ts';
import { joinFunctions, padFunctions, replaceFunctions, resizeFunctions, seriesFunctions } from './sql-functions.ts';
import { isLiteral, numberOf, textOf } from './sql-literals.ts';

const maxScalarSeries = 1000;
const maxTableSeries = 10_000_000;
/** Bytes made of nothing but literals. */
const maxLiteralBytes = 10_000;
/** How often a text or value of unknown length may be repeated. */
const maxRepetitions = 10;
/** What a value that is no literal counts as: an audit event has two thousand bytes. */
const fieldBytes = 1000;
const maxValueBytes = 100_000;
/** A replacement or separator that is no literal. */
const unknownTextBytes = 100;

export class Amplification {
  readonly #refuse: RefuseSql;
  #longest = fieldBytes;
  #factor = 1;

  constructor(refuse: RefuseSql) {
    this.#refuse = refuse;
  }

  /** Counts a call in an expression. */
  add(name: string, children: readonly unknown[], byteOffset: number): void {
    if (seriesFunctions.has(name)) this.#addSeries(name, children, byteOffset);
    if (name === 'repeat') this.#repeat(name, children[1], children[0], byteOffset);
    if (resizeFunctions.has(name)) this.#repeat(name, children[1], children[2], byteOffset);
    if (padFunctions.has(name)) this.#literalBytes(name, this.#size(name, children[1], byteOffset), byteOffset);
    if (replaceFunctions.has(name)) this.#multiply(name, replaceFactor(name, children), byteOffset);
    const separator = joinFunctions[name];
    if (separator !== undefined && children[separator] !== undefined) {
      this.#multiply(name, textOf(children[separator])?.length ?? unknownTextBytes, byteOffset);
    }
    if (name === 'bin') this.#multiply(name, 8, byteOffset);
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

  #addSeries(name: string, children: readonly unknown[], byteOffset: number): void {
    const length = seriesLength(name, children);
    if (length !== undefined && length <= maxScalarSeries) return;
    const message = `${name}: expected literal bounds of at most ${maxScalarSeries} entries.`;
    this.#refuse('SQL103', message, byteOffset, `from ${name}(…) may have ${maxTableSeries} entries, and times.`);
  }

  /** `count` times `what`; without `what`, NULLs. */
  #repeat(name: string, count: unknown, what: unknown, byteOffset: number): void {
    const times = this.#size(name, count, byteOffset);
    if (what === undefined || isLiteral(what)) {
      this.#literalBytes(name, times * Math.max(1, textOf(what)?.length ?? 1), byteOffset);
      return;
    }
    if (times > maxRepetitions) {
      const message = `${name}: expected at most ${maxRepetitions} repetitions of what is not a literal, found ${times}.`;
      this.#refuse('SQL103', message, byteOffset, `Of a literal it may make ${maxLiteralBytes} bytes.`);
    }
    this.#multiply(name, times, byteOffset);
  }

  #size(name: string, argument: unknown, byteOffset: number): number {
    const size = numberOf(argument);
    if (size === undefined) {
      this.#refuse('SQL103', `${name}: expected a literal size, found an expression.`, byteOffset);
    }
    return size ?? 0;
  }

  #literalBytes(name: string, bytes: number, byteOffset: number): void {
    if (bytes > maxLiteralBytes) {
      const message = `${name}: expected a result of at most ${maxLiteralBytes} bytes, found ${bytes}.`;
      this.#refuse('SQL103', message, byteOffset, 'More rows may be had from range(…) in FROM.');
    }
    this.#longest = Math.max(this.#longest, bytes);
    this.#multiply(name, 1, byteOffset);
  }

  #multiply(name: string, factor: number, byteOffset: number): void {
    this.#factor *= Math.max(1, factor);
    const bytes = this.#longest * this.#factor;
    if (bytes <= maxValueBytes) return;
    const message = `${name}: expected values that grow to at most ${maxValueBytes} bytes, found ${bytes}.`;
    const help = `The factors of repeat, list_resize, replace, regexp_replace, bin and separators multiply over the query; what is not a literal counts as ${fieldBytes} bytes.`;
    this.#refuse('SQL103', message, byteOffset, help);
  }
}

/** How much longer a text may become. */
function replaceFactor(name: string, children: readonly unknown[]): number {
  const replacement = textOf(children[2]);
  const replacementLength = replacement?.length ?? unknownTextBytes;
  if (name === 'replace') return Math.ceil(replacementLength / Math.max(1, textOf(children[1])?.length ?? 1));
  // Only once, unless an option says more; the length of a pattern says nothing about that of a match.
  const isOnce = replacement !== undefined && (children.length < 4 || textOf(children[3])?.includes('g') === false);
  return isOnce
    ? Math.ceil(replacementLength / fieldBytes) + (replacement.match(/\\\d/g)?.length ?? 0)
    : replacementLength;
}

/** Entries of range(stop), range(start, stop) or range(start, stop, step), without or with the stop; undefined where they are no numbers. */
export function seriesLength(name: string, children: readonly unknown[]): number | undefined {
  const numbers = children.map(numberOf);
  if (numbers.length === 0 || numbers.some((value) => value === undefined)) return undefined;
  const [first = 0, second, step = 1] = numbers;
  const span = second === undefined ? first : second - first;
  if (step === 0) return 0;
  return Math.max(0, name === 'range' ? Math.ceil(span / step) : Math.floor(span / step) + 1);
}
