/** Events by the day of their arrival. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { type EventTable, eventTables, hotNames } from './event-table.ts';

export const dayMicros = 86_400_000_000;
const hourMicros = 3_600_000_000;

/** `2026-11-24` from days since the epoch. */
export function printDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

/** The oldest day of arrival in these tables, without files, in days since the epoch; null where there is no event. */
export async function oldestArrival(engine: DuckDBConnection, tables: readonly EventTable[]): Promise<number | null> {
  const oldest = await Promise.all(tables.map((table) => firstArrival(engine, table)));
  const days = oldest.filter((micros) => micros !== null).map((micros) => Math.floor(micros / dayMicros));
  return days.length === 0 ? null : Math.min(...days);
}

/**
 * Deletes the oldest hour of arrival of one table, if it lies before `day`; null where neither table has one. An hour
 * bounds what one transaction holds: 18 M rows at 5,000 events a second are 0.2 s.
 */
export async function deleteHour(
  engine: DuckDBConnection,
  day: number,
): Promise<{ readonly table: EventTable; readonly rows: number } | null> {
  const end = day * dayMicros;
  for (const table of eventTables) {
    const rows = await deleteFirstHour(engine, table, end);
    if (rows !== null) return { table, rows };
  }
  return null;
}

/** Of the rows that arrived before a time (microseconds), those of the oldest hour; null where there is none. */
export async function deleteFirstHour(
  engine: DuckDBConnection,
  table: EventTable,
  end: number,
  condition = 'true',
): Promise<number | null> {
  const first = await firstArrival(engine, table, `_indextime < make_timestamp(${end}) and ${condition}`);
  if (first === null) return null;
  const until = Math.min(end, (Math.floor(first / hourMicros) + 1) * hourMicros);
  const { rowsChanged } = await engine.run(
    `delete from ${hotNames[table]} where _indextime < make_timestamp(${until}) and ${condition}`,
  );
  return rowsChanged;
}

async function firstArrival(engine: DuckDBConnection, table: EventTable, condition = 'true'): Promise<number | null> {
  const result = await engine.runAndReadAll(
    `select epoch_us(min(_indextime)) from ${hotNames[table]} where ${condition}`,
  );
  const [micros] = result.getRowsJS()[0] ?? [];
  return micros === null || micros === undefined ? null : Number(micros);
}
