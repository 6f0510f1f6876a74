import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CompiledDetection, UncompiledDetection } from '../../../src/detect/run/compile-detection.ts';
import type { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
import type { SchedulerSettings } from '../../../src/detect/schedule/settings.ts';
import { DetectionBench, testCompiled, testDetection } from '../../support/detection-bench.ts';
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
  detections: readonly (CompiledDetection | UncompiledDetection)[] = [testCompiled()],
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

const deleted = (time: string, user = 'eve') => ({ time, user, verb: 'delete' });

describe('the schedule', () => {
  test('runs each window once, at its scheduled minute, over exactly earliest to latest', async () => {
    await bench.load([
      deleted('2026-11-02T08:49:59.999Z', 'before'),
      deleted('2026-11-02T08:50:00Z', 'first'),
      deleted('2026-11-02T09:49:59.999999Z', 'last'),
      deleted('2026-11-02T09:50:00Z', 'next'),
    ]);
    await start();
    expect(await bench.ledger()).toEqual([]);
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=2']);
    await turnTo('2026-11-02T10:59:59Z');
    expect(await bench.ledger()).toHaveLength(1);
    await turnTo('2026-11-02T11:00:20Z');
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=2',
      '02 11:00 09:50-10:50 done r0 rows=1',
    ]);
    const found = await bench.query(`select "row"->>'user' as user from finding order by window_earliest, 1`);
    expect(found.map((row) => row.user)).toEqual(['first', 'last', 'next']);
  });

  test('begins with the next scheduled time where a detection is new, and says so in its cursor', async () => {
    await bench.load([deleted('2026-11-02T07:00:00Z')]);
    await start();
    expect(
      await bench.query('select detection, known_since = scheduled_until as is_new from detection_schedule'),
    ).toEqual([{ detection: 'deletions', is_new: true }]);
    expect(bench.sent).toEqual([]);
  });

  test('shows the last scheduled window in the detection’s view', async () => {
    await bench.load([deleted('2026-11-02T09:10:00Z', 'eve'), deleted('2026-11-02T10:10:00Z', 'mallory')]);
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.query('select * from detection.deletions')).toEqual([{ user: 'eve', count: 1 }]);
    await turnTo('2026-11-02T11:00:00Z');
    expect(await bench.query('select * from detection.deletions')).toEqual([{ user: 'mallory', count: 1 }]);
  });

  test('makes up for every window missed while it was down, the newest first, then from the oldest on', async () => {
    await start([testCompiled()], { maxParallelRuns: 1 });
    await turnTo('2026-11-02T10:00:00Z');
    await scheduler.shutdown();
    clock.turnTo('2026-11-02T13:20:00Z');
    await bench.load([deleted('2026-11-02T10:30:00Z'), deleted('2026-11-02T12:30:00Z')], false);
    await start([testCompiled()], { maxParallelRuns: 1 });
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=0',
      '02 11:00 09:50-10:50 done r0 rows=1',
      '02 12:00 10:50-11:50 done r0 rows=0',
      '02 13:00 11:50-12:50 done r0 rows=1',
    ]);
    expect(bench.sent.filter((event) => event.kind === 'finding').map((event) => event.time)).toEqual([
      Date.parse('2026-11-02T13:00:00Z') / 1000,
      Date.parse('2026-11-02T11:00:00Z') / 1000,
    ]);
  });

  test('counts the time between first start and first scheduled time as watched', async () => {
    await start();
    await scheduler.shutdown();
    clock.turnTo('2026-11-02T10:05:00Z');
    await start();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
  });

  test('records what lies beyond catch_up as skipped', async () => {
    await start([testCompiled()], { catchUpSeconds: 7200 });
    await scheduler.shutdown();
    clock.turnTo('2026-11-02T14:30:00Z');
    await start([testCompiled()], { catchUpSeconds: 7200, planBatch: 2 });
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 skipped r0',
      '02 11:00 09:50-10:50 skipped r0',
      '02 12:00 10:50-11:50 skipped r0',
      '02 13:00 11:50-12:50 done r0 rows=0',
      '02 14:00 12:50-13:50 done r0 rows=0',
    ]);
    expect(bench.counted.get('pintail_detection_windows_skipped_total deletions')).toBe(3);
  });

  test('runs at every real hour across the end of summer time', async () => {
    clock = new SteppedClock('2026-10-24T23:30:00Z');
    await start([testCompiled()], { timeZone: 'Europe/Berlin' });
    await turnTo('2026-10-25T03:10:00Z');
    expect(await bench.ledger()).toEqual([
      '25 00:00 22:50-23:50 done r0 rows=0',
      '25 01:00 23:50-00:50 done r0 rows=0',
      '25 02:00 00:50-01:50 done r0 rows=0',
      '25 03:00 01:50-02:50 done r0 rows=0',
    ]);
  });

  test('looks at the hours before the change on the day that clocks go forward', async () => {
    clock = new SteppedClock('2026-03-28T22:30:00Z');
    const schedule = { cron: '0 */2 * * *', earliest: '-2h@h', latest: '@h' };
    await start([testCompiled({ schedule })], { timeZone: 'Europe/Berlin' });
    await turnTo('2026-03-29T02:10:00Z');
    expect(await bench.ledger()).toEqual([
      '28 23:00 21:00-23:00 done r0 rows=0',
      '29 01:00 23:00-01:00 done r0 rows=0',
      '29 02:00 00:00-02:00 done r0 rows=0',
    ]);
  });

  test('takes the local day whole on the day that clocks go back', async () => {
    clock = new SteppedClock('2026-10-25T12:00:00Z');
    const schedule = { cron: '5 0 * * *', earliest: '-1d@d', latest: '@d' };
    await start([testCompiled({ schedule })], { timeZone: 'Europe/Berlin' });
    await turnTo('2026-10-25T23:06:00Z');
    const [run] = await bench.query('select window_earliest, window_latest from detection_run');
    expect(run).toEqual({
      window_earliest: '2026-10-24T22:00:00.000Z',
      window_latest: '2026-10-25T23:00:00.000Z',
    });
  });
});

