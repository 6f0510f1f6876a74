import { expect, test } from 'vitest';
import { risingMicros } from '../../src/service/rising-micros.ts';

test('no two batches hear the same time, also within a millisecond and after the clock was set back', () => {
  const times = [1000, 1000, 1002, 900, 900];
  const now = risingMicros(() => times.shift() ?? 0);
  expect([now(), now(), now(), now(), now()]).toEqual([1_000_000, 1_000_001, 1_002_000, 1_002_001, 1_002_002]);
});
