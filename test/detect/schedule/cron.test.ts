import { describe, expect, test } from 'vitest';
import { checkCron, cronTimes } from '../../../src/detect/schedule/cron.ts';
import { measureTiling, scheduledTimes, windowAt } from '../../../src/detect/schedule/windows.ts';

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

/** A day or two before the clocks of each zone change. */
const changes = [
  ['Europe/Berlin', '2026-03-27T12:00:00Z'],
  ['Europe/Berlin', '2026-10-23T12:00:00Z'],
  ['America/New_York', '2026-03-06T12:00:00Z'],
  ['America/New_York', '2026-10-30T12:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-03T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-02T00:00:00Z'],
  ['America/Sao_Paulo', '2018-02-16T12:00:00Z'],
  ['America/Sao_Paulo', '2018-11-02T12:00:00Z'],
] as const;

function wallClock(epochSeconds: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'short' }).format(epochSeconds * 1000);
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

  test('a daily job in the gap runs once that day, as far behind the change as its time lay in the gap', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  test('a daily job in the repeated hour runs once that day', () => {
    expect(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  test.each([
    // zone, expression, from, the times of the wall clock that day
    ['Europe/Berlin', '0 */2 * * *', '2026-03-28T23:30:00Z', ['03:00', '04:00', '06:00']],
    ['Europe/Berlin', '15,45 2 * * *', '2026-03-28T23:30:00Z', ['03:15', '03:45']],
    ['Europe/Berlin', '0,30 2,3 * * *', '2026-03-28T23:30:00Z', ['03:00', '03:30']],
    ['Europe/Berlin', '*/20 1-3 * * *', '2026-03-28T23:30:00Z', ['01:00', '01:20', '01:40', '03:00', '03:20', '03:40']],
    ['America/New_York', '0 2 * * *', '2026-03-08T05:30:00Z', ['03:00']],
    ['America/New_York', '10 1-3 * * *', '2026-03-08T05:30:00Z', ['01:10', '03:10']],
    ['Australia/Lord_Howe', '15 2 * * *', '2026-10-03T14:00:00Z', ['02:45']],
    ['Australia/Lord_Howe', '*/15 2 * * *', '2026-10-03T14:00:00Z', ['02:30', '02:45']],
    ['America/Sao_Paulo', '0 0 * * *', '2018-11-04T02:00:00Z', ['01:00']],
  ])('%s, "%s": what the gap leaves out runs behind it, each instant once', (zone, expression, from, wall) => {
    const end = at(from) + 8 * 3600;
    const found = scheduledTimes(cronTimes(expression, zone), at(from), end, 100).map((time) => wallClock(time, zone));
    expect(found.slice(0, wall.length)).toEqual(wall);
    expect(new Set(found).size).toBe(found.length);
  });

  test.each([
    ['Europe/Berlin', '0 */2 * * *', '2026-10-24T22:30:00Z', ['02:00', '02:00', '04:00']],
    ['Europe/Berlin', '15,45 2 * * *', '2026-10-24T22:30:00Z', ['02:15', '02:45', '02:15', '02:45']],
    ['Europe/Berlin', '15 2,3 * * *', '2026-10-24T22:30:00Z', ['02:15', '02:15', '03:15']],
    ['America/New_York', '*/30 1 * * *', '2026-11-01T04:30:00Z', ['01:00', '01:30', '01:00', '01:30']],
    ['America/New_York', '30 1 * * *', '2026-11-01T04:30:00Z', ['01:30']],
    [
      'Australia/Lord_Howe',
      '*/15 1,2 * * *',
      '2026-04-04T13:45:00Z',
      [...['01:00', '01:15', '01:30', '01:45', '01:30', '01:45'], ...['02:00', '02:15', '02:30', '02:45']],
    ],
    ['Australia/Lord_Howe', '45 1 * * *', '2026-04-04T13:45:00Z', ['01:45']],
  ])('%s, "%s": times that come twice run twice, the only time of a day once', (zone, expression, from, wall) => {
    const found = scheduledTimes(cronTimes(expression, zone), at(from), at(from) + 6 * 3600, 100);
    expect(found.map((time) => wallClock(time, zone)).slice(0, wall.length)).toEqual(wall);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
  });

  test.each(changes)('%s, %s: windows as long as their schedule leave nothing out', (zone, from) => {
    for (const [cron, earliest, latest, runs] of [
      ['*/15 * * * *', '-15m@m', '@m', 200],
      ['0 * * * *', '-1h@h', '@h', 60],
      ['15,45 * * * *', '-30m@m', '@m', 120],
      ['15,45 2 * * *', '-1d@m', '@m', 10],
      ['0 2 * * *', '-1d@h', '@h', 5],
      ['30 2 * * *', '-1d@m', '@m', 5],
      ['30 1 * * *', '-1d@m', '@m', 5],
      ['30 0 * * *', '-1d@m', '@m', 5],
      ['5 0 * * *', '-1d@d', '@d', 5],
      ['15 2 * * 0', '-7d@m', '@m', 4],
    ] as const) {
      const { longestGap } = measureTiling({ cron, earliest, latest }, [], zone, at(from), runs);
      expect([cron, longestGap]).toEqual([cron, 0]);
    }
  });

  test.each(changes.slice(0, 3))('%s, %s: windows of two hours leave nothing out', (zone, from) => {
    const schedule = { cron: '0 */2 * * *', earliest: '-2h@h', latest: '@h' };
    expect(measureTiling(schedule, [], zone, at(from), 36).longestGap).toBe(0);
  });

  test('the day before a time that the gap leaves out is counted from that time', () => {
    const schedule = { cron: '30 2 * * *', earliest: '-1d@m', latest: '@m' };
    const cron = cronTimes(schedule.cron, 'Europe/Berlin');
    const time = at('2026-03-29T01:30:00Z');
    expect(cron.putOffBy(time)).toBe(3600);
    expect(cron.putOffBy(time + 86_400 - 3600)).toBe(0);
    expect(windowAt(schedule, time, 'Europe/Berlin', cron.putOffBy(time)).earliest).toBe(at('2026-03-28T01:30:00Z'));
  });

  test.each(['', '* * * *', '0 0 * * * *', '61 * * * *', 'hourly'])('"%s" is refused by name', (expression) => {
    expect(() => checkCron(expression)).toThrow(`found "${expression}"`);
  });
});
