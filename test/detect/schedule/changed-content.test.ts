/** Between two starts detections get other names, go, and come back: none of their windows goes missing in silence. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CompiledDetection } from '../../../src/detect/run/compile-detection.ts';
import type { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
import type { SchedulerSettings } from '../../../src/detect/schedule/settings.ts';
import { DetectionBench, testCompiled } from '../../support/detection-bench.ts';
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

async function start(
  detections: readonly CompiledDetection[],
  settings: Partial<SchedulerSettings> = {},
): Promise<void> {
  scheduler = bench.scheduler({ detections, clock, settings });
  await scheduler.start();
  await scheduler.idle();
}

async function restartAt(time: string, detections: readonly CompiledDetection[]): Promise<void> {
  await scheduler.shutdown();
  clock.turnTo(time);
  await start(detections);
}

async function turnTo(time: string): Promise<void> {
  clock.turnTo(time);
  await scheduler.idle();
}

const deleted = (time: string, user = 'eve') => ({ time, user, verb: 'delete' });
const named = (slug: string, id = 'a') => testCompiled({ name: slug, slug, id });
const sent = () => bench.sent.map(({ kind, attributes }) => `${kind} ${attributes.user} ${attributes.count}`);
const warnings = () => bench.logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields);

describe('a detection that gets another name', () => {
  test('goes on where it stood: what came due around the restart runs', async () => {
    await start([named('old')]);
    await bench.load([deleted('2026-11-02T09:00:00Z')]);
    await restartAt('2026-11-02T10:00:20Z', [named('new')]);
    await turnTo('2026-11-02T11:00:00Z');
    expect(await bench.ledger('new')).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=1',
      '02 11:00 09:50-10:50 done r0 rows=0',
    ]);
    expect(await bench.ledger('old')).toEqual([]);
    expect(warnings()).toEqual([]);
  });

  test('runs what was pending under the old name, and not again what was done', async () => {
    await start([named('old')]);
    await bench.load([deleted('2026-11-02T09:00:00Z')]);
    await turnTo('2026-11-02T10:00:00Z');
    await turnTo('2026-11-02T11:00:00Z');
    // As if the process had died before the second run.
    await bench.database.write((connection) =>
      connection.run(
        `update detection_run set status = 'running', finished_at = null, "rows" = null where hour(scheduled_at) = 11`,
      ),
    );
    await restartAt('2026-11-02T11:10:00Z', [named('new')]);
    expect(await bench.ledger('old')).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
    expect(await bench.ledger('new')).toEqual(['02 11:00 09:50-10:50 done r0 rows=0']);
    expect(sent()).toEqual(['risk eve 1', 'finding eve 1']);
  });

  test('is known by its id alone: another detection begins anew', async () => {
    await start([named('old', 'a')]);
    await restartAt('2026-11-02T10:00:20Z', [named('new', 'b')]);
    expect(await bench.ledger('new')).toEqual([]);
    expect(await bench.ledger('old')).toEqual(['02 10:00 08:50-09:50 skipped r0']);
  });

  test('takes nothing from one of the same id that is still there', async () => {
    await start([named('old')]);
    await restartAt('2026-11-02T10:00:20Z', [named('old'), named('copy')]);
    expect(await bench.ledger('old')).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
    expect(await bench.ledger('copy')).toEqual([]);
  });
});

describe('a detection that is gone', () => {
  test('leaves what it owed in the ledger as skipped, with the reason, once, in the log and in the metrics', async () => {
    await start([named('old')]);
    await restartAt('2026-11-02T11:10:00Z', []);
    expect(await bench.ledger('old')).toEqual(['02 10:00 08:50-09:50 skipped r0', '02 11:00 09:50-10:50 skipped r0']);
    const [row] = await bench.query('select distinct error from detection_run');
    expect(row?.error).toMatch(/^detection: expected in the content, found it gone: nobody looked at the window/);
    expect(warnings()).toEqual([
      { detection: 'old', scheduledUntil: '2026-11-02T09:30:00.000Z', isScheduleKnown: true, windows: 2 },
    ]);
    expect(bench.counted.get('pintail_detection_windows_skipped_total old')).toBe(2);
    await restartAt('2026-11-03T11:10:00Z', []);
    expect(await bench.ledger('old')).toHaveLength(2);
    expect(warnings()).toHaveLength(1);
  });

  test('has no run that stays pending for ever', async () => {
    await start([named('old')]);
    await turnTo('2026-11-02T10:00:00Z');
    await bench.database.write((connection) =>
      connection.run(`update detection_run set status = 'pending', finished_at = null, "rows" = null`),
    );
    await restartAt('2026-11-02T10:10:00Z', []);
    expect(await bench.ledger('old')).toEqual(['02 10:00 08:50-09:50 skipped r0']);
    expect(warnings()).toMatchObject([{ detection: 'old', windows: 1 }]);
  });

  test('says of a window that late events had opened that what was found before them stands', async () => {
    await start([named('old')]);
    await bench.load([deleted('2026-11-02T09:00:00Z')]);
    await turnTo('2026-11-02T10:00:00Z');
    await bench.load([deleted('2026-11-02T09:10:00Z')]);
    bench.outboxError = new Error('outbox: full.');
    clock.advance(30);
    await scheduler.idle();
    await scheduler.shutdown();
    // As if the process had died before the run.
    await bench.database.write((connection) => connection.run(`update detection_run set status = 'pending'`));
    bench.outboxError = null;
    await start([]);
    expect(await bench.query('select status, revision, error from detection_run')).toEqual([
      { status: 'skipped', revision: 1, error: expect.stringContaining('what it found before them stands') },
    ]);
    expect(await bench.query('select status from finding')).toEqual([{ status: 'active' }]);
    await restartAt('2026-11-02T10:20:00Z', [named('old')]);
    expect(await bench.ledger('old')).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
    expect(sent()).toEqual(['risk eve 1', 'finding eve 1', 'finding_revised eve 2']);
  });

  test('runs what it owes where it comes back within catch_up', async () => {
    await start([named('old')]);
    await bench.load([deleted('2026-11-02T09:00:00Z')]);
    await restartAt('2026-11-02T10:10:00Z', []);
    await restartAt('2026-11-02T12:10:00Z', [named('old')]);
    expect(await bench.ledger('old')).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=1',
      '02 11:00 09:50-10:50 done r0 rows=0',
      '02 12:00 10:50-11:50 done r0 rows=0',
    ]);
  });

  test('of which an older database knows no schedule is named in the log', async () => {
    await start([named('old')]);
    await scheduler.shutdown();
    await bench.database.write((connection) =>
      connection.run('update detection_schedule set detection_id = null, cron = null, earliest = null, latest = null'),
    );
    clock.turnTo('2026-11-02T10:10:00Z');
    await start([]);
    expect(warnings()).toEqual([
      { detection: 'old', scheduledUntil: '2026-11-02T09:30:00.000Z', isScheduleKnown: false, windows: 0 },
    ]);
  });
});

test('windows that were skipped run at a start whose catch_up reaches them', async () => {
  await start([named('old')]);
  await bench.load([deleted('2026-11-02T09:00:00Z')]);
  await scheduler.shutdown();
  clock.turnTo('2026-11-02T12:30:00Z');
  await start([named('old')], { catchUpSeconds: 3600 });
  expect((await bench.ledger('old'))[0]).toBe('02 10:00 08:50-09:50 skipped r0');
  await scheduler.shutdown();
  await start([named('old')], { catchUpSeconds: 86_400 });
  expect((await bench.ledger('old'))[0]).toBe('02 10:00 08:50-09:50 done r0 rows=1');
});
