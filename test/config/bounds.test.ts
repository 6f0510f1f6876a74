/** Keys that bound the store, searches and incidents: each reaches the settings, each refusal names its key. */
import { describe, expect, test } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/index.ts';

test('every bound of the store can be set', () => {
  const { bounds } = parseConfig(
    `storage: { max_segment_size: 8MiB, max_load_size: 64MiB, max_load_rows: 50000, checkpoint_size: 256MiB,
       max_recent_identities: 5000, threads: 4, concurrent_statements: { service: 1, detection: 4, hunt: 2 } }`,
    'test',
    {},
  ).storage;
  expect(bounds).toMatchObject({
    segmentBytes: 8 * 2 ** 20,
    loadBytes: 64 * 2 ** 20,
    loadRows: 50_000,
    checkpointBytes: 256 * 2 ** 20,
    recentIdentities: 5000,
    threads: 4,
    shares: { service: 1, detection: 4, hunt: 2 },
  });
});

test('incidents and normalisation can be set; a cap of 0 is none', () => {
  const config = parseConfig(
    `normalize: { max_nesting_depth: 500, max_rows_per_record: 4000, max_shared_attributes: 2000 }
risk: { incidents: { risk_span: 12h, risk_threshold: 250, tactic_span: 3d, min_tactics: 2, min_sources: 5, source_cap: 0 } }`,
    'test',
    {},
  );
  expect(config.normalize).toEqual({ maxNestingDepth: 500, maxRowsPerRecord: 4000, maxSharedAttributes: 2000 });
  expect(config.risk.incidents).toEqual({
    riskSpan: 43_200,
    riskThreshold: 250,
    tacticSpan: 259_200,
    minTactics: 2,
    minSources: 5,
    sourceCap: null,
  });
});

test('what no timer waits for may be as long as a hundred years', () => {
  const config = parseConfig(
    `storage: { retention: forever, findings_retention: forever, cold: { after: 36000d } }
detections: { catch_up: 3650d }
exporters:
  file: { path: risk.ndjson, retry_on_failure: { max_elapsed_time: 3650d } }
  outbox: { delivered_memory: 36500d, dead_letter_memory: 36500d }`,
    'test',
    {},
  );
  expect(config.storage.retention.cold?.afterMs).toBe(36_000 * 86_400_000);
  expect(config.detections.catchUpMs).toBe(3650 * 86_400_000);
  expect(config.exporters.file?.retry.maxElapsedTimeMs).toBe(3650 * 86_400_000);
  expect(config.exporters.outbox.deliveredMemoryMs).toBe(36_500 * 86_400_000);
});

describe('a wait that is longer than a timer can hold is refused by the name of the key', () => {
  const otlp = (text: string) => `exporters: { otlp: { endpoint: "http://collector:4318", ${text} } }`;
  const keepalive = (text: string) => `receivers: { otlp: { protocols: { grpc: { keepalive: { ${text} } } } } }`;
  test.each([
    [otlp('timeout: 30d'), 'exporters.otlp.timeout: expected a duration of at most 24d, found "30d".'],
    [otlp('timeout: 24d1ms'), 'exporters.otlp.timeout: expected a duration of at most 24d, found "24d1ms".'],
    [otlp('retry_on_failure: { max_interval: 60d }'), 'max_interval: expected a duration of at most 24d, found "60d".'],
    [keepalive('time: 30d'), 'grpc.keepalive.time: expected a duration of at most 24d, found "30d".'],
    [keepalive('timeout: 30d'), 'grpc.keepalive.timeout: expected a duration of at most 24d, found "30d".'],
    [keepalive('max_connection_age: 23d'), 'max_connection_age: expected a duration of at most 22d, found "23d".'],
    [keepalive('max_connection_age_grace: 30d'), 'age_grace: expected a duration of at most 24d, found "30d".'],
    ['detections: { retry: { max_interval: 60d } }', 'retry.max_interval: expected a duration of at most 24d, found "60d".'],
    ['api: { query: { time_limit: 2d } }', 'api.query.time_limit: expected a duration of at most 1d, found "2d".'],
  ])('%s', (text, message) => {
    expect(() => parseConfig(text, 'test', {})).toThrow(message);
  });
}); // biome-ignore format: flat tables

describe('refused by the name of the key', () => {
  test.each([
    ['storage: { checkpoint_size: 1GiB }', 'storage.checkpoint_size: expected at most 536870912 bytes, found "1GiB".'],
    ['storage: { threads: 0 }', 'storage.threads: expected at least 1, found number 0.'],
    [
      'storage: { concurrent_statements: { hunt: 8 } }',
      'storage.concurrent_statements: expected at most 8 together, found 12: an acknowledgement needs a free thread too.',
    ],
    [
      'risk: { incidents: { tactic_span: 30d } }\nstorage: { findings_retention: 20d }',
      'risk.incidents.tactic_span: expected less than storage.findings_retention (20d), found 30d: older risk events are gone.',
    ],
    ['spl: { time_zone: Europe/Berlin }', 'spl.time_zone: expected UTC, the one zone that searches are compiled for, found "Europe/Berlin".'],
  ])('%s', (text, message) => {
    const parse = () => parseConfig(text, 'test', {});
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });
}); // biome-ignore format: flat tables
