/** Puts the rows of a column in another order: `order[i]` is the row, as it was added, that comes at `i`. */
import type { GrowingBuffer } from './growing-buffer.ts';
import type { NumberRuns } from './number-runs.ts';

/** Which entry comes where: a row of a list has one for each element, or one that says that there is none. */
export function orderEntries(order: Uint32Array, repetition: NumberRuns): Uint32Array {
  if (repetition.isUniform) return order;
  const starts = new Uint32Array(order.length + 1);
  let row = 0;
  for (let entry = 0; entry < repetition.length; entry++) if (repetition.at(entry) === 0) starts[row++] = entry;
  starts[row] = repetition.length;
  const entries = new Uint32Array(repetition.length);
  let at = 0;
  for (const moved of order) {
    const end = starts[moved + 1] ?? 0;
    for (let entry = starts[moved] ?? 0; entry < end; entry++) entries[at++] = entry;
  }
  return entries;
}

/** Which value comes where: entries of a lower level than `present` have none. */
export function orderValues(entries: Uint32Array, definition: NumberRuns, present: number): Uint32Array {
  if (definition.isUniform) return definition.at(0) === present ? entries : new Uint32Array(0);
  const numbers = new Uint32Array(entries.length);
  let count = 0;
  for (let entry = 0; entry < entries.length; entry++) if (definition.at(entry) === present) numbers[entry] = count++;
  const values = new Uint32Array(count);
  let at = 0;
  for (const entry of entries) if (definition.at(entry) === present) values[at++] = numbers[entry] ?? 0;
  return values;
}

/** Appends values of `width` bytes each, which stand one after the other in `bytes`. */
export function appendFixed(out: GrowingBuffer, bytes: Buffer, width: number, values: Uint32Array): void {
  for (const value of values) out.appendPart(bytes, value * width, value * width + width);
}
