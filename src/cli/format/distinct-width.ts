/** How narrow a column may get before different texts in it look the same. */
import { widthOf } from './cell.ts';

/** The `…` of a cut text, and room for the first character that differs, which may be wide. */
const beyondPrefix = 3;

/** The width from which on texts that differ are still different when each is cut at its end. */
export function distinctWidth(texts: Iterable<string>): number {
  const sorted = [...new Set(texts)].sort();
  let width = 0;
  for (const [index, text] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before === undefined) continue;
    const shared = widthOf(text.slice(0, sharedPrefix(before, text)));
    width = Math.max(width, Math.min(shared + beyondPrefix, widthOf(before), widthOf(text)));
  }
  return width;
}

function sharedPrefix(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}
