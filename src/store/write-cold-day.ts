/** Writes a day of arrival of one table into Parquet files, one per cluster. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type DuckDBConnection, quotedString } from '@duckdb/node-api';
import type { ColdFile, ColdMove } from './cold-file.ts';
import { dayFolder, encodeCluster, otherClusters } from './cold-path.ts';
import type { ColdPlace } from './cold-place.ts';
import { readParquet } from './cold-view.ts';
import { dayMicros } from './event-days.ts';
import { type EventTable, hotNames } from './event-table.ts';
import type { EventViews } from './event-views.ts';

export interface ColdDay {
  readonly table: EventTable;
  readonly day: number;
  readonly place: ColdPlace;
  readonly storeId: string;
  readonly views: EventViews;
}

export interface WrittenDay {
  readonly files: readonly ColdFile[];
  /** The rows that they hold. */
  readonly move: ColdMove;
}

/** Clusters name themselves: those beyond so many, fewest rows first, share a file. */
const mostClusters = 200;

/**
 * A multiple of DuckDB's 2,048. With rows of 2 KB two threads hold 0.3 GB outside of DuckDB's memory limit; in the
 * order of the table, which each file has nearly, it would be 1 GB.
 */
const rowGroup = 20_480;

interface Group {
  readonly folder: string;
  readonly condition: string;
  readonly parameters: readonly (string | null)[];
  readonly rows: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Writes all rows that arrived before the end of the day and were loaded by now, and resolves once they are durable in
 * their place, with what names exactly these rows. What it wrote where it fails are orphans.
 */
export async function writeColdDay(
  engine: DuckDBConnection,
  coldDay: ColdDay,
  stopping: AbortSignal,
): Promise<WrittenDay> {
  const { table, day, place, storeId, views } = coldDay;
  const columnCount = views.columnsOf(table).length;
  const arrivedBeforeMicros = (day + 1) * dayMicros;
  const newest = await engine.runAndReadAll(
    `select max(commit_seq) from ${hotNames[table]} where _indextime < make_timestamp(${arrivedBeforeMicros})`,
  );
  const commitSeq = Number(newest.getRowsJS()[0]?.[0]);
  const chosen = `_indextime < make_timestamp(${arrivedBeforeMicros}) and commit_seq <= ${commitSeq}`;
  const files: ColdFile[] = [];
  for (const group of await groupByCluster(engine, table, chosen)) {
    const path = join(dayFolder(table, day, group.folder), `${storeId}-${randomUUID()}.parquet`);
    const rows = `${views.select(table)} where ${chosen} and ${group.condition}`;
    const bytes = await place.put(path, (full) => copyRows(engine, rows, group, full), stopping);
    await checkRows(engine, place.locate(path), group);
    const { from, to } = group;
    files.push({ table, day, path, bytes, rows: group.rows, times: { from, to }, columnCount });
  }
  return { files, move: { table, arrivedBeforeMicros, commitSeq } };
}

async function copyRows(engine: DuckDBConnection, rows: string, group: Group, path: string): Promise<void> {
  await engine.run(
    `copy (${rows}) to ${quotedString(path)}
      (format parquet, compression zstd, row_group_size ${rowGroup}, preserve_order false, use_tmp_file false)`,
    [...group.parameters],
  );
}

/** Reads the way that queries will. */
async function checkRows(engine: DuckDBConnection, path: string, group: Group): Promise<void> {
  const counted = await engine.runAndReadAll(`select count(*) from ${readParquet([path])}`);
  const rows = Number(counted.getRowsJS()[0]?.[0]);
  if (rows !== group.rows) {
    throw new Error(`cold tier: expected ${group.rows} rows in "${path}", found ${rows}.`);
  }
}

async function groupByCluster(engine: DuckDBConnection, table: EventTable, chosen: string): Promise<readonly Group[]> {
  const result = await engine.runAndReadAll(
    `select cluster, count(*), epoch_us(min(_time)), epoch_us(max(_time))
      from ${hotNames[table]} where ${chosen} group by cluster order by count(*) desc, cluster`,
  );
  const clusters = result.getRowsJS().map(([cluster, ...numbers]) => {
    const [rows = 0, from = 0, to = 0] = numbers.map(Number);
    return { cluster: cluster === null ? null : String(cluster), rows, from, to };
  });
  const own = clusters.slice(0, clusters.length > mostClusters ? mostClusters - 1 : mostClusters);
  const others = clusters.slice(own.length);
  const groups: Group[] = own.map(({ cluster, ...numbers }) => ({
    folder: encodeCluster(cluster),
    condition: 'cluster is not distinct from $1::varchar',
    parameters: [cluster],
    ...numbers,
  }));
  if (others.length > 0) {
    groups.push({
      folder: otherClusters,
      condition: `list_contains(from_json($1::json, '["VARCHAR"]'), coalesce('=' || cluster, ''))`,
      parameters: [JSON.stringify(others.map(({ cluster }) => (cluster === null ? '' : `=${cluster}`)))],
      rows: others.reduce((sum, { rows }) => sum + rows, 0),
      from: Math.min(...others.map(({ from }) => from)),
      to: Math.max(...others.map(({ to }) => to)),
    });
  }
  return groups;
}
