/** The detections that ship: each loads, compiles, and does with its own events what it says. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadContent, systemClock } from '../../src/detect/index.ts';
import { compileDetection } from '../../src/detect/run/compile-detection.ts';
import { DetectionScheduler } from '../../src/detect/schedule/detection-scheduler.ts';
import { testDetections } from '../../src/service/test-detections.ts';
import { openWorkbench } from '../../src/service/workbench.ts';
import { DetectionBench } from '../support/detection-bench.ts';

const paths = ['config/detections'];
const content = await loadContent({ paths, macros: 'config/macros.yaml' });

test('are the five seeds, without a problem', () => {
  expect(content.problems).toEqual([]);
  expect(
    content.detections.map(({ slug, type, emission, riskRule }) => [
      slug,
      type,
      emission.risk,
      riskRule?.riskObjects ?? null,
    ]),
  ).toEqual([
    ['amazon_eks_kubernetes_pod_scan_detection', 'Hunting', false, []],
    ['kubernetes_access_scanning', 'Anomaly', true, [{ field: 'user', type: 'user', score: 49 }]],
    ['kubernetes_aws_detect_suspicious_kubectl_calls', 'Anomaly', true, [{ field: 'user', type: 'user', score: 20 }]],
    ['kubernetes_aws_detect_suspicious_kubectl_calls_cloudwatch', 'Hunting', false, null],
    ['kubernetes_azure_detect_suspicious_kubectl_calls', 'Hunting', false, []],
  ]);
});

test.each(content.detections.map((detection) => [detection.name, detection] as const))(
  '%s compiles, and knows what tells its rows apart',
  (_name, detection) => {
    const compiled = compileDetection(detection, { macros: content.macros, strictSplunk: false, window: 'detection' });
    expect(compiled.ok ? '' : compiled.error).toBe('');
    if (compiled.ok) expect(compiled.keyFields).not.toBeNull();
  },
);

test('each have events that must match and events that must not, and do as they say', async () => {
  for (const { name, tests } of content.detections) {
    const expected = await Promise.all(
      tests.map(async (entry) => JSON.parse(await readFile(entry.expected ?? '', 'utf8'))),
    );
    expect([name, expected.some((rows) => rows.length > 0), expected.some((rows) => rows.length === 0)]).toEqual([
      name,
      true,
      true,
    ]);
  }
  const { problems, results } = await testDetections({ paths, strictSplunk: false });
  expect(problems).toEqual([]);
  const outcomes: string[] = [];
  for await (const { outcome, detection, message } of results) {
    outcomes.push(outcome);
    expect([detection, outcome, message]).toEqual([detection, 'passed', '']);
  }
  expect(outcomes).toHaveLength(10);
});

describe('under the scheduler, by their views', () => {
  test('access scanning scores the anonymous user once, and the events leave with its message', async () => {
    const workbench = await openWorkbench();
    await using sink = await DetectionBench.open();
    try {
      await workbench.load(['config/detections/tests/kubernetes_access_scanning/match.ndjson'], {
        metadata: { source: 'kubernetes', sourcetype: '_json' },
      });
      const detections = content.detections.map((detection) =>
        compileDetection(detection, { macros: content.macros, strictSplunk: false, window: 'detection' }),
      );
      const scheduler = new DetectionScheduler({
        detections,
        store: { database: workbench.database, loaded: async () => 1, onLoad: () => () => undefined },
        outbox: { enqueue: async (_connection, events) => void sink.sent.push(...events), wake: () => undefined },
        clock: systemClock,
        logger: sink.logger,
        metrics: sink.metrics,
      });
      await scheduler.start();
      try {
        const at = (time: string) => Date.parse(time) / 1000;
        const window = {
          earliest: at('2026-11-02T08:50:00Z'),
          latest: at('2026-11-02T09:50:00Z'),
          now: at('2026-11-02T10:00:00Z'),
        };
        const first = await scheduler.runOnce('kubernetes_access_scanning', window);
        expect(first).toMatchObject({ rows: 1, found: 1, riskEvents: 1, missingRiskObjects: 0 });
        expect(await scheduler.runOnce('kubernetes_access_scanning', window)).toMatchObject({
          rows: 1,
          found: 0,
          riskEvents: 0,
        });
        const before = { ...window, earliest: window.earliest - 3600, latest: window.latest - 3600 };
        expect(await scheduler.runOnce('kubernetes_access_scanning', before)).toMatchObject({ rows: 0 });
      } finally {
        await scheduler.shutdown();
      }
      expect(sink.sent.map(({ kind, body, source }) => [kind, body, source])).toEqual([
        ['risk', 'Kubernetes scanning from ip 8.8.8.8', 'Kubernetes Access Scanning'],
      ]);
      expect(sink.sent[0]?.attributes).toMatchObject({
        risk_object: 'system:anonymous',
        risk_object_type: 'user',
        risk_score: 49,
        threat_object: '8.8.8.8',
        threat_object_type: 'ip_address',
        count: 6,
        Country: 'United States',
      });
    } finally {
      await workbench.close();
    }
  });
});
