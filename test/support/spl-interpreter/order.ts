/** Orders of values: of `min`, `max` and `sort`. */
import { compareText, numberIn } from './field-value.ts';
import { isIpv4 } from './network.ts';

/** Numbers before text: the smallest number, the largest text (section 5.13). */
export function smallestOrLargest(
  which: 'min' | 'max',
  values: readonly (string | number)[],
): string | number | undefined {
  const numbers = values.filter((value) => typeof value === 'number');
  const texts = values.filter((value) => typeof value === 'string').sort(compareText);
  if (which === 'min') return numbers.length > 0 ? Math.min(...numbers) : texts[0];
  return texts.length > 0 ? texts.at(-1) : numbers.length > 0 ? Math.max(...numbers) : undefined;
}

export type SortAs = 'auto' | 'str' | 'num' | 'ip';

/**
 * Rule 34: numbers as numbers, addresses as addresses, all else as text; negative where left comes first. Numbers stand before
 * addresses before text in both directions (docs/spl.md).
 */
export function compareSorted(left: string, right: string, as: SortAs, isDescending: boolean): number {
  const [a, b] = [classOf(left, as), classOf(right, as)];
  if (a !== b) return a - b;
  const order = compareOfClass(left, right, a);
  return isDescending ? -order : order;
}

function compareOfClass(left: string, right: string, kind: number): number {
  if (kind === 0) return (numberIn(left) ?? 0) - (numberIn(right) ?? 0);
  return kind === 1 ? addressNumber(left) - addressNumber(right) : compareText(left, right);
}

function classOf(text: string, as: SortAs): number {
  if (as === 'str') return 2;
  if (as !== 'ip' && numberIn(text) !== undefined) return 0;
  return as !== 'num' && isIpv4(text) ? 1 : 2;
}

function addressNumber(text: string): number {
  return text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
