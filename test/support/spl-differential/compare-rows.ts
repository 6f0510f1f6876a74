/** Rows of the interpreter against rows of DuckDB. */
import type { Json } from '../golden-events.ts';
import { type FieldValue, membersOf, numberIn, textOfNumber } from '../spl-interpreter/field-value.ts';

export type FoundRow = ReadonlyMap<string, FieldValue>;

/**
 * Lines that say what differs, none where nothing does. A number equals the text that spells it, since a column of
 * DuckDB has one type where SPL has none; two texts are equal only if they are the same.
 */
export function differencesOf(
  interpreted: readonly FoundRow[],
  compiled: readonly Readonly<Record<string, Json>>[],
  names: readonly string[],
  isOrdered: boolean,
): readonly string[] {
  const left = interpreted.map((row) => names.map((name) => members(row.get(name))));
  const right = compiled.map((row) => names.map((name) => members(row[name] as FieldValue)));
  if (!isOrdered) for (const rows of [left, right]) rows.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const differences: string[] = [];
  if (left.length !== right.length) differences.push(`rows: interpreter ${left.length}, compiler ${right.length}`);
  for (let at = 0; at < Math.max(left.length, right.length); at += 1) {
    for (const [index, name] of names.entries()) {
      const [mine, theirs] = [left[at]?.[index], right[at]?.[index]];
      if (mine !== undefined && theirs !== undefined && isSame(mine, theirs)) continue;
      differences.push(`row ${at}, ${name}: interpreter ${show(mine)}, compiler ${show(theirs)}`);
    }
  }
  return differences.slice(0, 12);
}

/** The texts, and where SPL computed a number, that. */
interface Members {
  readonly texts: readonly string[];
  readonly number: number | undefined;
}

function members(value: FieldValue | null): Members {
  return typeof value === 'number'
    ? { texts: [textOfNumber(value)], number: value }
    : { texts: membersOf(value ?? undefined), number: undefined };
}

function isSame(mine: Members, theirs: Members): boolean {
  if (mine.texts.length !== theirs.texts.length) return false;
  if (mine.number === undefined && theirs.number === undefined) {
    return mine.texts.every((text, index) => text === theirs.texts[index]);
  }
  const [a, b] = [mine, theirs].map(({ texts, number }) => number ?? numberIn(texts[0] ?? ''));
  return a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
}

function keyOf(row: readonly Members[]): string {
  return JSON.stringify(
    row.map(({ texts }) => texts.map((text) => (numberIn(text) === undefined ? text : Number(text).toPrecision(9)))),
  );
}

function show(value: Members | undefined): string {
  return value === undefined ? 'no row' : JSON.stringify(value.number ?? value.texts);
}
