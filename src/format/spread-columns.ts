/**
 * Results whose last columns are not known before the search runs: one column holds each row's cells, with the name and the value of
 * a further column each, the same names in every row. Here they become columns of their own.
 */
import type { SqlColumn, SqlRow, SqlStream, SqlValue } from '../component.ts';
import { isList, readValue } from './encode-value.ts';

/** The stream with the cells of `spread` as columns, in their order; as it is where the search has no such column. Waits for the first rows. */
export async function spreadColumns(stream: SqlStream, spread: string | undefined): Promise<SqlStream> {
  if (spread === undefined) return stream;
  const chunks = stream.chunks()[Symbol.asyncIterator]();
  let first = await chunks.next();
  // A chunk may be empty: the columns come with the first row.
  while (first.done !== true && first.value.length === 0) first = await chunks.next();
  const cells = first.done === true ? [] : cellsOf(first.value[0] ?? {}, spread);
  const type = valueType(stream.columns.find(({ name }) => name === spread));
  const columns = [...stream.columns.filter(({ name }) => name !== spread), ...cells.map(([name]) => ({ name, type }))];
  return {
    columns,
    async *chunks() {
      try {
        for (let next = first; next.done !== true; next = await chunks.next()) {
          yield next.value.map((row) => spreadRow(row, spread));
        }
      } finally {
        await chunks.return?.();
      }
    },
  };
}

/** One row with its cells as fields. */
export function spreadRow(row: SqlRow, spread: string): SqlRow {
  const known = Object.entries(row).filter(([name]) => name !== spread);
  return Object.fromEntries([...known, ...cellsOf(row, spread)]);
}

function cellsOf(row: SqlRow, spread: string): readonly (readonly [string, SqlValue])[] {
  const cells = readValue(row, spread);
  if (cells === null) return [];
  if (!isList(cells)) throw new Error(`${spread}: expected a list of cells, found another value.`);
  return cells.map((cell) => {
    if (cell === null || typeof cell !== 'object' || isList(cell) || typeof cell.name !== 'string') {
      throw new Error(`${spread}: expected cells with a name and a value, found another value.`);
    }
    return [cell.name, cell.value ?? null];
  });
}

/** `STRUCT("name" VARCHAR, "value" BIGINT)[]` holds BIGINT. */
function valueType(column: SqlColumn | undefined): string {
  return /"?value"? (.+)\)\[\]$/s.exec(column?.type ?? '')?.[1] ?? 'VARCHAR';
}
