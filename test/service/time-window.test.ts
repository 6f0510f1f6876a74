import { expect, test } from 'vitest';
import { resolveWindow } from '../../src/service/time-window.ts';

const now = 1_767_225_600;

test('names are resolved at now', () => {
  expect(resolveWindow({ earliest: '-1h', latest: 'now' }, now)).toEqual({ earliest: now - 3600, latest: now, now });
});

test.each([
  { earliest: '10000000000000000' },
  { latest: '1767225600000' },
  { now: '9999999999999999' },
  { earliest: '-99999y' },
])('a time beyond the year 9999 is refused by name: %o', (named) => {
  expect(() => resolveWindow(named, now)).toThrow(
    `time: expected a time within the years to 9999, found "${Object.values(named)[0]}".`,
  );
});
