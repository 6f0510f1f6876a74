import type { NormalizedBatch } from '../../src/component.ts';
import { auditRow, logRow, noonMicros } from './store-fixture.ts';

export const auditRowsPerBatch = 7;

/** The rows of batch `number`; the same number always gives the same rows. Some have no time of their own. */
export function killBatch(number: number): NormalizedBatch {
  return {
    audit: Array.from({ length: auditRowsPerBatch }, (_item, n) =>
      auditRow(`${number}-${n}`, { timeMicros: noonMicros + number * 1000, hasOwnTime: n !== 0 }),
    ),
    logs: [logRow(`log ${number}`, { timeMicros: noonMicros + number * 1000 })],
  };
}
