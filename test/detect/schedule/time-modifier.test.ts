import { describe, expect, test } from 'vitest';
import {
  furthestAhead,
  furthestBack,
  parseTimeModifier,
  resolveTime,
} from '../../../src/detect/schedule/time-modifier.ts';

const at = (text: string) => Date.parse(text) / 1000;

/** Monday 2026-11-02, 12:00:37 UTC. */
const now = at('2026-11-02T12:00:37Z');

describe('time modifiers', () => {
  test.each([
    // The example of rule 50.
    ['-70m@m', '2026-11-02T10:50:00Z'],
    ['-10m@m', '2026-11-02T11:50:00Z'],
    ['now', '2026-11-02T12:00:37Z'],
    ['-1h', '2026-11-02T11:00:37Z'],
    ['-h', '2026-11-02T11:00:37Z'],
    ['+30s', '2026-11-02T12:01:07Z'],
    ['@h', '2026-11-02T12:00:00Z'],
    ['-1h@h', '2026-11-02T11:00:00Z'],
    ['@d', '2026-11-02T00:00:00Z'],
    ['-1d@d', '2026-11-01T00:00:00Z'],
    ['@d+8h', '2026-11-02T08:00:00Z'],
    ['@w0', '2026-11-01T00:00:00Z'],
    ['@w7', '2026-11-01T00:00:00Z'],
    ['@w', '2026-11-01T00:00:00Z'],
    ['@w1', '2026-11-02T00:00:00Z'],
    ['@w2', '2026-10-27T00:00:00Z'],
    ['-1w@w1', '2026-10-26T00:00:00Z'],
    ['@mon', '2026-11-01T00:00:00Z'],
    ['@q', '2026-10-01T00:00:00Z'],
    ['@y', '2026-01-01T00:00:00Z'],
    ['-1mon', '2026-10-02T12:00:37Z'],
    ['-2q@q', '2026-04-01T00:00:00Z'],
    ['-1y@y', '2025-01-01T00:00:00Z'],
    ['-1450m@m', '2026-11-01T11:50:00Z'],
    ['-2hours@hour', '2026-11-02T10:00:00Z'],
    ['0', '1970-01-01T00:00:00Z'],
    ['1700000000.5', '2023-11-14T22:13:20.500Z'],
    ['2026-11-01T08:00:00Z', '2026-11-01T08:00:00Z'],
    ['2026-11-01T08:00:00.250+02:00', '2026-11-01T06:00:00.250Z'],
    ['2026-11-01', '2026-11-01T00:00:00Z'],
  ])('%s is %s', (modifier, expected) => {
    expect(resolveTime(modifier, now, 'UTC')).toBe(at(expected));
  });

  test('a month back from the 31st is the last day of a shorter month', () => {
    expect(resolveTime('-1mon', at('2026-03-31T10:00:00Z'), 'UTC')).toBe(at('2026-02-28T10:00:00Z'));
  });

  test('midnight is the time zone’s own', () => {
    expect(resolveTime('@d', at('2026-07-01T23:30:00Z'), 'Europe/Berlin')).toBe(at('2026-07-01T22:00:00Z'));
    expect(resolveTime('@h', at('2026-07-01T23:40:00Z'), 'Asia/Kolkata')).toBe(at('2026-07-01T23:30:00Z'));
  });

  test('a day back keeps the wall clock when clocks go forward, 24 hours back do not', () => {
    // Berlin, 2026-03-29: 02:00 becomes 03:00.
    const noonAfter = at('2026-03-29T10:00:00Z');
    expect(resolveTime('-1d', noonAfter, 'Europe/Berlin')).toBe(at('2026-03-28T11:00:00Z'));
    expect(resolveTime('-24h', noonAfter, 'Europe/Berlin')).toBe(at('2026-03-28T10:00:00Z'));
  });

  test('the hour of a repeated hour is the one it lies in', () => {
    // Berlin, 2026-10-25: 03:00 becomes 02:00, so 02:30 occurs at 00:30Z and at 01:30Z.
    expect(resolveTime('@h', at('2026-10-25T00:30:00Z'), 'Europe/Berlin')).toBe(at('2026-10-25T00:00:00Z'));
    expect(resolveTime('@h', at('2026-10-25T01:30:00Z'), 'Europe/Berlin')).toBe(at('2026-10-25T01:00:00Z'));
  });

  test('the start of a day whose midnight does not exist is its first moment', () => {
    // Santiago, 2026-09-06: clocks go from 24:00 to 01:00.
    expect(resolveTime('@d', at('2026-09-06T15:00:00Z'), 'America/Santiago')).toBe(at('2026-09-06T04:00:00Z'));
  });

  test.each(['', 'yesterday', '-70', '-70x', '70m', '-70m@', '@w8', '-1h5m', '-10m@m junk', '2026-13-01'])(
    '"%s" is refused by name',
    (modifier) => {
      expect(() => parseTimeModifier(modifier)).toThrow(/^time: expected .*found ".*"/);
    },
  );

  test('real-time modifiers are refused as such', () => {
    expect(() => parseTimeModifier('rt-5m')).toThrow(
      'time: expected a scheduled time such as -70m@m, found the real-time modifier "rt-5m".',
    );
  });
});

describe('the furthest that a modifier lies from the time it is counted from', () => {
  test.each([
    ['now', 0, 0],
    ['-70m@m', 71 * 60, 0],
    ['+30s', 0, 30],
    ['-1h@h+5m', 7200, 300],
    ['@d', 2 * 86_400, 0],
    ['0', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('%s', (modifier, back, ahead) => {
    expect([furthestBack(modifier), furthestAhead(modifier)]).toEqual([back, ahead]);
  });

  test.each([
    '@d',
    '-1d@d',
    '@w0',
    '@w1',
    '-1w@w3',
    '@mon',
    '-1mon@mon',
    '@q',
    '@y',
    '-1y@y',
    '+1mon',
    '+1d@d',
    '-1h@d+2h',
    '-3q+2d',
  ])('is never exceeded by %s, over a leap day, changes of the clock and of the date line', (modifier) => {
    const [back, ahead] = [furthestBack(modifier), furthestAhead(modifier)];
    for (const timeZone of ['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Pacific/Apia']) {
      // Apia left out 2011-12-30.
      for (let time = at('2011-12-20T00:30:00Z'); time < at('2012-04-10T00:00:00Z'); time += 17 * 3600) {
        const moved = resolveTime(modifier, time, timeZone) - time;
        expect(moved).toBeGreaterThanOrEqual(-back);
        expect(moved).toBeLessThanOrEqual(ahead);
      }
    }
  });
});