describe('late data', () => {
  test('opens the finished window it falls into, and emits only what changed', async () => {
    await bench.load([deleted('2026-11-02T09:00:00Z', 'eve')]);
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    expect(bench.sent.map(({ kind }) => kind)).toEqual(['risk', 'finding']);

    await bench.load([deleted('2026-11-02T09:30:00Z', 'eve'), deleted('2026-11-02T09:31:00Z', 'mallory')]);
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=2']);
    expect(bench.sent.slice(2).map(({ kind, attributes }) => [kind, attributes.user, attributes.count])).toEqual([
      ['risk', 'mallory', 1],
      ['finding_revised', 'eve', 2],
      ['finding', 'mallory', 1],
    ]);
  });

  test('waits for the pause to end, however many loads come in it', async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    for (let second = 0; second < 29; second += 7) {
      clock.advance(7);
      await bench.load([deleted(`2026-11-02T09:30:${String(second).padStart(2, '0')}Z`)]);
      await scheduler.idle();
    }
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
    clock.advance(9);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
  });

  test.each([
    ['one second after', '2026-11-02T08:50:01Z', 'done r0 rows=1'],
    ['when', '2026-11-02T08:50:00Z', 'done r1 rows=1'],
  ])(
    'opens no window whose events are partly gone: the oldest that is kept came %s it begins',
    async (_when, horizon, then) => {
      await bench.load([deleted('2026-11-02T09:00:00Z', 'eve')]);
      await start();
      await turnTo('2026-11-02T10:00:00Z');
      await bench.database.write(async (connection) => {
        await connection.run(`delete from kube_audit`);
        await connection.run(`update event_horizon set arrived_before = cast($1 as timestamp)`, [horizon]);
      });
      await bench.load([deleted('2026-11-02T09:30:00Z', 'mallory')]);
      clock.advance(60);
      await scheduler.idle();
      expect(await bench.ledger()).toEqual([`02 10:00 08:50-09:50 ${then}`]);
    },
  );

  test('leaves windows alone that its rows do not fall into', async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    await bench.load([deleted('2026-11-02T09:50:00Z'), deleted('2026-11-02T08:49:59Z')]);
    clock.advance(60);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
  });

  test('is noticed after a restart when it was loaded while nobody listened', async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    await scheduler.shutdown();
    await bench.load([deleted('2026-11-02T09:30:00Z')], false);
    clock.advance(60);
    await start();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
    await scheduler.shutdown();
    await start();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
  });

  test('that comes while a run is under way opens the window again', async () => {
    await start();
    bench.beforeLoaded = async () => {
      bench.beforeLoaded = null;
      const { read } = bench.database;
      // The row is committed after the run fixed its watermark and before it is done.
      bench.database.read = async (options, work) => {
        bench.database.read = read.bind(bench.database);
        const result = await bench.database.read(options, work);
        await bench.load([deleted('2026-11-02T09:30:00Z')]);
        return result;
      };
    };
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r1 rows=1']);
  });

  test('beyond catch_up opens nothing', async () => {
    await start([testCompiled()], { catchUpSeconds: 3600 });
    await turnTo('2026-11-02T10:00:00Z');
    await turnTo('2026-11-02T11:30:00Z');
    await bench.load([deleted('2026-11-02T09:30:00Z'), deleted('2026-11-02T10:30:00Z')]);
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=0',
      '02 11:00 09:50-10:50 done r1 rows=1',
    ]);
  });

  test('gives the window a row of its own where the detection changed since', async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    await scheduler.shutdown();
    await start([
      testCompiled({ version: '2' }, `select "user".username as user, 1 as count from kube_audit where $window`),
    ]);
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual([
      '02 10:00 08:50-09:50 done r0 rows=0',
      '02 10:00 08:50-09:50 done r1 rows=1',
    ]);
  });
});

