/**
 * A bare word or phrase, looked for in `_raw`: without regard to case, from one boundary of Splunk's default segmenters (or an end
 * of the text) to another. A `*` stands for a run of characters without a major breaker.
 */

/** Escaped for a character class. Blanks are those of RE2's `\s`, which other engines take to be more. */
const majorBreakers = (blanks: string): string => `\\[\\]<>(){}|!;,'"*${blanks}&?+`;
const MINOR = '/:=@.\\-$#%\\\\_';
/** Major breakers of several characters; all others of them end in a breaker of one. */
const ENCODED = '%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29';

export interface Keyword {
  /** Lower-case text that every match holds: quickly looked for before the pattern is tried. Empty where there is none. */
  readonly part: string;
  /** A pattern for the text in lower case; undefined where holding `part` is all that counts. */
  readonly pattern: string | undefined;
}

/** `blanks`: how the engine that runs the pattern writes them in a class; RE2's way by default. */
export function parseKeyword(keyword: string, blanks = '\\s'): Keyword {
  const major = majorBreakers(blanks);
  const parts = keyword
    .replace(/^\*+|\*+$/g, '')
    .toLowerCase()
    .split(/\*+/);
  const part = parts.reduce((longest, candidate) => (candidate.length > longest.length ? candidate : longest), '');
  const isOpenLeft = keyword.startsWith('*');
  const isOpenRight = keyword.endsWith('*');
  if (isOpenLeft && isOpenRight && parts.length === 1) return { part, pattern: undefined };
  const leading = isOpenLeft ? '' : `(?:^|[${major}${MINOR}]|${ENCODED})`;
  const trailing = isOpenRight ? '' : `(?:$|[${major}${MINOR}])`;
  return { part, pattern: `${leading}${parts.map(escapePattern).join(`[^${major}]*`)}${trailing}` };
}

/** Text that a regular expression matches literally. */
function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
