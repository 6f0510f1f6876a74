/** PCRE as SPL uses it, told to JavaScript: `.` stops only at a newline, `$` also matches before a last newline. */
import { refuse } from './refusal.ts';

export function toRegExp(pattern: string, flags = ''): RegExp {
  let source = '';
  let options = flags;
  let at = 0;
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  if (inline !== null) {
    options += inline[1];
    at = inline[0].length;
  }
  const isDotAll = options.includes('s');
  let isClass = false;
  for (; at < pattern.length; at += 1) {
    const character = pattern[at] ?? '';
    const [whole, quoted] = /^(?:\\Q(.*?)(?:\\E|$)|\\p\{[A-Z][a-z]?\})/s.exec(pattern.slice(at)) ?? [];
    if (whole !== undefined && !isClass) {
      source += quoted === undefined ? whole : quoted.replace(/[\^$\\.*+?()[\]{}|/]/g, '\\$&');
      at += whole.length - 1;
    } else if (character === '\\') {
      source += escapeSequence(pattern[at + 1] ?? '');
      at += 1;
    } else if (isClass) {
      source += character === '[' ? '\\[' : character;
      isClass = character !== ']';
    } else if (character === '[') {
      isClass = true;
      source += '[';
    } else if (character === '.') source += isDotAll ? '[\\s\\S]' : '[^\\n]';
    else if (character === '$') source += options.includes('m') ? '(?=\\n|(?![\\s\\S]))' : '(?=\\n?(?![\\s\\S]))';
    else if (character === '(' && pattern.startsWith('(?P<', at)) {
      source += '(?<';
      at += 3;
    } else if (character === '{' && !/^\{\d+(?:,\d*)?\}/.test(pattern.slice(at))) source += '\\{';
    else if (character === '}' && !/\{\d+(?:,\d*)?$/.test(pattern.slice(0, at))) source += '\\}';
    else source += character;
  }
  return new RegExp(source, `${options.replace('s', '')}u`);
}

function escapeSequence(character: string): string {
  if (/[dwDWbBnrtfv1-9]/.test(character)) return `\\${character}`;
  if (character === 's') return '[ \\t\\n\\v\\f\\r]';
  if (character === 'S') return '[^ \\t\\n\\v\\f\\r]';
  if (character === '-') return '\\-';
  if (/[A-Za-z0-9]/.test(character)) return refuse(`\\${character} in a regular expression`);
  return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

/** A backslash in a replacement: `\1` stands for a group, `\0` for the match, `\-` for the character, the last one for itself. */
export function replaceAll(text: string, pattern: RegExp, replacement: string, wanted?: number): string {
  const all = new RegExp(pattern.source, `${pattern.flags.replace('g', '')}g`);
  const groups = (new RegExp(`${pattern.source}|`, pattern.flags).exec('')?.length ?? 1) - 1;
  let count = 0;
  return text.replace(all, (...found: unknown[]) => {
    count += 1;
    if (wanted !== undefined && count !== wanted) return String(found[0]);
    return replacement.replace(/\\([\s\S]|$)/gu, (_, name: string) => {
      if (/\d/.test(name) && Number(name) <= groups) return String(found[Number(name)] ?? '');
      return unescaped(name);
    });
  });
}

/** What stands behind a backslash where there are no groups. */
export function unescaped(character: string): string {
  if (/[\p{L}\p{N}]/u.test(character)) return refuse(`\\${character} in a replacement`);
  return character === '' ? '\\' : character;
}
