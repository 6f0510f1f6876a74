/** Text as DuckDB folds, orders and counts it, so that one event alone is judged as the table would be. */

/** In lower case, character by character: no character becomes several, none depends on its neighbours. */
export function foldText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is meant
  if (/^[\u0000-\u007f]*$/.test(text)) return text.toLowerCase();
  return Array.from(text, (character) => {
    const [first = ''] = character.toLowerCase();
    return first;
  }).join('');
}

/** Negative, zero or positive: by code point, which is by byte of UTF-8. */
export function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const [a, b] = [left.charCodeAt(at), right.charCodeAt(at)];
    if (a === b) continue;
    // A surrogate stands for a character behind all that have none.
    const [isHighA, isHighB] = [isSurrogate(a), isSurrogate(b)];
    return isHighA === isHighB ? a - b : isHighA ? 1 : -1;
  }
  return left.length - right.length;
}

/** The number that a text looks like to SPL, or undefined; as the macro spl_number. */
export function numberIn(text: string): number | undefined {
  if (!/^[\t\n\f\r ]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?[\t\n\f\r ]*$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
