/** What metrics are called in help texts, and their histogram buckets by unit. */

/** Buckets from the unit in a metric's name. */
export function bucketsFor(name: string): number[] {
  if (name.endsWith('_seconds')) return [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
  if (name.endsWith('_bytes')) return powers(1_024, 4, 9);
  return powers(1, 10, 8);
}

/** Help text; the name says the rest. */
export function describeMetric(name: string): string {
  return name.replace(/^pintail_/, '').replaceAll('_', ' ');
}

function powers(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start * factor ** index);
}
