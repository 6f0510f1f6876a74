/**
 * Random searches over random events, compiled and run on DuckDB, against the row-by-row interpreter.
 * PINTAIL_SEED chooses other searches (`random`: new ones each time); PINTAIL_CASES says how many searches (500; the long tests take 10,000).
 */
import { expect, test } from 'vitest';
import { runDifferential } from '../support/spl-differential/differential-test.ts';
import { seed } from '../support/spl-differential/seed.ts';

const cases = Number(process.env.PINTAIL_CASES ?? 500);

test(`compiled searches find the rows that the interpreter finds (PINTAIL_SEED=${seed})`, {
  timeout: 120_000,
}, async () => {
  const totals = await runDifferential(seed, cases);
  expect(totals.failures.join('\n\n'), `PINTAIL_SEED=${seed}`).toBe('');
  expect(totals.cases).toBe(cases);
  // Searches that say nothing prove nothing.
  expect(totals.compared).toBeGreaterThan(cases * 0.9);
  expect(totals.withRows).toBeGreaterThan(cases * 0.4);
});
