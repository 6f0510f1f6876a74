/** Groups of rows by the values of fields: rules 17, 18, 23. */
import { compareText, type FieldValue, membersOf } from './field-value.ts';
import type { Row } from './row.ts';

export interface Group {
  /** One text per BY field. */
  readonly key: readonly string[];
  /** The same; numbers where SPL computed them. */
  readonly values: readonly FieldValue[];
  readonly rows: readonly Row[];
}

/**
 * One group per combination, every member of a field on its own, in the order of the values: text by byte, numbers that SPL
 * computed as numbers. A row without a field is in none.
 */
export function groupRows(rows: readonly Row[], fields: readonly string[], isDistinct: boolean): readonly Group[] {
  const groups = new Map<string, { key: readonly string[]; rows: Row[] }>();
  for (const row of rows) {
    let keys: readonly (readonly string[])[] = [[]];
    for (const field of fields) {
      const all = membersOf(row.get(field));
      const members = isDistinct ? [...new Set(all)] : all;
      keys = keys.flatMap((key) => members.map((member) => [...key, member]));
    }
    for (const key of keys) {
      const id = JSON.stringify(key);
      const group = groups.get(id) ?? { key, rows: [] };
      group.rows.push(row);
      groups.set(id, group);
    }
  }
  const isNumber = fields.map((field) => rows.every((row) => ['number', 'undefined'].includes(typeof row.get(field))));
  return [...groups.values()]
    .sort((left, right) => compareKeys(left.key, right.key, isNumber))
    .map(({ key, rows: found }) => ({
      key,
      values: key.map((text, index) => (isNumber[index] === true ? Number(text) : text)),
      rows: found,
    }));
}

function compareKeys(left: readonly string[], right: readonly string[], isNumber: readonly boolean[]): number {
  for (const [index, text] of left.entries()) {
    const other = right[index] ?? '';
    const order = isNumber[index] === true ? Number(text) - Number(other) : compareText(text, other);
    if (order !== 0) return order;
  }
  return 0;
}
