import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { knownKeys } from '../../src/config/describe-issue.ts';
import { ConfigError, parseConfig } from '../../src/config/index.ts';

const folder = join(import.meta.dirname, '../../config');
const pintail = readFileSync(join(folder, 'pintail.yaml'), 'utf8');
const container = readFileSync(join(folder, 'container.yaml'), 'utf8');
const tokens = { PINTAIL_API_TOKEN: 'api-token-for-a-test', PINTAIL_INGEST_TOKEN: 'ingest-token-for-a-test' };

/** Every path of the schema, lists entered at their first entry. */
function allPaths(path: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  const isList = ['tokens', 'rules', 'client_clusters'].includes(String(path.at(-1)));
  const here = isList ? [...path, 0] : path;
  return knownKeys(here).flatMap((key) => [[...here, key], ...allPaths([...here, key])]);
}

describe('config/pintail.yaml', () => {
  test('equals the defaults', () => {
    expect(parseConfig(pintail, 'pintail.yaml', {})).toEqual(parseConfig('', 'none', {}));
  });

  test('shows every key', () => {
    const paths = allPaths();
    expect(paths.length).toBeGreaterThan(50);
    const missing = paths.filter((path) => !new RegExp(`\\b${path.at(-1)}:`).test(pintail));
    expect(missing).toEqual([]);
  });

  test('its commented keys are keys: uncommented, every one is accepted', () => {
    const uncommented = pintail
      .split('\n')
      .map((line) => (/^\s*# {0,9}(?:[a-z0-9_]+:( |$)|- (?:\{|token:))/.test(line) ? line.replace('# ', '') : line))
      .filter((line) => !line.includes('tokens: []'))
      .join('\n')
      .replace(/^( *) {2}- \{ token/m, '  tokens:\n$1  - { token')
      .replace('./data/risk-events', '/d/risk-events');
    const config = parseConfig(uncommented, 'pintail.yaml', {
      COLLECTOR_TOKEN: 'x',
      PINTAIL_HUNT_TOKEN: 'hunt-token-for-a-test',
      HEC_TOKEN: 'hec-token-for-a-test',
      WEBHOOK_TOKEN: 'webhook-token-for-a-test',
      COLD_ACCESS_KEY_ID: 'id',
      COLD_SECRET_ACCESS_KEY: 'x',
      COLD_SESSION_TOKEN: 'x',
    });
    expect(config.exporters.otlp?.retry).toEqual({
      initialIntervalMs: 1_000,
      maxIntervalMs: 30_000,
      maxElapsedTimeMs: 7 * 86_400_000,
    });
    expect(config.volume.rules).toEqual([
      { name: 'health probes', search: 'requestURI IN (/healthz*, /readyz*, /livez*)', keptShare: 0 },
      { name: 'watches', search: 'dataset=kube_audit verb=watch', keptShare: 0.1 },
    ]);
    expect(config.exporters.file?.path).toBe('/d/risk-events.ndjson');
    expect(config.receivers.otlp?.grpc?.tls).toMatchObject({
      clientCaFile: './tls/clients.crt',
      clientClusters: [{ commonName: 'agent-prod', cluster: 'prod' }, { san: 'URI:spiffe://example.org/gateway' }],
    });
    expect(config.api.tokens.map((token) => token.scopes)).toEqual([['hunt'], ['ingest']]);
    expect(config.receivers.splunkHec?.tokens).toMatchObject([
      { cluster: 'prod', metadata: { index: 'kube', source: 'audit', sourcetype: 'kube:apiserver-audit' } },
    ]);
    expect(config.receivers.k8sAuditWebhook).toMatchObject({ path: '/k8s-audit', tokens: [{ cluster: 'prod' }] });
  });
});

describe('config/container.yaml', () => {
  test('listens on all addresses and takes tokens from the environment', () => {
    const config = parseConfig(container, 'container.yaml', tokens);
    expect(config.receivers.otlp?.grpc?.endpoint).toEqual({ host: '0.0.0.0', port: 4317 });
    expect(config.receivers.otlp?.http?.endpoint).toEqual({ host: '0.0.0.0', port: 4318 });
    expect(config.receivers.splunkHec?.endpoint).toEqual({ host: '0.0.0.0', port: 8088 });
    expect(config.api.endpoint).toEqual({ host: '0.0.0.0', port: 8080 });
    expect(config.api.tokens.map((token) => token.scopes)).toEqual([['hunt', 'admin'], ['ingest']]);
  });

  test.each(Object.keys(tokens))('does not start without %s', (name) => {
    expect(() => parseConfig(container, 'container.yaml', { ...tokens, [name]: undefined })).toThrow(ConfigError);
    expect(() => parseConfig(container, 'container.yaml', { ...tokens, [name]: '' })).toThrow(ConfigError);
  });
});
