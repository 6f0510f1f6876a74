/** The Parquet files of the cold tier, as the tables `cold_file` and `cold_move` (0005_cold_tier.sql) have them. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EventTable } from './event-table.ts';
import type { TimeRange } from './time-ranges.ts';

export interface ColdFile {
  readonly table: EventTable;
  /** Of arrival, in days since the epoch, UTC. */
  readonly day: number;
  /** Relative to the directory of the tier. */
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  /** Event times. */
  readonly times: TimeRange;
  /** It has the first so many columns of the view. */
  readonly columnCount: number;
}

/** Rows that are in files and still in the table. */
export interface ColdMove {
  readonly table: EventTable;
  readonly arrivedBeforeMicros: number;
  readonly commitSeq: number;
}

/** Oldest first. */
export async function readColdFiles(engine: DuckDBConnection): Promise<readonly ColdFile[]> {
  const result = await engine.runAndReadAll(
    `select dataset, arrival_day - date '1970-01-01', path, bytes, row_count, epoch_us(earliest), epoch_us(latest), column_count
      from cold_file order by arrival_day, path`,
  );
  return result.getRowsJS().map(([table, day, path, bytes, rows, from, to, columnCount]) => ({
    table: table as EventTable,
    day: Number(day),
    path: String(path),
    bytes: Number(bytes),
    rows: Number(rows),
    times: { from: Number(from), to: Number(to) },
    columnCount: Number(columnCount),
  }));
}

export async function readColdMoves(engine: DuckDBConnection): Promise<readonly ColdMove[]> {
  const result = await engine.runAndReadAll('select dataset, epoch_us(arrived_before), commit_seq from cold_move');
  return result.getRowsJS().map(([table, before, commitSeq]) => ({
    table: table as EventTable,
    arrivedBeforeMicros: Number(before),
    commitSeq: Number(commitSeq),
  }));
}

export async function insertColdFile(engine: DuckDBConnection, file: ColdFile): Promise<void> {
  const { table, day, path, bytes, rows, times, columnCount } = file;
  await engine.run(
    `insert into cold_file values ($1, date '1970-01-01' + ${day}::integer, $2, ${bytes}, ${rows},
      make_timestamp(${times.from}), make_timestamp(${times.to}), ${columnCount})`,
    [table, path],
  );
}
