import { describe, expect, test } from 'vitest';
import { checkCron, cronTimes } from '../../../src/detect/schedule/cron.ts';

const at = (text: string) => Date.parse(text) / 1000;

function times(expression: string, timeZone: string, from: string, count: number): string[] {
  const cron = cronTimes(expression, timeZone);
  const found: string[] = [];
  for (let after: number | null = at(from); found.length < count && after !== null; ) {
    after = cron.next(after);
    if (after !== null) found.push(new Date(after * 1000).toISOString());
  }
  return found;
}

describe('cron', () => {
  test('the next time is after the instant, never at it', () => {
    expect(times('0 * * * *', 'UTC', '2026-11-02T12:00:00Z', 2)).toEqual([
      '2026-11-02T13:00:00.000Z',
      '2026-11-02T14:00:00.000Z',
    ]);
    expect(times('0 * * * *', 'UTC', '2026-11-02T11:59:59.9Z', 1)).toEqual(['2026-11-02T12:00:00.000Z']);
  });

  test('an hourly job runs at each real hour when clocks go back and forward', () => {
    expect(times('0 * * * *', 'Europe/Berlin', '2026-10-24T23:30:00Z', 4)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T01:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
      '2026-10-25T03:00:00.000Z',
    ]);
    expect(times('0 * * * *', 'Europe/Berlin', '2026-03-29T00:30:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
    ]);
  });

  test('a daily job in the gap runs once that day, right after it', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a daily job in the repeated hour runs once that day', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test.each(['', '* * * *', '0 0 * * * *', '61 * * * *', 'hourly'])('"%s" is refused by name', (expression) => {
    expect(() => checkCron(expression)).toThrow(`found "${expression}"`);
  });
});
