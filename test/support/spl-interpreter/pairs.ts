/** The fields that a line of text writes as key=value: Splunk's automatic extraction, as docs/spl.md states it; and extract (kv). */
import type { ExtractCommand } from '../../../src/spl/ast.ts';
import { fromMembers, membersOf } from './field-value.ts';
import { parseJson } from './json-fields.ts';
import type { Row, Settings } from './row.ts';

type Pair = readonly [string, string];

/** Of a key that comes twice the first. */
export function pairsIn(line: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  for (const [key, value] of automaticPairs(line)) if (!pairs.has(clean(key))) pairs.set(clean(key), value);
  return pairs;
}

function automaticPairs(line: string): readonly Pair[] {
  const pairs: Pair[] = [];
  const keys = /[A-Za-z0-9_.-]+=/y;
  for (let at = 0; at < line.length; ) {
    keys.lastIndex = at;
    const key = keys.exec(line)?.[0];
    if (key === undefined) {
      at += 1;
      while (/[A-Za-z0-9_.-]/.test(line[at - 1] ?? '') && /[A-Za-z0-9_.-]/.test(line[at] ?? '')) at += 1;
      continue;
    }
    const start = at + key.length;
    const closing = line[start] === '"' ? line.indexOf('"', start + 1) : -1;
    const end = closing === -1 ? endOfValue(line, start) : closing + 1;
    const value = closing === -1 ? line.slice(start, end) : line.slice(start + 1, closing);
    if (end > start) pairs.push([key.slice(0, -1), value]);
    at = end;
  }
  return pairs;
}

function clean(key: string): string {
  return key.replace(/[^A-Za-z0-9_]/gu, '_').replace(/^[_0-9]+/, '');
}

const BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A bracket belongs to the value where it is closed again before a blank or another of its kind. */
function endOfValue(line: string, start: number): number {
  let at = start;
  while (at < line.length && !/[\s,;&")\]}]/.test(line[at] ?? '')) {
    const closing = BRACKETS[line[at] ?? ''];
    if (closing === undefined) {
      at += 1;
      continue;
    }
    const end = line.indexOf(closing, at);
    const inner = end === -1 ? undefined : line.slice(at + 1, end);
    if (inner === undefined || /\s/.test(inner) || inner.includes(line[at] ?? '')) return at;
    at = end + 1;
  }
  return at;
}

/** What a field holds already stays, or has what is found behind it. */
export function extractPairs(command: ExtractCommand, row: Row, { strict }: Settings): Row {
  const [raw] = membersOf(row.get('_raw'));
  if (raw === undefined || (command.delimiters === undefined && !command.isAutomatic)) return row;
  const most = command.maxCharacters ?? (strict ? 10_240 : undefined);
  const seen = [...raw].slice(0, most).join('');
  const start = seen.trimStart()[0] ?? '';
  const isJson = start === '{' || ('["'.includes(start) && parseJson(seen) !== undefined);
  const { delimiters } = command;
  const automatic = isJson ? [] : automaticPairs(seen);
  const all = delimiters === undefined ? automatic : delimitedPairs(seen, delimiters);
  return all.slice(0, command.limit ?? (strict ? 50 : undefined)).reduce((made, [written, value]) => {
    const key = command.cleansKeys ? clean(written) : written;
    if (key === '' || key.startsWith('_')) return made;
    const before = membersOf(made.get(key));
    if (command.appends) return made.with([[key, fromMembers([...before, value])]]);
    return before.length > 0 ? made : made.with([[key, value]]);
  }, row);
}

function delimitedPairs(document: string, { pairs, keys }: NonNullable<ExtractCommand['delimiters']>): readonly Pair[] {
  return runsOf(document, pairs)
    .filter(({ isDelimiter }) => !isDelimiter)
    .flatMap((piece): readonly Pair[] => {
      const [key, delimiter, value, ...others] = runsOf(withoutBlanks(piece.text), keys);
      const isPair = key?.isDelimiter === false && delimiter?.isDelimiter === true && value?.isDelimiter === false;
      if (!isPair || others.length > 0 || key.text.replace(/"[^"]*"/g, '').includes('"')) return [];
      const [left, right] = [plain(key.text), plain(value.text)];
      return left === '' || right === '' ? [] : [[left, right]];
    });
}

function plain(part: string): string {
  return withoutBlanks(part).replace(/^"(.*)"$/s, '$1');
}

function withoutBlanks(part: string): string {
  return part.replace(/^[ \t\n\f\r]+|[ \t\n\f\r]+$/g, '');
}

interface Run {
  readonly isDelimiter: boolean;
  readonly text: string;
}

/** Runs of the characters and what stands between them; a double quote that is not closed is a character like others. */
function runsOf(document: string, characters: string): readonly Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < document.length; ) {
    const closing = document[at] === '"' ? document.indexOf('"', at + 1) : -1;
    const text = closing === -1 ? (document[at] ?? '') : document.slice(at, closing + 1);
    const isDelimiter = characters.includes(text);
    const last = runs.at(-1);
    if (last?.isDelimiter === isDelimiter) runs[runs.length - 1] = { isDelimiter, text: last.text + text };
    else runs.push({ isDelimiter, text });
    at += text.length;
  }
  return runs;
}
