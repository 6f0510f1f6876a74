/**
 * What one field of a result row holds, in the terms of SPL: no value, one, or several.
 */
import type { SqlRow, SqlValue } from '../component.ts';

/** One member as text: numbers and booleans as SPL prints them, objects as JSON. */
export function printValue(value: SqlValue): string {
  if (value === null) return '';
  if (typeof value === 'object') {
    return JSON.stringify(value, (_key, member) => (typeof member === 'bigint' ? String(member) : member));
  }
  return String(value);
}

/**
 * The field's values as text, in order. None where the field is absent, null or an empty list; a null member and
 * the empty string are no values either, since a risk object without a name cannot be looked up.
 */
export function fieldValues(row: SqlRow, field: string): readonly string[] {
  if (!Object.hasOwn(row, field)) return [];
  const value = row[field] ?? null;
  const members: readonly SqlValue[] = isList(value) ? value : [value];
  return members.filter((member) => member !== null && member !== '').map(printValue);
}

/** True for a multivalue. */
export function isList(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}
