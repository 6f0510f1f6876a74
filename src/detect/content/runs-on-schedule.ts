/** Which searches of the content run by themselves. */
import type { Detection } from '../detection.ts';

/** A baseline does where it fills a lookup; an investigation is a person's to run. */
export function runsOnSchedule({ type, search }: Pick<Detection, 'type' | 'search'>): boolean {
  if (type === 'Baseline') return /\|\s*outputlookup\b/i.test(search);
  return type !== 'Investigation';
}
