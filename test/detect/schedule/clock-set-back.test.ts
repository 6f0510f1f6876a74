/** The clock of the machine is wrong for a while: what was planned by it does not count once it is right. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
import type { SchedulerSettings } from '../../../src/detect/schedule/settings.ts';
import { DetectionBench } from '../../support/detection-bench.ts';
import { SteppedClock } from '../../support/stepped-clock.ts';

let bench: DetectionBench;
let clock: SteppedClock;
let scheduler: DetectionScheduler;

beforeEach(async () => {
  bench = await DetectionBench.open();
  clock = new SteppedClock('2026-11-02T09:30:00Z');
});

afterEach(async () => {
  await scheduler.shutdown();
  await bench[Symbol.asyncDispose]();
});

async function start(settings: Partial<SchedulerSettings> = {}): Promise<void> {
  scheduler = bench.scheduler({ clock, settings });
  await scheduler.start();
  await scheduler.idle();
}

async function turnTo(time: string): Promise<void> {
  clock.turnTo(time);
  await scheduler.idle();
}

const deleted = (time: string, user = 'eve') => ({ time, user, verb: 'delete' });
const sent = () => bench.sent.map(({ kind, attributes }) => `${kind} ${attributes.user} ${attributes.count}`);
const errors = () => bench.logged.filter(({ level }) => level === 'error');

/** Of the ledger, what was due at or before the clock's time. */
async function due(): Promise<readonly string[]> {
  const rows = await bench.query(
    `select strftime(scheduled_at, '%m-%d %H:%M') || ' ' || status as line from detection_run
     where scheduled_at <= make_timestamp($1::bigint) order by scheduled_at, run_id`,
    [clock.now() * 1e6],
  );
  return rows.map(({ line }) => String(line));
}

describe('a clock that was a month ahead for a moment', () => {
  beforeEach(async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    await turnTo('2026-12-02T10:00:30Z');
    expect(await bench.query('select status, count(*)::int as n from detection_run group by all order by all')).toEqual(
      [
        { status: 'done', n: 169 },
        { status: 'skipped', n: 552 },
      ],
    );
  });

  test.each([
    ['while the service runs', async () => undefined],
    [
      'before the service starts again',
      async () => {
        await scheduler.shutdown();
        clock.turnTo('2026-11-02T10:01:00Z');
        await start();
      },
    ],
  ])('and is set right %s: each window runs when its time comes, over what is there then', async (_when, restart) => {
    await restart();
    await turnTo('2026-11-02T10:01:00Z');
    expect(await due()).toEqual(['11-02 10:00 done']);
    expect(await bench.query(`select count(*)::int as n from detection_run where status = 'skipped'`)).toEqual([
      { n: 0 },
    ]);
    await bench.load([deleted('2026-11-02T10:30:00Z')]);
    await turnTo('2026-11-02T11:00:00Z');
    await turnTo('2026-11-02T12:00:00Z');
    expect(await due()).toEqual(['11-02 10:00 done', '11-02 11:00 done', '11-02 12:00 done']);
    expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
  });

  test('says in the log what was found and what is done, and counts it', async () => {
    await turnTo('2026-11-02T10:01:00Z');
    expect(errors()).toEqual([
      {
        level: 'error',
        fields: {
          detections: 1,
          scheduledUntil: '2026-12-02T10:00:00.000Z',
          now: '2026-11-02T10:01:00.000Z',
          aheadSeconds: 30 * 86_400 - 60,
          windowsToCome: 720,
          windowsRunAgain: 0,
        },
        message: expect.stringContaining('the schedule of detections is ahead of the clock'),
      },
    ]);
    expect(bench.counted.get('pintail_detection_schedule_set_back_total')).toBe(1);
    await turnTo('2026-11-02T11:00:00Z');
    expect(errors()).toHaveLength(1);
  });

  test('does not show a window to come in the detection’s view', async () => {
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    await turnTo('2026-11-02T10:01:00Z');
    expect(await bench.query('select * from detection.deletions')).toEqual([{ user: 'eve', count: 1 }]);
  });

  test('runs the windows that came due since, though they were skipped then', async () => {
    await bench.load([deleted('2026-11-02T10:30:00Z')]);
    await turnTo('2026-11-02T12:30:00Z');
    expect(await due()).toEqual(['11-02 10:00 done', '11-02 11:00 done', '11-02 12:00 done']);
    expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
  });

  test.each([false, true])(
    'opens windows for late rows that came meanwhile, which it took for too old (restarted: %s)',
    async (isRestarted) => {
      await bench.load([deleted('2026-11-02T09:20:00Z')]);
      await scheduler.idle();
      if (isRestarted) await scheduler.shutdown();
      await turnTo('2026-11-02T10:01:00Z');
      if (isRestarted) await start();
      await turnTo('2026-11-02T10:02:00Z');
      expect((await bench.ledger()).filter((line) => line.includes('r1'))).toEqual([
        '02 10:00 08:50-09:50 done r1 rows=1',
      ]);
    },
  );

  test('opens windows for late rows again', async () => {
    await turnTo('2026-11-02T10:01:00Z');
    await bench.load([deleted('2026-11-02T09:20:00Z')]);
    clock.advance(30);
    await scheduler.idle();
    expect((await bench.ledger()).filter((line) => line.includes('r1'))).toEqual([
      '02 10:00 08:50-09:50 done r1 rows=1',
    ]);
  });
});

