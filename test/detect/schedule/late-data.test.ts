import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Detection } from '../../../src/detect/detection.ts';
import { type CompiledDetection, compileDetection } from '../../../src/detect/run/compile-detection.ts';
import type { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
import type { SchedulerSettings } from '../../../src/detect/schedule/settings.ts';
import { DetectionBench, testDetection } from '../../support/detection-bench.ts';
import { SteppedClock } from '../../support/stepped-clock.ts';

let bench: DetectionBench;
let clock: SteppedClock;
let scheduler: DetectionScheduler;

beforeEach(async () => {
  bench = await DetectionBench.open();
  clock = new SteppedClock('2026-11-02T09:30:00Z');
});

afterEach(async () => {
  await scheduler?.shutdown();
  await bench[Symbol.asyncDispose]();
});

async function start(
  detections: readonly CompiledDetection[],
  settings: Partial<SchedulerSettings> = {},
): Promise<void> {
  scheduler = bench.scheduler({ detections, clock, settings });
  await scheduler.start();
  await scheduler.idle();
}

async function turnTo(time: string): Promise<void> {
  clock.turnTo(time);
  await scheduler.idle();
}

async function loadLate(...times: readonly string[]): Promise<void> {
  await bench.load(times.map((time) => deleted(time)));
  clock.advance(30);
  await scheduler.idle();
}

const deleted = (time: string, user = 'eve') => ({ time, user, verb: 'delete' });

const counted = '| stats count by user.username | rename user.username AS user';

function compiled(search: string, overrides: Partial<Detection> = {}): CompiledDetection {
  const detection = testDetection({ search, ...overrides });
  const result = compileDetection(detection, { macros: new Map(), strictSplunk: false, window: 'detection' });
  if (!result.ok) throw new Error(result.error);
  return result;
}

describe('a search that sets times of its own', () => {
  const own = `dataset=kube_audit earliest=-3h@h latest=-1h@h verb=delete ${counted}`;

  test('is run again for late events that it reads, wherever the window of its schedule lies', async () => {
    await start([compiled(own)]);
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
    await loadLate('2026-11-02T07:30:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
    expect(bench.sent.map(({ kind }) => kind)).toEqual(['risk', 'finding']);
  });

  test('is left alone by late events that only the window of its schedule holds', async () => {
    await start([compiled(own)]);
    await turnTo('2026-11-02T10:00:00Z');
    await loadLate('2026-11-02T06:59:59Z', '2026-11-02T09:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
  });

  test('is run again after a restart for what was loaded while nobody listened, though it is later than every window', async () => {
    await start([compiled(`dataset=kube_audit latest=now verb=delete ${counted}`)]);
    await turnTo('2026-11-02T10:00:00Z');
    await scheduler.shutdown();
    await bench.load([deleted('2026-11-02T09:59:00Z')], false);
    clock.advance(60);
    await start([compiled(`dataset=kube_audit latest=now verb=delete ${counted}`)]);
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
  });

  test('is run again for events that come while it is under way', async () => {
    await start([compiled(own)]);
    bench.beforeLoaded = async () => {
      bench.beforeLoaded = null;
      const { read } = bench.database;
      // The row is committed after the run fixed its watermark and before it is done.
      bench.database.read = async (options, work) => {
        bench.database.read = read.bind(bench.database);
        const result = await bench.database.read(options, work);
        await bench.load([deleted('2026-11-02T07:30:00Z')]);
        return result;
      };
    };
    await turnTo('2026-11-02T10:00:00Z');
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
  });

  test.each([
    [
      'append',
      `dataset=kube_audit verb=get | append [search dataset=kube_audit earliest=-3h@h latest=-1h@h verb=delete]`,
    ],
    ['union', `| union [search dataset=kube_audit verb=get] [search dataset=kube_audit earliest=-3h@h verb=delete]`],
    [
      'join',
      `dataset=kube_audit verb=delete | join user.username [search dataset=kube_audit earliest=-3h@h verb=delete | stats count by user.username]`,
    ],
  ])('may set them in %s', async (_where, search) => {
    await start([compiled(`${search} ${counted}`)]);
    await turnTo('2026-11-02T10:00:00Z');
    await loadLate('2026-11-02T07:30:00Z');
    expect(await bench.ledger()).toEqual([expect.stringContaining('02 10:00 08:50-09:50 done r1')]);
    await loadLate('2026-11-02T09:30:00Z');
    expect(await bench.ledger()).toEqual([expect.stringContaining('02 10:00 08:50-09:50 done r2')]);
  });

  test('counts them in UTC, as its SQL does, whatever the zone of the schedules', async () => {
    const timeZone = 'Asia/Tokyo';
    await start([compiled(`dataset=kube_audit earliest=@d latest=@h verb=delete ${counted}`)], { timeZone });
    await turnTo('2026-11-02T10:00:00Z');
    await loadLate('2026-11-02T00:30:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
    // The day in Tokyo began at 15:00.
    await loadLate('2026-11-01T23:30:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
  });

  test('is not run again once events of that time are gone', async () => {
    await start([compiled(own)]);
    await turnTo('2026-11-02T10:00:00Z');
    await bench.database.write((connection) =>
      connection.run(`update event_horizon set arrived_before = timestamp '2026-11-02 08:00:00'`),
    );
    await loadLate('2026-11-02T08:30:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
  });

  test('over all time follows late events as far back as catch_up from its scheduled time, and later ones not at all', async () => {
    const search = `dataset=kube_audit earliest=0 latest=12/31/2037:00:00:00 verb=delete ${counted}`;
    await start([compiled(search)], { catchUpSeconds: 86_400 });
    await turnTo('2026-11-02T10:00:00Z');
    await loadLate('2026-11-01T09:59:00Z', '2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
    await loadLate('2026-11-01T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
    expect(bench.gauge('pintail_detection_late_minutes')).toBe(3);
    await loadLate('2020-01-01T00:00:00Z');
    expect(bench.gauge('pintail_detection_late_minutes')).toBe(3);
    await turnTo('2026-11-02T11:00:00Z');
    await loadLate('2026-11-02T10:30:00Z');
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r1 rows=1',
      '02 11:00 09:50-10:50 done r1 rows=1',
    ]);
  });
});

describe('late rows in a long window', () => {
  const search = `dataset=kube_audit verb=delete ${counted}`;

  test.each([
    ['day', '2026-11-02T00:05:00Z', '0 23 * * *', '@d', '2026-11-02T23:00:00Z', '2026-11-02T12:00:00Z'],
    ['week', '2026-11-01T00:05:00Z', '0 6 * * *', '@w0', '2026-11-07T06:00:00Z', '2026-11-02T12:00:00Z'],
    ['month', '2026-11-01T00:05:00Z', '0 6 * * *', '@mon', '2026-11-30T06:00:00Z', '2026-11-10T12:00:00Z'],
    ['date', '2026-11-01T00:05:00Z', '0 6 * * *', '2026-11-01', '2026-11-30T06:00:00Z', '2026-11-10T12:00:00Z'],
  ])('open it also where the service started as its %s began', async (_what, started, cron, earliest, ends, late) => {
    clock = new SteppedClock(started);
    const detection = compiled(search, { schedule: { cron, earliest, latest: '@h' } });
    await start([detection], { catchUpSeconds: 3600 });
    await turnTo(ends);
    expect((await bench.ledger()).at(-1)).toMatch(/ done r0 rows=0$/);
    await loadLate(late);
    expect((await bench.ledger()).at(-1)).toMatch(/ done r1 rows=1$/);
  });
});

describe('late rows after content was rolled back', () => {
  const first = () => compiled(`dataset=kube_audit verb=delete ${counted}`);
  const second = () => compiled(`dataset=kube_audit verb=delete ${counted} | where count > 0`);

  /** The first text found nothing at 10:00, the second what was late; the ledger has a row of each. */
  async function replaceContent(): Promise<void> {
    await start([first()]);
    await turnTo('2026-11-02T10:00:00Z');
    await scheduler.shutdown();
    await start([second()]);
    await loadLate('2026-11-02T09:10:00Z');
    await scheduler.shutdown();
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=0',
      '02 10:00 08:50-09:50 done r1 rows=1',
    ]);
  }

  test('open the row that the text has already, as the newest revision', async () => {
    await replaceContent();
    await start([first()]);
    await loadLate('2026-11-02T09:11:00Z');
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r1 rows=1',
      '02 10:00 08:50-09:50 done r2 rows=1',
    ]);
    await loadLate('2026-11-02T09:12:00Z');
    expect((await bench.ledger()).at(-1)).toBe('02 10:00 08:50-09:50 done r3 rows=1');
    expect(
      bench.sent.filter(({ kind }) => kind.startsWith('finding')).map(({ attributes }) => attributes.count),
    ).toEqual([1, 2, 3]);
  });

  test('are not lost where the process dies before the run: the ledger says that it is owed', async () => {
    await replaceContent();
    // No run begins, and what is queued is gone with the process.
    await start([first()], { maxParallelRuns: 0 });
    await loadLate('2026-11-02T09:11:00Z');
    expect((await bench.ledger()).at(-1)).toBe('02 10:00 08:50-09:50 pending r2 rows=0');
    await scheduler.shutdown();
    await start([first()]);
    expect((await bench.ledger()).at(-1)).toBe('02 10:00 08:50-09:50 done r2 rows=1');
    expect(bench.sent.at(-1)).toMatchObject({ kind: 'finding_revised', attributes: { count: 2 } });
  });
});
