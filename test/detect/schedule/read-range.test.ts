import { describe, expect, test } from 'vitest';
import { reachOf, readRange } from '../../../src/detect/schedule/read-range.ts';

const at = (text: string) => Date.parse(`2026-11-02T${text}:00Z`) / 1000;
const window = { earliest: at('08:50'), latest: at('09:50'), now: at('10:00') };
const day = 86_400;

const part = (earliest: string | null, latest: string | null = null) => ({ earliest, latest });

describe('what a run reads', () => {
  test.each([
    ['the window where no part sets a time', [part(null)], '08:50', '09:50'],
    ['the window where the search reads no events', [], '08:50', '09:50'],
    ['the times of its only part', [part('-3h@h', '-1h@h')], '07:00', '09:00'],
    ['up to the end of the window where only a start is set', [part('-2h')], '08:00', '09:50'],
    ['from the start of the window where only an end is set', [part(null, 'now')], '08:50', '10:00'],
    [
      'from the earliest start to the latest end',
      [part(null), part('-5h', '-4h'), part('-1h', 'now')],
      '05:00',
      '10:00',
    ],
    ['nothing of a part that ends before it begins', [part(null), part('-3h', '-5h')], '08:50', '09:50'],
    ['nothing where every part does', [part('-3h', '-5h')], '10:00', '10:00'],
    ['a date as it is where that is near', [part('11/02/2026:07:00:00', '11/02/2026:09:30:00')], '07:00', '09:30'],
    ['up to the scheduled time where the end is a later date', [part(null, '99999999999')], '08:50', '10:00'],
    ['nothing of a part before the calendar', [part(null), part('-999999999y', '-999999999y')], '08:50', '09:50'],
    ['nothing of a part behind the calendar', [part(null), part('+999999999y', '+999999999y')], '08:50', '09:50'],
  ])('is %s', (_what, parts, earliest, latest) => {
    expect(readRange(parts, window, day)).toMatchObject({ earliest: at(earliest), latest: at(latest) });
  });

  test.each(['0', '01/01/2020:00:00:00', '-999999999y', '-101y@y'])('is bounded where a part begins at %s', (start) => {
    expect(readRange([part(start)], window, day)).toEqual({ earliest: window.now - day, latest: window.latest });
    expect(reachOf([part(start)], day)).toEqual({ back: day, ahead: 0 });
  });

  test('reaches as far as the furthest of its own times', () => {
    expect(reachOf([part('-3h@h', '-1h'), part('-2h', '+30m'), part(null)], day)).toEqual({
      back: 4 * 3600,
      ahead: 1800,
    });
  });
});
