import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { defaultContentSettings } from '../../src/detect/content/load-content.ts';
import { defaultSchedulerSettings } from '../../src/detect/schedule/settings.ts';
import { DEFAULT_OTLP_TIMEOUT_MS } from '../../src/export/otlp/settings.ts';
import { DEFAULT_BATCH, DEFAULT_OUTBOX_SETTINGS, DEFAULT_RETRY } from '../../src/export/settings.ts';
import { huntDefaults } from '../../src/hunt/index.ts';
import { DEFAULT_MAX_NESTING_DEPTH, DEFAULT_MAX_ROWS_PER_RECORD } from '../../src/normalize/index.ts';
import { DEFAULT_MAX_SHARED_ATTRIBUTES } from '../../src/normalize/shared-attributes.ts';
import { DEFAULT_PATH } from '../../src/receive/audit-webhook/settings.ts';
import { resolveHecBounds } from '../../src/receive/hec/settings.ts';
import { resolveListenerSettings } from '../../src/receive/listener-settings.ts';
import { resolveSettings } from '../../src/receive/otlp/settings.ts';
import { DEFAULT_INCIDENT_SETTINGS } from '../../src/risk/incident.ts';
import { DEFAULT_LIMITS } from '../../src/spl/index.ts';
import { storeDefaults } from '../../src/store/settings.ts';

const config = parseConfig(
  'exporters: { otlp: { endpoint: "http://collector:4318" }, file: { path: /risk.ndjson } }',
  'defaults',
  {},
);

describe("the configuration's defaults are those of the rooms", () => {
  test('receive', () => {
    const { grpc, http } = config.receivers.otlp ?? {};
    const room = resolveSettings({ endpoint: '127.0.0.1:0' });
    expect(room).toMatchObject({ ...grpc?.bounds, ...grpc?.keepalive });
    expect(room).toMatchObject({ ...http?.bounds });
    for (const listener of [grpc, http]) {
      expect(listener?.maxRequestBytes).toBe(room.maxRequestBytes);
      expect(listener?.maxConcurrentRequests).toBe(room.maxConcurrentRequests);
    }
  });

  test('receive, Splunk HEC and the audit webhook', () => {
    const { splunkHec, k8sAuditWebhook } = parseConfig(
      'receivers: { splunk_hec: {}, k8s_audit_webhook: {} }',
      'doors',
      {},
    ).receivers;
    const shared = resolveListenerSettings({ endpoint: '127.0.0.1:0' });
    for (const listener of [splunkHec, k8sAuditWebhook]) {
      expect({ ...shared, ...resolveHecBounds({ endpoint: '127.0.0.1:0' }) }).toMatchObject({ ...listener?.bounds });
      expect(listener?.maxRequestBytes).toBe(shared.maxRequestBytes);
      expect(listener?.maxConcurrentRequests).toBe(shared.maxConcurrentRequests);
    }
    expect(splunkHec?.endpoint).toEqual({ host: '127.0.0.1', port: 8088 });
    expect(k8sAuditWebhook).toMatchObject({ endpoint: { host: '127.0.0.1', port: 9765 }, path: DEFAULT_PATH });
    expect(splunkHec?.bounds).toMatchObject({ ...resolveHecBounds({ endpoint: '127.0.0.1:0' }) });
  });

  test('store', () => {
    expect(storeDefaults).toMatchObject({ ...config.storage.bounds, geoDatabase: config.storage.geoDatabase });
  });

  test('detect', () => {
    const { catchUpMs, scheduling, ...content } = config.detections;
    expect(defaultSchedulerSettings).toMatchObject({ ...scheduling, catchUpSeconds: catchUpMs / 1000 });
    expect(defaultContentSettings).toEqual(content);
  });

  test('export', () => {
    const { otlp, file, outbox } = config.exporters;
    for (const exporter of [otlp, file]) {
      const { initialIntervalMs, maxIntervalMs, maxElapsedTimeMs } = exporter?.retry ?? {};
      expect(DEFAULT_RETRY).toMatchObject({ initialIntervalMs, maxIntervalMs, maxElapsedMs: maxElapsedTimeMs });
      expect(exporter?.batch).toEqual(DEFAULT_BATCH);
    }
    expect(otlp?.timeoutMs).toBe(DEFAULT_OTLP_TIMEOUT_MS);
    expect(DEFAULT_OUTBOX_SETTINGS).toMatchObject({ ...outbox });
  });

  test('hunt', () => {
    const { endpoint, maxRequestBytes, maxConnections, shutdownTimeoutMs, query } = config.api;
    expect({ endpoint, maxRequestBytes, maxConnections, shutdownTimeoutMs, query }).toEqual(huntDefaults);
  });

  test('normalize', () => {
    expect(config.normalize.maxNestingDepth).toBe(DEFAULT_MAX_NESTING_DEPTH);
    expect(config.normalize.maxRowsPerRecord).toBe(DEFAULT_MAX_ROWS_PER_RECORD);
    expect(config.normalize.maxSharedAttributes).toBe(DEFAULT_MAX_SHARED_ATTRIBUTES);
  });

  test('risk', () => {
    expect(config.risk.incidents).toEqual(DEFAULT_INCIDENT_SETTINGS);
  });

  test('spl', () => {
    expect(config.spl.limits).toEqual(DEFAULT_LIMITS);
  });
});
