import { describe, expect, test } from 'vitest';
import { joinRanges } from '../../src/store/time-ranges.ts';

const minute = 60_000_000;

describe('the time ranges of a load', () => {
  test('join where they lie within two minutes of one another', () => {
    const ranges = [
      { from: 0, to: minute },
      { from: 3 * minute, to: 4 * minute },
      { from: 7 * minute, to: 8 * minute },
    ];
    expect(joinRanges(ranges)).toEqual([
      { from: 0, to: 4 * minute },
      { from: 7 * minute, to: 8 * minute },
    ]);
  });

  test('stay apart at the 31 widest gaps where there are more than 32', () => {
    // 34 points an hour apart, but the second follows the first by five minutes and the third the second by four.
    const times = [0, 5, 9, ...Array.from({ length: 31 }, (_item, index) => 69 + 60 * index)];
    const joined = joinRanges(times.map((time) => ({ from: time * minute, to: time * minute })));
    expect(joined).toHaveLength(32);
    expect(joined[0]).toEqual({ from: 0, to: 9 * minute });
    expect(joined.slice(1).every(({ from, to }) => from === to)).toBe(true);
  });

  test('are 32 for a hundred thousand scattered events too, and leave none out', () => {
    const times = Array.from({ length: 100_000 }, (_item, index) => index * 4 * minute);
    const joined = joinRanges(times.map((time) => ({ from: time, to: time })));
    expect(joined).toHaveLength(32);
    let next = 0;
    for (const { from, to } of joined) {
      expect(from).toBe(times[next]);
      next = times.indexOf(to, next) + 1;
    }
    expect(next).toBe(times.length);
  });
});
