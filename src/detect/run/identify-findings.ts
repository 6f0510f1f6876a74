/** Which finding a result row is, the same in every run over the same window. Pure. */
import type { SqlRow, SqlValue } from '../../component.ts';
import { hashId } from '../../risk/event-id.ts';

export interface IdentifiedRow {
  readonly findingId: string;
  /** The row without its absent (null) fields. */
  readonly row: SqlRow;
  /** `row` as JSON text in the column order of the search. */
  readonly json: string;
}

/** The part of a window that names it; `now` is not. */
export interface WindowBounds {
  /** Epoch seconds. */
  readonly earliest: number;
  readonly latest: number;
}

/**
 * A finding's id is a hash of the detection, the window and the row's BY values. Without BY values the whole row
 * takes their place. Rows that are alike in this get an ordinal, in the order of their text, which no run changes.
 */
export function identifyFindings(
  detection: string,
  window: WindowBounds,
  rows: readonly SqlRow[],
  keyFields: readonly string[] | null,
): readonly IdentifiedRow[] {
  const printed = rows.map((found) => {
    const row = withoutNulls(found);
    const key = keyFields === null ? canonicalJson(row) : canonicalJson(keyFields.map((name) => row[name] ?? null));
    return { row, key, json: toJson(row), canonical: canonicalJson(row) };
  });
  printed.sort((a, b) => compareText(a.key, b.key) || compareText(a.canonical, b.canonical));
  const seen = new Map<string, number>();
  return printed.map(({ row, key, json }) => {
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return { findingId: hashId(detection, window.earliest, window.latest, key, ordinal), row, json };
  });
}

/** JSON text; integers too large for a double keep their digits. */
export function toJson(value: SqlValue): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(String(value));
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(toJson).join(',')}]`;
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${toJson(member)}`);
  return `{${members.join(',')}}`;
}

/** JSON text with sorted keys: equal values have equal text. */
export function canonicalJson(value: SqlValue): string {
  if (value === null || typeof value !== 'object') return toJson(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort(compareText)
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`);
  return `{${members.join(',')}}`;
}

function withoutNulls(row: SqlRow): SqlRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

function isList(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
