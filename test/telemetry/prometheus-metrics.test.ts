import { describe, expect, test } from 'vitest';
import { PrometheusMetrics } from '../../src/telemetry/index.ts';
import { knownSeries, METRICS } from '../../src/telemetry/metric-catalogue.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';

function create(maxSeries = 100, processMetrics = false) {
  const { logger, lines } = recordTelemetry();
  return { metrics: new PrometheusMetrics({ maxSeries, logger, processMetrics }), lines };
}

describe('PrometheusMetrics', () => {
  test('counters add up per label set', async () => {
    const { metrics } = create();
    metrics.add('pintail_x_total', 2, { receiver: 'otlp/grpc', reason: 'full' });
    metrics.add('pintail_x_total', 3, { reason: 'full', receiver: 'otlp/grpc' });
    metrics.add('pintail_x_total', 1, { receiver: 'otlp/http', reason: 'full' });
    metrics.add('pintail_y_total', 1);
    const text = await metrics.render();
    expect(text).toContain('# TYPE pintail_x_total counter');
    expect(text).toContain('pintail_x_total{receiver="otlp/grpc",reason="full"} 5');
    expect(text).toContain('pintail_x_total{receiver="otlp/http",reason="full"} 1');
    expect(text).toMatch(/^pintail_y_total 1$/m);
  });

  test('histograms have buckets that fit the unit', async () => {
    const { metrics } = create();
    metrics.observe('pintail_wait_seconds', 0.2, { share: 'hunt' });
    metrics.observe('pintail_batch_bytes', 5_000);
    const text = await metrics.render();
    expect(text).toContain('pintail_wait_seconds_bucket{le="0.1",share="hunt"} 0');
    expect(text).toContain('pintail_wait_seconds_bucket{le="0.25",share="hunt"} 1');
    expect(text).toContain('pintail_batch_bytes_bucket{le="4096"} 0');
    expect(text).toContain('pintail_batch_bytes_bucket{le="16384"} 1');
  });

  test('gauges are read at each scrape, and registering again replaces', async () => {
    const { metrics } = create();
    let value = 1;
    metrics.gauge('pintail_queue', () => value, { share: 'hunt' });
    metrics.gauge('pintail_queue', () => 7, { share: 'service' });
    expect(await metrics.render()).toContain('pintail_queue{share="hunt"} 1');
    value = 2;
    metrics.gauge('pintail_queue', () => 8, { share: 'service' });
    const text = await metrics.render();
    expect(text).toContain('pintail_queue{share="hunt"} 2');
    expect(text).toContain('pintail_queue{share="service"} 8');
  });

  test('a gauge that cannot be read is no number and logged, the rest is there', async () => {
    const { metrics, lines } = create();
    metrics.gauge('pintail_broken', () => {
      throw new Error('gone');
    });
    metrics.add('pintail_fine_total', 1);
    const text = await metrics.render();
    expect(text).toContain('pintail_fine_total 1');
    expect(text).toMatch(/^pintail_broken nan$/im);
    expect(lines).toMatchObject([{ level: 'warn', message: 'metric could not be read' }]);
  });

  test('label values from outside cannot make series without bound', async () => {
    const { metrics } = create(10);
    for (let index = 0; index < 1_000; index += 1) metrics.add('pintail_x_total', 1, { cluster: `c${index}` });
    const series = (await metrics.render()).split('\n').filter((line) => line.startsWith('pintail_x_total{'));
    expect(series).toHaveLength(11);
    expect(series).toContain('pintail_x_total{cluster="other"} 990');
  });

  test('a label value cannot break out of its line', async () => {
    const { metrics } = create();
    metrics.add('pintail_x_total', 1, { name: 'a"} 5\nfake_metric 1 \\' });
    expect((await metrics.render()).split('\n').filter((line) => /^(?:pintail_x_total|fake)/.test(line))).toEqual([
      'pintail_x_total{name="a\\"} 5\\nfake_metric 1 \\\\"} 1',
    ]);
  });

  test('counters whose series are known are there at 0 before anything is counted', async () => {
    const { metrics } = create();
    const lines = (await metrics.render()).split('\n');
    for (const [name, { kind, labels }] of Object.entries(METRICS)) {
      if (kind === 'counter' && labels.length === 0) expect(lines).toContain(`${name} 0`);
    }
    for (const reason of ['damaged', 'unloadable']) {
      expect(lines).toContain(`pintail_store_quarantined_segments_total{reason="${reason}"} 0`);
    }
    for (const table of ['kube_audit', 'logs']) {
      expect(lines).toContain(`pintail_store_deleted_rows_total{table="${table}",reason="disk"} 0`);
    }
  });

  test('the series that are known have the labels of their metric', () => {
    const wrong = knownSeries().filter(([name, series]) => {
      return JSON.stringify(Object.keys(series)) !== JSON.stringify(METRICS[name]?.labels);
    });
    expect(wrong).toEqual([]);
  });

  test('the metrics of the process are there when asked for', async () => {
    const { metrics } = create(100, true);
    expect(await metrics.render()).toContain('process_resident_memory_bytes');
    expect(metrics.contentType).toContain('text/plain');
  });
});
