/** Which stretches of event time a load has to be compared with. */
import type { TimeRange } from './load-sql.ts';

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
  while (joined.length > mostRanges) {
    let nearest = 0;
    for (let index = 1; index + 1 < joined.length; index++) {
      if (gapAfter(joined, index) < gapAfter(joined, nearest)) {
        nearest = index;
      }
    }
    const left = joined[nearest];
    const right = joined[nearest + 1];
    if (left !== undefined && right !== undefined) {
      joined.splice(nearest, 2, { from: left.from, to: Math.max(left.to, right.to) });
    }
  }
  return joined;
}

function gapAfter(ranges: readonly TimeRange[], index: number): number {
  return (ranges[index + 1]?.from ?? Infinity) - (ranges[index]?.to ?? 0);
}
