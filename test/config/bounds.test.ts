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
