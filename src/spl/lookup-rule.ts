/** LOOKUP-<class> of props.conf, read: which columns of which table an event gets, and by which of its fields. */
import type { SplError } from './diagnostics.ts';
import type { LookupTable, LookupTables } from './lookup-table.ts';

export interface RuleLookup {
  readonly kind: 'lookup';
  readonly name: string;
  readonly table: LookupTable;
  /** The column whose cells the field gets. */
  readonly output: string;
  readonly keys: readonly { readonly column: string; readonly field: string }[];
  /** OUTPUTNEW: what the event has of that name stays. */
  readonly keeps: boolean;
}

/** A name, quoted or not; a comma is a word of its own. */
const WORD = /\s*(?:"([^"]+)"|(,)|([^\s,"]+))\s*/y;

interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** `refused` makes the error of a reason. */
export function parseLookupRule(
  text: string,
  lookups: LookupTables,
  refused: (what: string) => SplError,
): readonly RuleLookup[] {
  const [first, ...words] = wordsOf(text, refused);
  const table = lookups.get(first?.text ?? '');
  if (table === undefined) {
    throw refused(
      `expected a lookup that the content defines, found ${first === undefined ? 'none' : `"${first.text}"`}`,
    );
  }
  const at = words.findIndex((word) => isKeyword(word, 'OUTPUT') || isKeyword(word, 'OUTPUTNEW'));
  const mode = words[at];
  const keys = pairsOf(at === -1 ? words : words.slice(0, at), refused);
  if (keys.length === 0) throw refused(`expected a column of "${first?.text}" to match by, found none`);
  const given = mode === undefined ? undefined : pairsOf(words.slice(at + 1), refused);
  if (given?.length === 0) throw refused(`expected a column behind ${mode?.text}, found none`);
  const outputs =
    given ??
    table.columns
      .filter((name) => !keys.some(({ column }) => column === name))
      .map((name) => ({ column: name, field: name }));
  for (const { column } of [...keys, ...outputs]) {
    if (table.columns.includes(column)) continue;
    throw refused(`expected a column of "${first?.text}" (${table.columns.join(', ')}), found "${column}"`);
  }
  const twice = outputs.find(({ field }, index) => outputs.findIndex((other) => other.field === field) !== index);
  if (twice !== undefined) throw refused(`expected each name once, found "${twice.field}" twice`);
  const keeps = mode !== undefined && isKeyword(mode, 'OUTPUTNEW');
  return outputs.map(({ column, field }) => ({ kind: 'lookup', name: field, table, output: column, keys, keeps }));
}

function wordsOf(text: string, refused: (what: string) => SplError): readonly Word[] {
  const words: Word[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const at = WORD.lastIndex;
    const match = WORD.exec(text);
    if (match === null) throw refused(`expected <lookup> <column> [AS <field>] …, found "${text.slice(at)}"`);
    const [, quoted, comma, plain] = match;
    if (comma === undefined) words.push({ text: quoted ?? plain ?? '', isQuoted: quoted !== undefined });
  }
  return words;
}

function pairsOf(
  words: readonly Word[],
  refused: (what: string) => SplError,
): readonly { readonly column: string; readonly field: string }[] {
  const pairs: { column: string; field: string }[] = [];
  for (let index = 0; index < words.length; ) {
    const column = words[index];
    const hasName = isKeyword(words[index + 1], 'AS');
    const field = hasName ? words[index + 2] : column;
    if (column === undefined || field === undefined || isKeyword(column, 'AS')) {
      throw refused('expected <column> AS <field>, found half of it');
    }
    for (const { text } of [column, field]) {
      if (text.includes('*')) throw refused(`expected a name without wildcards, found "${text}"`);
    }
    pairs.push({ column: column.text, field: field.text });
    index += hasName ? 3 : 1;
  }
  return pairs;
}

function isKeyword(word: Word | undefined, keyword: string): boolean {
  return word !== undefined && !word.isQuoted && word.text.toUpperCase() === keyword;
}
