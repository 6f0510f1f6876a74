import { expect, test } from 'vitest';
import type { AuditRow } from '../../src/component.ts';
import { EventArrivals, SeenArrivals } from '../../src/service/event-arrivals.ts';
import { PrometheusMetrics } from '../../src/telemetry/index.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';

const ARRIVAL = 1_700_000_000_000_000;

async function rendered(rows: readonly (readonly [cluster: string | null, secondsAgo: number])[]): Promise<string> {
  const metrics = new PrometheusMetrics({ maxSeries: 1000, logger: recordTelemetry().logger, processMetrics: false });
  const arrivals = new EventArrivals(metrics);
  const audit = rows.map(([cluster, ago]) => ({ cluster, timeMicros: ARRIVAL - ago * 1e6 }) as AuditRow);
  const seen = new SeenArrivals(ARRIVAL);
  seen.add({ audit, logs: [] });
  arrivals.observe(seen);
  return metrics.render();
}

test('the oldest event of a batch says how late each cluster is', async () => {
  const text = await rendered([
    ['prod', 3],
    ['prod', 400],
    ['test', 0.5],
    [null, 2],
  ]);
  expect(text).toContain('pintail_event_lag_seconds_bucket{le="300",cluster="prod"} 0');
  expect(text).toContain('pintail_event_lag_seconds_bucket{le="600",cluster="prod"} 1');
  expect(text).toContain('pintail_event_lag_seconds_count{cluster="prod"} 1');
  expect(text).toContain('pintail_event_lag_seconds_bucket{le="1",cluster="test"} 1');
  expect(text).toContain('pintail_last_arrival_timestamp_seconds{cluster=""} 1700000000');
});

test('only events more than five minutes ahead count as future ones', async () => {
  const text = await rendered([
    ['prod', -299],
    ['prod', -301],
    ['prod', -86_400],
    ['test', -10],
  ]);
  expect(text).toContain('pintail_future_events_total{cluster="prod"} 2');
  expect(text).toContain('pintail_future_events_total{cluster="test"} 0');
});

test('however many clusters a sender makes up, 200 have series and the rest are one', async () => {
  const text = await rendered(Array.from({ length: 5000 }, (_, n) => [`made-up-${n}`, 1] as const));
  const series = text.match(/^pintail_last_arrival_timestamp_seconds\{/gm);
  expect(series).toHaveLength(201);
  expect(text).toContain('pintail_event_lag_seconds_count{cluster="other"} 4800');
});
