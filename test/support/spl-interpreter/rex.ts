/** rex (rule 41): fields out of text, and sed's s and y. */
import { type FieldValue, fromMembers, membersOf } from './field-value.ts';
import { replaceAll, toRegExp, unescaped } from './pattern.ts';
import { refuse } from './refusal.ts';

/** The fields to set: none where nothing matches, none for a group that took no part. */
export function extract(
  value: FieldValue,
  pattern: string,
  maxMatch: number,
): readonly (readonly [string, FieldValue])[] {
  const expression = toRegExp(pattern, 'g');
  const found = new Map<string, string[]>();
  for (const text of membersOf(value)) {
    const matches = [...text.matchAll(expression)];
    for (const { groups } of maxMatch === 0 ? matches : matches.slice(0, maxMatch)) {
      for (const [name, captured] of Object.entries(groups ?? {})) {
        if (captured !== undefined) found.set(name, [...(found.get(name) ?? []), captured]);
      }
    }
  }
  return [...found].map(([name, members]) => [name, fromMembers(members)]);
}

export function substitute(value: FieldValue, expression: string): FieldValue {
  const delimiter = expression[1] ?? '';
  const [kind, left = '', right = '', flags = ''] = splitUnescaped(expression, delimiter);
  const members = membersOf(value);
  if (kind === 'y') {
    const [from = [], to = []] = [left, right].map((part) => [
      ...part.replace(/\\([\s\S]|$)/gu, (_, character: string) => unescaped(character)),
    ]);
    return fromMembers(members.map((text) => [...text].map((letter) => to[from.indexOf(letter)] ?? letter).join('')));
  }
  const letters = flags.replace(/\d+/, '');
  if (kind !== 's' || /[^gi]/.test(letters)) return refuse(`sed's ${expression}`);
  const place = /\d+/.exec(flags)?.[0];
  const pattern = toRegExp(left, letters.includes('i') ? 'i' : '');
  const wanted = letters.includes('g') ? undefined : Number(place ?? 1);
  return fromMembers(members.map((text) => replaceAll(text, pattern, right, wanted)));
}

function splitUnescaped(text: string, delimiter: string): readonly string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === delimiter) parts.push('');
    else if (character === '\\' && text[at + 1] === delimiter) {
      at += 1;
      parts[parts.length - 1] += delimiter;
    } else if (character === '\\') {
      at += 1;
      parts[parts.length - 1] += `\\${text[at] ?? ''}`;
    } else parts[parts.length - 1] += character;
  }
  return parts;
}
