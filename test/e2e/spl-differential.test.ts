/** As test/spl/differential.test.ts, with ten thousand searches. PINTAIL_SEED chooses other searches (`random`: new ones). */
import { expect, test } from 'vitest';
import { runDifferential } from '../support/spl-differential/differential-test.ts';
import { seed } from '../support/spl-differential/seed.ts';

const cases = Number(process.env.PINTAIL_CASES ?? 10_000);

test(`ten thousand compiled searches find the rows that the interpreter finds (PINTAIL_SEED=${seed})`, async () => {
  const totals = await runDifferential(seed, cases, 3);
  expect(totals.failures.join('\n\n'), `PINTAIL_SEED=${seed}`).toBe('');
  expect(totals.cases).toBe(cases);
  expect(totals.compared).toBeGreaterThan(cases * 0.9);
  expect(totals.withRows).toBeGreaterThan(cases * 0.4);
});
