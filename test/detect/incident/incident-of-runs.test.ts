import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
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

test('runs that score one user above 100 within a day raise one incident, in the run that completes it', async () => {
  const score = (name: string, risk: number) => ({
    name,
    slug: name.toLowerCase(),
    riskRule: { message: '', riskObjects: [{ field: 'user', type: 'user', score: risk }], threatObjects: [] },
  });
  const detections = [testCompiled(score('Alpha', 30)), testCompiled(score('Beta', 30))];
  scheduler = bench.scheduler({ detections, clock });
  const deleted = (time: string, user: string) => ({ time, user, verb: 'delete' });
  await bench.load([
    deleted('2026-11-02T09:00:00Z', 'eve'),
    deleted('2026-11-02T10:00:00Z', 'eve'),
    deleted('2026-11-02T10:00:00Z', 'bob'),
    deleted('2026-11-02T11:00:00Z', 'eve'),
  ]);
  await scheduler.start();
  const incidents = () => bench.sent.filter((event) => event.kind === 'incident');

  clock.turnTo('2026-11-02T10:00:00Z');
  await scheduler.idle();
  expect(incidents()).toEqual([]);

  for (const time of ['2026-11-02T11:00:00Z', '2026-11-02T12:00:00Z']) {
    clock.turnTo(time);
    await scheduler.idle();
    expect(incidents().map((event) => [event.time, event.body])).toEqual([
      [Date.parse('2026-11-02T11:00:00Z') / 1000, 'Risk of user "eve" is 120 from 2 sources, 4 risk events'],
    ]);
  }
  expect(await bench.query('select risk_object, risk_score from incident')).toEqual([
    { risk_object: 'eve', risk_score: 120 },
  ]);
});