describe('failures', () => {
  test('are recorded, retried with growing pauses, and heal', async () => {
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    await start();
    bench.outboxError = new Error('outbox: full.');
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 failed r0']);
    expect(await bench.query('select attempt, error, next_attempt_at from detection_run')).toEqual([
      { attempt: 1, error: 'outbox: full.', next_attempt_at: '2026-11-02T10:00:30.000Z' },
    ]);
    expect(await bench.query('select * from finding')).toEqual([]);
    clock.advance(30);
    await scheduler.idle();
    const [second] = await bench.query('select attempt, next_attempt_at from detection_run');
    expect(second).toEqual({ attempt: 2, next_attempt_at: '2026-11-02T10:01:30.000Z' });
    bench.outboxError = null;
    clock.advance(60);
    await scheduler.idle();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
    expect(bench.sent.map(({ kind }) => kind)).toEqual(['risk', 'finding']);
  });

  test('stop after the last attempt and are tried again by the next start', async () => {
    await start([testCompiled()], { retry: { initialSeconds: 1, maxSeconds: 1, maxAttempts: 2 } });
    bench.outboxError = new Error('outbox: full.');
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    await turnTo('2026-11-02T10:00:00Z');
    for (let second = 0; second < 5; second++) {
      clock.advance(1);
      await scheduler.idle();
    }
    expect(await bench.query('select attempt, status, next_attempt_at from detection_run')).toEqual([
      { attempt: 2, status: 'failed', next_attempt_at: null },
    ]);
    await scheduler.shutdown();
    bench.outboxError = null;
    await start();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
  });

  test('of the compiler fail every window by name until the search compiles', async () => {
    const broken: UncompiledDetection = {
      ok: false,
      detection: testDetection(),
      contentHash: 'broken',
      diagnostics: [],
      error: 'error[SPL203]: search: no such command.',
    };
    await start([broken, testCompiled({ name: 'Others', slug: 'others' })]);
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 failed r0']);
    expect(await bench.ledger('others')).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
    const [row] = await bench.query(`select error from detection_run where detection = 'deletions'`);
    expect(row?.error).toBe('error[SPL203]: search: no such command.');
    await scheduler.shutdown();
    await start([testCompiled()]);
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
  });

  test('of one view disable that detection alone, with DuckDB’s reason', async () => {
    await start([testCompiled({}, 'select * from no_such_table'), testCompiled({ name: 'Others', slug: 'others' })]);
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 failed r0']);
    const [row] = await bench.query(`select error from detection_run where detection = 'deletions'`);
    expect(row?.error).toContain('no_such_table');
    expect(await bench.ledger('others')).toEqual(['02 10:00 08:50-09:50 done r0 rows=0']);
  });

  test('of the search itself are failures, not empty results', async () => {
    await start([testCompiled({}, `select error('no geo database') as user from kube_audit where $window`)]);
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 failed r0']);
    const [row] = await bench.query('select error from detection_run');
    expect(row?.error).toContain('no geo database');
  });

  test('include more results than allowed; none of them is stored', async () => {
    await start([testCompiled()], { maxFindingsPerRun: 1 });
    await bench.load([deleted('2026-11-02T09:30:00Z', 'a'), deleted('2026-11-02T09:30:00Z', 'b')]);
    await turnTo('2026-11-02T10:00:00Z');
    const [row] = await bench.query('select status, error from detection_run');
    expect(row).toEqual({
      status: 'failed',
      error:
        'Deletions: expected at most 1 results in one window (max_findings_per_run), found more. None was stored. Narrow the search or raise the limit.',
    });
    expect(await bench.query('select * from finding')).toEqual([]);
  });
});

