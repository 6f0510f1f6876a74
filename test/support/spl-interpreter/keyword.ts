/**
 * Bare words and phrases (rule 9, section 5.13): found at token boundaries of Splunk's default segmenters, in any case; `*` inside
 * stops at major breakers.
 */
import { escapeRegExp } from './wildcard.ts';

const MAJOR = '\\[\\]<>(){}|!;,\'"*\\n\\r\\s\\t&?+';
const MINOR = '/:=@.\\-$#%\\\\_';

export function matchesKeyword(keyword: string, text: string): boolean {
  const breaker = `[${MAJOR}${MINOR}]`;
  const parts = keyword.toLowerCase().split(/\*+/);
  const body = parts.map(escapeRegExp).join(`[^${MAJOR}]*`);
  const [first, last] = [parts[0]?.[0], parts.at(-1)?.at(-1)];
  const isBreaker = (character: string): boolean => new RegExp(breaker).test(character);
  const start = first === undefined || isBreaker(first) ? '' : `(?<=^|${breaker})`;
  const end = last === undefined || isBreaker(last) ? '' : `(?=$|${breaker})`;
  return new RegExp(`${start}${body}${end}`).test(text.toLowerCase());
}
