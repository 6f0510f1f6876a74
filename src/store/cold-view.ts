/** The statements that make `kube_audit` and `logs` over their table and the files of the cold tier. */
import { quotedIdentifier, quotedString } from '@duckdb/node-api';
import type { ColdFile, ColdMove } from './cold-file.ts';
import { type EventTable, hotNames } from './event-table.ts';
import { within } from './time-ranges.ts';

export interface StoredColumn {
  readonly name: string;
  readonly type: string;
}

export interface ColdViewParts {
  readonly table: EventTable;
  /** Of the table itself, in its order. */
  readonly columns: readonly StoredColumn[];
  readonly files: readonly ColdFile[];
  readonly moves: readonly ColdMove[];
  /** Full path of a file. */
  readonly locate: (file: ColdFile) => string;
  /** Why a file cannot be read; undefined where it can. */
  readonly problem: (file: ColdFile) => string | undefined;
}

export function createColdView(parts: ColdViewParts): string {
  const { table, files, moves } = parts;
  const hidden = moves.filter((move) => move.table === table).map(isStillThere);
  const own = `select * from main.${hotNames[table]}${hidden.length > 0 ? ` where ${hidden.join(' and ')}` : ''}`;
  const branches = groupByDay(files.filter((file) => file.table === table)).map((day) => readDay(parts, day));
  return `create or replace view main.${table} as ${[own, ...branches].join('\nunion all ')}`;
}

/** What reads one Parquet file, its folders day= and cluster= being no columns of ours. */
export function readParquet(paths: readonly string[]): string {
  return `read_parquet([${paths.map(quotedString).join(', ')}], hive_partitioning = false)`;
}

function isStillThere({ arrivedBeforeMicros, commitSeq }: ColdMove): string {
  return `(_indextime >= make_timestamp(${arrivedBeforeMicros}) or commit_seq > ${commitSeq})`;
}

/** Files of one day with the same columns, which one scan reads. */
export function groupByDay(files: readonly ColdFile[]): readonly (readonly ColdFile[])[] {
  return [...Map.groupBy(files, ({ day, columnCount }) => `${day}/${columnCount}`).values()];
}

/**
 * The literal bounds let DuckDB leave out a day when it plans. A file that cannot be read fails every query that its
 * bounds let in, and no other.
 */
function readDay(parts: ColdViewParts, day: readonly ColdFile[]): string {
  const problems = day.flatMap((file) => {
    const problem = parts.problem(file);
    return problem === undefined ? [] : [{ file, problem }];
  });
  const readable = day.filter((file) => parts.problem(file) === undefined);
  const branches = problems.map(({ file, problem }) => fail(parts, file, problem));
  if (readable.length > 0) branches.unshift(readFiles(parts, readable));
  return branches.join('\nunion all ');
}

function readFiles({ columns, locate }: ColdViewParts, files: readonly ColdFile[]): string {
  const times = {
    from: Math.min(...files.map(({ times }) => times.from)),
    to: Math.max(...files.map(({ times }) => times.to)),
  };
  const later = columns
    .slice(files[0]?.columnCount)
    .map(({ name, type }) => `, null::${type} as ${quotedIdentifier(name)}`);
  return `select *${later.join('')} from ${readParquet(files.map(locate))} where ${within(times)}`;
}

/** Every column is the error, so that no filter on one makes DuckDB leave the branch out. */
function fail({ columns }: ColdViewParts, { times }: ColdFile, problem: string): string {
  const error = `error(${quotedString(problem)})`;
  const cells = columns.map(
    ({ name, type }) =>
      `${name === '_time' ? `make_timestamp(${times.from} + i)` : `${error}::${type}`} as ${quotedIdentifier(name)}`,
  );
  return `select * from (select ${cells.join(', ')} from range(1) r(i) where ${error}::boolean) where ${within(times)}`;
}
