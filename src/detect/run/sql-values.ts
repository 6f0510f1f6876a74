/** Times and rows on their way into SQL parameters. */
import type { Connection, SqlValue } from '../../component.ts';
import { toJson } from './identify-findings.ts';

/** Epoch seconds as the parameter of `make_timestamp(cast($n as bigint))`: whole microseconds. */
export function toMicros(epochSeconds: number): number {
  return Math.round(epochSeconds * 1e6);
}

const rowsPerStatement = 500;

/**
 * Writes all rows, a few hundred per statement. `columns` gives each field's DuckDB type; `sql(source)` writes the
 * statement around the table expression that yields the rows; `shared` are its parameters from `$2` on.
 */
export async function writeRows<T extends Readonly<Record<string, SqlValue>>>(
  connection: Connection,
  columns: Readonly<Record<keyof T & string, string | readonly string[]>>,
  sql: (source: string) => string,
  rows: readonly T[],
  shared: readonly SqlValue[],
): Promise<void> {
  const structure = JSON.stringify([columns]);
  const statement = sql(`(select unnest(from_json_strict($1::json, '${structure}'), recursive := true))`);
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    await connection.run(statement, [toJson(rows.slice(start, start + rowsPerStatement)), ...shared]);
  }
}
