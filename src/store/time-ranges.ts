/** Which stretches of event time a load has to be compared with. */

/** Event times, microseconds, both inclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Constants, so that DuckDB folds them before it chooses which row groups to read. */
export function within({ from, to }: TimeRange): string {
  return `_time >= make_timestamp(${from}) and _time <= make_timestamp(${to})`;
}

const gapMicros = 120_000_000;
const mostRanges = 32;

/**
 * Joins ranges (ascending by `from`) that lie within two minutes of one another, and then the nearest, until at
 * most 32 are left: each is a scan of its own.
 */
export function joinRanges(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const joined: TimeRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last !== undefined && range.from - last.to <= gapMicros) {
      joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    } else {
      joined.push(range);
    }
  }
  return joined.length <= mostRanges ? joined : joinNearest(joined);
}

/** Keeps apart what has the widest gaps before it, in one pass: a load may hold a whole year in single minutes. */
function joinNearest(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const gaps = ranges
    .slice(1)
    .map((range, index) => ({ index: index + 1, gap: range.from - (ranges[index]?.to ?? 0) }));
  const widest = new Set(
    gaps
      .sort((a, b) => b.gap - a.gap || b.index - a.index)
      .slice(0, mostRanges - 1)
      .map(({ index }) => index),
  );
  const joined: TimeRange[] = [];
  for (const [index, range] of ranges.entries()) {
    const last = joined.at(-1);
    if (last === undefined || widest.has(index)) joined.push(range);
    else joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return joined;
}
