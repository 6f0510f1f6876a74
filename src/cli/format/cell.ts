/** One value as a table shows it. */
import stringWidth from 'string-width';
import type { SqlValue } from '../../component.ts';
import { encodeText, isList } from '../../format/index.ts';
import { printable } from './printable.ts';

/** Values of a multivalue field are set apart so that a value with a comma stays one value. */
const betweenValues = ' | ';

export function showCell(value: SqlValue): string {
  const isFlatList = isList(value) && value.every((item) => item === null || typeof item !== 'object');
  return isFlatList
    ? value.map((item) => printable(encodeText(item))).join(betweenValues)
    : printable(encodeText(value));
}

/** Terminal columns that a text takes. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** The text in exactly `width` columns; what does not fit is cut and ends in `…`. */
export function fitCell(text: string, width: number, alignment: 'left' | 'right'): string {
  const fitted = widthOf(text) <= width ? text : cut(text, width);
  const padding = ' '.repeat(Math.max(0, width - widthOf(fitted)));
  return alignment === 'left' ? fitted + padding : padding + fitted;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

function cut(text: string, width: number): string {
  let kept = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const next = used + widthOf(segment);
    if (next > width - 1) break;
    kept += segment;
    used = next;
  }
  return `${kept}…`;
}