test('a clock that was ahead at the first start: the schedule begins at the time that it is', async () => {
  clock = new SteppedClock('2026-12-03T09:30:00Z');
  await start();
  await turnTo('2026-11-02T09:40:00Z');
  await bench.load([deleted('2026-11-02T09:30:00Z')]);
  await turnTo('2026-11-02T10:00:00Z');
  expect(await due()).toEqual(['11-02 10:00 done']);
  expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
  expect(await bench.query('select known_since from detection_schedule')).toEqual([
    { known_since: '2026-11-02T09:40:00.000Z' },
  ]);
});

test('what a run found before its time is revised at its time, and its risk is given once', async () => {
  await start();
  await bench.load([deleted('2026-11-03T10:30:00Z')]);
  await turnTo('2026-11-03T12:00:00Z');
  await turnTo('2026-11-02T09:31:00Z');
  expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
  await bench.load([deleted('2026-11-03T10:31:00Z')]);
  await turnTo('2026-11-03T11:00:00Z');
  expect(sent()).toEqual(['risk eve 1', 'finding eve 1', 'finding_revised eve 2']);
  expect(await bench.query('select count(*)::int as n from risk_event')).toEqual([{ n: 1 }]);
});

test('a run that failed while the clock was ahead is tried again by the clock as it is', async () => {
  await start();
  await scheduler.shutdown();
  clock.turnTo('2026-11-02T10:00:30Z');
  await bench.load([deleted('2026-11-02T09:20:00Z')]);
  bench.outboxError = new Error('outbox: full.');
  clock.turnTo('2026-11-05T10:00:30Z');
  await start();
  bench.outboxError = null;
  await turnTo('2026-11-02T10:01:00Z');
  await turnTo('2026-11-02T11:02:00Z');
  expect(await due()).toEqual(['11-02 10:00 done', '11-02 11:00 done']);
  expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
});

test('a small step back repeats no run and is no error', async () => {
  await start();
  await turnTo('2026-11-02T10:00:00Z');
  await turnTo('2026-11-02T09:59:10Z');
  await turnTo('2026-11-02T10:00:00Z');
  await turnTo('2026-11-02T11:00:00Z');
  expect(await due()).toEqual(['11-02 10:00 done', '11-02 11:00 done']);
  expect(bench.counted.get('pintail_detection_runs_total deletions done')).toBe(2);
  expect(errors()).toEqual([]);
});

describe('a clock that is behind for a while', () => {
  test('costs no record of what was run before, and gives nothing twice', async () => {
    await bench.load([deleted('2026-11-02T09:20:00Z')]);
    await start({ catchUpSeconds: 7200 });
    for (let hour = 10; hour < 16; hour++) await turnTo(`2026-11-02T${hour}:00:00Z`);
    const before = await due();
    await scheduler.shutdown();
    clock.turnTo('2026-10-02T10:30:00Z');
    await start({ catchUpSeconds: 7200 });
    await scheduler.shutdown();
    clock.turnTo('2026-11-02T15:30:00Z');
    await start({ catchUpSeconds: 7200 });
    const after = await due();
    expect(after.filter((line) => before.includes(line))).toEqual(before);
    expect(after.filter((line) => line >= '11-02 10:00')).toEqual(before);
    expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
  });

  test('for it was never set: nothing is turned back to it, and the log says why nothing runs', async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    await turnTo('1970-01-01T00:00:05Z');
    expect(errors().map(({ message }) => message)).toEqual([expect.stringContaining('never set')]);
    await turnTo('2026-11-02T11:00:00Z');
    expect(await due()).toEqual(['11-02 10:00 done', '11-02 11:00 done']);
  });
});
