/** The statements that read the files of the cold tier. */
import { quotedIdentifier, quotedString } from '@duckdb/node-api';
import type { ColdFile } from './cold-file.ts';
import type { StoredColumn } from './engine-catalogue.ts';
import { type TimeRange, within } from './time-ranges.ts';

/** How files are reached. */
export interface ColdSource {
  /** See `ColdPlace`. */
  readonly bindsToFiles: boolean;
  /** What SQL calls a file. */
  readonly locate: (file: ColdFile) => string;
  /** Why a file cannot be read; undefined where it can. */
  readonly problem: (file: ColdFile) => string | undefined;
}

/** A SELECT of each day of one table's files, with the columns of its view. */
export function selectColdDays(
  files: readonly ColdFile[],
  columns: readonly StoredColumn[],
  source: ColdSource,
): readonly string[] {
  return groupByDay(files).map((day) => readDay({ ...source, columns }, day));
}

interface ColdViewParts extends ColdSource {
  /** Of the view, in its order. */
  readonly columns: readonly StoredColumn[];
}

/**
 * What reads Parquet files, their folders day= and cluster= being no columns of ours. With `columns`, which they must
 * have, nothing is opened before it is read; without, the first one is when the statement is bound.
 */
export function readParquet(paths: readonly string[], columns?: readonly StoredColumn[]): string {
  const schema = columns === undefined ? '' : `, schema = map { ${columns.map(describeColumn).join(', ')} }`;
  return `read_parquet([${paths.map(quotedString).join(', ')}], hive_partitioning = false${schema})`;
}

function describeColumn({ name, type }: StoredColumn): string {
  return `${quotedString(name)}: { name: ${quotedString(name)}, type: ${quotedString(type)}, default_value: null }`;
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
  const [first] = problems;
  if (readable.length === 0 && first !== undefined && problems.length > 1) {
    // A bucket out of reach, say: a branch for each of hundreds of files would slow down every query.
    return fail(parts, joinTimes(day), `${first.problem} So it is with ${problems.length - 1} more of that day.`);
  }
  const branches = problems.map(({ file, problem }) => fail(parts, file.times, problem));
  if (readable.length > 0) branches.unshift(readFiles(parts, readable));
  return branches.join('\nunion all ');
}

function joinTimes(files: readonly ColdFile[]): TimeRange {
  return {
    from: Math.min(...files.map(({ times }) => times.from)),
    to: Math.max(...files.map(({ times }) => times.to)),
  };
}

function readFiles({ columns, locate, bindsToFiles }: ColdViewParts, files: readonly ColdFile[]): string {
  const times = joinTimes(files);
  const columnCount = files[0]?.columnCount;
  const later = columns.slice(columnCount).map(({ name, type }) => `, null::${type} as ${quotedIdentifier(name)}`);
  const read = readParquet(files.map(locate), bindsToFiles ? undefined : columns.slice(0, columnCount));
  return `select *${later.join('')} from ${read} where ${within(times)}`;
}

/** Every column is the error, so that no filter on one makes DuckDB leave the branch out. */
function fail({ columns }: ColdViewParts, times: TimeRange, problem: string): string {
  const error = `error(${quotedString(problem)})`;
  const cells = columns.map(
    ({ name, type }) =>
      `${name === '_time' ? `make_timestamp(${times.from} + i)` : `${error}::${type}`} as ${quotedIdentifier(name)}`,
  );
  return `select * from (select ${cells.join(', ')} from range(1) r(i) where ${error}::boolean) where ${within(times)}`;
}
