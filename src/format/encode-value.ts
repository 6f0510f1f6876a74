/** One query value as JSON text and as plain text. */
import type { SqlColumn, SqlRow, SqlValue } from '../component.ts';

/**
 * JSON text of a value: bigint as its digits, a number that JSON has no form for (NaN, Infinity) as a string.
 */
export function encodeJson(value: SqlValue): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(encodeJson).join(',')}]`;
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${encodeJson(item)}`);
  return `{${entries.join(',')}}`;
}

/** A row's value; null where it has none, also for a column named like a part of every object (`constructor`). */
export function readValue(row: SqlRow, name: string): SqlValue {
  return Object.hasOwn(row, name) ? (row[name] ?? null) : null;
}

/** A row as one JSON object in the order of the columns; a missing field (null) is absent. */
export function encodeRow(columns: readonly SqlColumn[], row: SqlRow): string {
  const entries: string[] = [];
  for (const { name } of columns) {
    const value = readValue(row, name);
    if (value !== null) entries.push(`${JSON.stringify(name)}:${encodeJson(value)}`);
  }
  return `{${entries.join(',')}}`;
}

/** Text as it is, everything else as JSON; a missing value is the empty text. */
export function encodeText(value: SqlValue): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return encodeJson(value);
}

export function isList(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}
