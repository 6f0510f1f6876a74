/**
 * What a backslash means in the text that takes a match's place (`replace()`, `s` and `y` of `rex mode=sed`): before a digit a
 * group, before anything but a letter or digit that character, at the end of the text itself.
 *
 * Throws SPL205 for a group that the expression does not have, and before a letter: whether Splunk takes `\n` there for a line
 * break or for an `n` is written nowhere.
 */
import { SplError } from './diagnostics.ts';
import type { Pattern } from './regular-expression.ts';
import type { Span } from './source.ts';

const ESCAPE = /\\([\s\S]|$)/gu;

/** In RE2's spelling, which knows groups and a backslash behind a backslash, and takes a match away where it reads any other. */
export function readReplacement(written: string, { groupCount }: Pattern, span: Span): string {
  return written.replace(ESCAPE, (whole, character: string) => {
    if (!/^\d$/.test(character)) return plainCharacter(whole, character, span).replace('\\', '\\\\');
    if (Number(character) <= groupCount) return whole;
    throw new SplError(
      'SPL205',
      `replacement: expected a group of the expression, which has ${groupCount}, found "${whole}".`,
      span,
      'A group is what stands in brackets (…); \\0 is the whole match.',
    );
  });
}

/** Without groups: a text of characters. */
export function readCharacters(written: string, span: Span): readonly string[] {
  return [...written.replace(ESCAPE, (whole, character: string) => plainCharacter(whole, character, span))];
}

function plainCharacter(whole: string, character: string, span: Span): string {
  if (character === '') return '\\';
  if (!/^[\p{L}\p{N}]$/u.test(character)) return character;
  throw new SplError(
    'SPL205',
    `replacement: expected a backslash before a character that is no letter or digit, found "${whole}".`,
    span,
    'A line break or a tab is written as itself, a backslash as four of them within double quotes.',
  );
}