describe('a run', () => {
  test('with more risk objects in one field than allowed is done, and the ledger, a counter and the log say how many got no risk', async () => {
    await start([testCompiled({}, `select ['a', 'b', 'c'] as user, 3 as count`)], { maxRiskEventsPerField: 1 });
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.query('select status, dropped_risk_objects, error from detection_run')).toEqual([
      { status: 'done', dropped_risk_objects: 2, error: null },
    ]);
    expect(bench.counted.get('pintail_risk_objects_dropped_total deletions')).toBe(2);
    expect(bench.logged.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        fields: { detection: 'deletions', droppedRiskObjects: 2, maxRiskEventsPerField: 1 },
        message: 'risk objects beyond max_risk_events_per_field got no risk event',
      },
    ]);
  });

  test('waits for what was received to be loaded', async () => {
    await start();
    bench.beforeLoaded = async () => {
      bench.beforeLoaded = null;
      await bench.load([deleted('2026-11-02T09:30:00Z')]);
    };
    await turnTo('2026-11-02T10:00:00Z');
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
  });

  test('goes ahead after the longest wait, and late rows open its window again', async () => {
    await start();
    await bench.load([deleted('2026-11-02T09:20:00Z')]);
    let waiting: () => void = () => undefined;
    const isWaiting = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    bench.beforeLoaded = (signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        waiting();
      });
    clock.turnTo('2026-11-02T10:00:00Z');
    await isWaiting;
    bench.beforeLoaded = null;
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.query('select status, "rows", watermark from detection_run')).toEqual([
      { status: 'done', rows: 1, watermark: 1 },
    ]);
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    clock.advance(30);
    await scheduler.idle();
    expect(await bench.query('select revision, "rows", watermark from detection_run')).toEqual([
      { revision: 1, rows: 1, watermark: 2 },
    ]);
  });

  test('that shutdown interrupts is pending again, and is done by the next start', async () => {
    await start();
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    let waiting: () => void = () => undefined;
    const isWaiting = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    bench.beforeLoaded = (signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
        waiting();
      });
    clock.turnTo('2026-11-02T10:00:00Z');
    await isWaiting;
    await scheduler.shutdown();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 pending r0']);
    bench.beforeLoaded = null;
    await start();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
    expect(bench.sent.map(({ kind }) => kind)).toEqual(['risk', 'finding']);
  });

  test('that a crash cut off is done again and emits nothing twice', async () => {
    await start();
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    await turnTo('2026-11-02T10:00:00Z');
    expect(bench.sent).toHaveLength(2);
    await scheduler.shutdown();
    // As if the process had died after the transaction, with the ledger still saying "running".
    await bench.database.write((connection) => connection.run(`update detection_run set status = 'running'`));
    await start();
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=1']);
    expect(bench.sent).toHaveLength(2);
    expect(await bench.query('select count(*)::int as n from finding')).toEqual([{ n: 1 }]);
    expect(await bench.query('select count(*)::int as n from risk_event')).toEqual([{ n: 1 }]);
  });

  test('by hand covers any window and is recorded as manual', async () => {
    await bench.load([deleted('2026-10-01T00:00:00Z')]);
    await start();
    const at = (text: string) => Date.parse(text) / 1000;
    const window = { earliest: at('2026-09-30T00:00:00Z'), latest: at('2026-10-02T00:00:00Z'), now: clock.now() };
    expect(await scheduler.runOnce('deletions', window)).toMatchObject({ rows: 1, found: 1, riskEvents: 1 });
    expect(await bench.query('select kind, status, "rows" from detection_run')).toEqual([
      { kind: 'manual', status: 'done', rows: 1 },
    ]);
    expect(bench.sent.map(({ kind }) => kind)).toEqual(['risk', 'finding']);
    await expect(scheduler.runOnce('nothing', window)).rejects.toThrow(
      'detection: expected one of deletions, found "nothing".',
    );
  });

  test('by hand waits for a run over the same window, and finds nothing that is found already', async () => {
    await start();
    await bench.load([deleted('2026-11-02T09:30:00Z')]);
    const atGate = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    let waits = 0;
    bench.beforeLoaded = async () => {
      waits += 1;
      atGate.resolve();
      await gate.promise;
    };
    clock.turnTo('2026-11-02T10:00:00Z');
    await atGate.promise;
    const at = (text: string) => Date.parse(text) / 1000;
    const window = { earliest: at('2026-11-02T08:50:00Z'), latest: at('2026-11-02T09:50:00Z'), now: clock.now() };
    const byHand = scheduler.runOnce('deletions', window);
    const other = scheduler.runOnce('deletions', { ...window, latest: window.latest + 60 });
    // Written to the ledger, and at the gate where it may be: only the other window is.
    while (waits < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(
      await bench.query(`select kind, status, count(*)::int as n from detection_run group by all order by all`),
    ).toEqual([
      { kind: 'manual', status: 'pending', n: 1 },
      { kind: 'manual', status: 'running', n: 1 },
      { kind: 'scheduled', status: 'running', n: 1 },
    ]);
    gate.resolve();
    expect(await byHand).toMatchObject({ rows: 1, found: 0, riskEvents: 0 });
    await other;
    await scheduler.idle();
    expect(waits).toBe(3);
  });
});

