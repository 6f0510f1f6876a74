/**
 * Read-only SQL by an allow-list: a query must be one SELECT whose every part is on the list.
 *
 * DuckDB itself parses it: `json_serialize_sql` takes only SELECT and gives the tree that would run.
 * The walk refuses every node, function, table function and table that it does not know, so what a
 * later DuckDB adds is refused until somebody has looked at it.
 */
import type { Connection } from '../component.ts';
import { type Diagnostic, QueryRefusal, type SqlCode } from './diagnostic.ts';
import { checkSelect } from './sql-select.ts';
import { readKnownTables } from './sql-tables.ts';

export interface SqlGuardSettings {
  /** UTF-16 units of a query. */
  readonly maxSqlLength: number;
}

export const sqlGuardDefaults: SqlGuardSettings = { maxSqlLength: 100_000 };

const expectedSelect = 'expected one SELECT statement';

/**
 * Resolves when the text may run as it is; rejects with QueryRefusal that names what may not, and what may.
 * `connection` is the one the query will run on.
 */
export async function checkSql(
  connection: Connection,
  sql: string,
  settings: SqlGuardSettings = sqlGuardDefaults,
): Promise<void> {
  if (sql.length > settings.maxSqlLength) {
    throw refusal(
      'SQL103',
      `query: expected at most ${settings.maxSqlLength} characters (api.query.max_sql_length), found ${sql.length}.`,
    );
  }
  // DuckDB's C API ends the text at a NUL, so what runs would not be what was checked.
  const nul = sql.indexOf('\0');
  if (nul !== -1) {
    throw refusal('SQL101', `query: ${expectedSelect}, found a NUL character.`, { start: nul, end: nul + 1 });
  }
  if (!sql.isWellFormed()) throw refusal('SQL101', `query: ${expectedSelect}, found half of a surrogate pair.`);

  const select = await parseSelect(connection, sql);
  const tables = await readKnownTables(connection);
  checkSelect(select, tables, (code, message, byteOffset, help) => {
    throw refusal(code, message, spanAt(sql, byteOffset), help);
  });
}

async function parseSelect(connection: Connection, sql: string): Promise<unknown> {
  const [row] = await connection.query('select json_serialize_sql($1::varchar) as tree', [sql]);
  const parsed = parseTree(String(row?.tree));
  if (parsed.error) {
    if (parsed.error_type === 'not implemented') {
      const help = 'SELECT, WITH, FROM, VALUES, DESCRIBE and SUMMARIZE are allowed.';
      throw refusal('SQL101', `query: ${expectedSelect}, found another statement.`, undefined, help);
    }
    throw refusal(
      'SQL101',
      `query: ${expectedSelect}, found: ${parsed.error_message}.`,
      spanAt(sql, Number(parsed.position)),
    );
  }
  const [statement] = parsed.statements ?? [];
  if (parsed.statements?.length !== 1 || statement === undefined) {
    const found = parsed.statements?.length === 0 ? 'none' : String(parsed.statements?.length);
    throw refusal('SQL101', `query: ${expectedSelect}, found ${found}.`);
  }
  return statement;
}

interface SerializedSql {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly unknown[];
}

function parseTree(json: string): SerializedSql {
  try {
    return JSON.parse(json) as SerializedSql;
  } catch (error: unknown) {
    // DuckDB 1.5 writes a number beyond DOUBLE as the bare word Infinity, which is no JSON.
    throw refusal(
      'SQL101',
      `query: ${expectedSelect}, found a number beyond the range of DOUBLE.`,
      undefined,
      undefined,
      error,
    );
  }
}

function refusal(
  code: SqlCode,
  message: string,
  span?: Diagnostic['span'],
  help?: string,
  cause?: unknown,
): QueryRefusal {
  return new QueryRefusal([{ code, severity: 'error', message, span, help }], { cause });
}

/** The word at a byte offset of the query; undefined where DuckDB gave no offset. */
function spanAt(sql: string, byteOffset: number): Diagnostic['span'] {
  const bytes = Buffer.from(sql, 'utf8');
  if (!Number.isInteger(byteOffset) || byteOffset < 0 || byteOffset >= bytes.length) return undefined;
  const start = bytes.subarray(0, byteOffset).toString('utf8').length;
  const word = /^(?:"[^"]*"|'[^']*'|[\w.$]+|[^\w\s])/.exec(sql.slice(start))?.[0] ?? ' ';
  return { start, end: start + word.length };
}
