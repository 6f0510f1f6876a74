/** Rows written in a search: the data of makeresults. */
import type { StringLiteral } from './ast.ts';
import { SplError } from './diagnostics.ts';

/** What a row has; a field that it lacks is no key. */
export type InlineRow = ReadonlyMap<string, string>;

/** A header line, then a row a line. Blanks around cells without quotes do not count; an empty cell is no value. */
export function readCsv(data: StringLiteral): readonly InlineRow[] {
  const [header = [], ...lines] = csvLines(data);
  const names = header.map((name) => name ?? '');
  if (names.length === 0 || names.includes('') || new Set(names).size < names.length) {
    throw unreadable(data, 'a first line of names, each once', `"${names.join(',')}"`);
  }
  return lines.map((cells) => {
    if (cells.length > names.length) throw unreadable(data, `at most ${names.length} cells a line`, `${cells.length}`);
    return new Map(cells.flatMap((cell, index) => (cell === undefined ? [] : [[names[index] ?? '', cell] as const])));
  });
}

/** An array of objects whose values are texts, numbers, booleans or null; `_raw` is the object's own JSON. */
export function readJson(data: StringLiteral): readonly InlineRow[] {
  const parsed = parseJson(data);
  if (!Array.isArray(parsed)) throw unreadable(data, 'an array of objects', `"${data.value.slice(0, 30)}"`);
  return parsed.map((row: unknown) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) {
      throw unreadable(data, 'an array of objects', JSON.stringify(row).slice(0, 30));
    }
    const fields = Object.entries(row as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
      if (typeof value === 'object' && value !== null) {
        throw unreadable(data, 'texts, numbers, booleans and null', `an object or array in "${name}"`);
      }
      return value === null ? [] : [[name, String(value)] as const];
    });
    return new Map([['_raw', JSON.stringify(row)], ...fields]);
  });
}

function parseJson(data: StringLiteral): unknown {
  try {
    return JSON.parse(data.value);
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
    throw unreadable(data, 'JSON', `"${data.value.slice(0, 30)}" (${error.message})`);
  }
}

/** Lines that are not empty; undefined for an empty cell. */
function csvLines(data: StringLiteral): readonly (readonly (string | undefined)[])[] {
  const cell = /[^\S\n]*(?:"((?:[^"]|"")*)"[^\S\n]*|([^",\n]*))(,|\n|$)/y;
  const lines: (string | undefined)[][] = [];
  let line: (string | undefined)[] = [];
  for (let offset = 0; offset <= data.value.length; ) {
    cell.lastIndex = offset;
    const found = cell.exec(data.value);
    if (found === null) throw unreadable(data, 'a quote at the beginning and the end of a cell', 'one within');
    const [whole, quoted, plain = '', end] = found;
    line.push((quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"')) || undefined);
    offset += whole.length;
    if (end === ',') continue;
    if (line.length > 1 || line[0] !== undefined) lines.push(line);
    line = [];
    if (end === '') break;
  }
  return lines;
}

function unreadable(data: StringLiteral, expected: string, found: string): SplError {
  return new SplError('SPL205', `makeresults: data: expected ${expected}, found ${found}.`, data.span);
}
