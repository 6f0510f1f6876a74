/** A hundred detections that are due in the same minute, after a stop: who runs when, and how many at a time. */
import { expect, test } from 'vitest';
import { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
import { DetectionBench, testCompiled } from '../../support/detection-bench.ts';
import { SteppedClock } from '../../support/stepped-clock.ts';

const DETECTIONS = 100;
const AT_ONCE = 3;

test('the live windows of all run first, then the missed ones from the oldest on, and never more than may', async () => {
  await using bench = await DetectionBench.open();
  const clock = new SteppedClock('2026-11-02T09:30:00Z');
  const detections = Array.from({ length: DETECTIONS }, (_, n) =>
    testCompiled({ slug: `detection_${n}`, name: `Detection ${n}` }),
  );
  const ran: { readonly detection: string; readonly now: number }[] = [];
  let running = 0;
  let most = 0;
  const together = Promise.withResolvers<void>();
  const create = () =>
    new DetectionScheduler({
      detections,
      store: {
        ...bench.store,
        database: bench.database,
        async loaded(signal) {
          running += 1;
          most = Math.max(most, running);
          // The first ones wait for one another: as many as may are under way together.
          if (running === AT_ONCE) together.resolve();
          await together.promise;
          const sequence = await bench.store.loaded(signal);
          running -= 1;
          return sequence;
        },
      },
      outbox: bench,
      clock,
      logger: {
        ...bench.logger,
        debug(fields: object) {
          const { detection, window } = fields as { detection: string; window: { now: number } };
          ran.push({ detection, now: window.now });
        },
      },
      metrics: bench.metrics,
      settings: { maxParallelRuns: AT_ONCE },
    });
  const first = create();
  await first.start();
  await first.shutdown();

  clock.turnTo('2026-11-02T12:10:00Z');
  const scheduler = create();
  await scheduler.start();
  await scheduler.idle();
  await scheduler.shutdown();

  const at = (hour: number) => Date.parse(`2026-11-02T${hour}:00:00Z`) / 1000;
  expect(ran).toHaveLength(3 * DETECTIONS);
  expect(most).toBe(AT_ONCE);
  // Runs beside one another may end in another order than they began.
  const slack = AT_ONCE - 1;
  for (const [index, hour] of [12, 10, 11].entries()) {
    const stretch = ran.slice(index * DETECTIONS + (index === 0 ? 0 : slack), (index + 1) * DETECTIONS - slack);
    expect([...new Set(stretch.map(({ now }) => now))]).toEqual([at(hour)]);
    const all = new Set(ran.filter(({ now }) => now === at(hour)).map(({ detection }) => detection));
    expect(all.size).toBe(DETECTIONS);
  }
}, 60_000);
