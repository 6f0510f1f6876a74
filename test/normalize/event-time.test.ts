import { describe, expect, it, test } from 'vitest';
import { microsOfNanos, parseTimestamp } from '../../src/normalize/event-time.ts';
import { chooseSeed } from '../support/seed.ts';

describe('parseTimestamp', () => {
  // Seconds worked out with `date -u -d … +%s`.
  test.each([
    ['2024-11-13T18:34:10Z', 1_731_522_850_000_000],
    ['2024-11-13T18:34:10.595494Z', 1_731_522_850_595_494],
    ['2024-11-13T18:34:10.5Z', 1_731_522_850_500_000],
    ['2024-11-13t18:34:10.595494z', 1_731_522_850_595_494],
    // Nanoseconds are cut off, not rounded.
    ['2024-11-13T18:34:10.595494999Z', 1_731_522_850_595_494],
    ['2024-11-13T20:34:10.595494+02:00', 1_731_522_850_595_494],
    ['2024-11-13T13:04:10.595494-05:30', 1_731_522_850_595_494],
    ['2024-11-13 18:34:10.595494000', 1_731_522_850_595_494],
    ['2024-11-13 18:34:10.59', 1_731_522_850_590_000],
    ['2024-11-13 18:34:10', 1_731_522_850_000_000],
    ['1970-01-01T00:00:00Z', 0],
    ['1969-12-31T23:59:59.999999Z', -1],
    ['2000-02-29T12:00:00Z', 951_825_600_000_000],
    ['2016-12-31T23:59:60Z', 1_483_228_800_000_000],
    ['2255-06-05T23:47:34.740991Z', Number.MAX_SAFE_INTEGER],
  ])('reads %s', (text, micros) => {
    expect(parseTimestamp(text)).toBe(micros);
  });

  test.each([
    '',
    'yesterday, in the afternoon',
    '2024-11-13',
    '2024-13-01T00:00:00Z',
    '2023-02-29T00:00:00Z',
    '2024-04-31T00:00:00Z',
    '2024-11-13T24:00:00Z',
    '2024-11-13T18:60:00Z',
    '2024-11-13T18:34:10.Z',
    '2024-11-13T18:34:10.5 CET',
    '2024-11-13T18:34:10+2',
    '2024-11-13T18:34:10Z and more',
    '2024/11/13 18:34:10',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '2255-06-05T23:47:34.740992Z',
    '9999-12-31T23:59:59.999999Z',
    1_731_522_850,
    null,
    undefined,
    {},
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeNull();
  });

  it('agrees with Date on whole milliseconds of random times', () => {
    const seed = chooseSeed();
    let state = seed;
    for (let round = 0; round < 5_000; round++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const date = new Date((state - 2 ** 31) * 1_000 + (state % 1_000));
      expect(parseTimestamp(date.toISOString()), `PINTAIL_SEED=${seed}, ${date.toISOString()}`).toBe(
        date.getTime() * 1_000,
      );
    }
  });
});

describe('microsOfNanos', () => {
  it('cuts nanoseconds off exactly, beyond what a double could hold', () => {
    expect(microsOfNanos(1_731_522_850_595_494_999n)).toBe(1_731_522_850_595_494);
  });

  it('takes 0 and times after the year 2255 as unknown', () => {
    expect(microsOfNanos(0n)).toBeNull();
    expect(microsOfNanos(2n ** 64n - 1n)).toBeNull();
  });
});
