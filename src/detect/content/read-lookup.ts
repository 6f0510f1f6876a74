/** The rows of a lookup, read from its file, and how a compiled search sees them. */
import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { hashId } from '../../risk/event-id.ts';
import { LOOKUP_ROW } from '../../spl/index.ts';
import type { Lookup, LookupDefinition } from '../detection.ts';
import { ContentError } from './yaml-file.ts';

/** Rejects with ContentError where the file is not a table that can be matched as the definition says. */
export async function readLookup(definition: LookupDefinition, maxBytes: number): Promise<Lookup> {
  const { columns, rows } = await readTable(definition, maxBytes);
  const { name, file, line, matchTypes, caseSensitive, minMatches, maxMatches, defaultMatch } = definition;
  for (const { field } of matchTypes) {
    if (columns.includes(field)) continue;
    throw new ContentError(
      `${name}: match_type: expected one of its columns (${columns.join(', ')}), found "${field}".`,
      line,
      { file },
    );
  }
  checkNetworks(definition, columns, rows);
  return {
    definition,
    table: lookupTableName(name),
    isCollection: definition.source.kind === 'collection',
    ...(definition.source.kind === 'csv' && { fileName: basename(definition.source.path) }),
    columns,
    rows,
    hash: hashId(JSON.stringify({ columns, rows, matchTypes, caseSensitive, minMatches, maxMatches, defaultMatch })),
    matchTypes,
    caseSensitive,
    minMatches,
    maxMatches,
    defaultMatch,
  };
}

/** The SQL table of the lookup of that name. Several names may share one. */
export function lookupTableName(name: string): string {
  return `lookup_${name.toLowerCase().replace(/\W+/g, '_')}`;
}

type Table = Pick<Lookup, 'columns' | 'rows'>;

async function readTable({ name, source, fields, file, line }: LookupDefinition, maxBytes: number): Promise<Table> {
  if (source.kind === 'collection') {
    if (fields === null) {
      throw new ContentError(`${name}: expected fields_list with the columns of the collection, found none.`, line, {
        file,
      });
    }
    return {
      columns: checkColumns(
        [...new Set(fields)].filter((field) => field !== ''),
        line,
        file,
      ),
      rows: [],
    };
  }
  const { path } = source;
  const { size } = await stat(path);
  if (size > maxBytes)
    throw new ContentError(`file: expected at most ${maxBytes} bytes, found ${size}.`, null, { file: path });
  const [header, ...body] = parseCsv(await readFile(path, 'utf8'), path);
  if (header === undefined)
    throw new ContentError('file: expected a line with the names of the columns, found none.', 1, { file: path });
  const columns = checkColumns(header, 1, path);
  const rows = body.map((cells, index) => {
    if (cells.length > columns.length) {
      throw new ContentError(
        `row ${index + 1}: expected at most ${columns.length} cells, found ${cells.length}.`,
        null,
        { file: path },
      );
    }
    return columns.map((_, column) => cells[column] || null);
  });
  return { columns, rows };
}

/** Blanks around cells without quotes do not count; short rows lack their last cells. */
function parseCsv(text: string, path: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, trim: true, relax_column_count: true, skip_empty_lines: true });
  } catch (error: unknown) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : null;
    throw new ContentError(`file: expected CSV. ${error.message}.`, line, { file: path });
  }
}

function checkColumns(columns: readonly string[], line: number, file: string): readonly string[] {
  const known = new Map<string, string>([[LOOKUP_ROW, LOOKUP_ROW]]);
  for (const column of columns) {
    const other = known.get(column.toLowerCase());
    if (column === '' || column.includes('\0') || column.includes('*')) {
      throw new ContentError(`column: expected a name without * and NUL, found ${JSON.stringify(column)}.`, line, {
        file,
      });
    }
    if (other !== undefined) {
      throw new ContentError(
        `column: expected names that differ in more than case and from ${LOOKUP_ROW}, found "${other}" and "${column}".`,
        line,
        { file },
      );
    }
    known.set(column.toLowerCase(), column);
  }
  if (columns.length === 0) throw new ContentError('column: expected at least one, found none.', line, { file });
  return columns;
}

/** A cell that is neither an address nor a network would never match, and nobody would be told. */
function checkNetworks(
  { name, matchTypes, file, line }: LookupDefinition,
  columns: readonly string[],
  rows: Lookup['rows'],
): void {
  for (const { kind, field } of matchTypes) {
    if (kind !== 'cidr') continue;
    const at = columns.indexOf(field);
    const wrong = rows.findIndex((row) => row[at] != null && !isNetwork(row[at]));
    if (wrong === -1) continue;
    throw new ContentError(
      `${name}: ${field}, row ${wrong + 1}: expected a network such as 10.0.0.0/8 or an address, found "${rows[wrong]?.[at]}".`,
      line,
      { file },
    );
  }
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
