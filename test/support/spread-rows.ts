/** Rows of chart and timechart BY as people see them: a field for each cell that holds something. */
import { spreadRow } from '../../src/format/index.ts';
import type { Json } from './golden-events.ts';

export function spreadRows(
  rows: readonly Readonly<Record<string, Json>>[],
  spread: string | undefined,
): readonly Record<string, Json>[] {
  if (spread === undefined) return rows;
  return rows.map((row) => {
    const cells = Object.entries(spreadRow(row, spread)) as [string, Json][];
    return Object.fromEntries(cells.filter(([, value]) => value !== null));
  });
}
