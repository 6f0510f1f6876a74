/**
 * Random histories: loads in and out of order, downtime, failing writes, a full outbox. Whatever happened, in the end
 * every window is in the ledger, what was found is what the tables hold, and nothing left twice.
 */
import { expect, test } from 'vitest';
import type { Connection } from '../../../src/component.ts';
import { DetectionScheduler } from '../../../src/detect/schedule/detection-scheduler.ts';
import { DetectionBench, testCompiled } from '../../support/detection-bench.ts';
import { randomNumbers } from '../../support/random-numbers.ts';
import { chooseSeed } from '../../support/seed.ts';
import { SteppedClock } from '../../support/stepped-clock.ts';

/** One row per user with one or two deletions, so that late rows change findings and also take them away. */
const sql = `select "user".username as user, count(*) as count from kube_audit
  where verb = 'delete' and $window group by all having count(*) <= 2`;

const begin = '2026-11-02T09:30:00Z';
const firstSeed = chooseSeed();

test.each([0, 1].map((offset) => firstSeed + offset))('history with PINTAIL_SEED=%i', async (seed) => {
  const random = randomNumbers(seed);
  const pick = (count: number) => Math.floor(random() * count);
  await using bench = await DetectionBench.open();
  const clock = new SteppedClock(begin);
  let failing = false;
  const write = bench.database.write.bind(bench.database);
  bench.database.write = <T>(work: (connection: Connection) => Promise<T>) =>
    write(async (connection) => {
      const result = await work(connection);
      if (failing && random() < 0.15) throw new Error('disk full');
      return result;
    });
  const open = () =>
    new DetectionScheduler({
      detections: [testCompiled({ schedule: { cron: '*/20 * * * *', earliest: '-35m@m', latest: '-5m@m' } }, sql)],
      store: bench.store,
      outbox: bench,
      clock,
      logger: bench.logger,
      metrics: bench.metrics,
      settings: { catchUpSeconds: 86_400, retry: { initialSeconds: 30, maxSeconds: 600, maxAttempts: 100 } },
    });
  let scheduler = open();
  await scheduler.start();

  for (let step = 0; step < 40; step++) {
    const action = pick(10);
    if (action < 5) {
      const events = Array.from({ length: 1 + pick(4) }, () => ({
        time: new Date(clock.now() * 1000 - pick(3 * 3600) * 1000).toISOString(),
        user: `user${pick(4)}`,
        verb: 'delete',
      }));
      failing = false;
      await bench.load(events);
    } else if (action < 8) {
      failing = random() < 0.5;
      bench.outboxError = random() < 0.2 ? new Error('outbox: full.') : null;
      clock.advance(60 * (1 + pick(45)));
    } else if (action === 8) {
      failing = false;
      await scheduler.shutdown();
      if (random() < 0.5)
        await bench.load([
          { time: new Date(clock.now() * 1000 - 3_000_000).toISOString(), user: 'user0', verb: 'delete' },
        ]);
      clock.advance(60 * pick(120));
      scheduler = open();
      await scheduler.start();
    }
    if (random() < 0.7) await scheduler.idle();
  }

  failing = false;
  bench.outboxError = null;
  for (let minute = 0; minute < 60; minute += 5) {
    await scheduler.idle();
    clock.advance(300);
  }
  await scheduler.idle();
  await scheduler.shutdown();

  const missing = await bench.query(
    `select strftime(due, '%H:%M') as due, status
     from (select unnest(generate_series(time_bucket(interval 20 minutes, $1::timestamp) + interval 20 minutes,
       $2::timestamp, interval 20 minutes)) as due)
     left join detection_run on scheduled_at = due where status is distinct from 'done'`,
    [begin, new Date(clock.now() * 1000).toISOString()],
  );
  expect(missing).toEqual([]);

  const differences = await bench.query(
    `with truth as (
       select window_earliest, "user".username as user, count(*) as count
       from (select distinct window_earliest, window_latest from detection_run) join kube_audit
         on _time >= window_earliest and _time < window_latest
       group by all having count(*) <= 2
     ), found as (
       select window_earliest, "row"->>'user' as user, ("row"->>'count')::bigint as count
       from finding where status = 'active'
     )
     (select 'not found' as what, * from (from truth except from found))
     union all (select 'not there' as what, * from (from found except from truth))`,
  );
  expect(differences).toEqual([]);

  const ids = bench.sent.map(({ eventId }) => eventId);
  expect(new Set(ids).size).toBe(ids.length);
  const scored = bench.sent
    .filter(({ kind }) => kind === 'risk')
    .map((event) => `${event.time} ${event.attributes.risk_object}`);
  expect(new Set(scored).size).toBe(scored.length);

  // Whoever follows the events that left knows what the table knows.
  const told = new Map<string, unknown>();
  for (const { kind, attributes } of bench.sent) {
    const id = String(attributes.finding_id);
    if (kind === 'finding' || kind === 'finding_revised') told.set(id, attributes.count);
    if (kind === 'finding_withdrawn') told.delete(id);
  }
  const active = await bench.query(
    `select finding_id, ("row"->>'count')::integer as count from finding where status = 'active'`,
  );
  expect([...told].sort()).toEqual(active.map((row) => [row.finding_id, row.count]).sort());
});
