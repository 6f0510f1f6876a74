/**
 * A bare word or phrase, looked for in `_raw`: without regard to case, from one boundary of Splunk's default segmenters (or an end
 * of the text) to another. A `*` stands for a run of characters without a major breaker.
 */

/** Escaped for a character class of RE2. */
const MAJOR = '\\[\\]<>(){}|!;,\'"*\\s&?+';
const MINOR = '/:=@.\\-$#%\\\\_';
const ENCODED = '%21|%26|%2526|%3B|%7C|%20|%2B|%3D|%2520|%5D|%5B|%3A|%0A|%2C|%28|%29';

/** A pattern of RE2 that finds the keyword. */
export function keywordPattern(keyword: string): string {
  const leading = /^\*/.test(keyword) ? '' : `(?:^|[${MAJOR}${MINOR}]|${ENCODED})`;
  const trailing = /\*$/.test(keyword) ? '' : `(?:$|[${MAJOR}${MINOR}])`;
  const inner = keyword
    .replace(/^\*+|\*+$/g, '')
    .split(/\*+/)
    .map(escapePattern)
    .join(`[^${MAJOR}]*`);
  return `(?i)${leading}${inner}${trailing}`;
}

/** Text that a regular expression matches literally. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