describe('rows of clocks that are wrong', () => {
  test('cost no memory: minutes far ahead and far back are not remembered', async () => {
    await start();
    await turnTo('2026-11-02T10:00:00Z');
    await bench.load([
      deleted('2026-11-02T09:55:00Z'),
      ...Array.from({ length: 50 }, (_, year) => deleted(`${2040 + year}-01-01T00:00:00Z`)),
      ...Array.from({ length: 30 }, (_, year) => deleted(`${1980 + year}-01-01T00:00:00Z`)),
    ]);
    expect(bench.gauge('pintail_detection_late_minutes')).toBe(1);
    await turnTo('2026-11-02T11:00:00Z');
    expect((await bench.ledger()).at(-1)).toBe('02 11:00 09:50-10:50 done r0 rows=1');
  });
});

describe('life', () => {
  test('shutdown before start and twice does no harm', async () => {
    scheduler = bench.scheduler({ detections: [], clock });
    await scheduler.shutdown();
    await scheduler.start();
    await scheduler.shutdown();
    await scheduler.shutdown();
  });

  test('drops the views of detections that are gone', async () => {
    await start([testCompiled(), testCompiled({ name: 'Others', slug: 'others' })]);
    await scheduler.shutdown();
    await start([testCompiled({ name: 'Others', slug: 'others' })]);
    const views = await bench.query(`select view_name from duckdb_views() where schema_name = 'detection'`);
    expect(views).toEqual([{ view_name: 'others' }]);
  });
});
