/** Regular expressions: SPL's are PCRE, DuckDB's are RE2. What RE2 cannot do is refused; the rest is the same but for the names of groups. */
import { SplError } from './diagnostics.ts';
import type { Span } from './source.ts';

const UNSUPPORTED: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /^\(\?(?:=|!|<=|<!)/, what: 'look-around' },
  { pattern: /^\(\?>/, what: 'an atomic group' },
  { pattern: /^\(\?\|/, what: 'a branch reset' },
  { pattern: /^\(\?\(/, what: 'a condition' },
  { pattern: /^\(\?(?:R|[+-]?\d|&|P>|P=)/, what: 'a reference to a group' },
  { pattern: /^\(\?#/, what: 'a comment' },
  { pattern: /^\(\*/, what: 'a control verb' },
];

const UNSUPPORTED_ESCAPE = /^\\(?:[1-9]|g[{\d-]|k[{<']|G|K|R|X|Z|h|H|V|N|e|c|o\{|u)/;

export interface Pattern {
  /** In RE2's spelling. */
  readonly text: string;
  /** Names of the named groups, with their number. */
  readonly groups: readonly { readonly name: string; readonly index: number }[];
}

/** Throws SPL313 where RE2 has no such thing. */
export function parsePattern(pattern: string, span: Span): Pattern {
  const groups: { name: string; index: number }[] = [];
  let index = 0;
  let written = '';
  let inClass = false;
  for (let offset = 0; offset < pattern.length; ) {
    const rest = pattern.slice(offset, offset + 256);
    const character = pattern[offset] ?? '';
    if (character === '\\') {
      if (!inClass && UNSUPPORTED_ESCAPE.test(rest)) throw refused(rest.slice(0, 3), span);
      written += pattern.slice(offset, offset + 2);
      offset += 2;
      continue;
    }
    if (inClass) {
      const posix = /^\[:\^?[a-z]+:\]/.exec(rest)?.[0];
      // RE2 takes an opening bracket in a class as PCRE does only when it is escaped or no POSIX class.
      if (character === ']') inClass = false;
      written += posix ?? character;
      offset += posix?.length ?? 1;
      continue;
    }
    if (character === '[') {
      inClass = true;
      const opening = /^\[\^?\]?/.exec(rest)?.[0] ?? '[';
      written += opening;
      offset += opening.length;
      continue;
    }
    if (character === '(') {
      const flags = /^\(\?([a-zA-Z-]*)[:)]/.exec(rest)?.[1];
      if (flags !== undefined && /[^imsU-]/.test(flags)) throw refused(`the flags "${flags}"`, span);
      const bad = UNSUPPORTED.find((candidate) => candidate.pattern.test(rest));
      if (bad !== undefined) throw refused(bad.what, span);
      const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
      const name = named?.[1] ?? named?.[2];
      if (named !== null && name !== undefined) {
        index += 1;
        if (groups.some((group) => group.name === name)) throw refused(`two groups named "${name}"`, span);
        groups.push({ name, index });
        // RE2 takes names of groups, but DuckDB asks for the group by number, so the name is not needed.
        written += '(';
        offset += named[0].length;
        continue;
      }
      if (!rest.startsWith('(?')) index += 1;
    }
    const possessive = /^[*+?}]\+/.test(rest);
    if (possessive) throw refused('a possessive quantifier', span);
    written += character;
    offset += 1;
  }
  checkRepetition(pattern, span);
  checkShape(written, span);
  return { text: written, groups };
}

export function rePattern(pattern: string, span: Span): string {
  return parsePattern(pattern, span).text;
}

/** RE2 repeats at most 1,000 times. */
function checkRepetition(pattern: string, span: Span): void {
  for (const [, low, high] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)) {
    if (Number(low) > 1_000 || Number(high ?? 0) > 1_000) throw refused('a repetition of more than 1,000', span);
  }
}

/** Brackets that do not pair, quantifiers on nothing: JavaScript's reading is near enough to find them before DuckDB does. */
function checkShape(pattern: string, span: Span): void {
  const plain = pattern
    .replace(/\(\?[imsU-]+\)/g, '')
    .replace(/\(\?[imsU-]+:/g, '(?:')
    .replace(/\[:\^?[a-z]+:\]/g, 'a');
  try {
    new RegExp(plain);
  } catch (error: unknown) {
    throw refused(error instanceof Error ? `"${error.message}"` : 'an error', span);
  }
}

function refused(what: string, span: Span): SplError {
  return new SplError(
    'SPL313',
    `regular expression: expected what RE2 can match in linear time, found ${what}.`,
    span,
    'Look-around and back-references are not supported; say the same with several conditions.',
  );
}
