/** What the events at hand cannot feed, cluster by cluster: `check` without what only its author wants to know. */
import type { CompiledDetection } from '../run/compile-detection.ts';
import { checkScan } from './check-data.ts';
import type { EventFacts } from './event-facts.ts';
import { outlineOf } from './outline.ts';
import type { DataGap } from './report.ts';

/** Gaps that make the search blind, and fields that it requires and no event has. Rejects where the events cannot be read. */
export async function findBlindSpots(
  compiled: CompiledDetection,
  macros: Parameters<typeof outlineOf>[1],
  facts: EventFacts,
): Promise<readonly DataGap[]> {
  const outline = outlineOf(compiled.detection, macros);
  const gaps: DataGap[] = [];
  for (const scan of outline?.scans ?? []) gaps.push(...(await checkScan(scan, facts)).gaps);
  return gaps.filter(({ severity }) => severity !== 'empty');
}
