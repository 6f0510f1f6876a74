// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how the configuration spells the environment
import { createHash } from 'node:crypto';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ColdConfig, ConfigError, loadConfig, parseConfig } from '../../src/config/index.ts';
import { toColdSettings } from '../../src/service/cold-settings.ts';

const environment = {
  TOKEN: 'a-token-of-24-characters',
  ROWS: '12',
  EMPTY: '',
  TRICK: '{ scopes: [admin] }',
};

function refusal(text: string, variables: Record<string, string> = environment): string {
  try {
    parseConfig(text, 'pintail.yaml', variables);
  } catch (error: unknown) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`expected a refusal of ${text}`);
}

describe('defaults', () => {
  const defaults = parseConfig('', 'none', {});

  test('an empty file, {} and sections without content are the same complete configuration', () => {
    expect(parseConfig('{}', 'none', {})).toEqual(defaults);
    expect(parseConfig('# nothing\n', 'none', {})).toEqual(defaults);
    expect(parseConfig('storage:\napi:\n  query:\n', 'none', {})).toEqual(defaults);
  });

  test.each(['otlp: { protocols: { http: BOUNDS } }', 'splunk_hec: BOUNDS', 'k8s_audit_webhook: BOUNDS'])(
    'every bound that doors share can be set (%s)',
    (door) => {
      const bounds =
        '{ max_concurrent_requests: 9, max_concurrent_consumes: 2, max_wait: 3s, max_in_flight_size: 1GiB, ' +
        'max_connections: 7, request_timeout: 4s, shutdown_timeout: 500ms }';
      const { otlp, splunkHec, k8sAuditWebhook } = parseConfig(
        `receivers: { ${door.replace('BOUNDS', bounds)} }`,
        'bounds',
        {},
      ).receivers;
      const listener = otlp?.http ?? splunkHec ?? k8sAuditWebhook;
      expect(listener?.maxConcurrentRequests).toBe(9);
      expect(listener?.bounds).toMatchObject({
        maxConcurrentConsumes: 2,
        maxWaitMs: 3000,
        maxInFlightBytes: 2 ** 30,
        maxConnections: 7,
        requestTimeoutMs: 4000,
        shutdownTimeoutMs: 500,
      });
    },
  );

  test('otlp listens on loopback where there is no section receivers', () => {
    expect(defaults.receivers.otlp?.grpc?.endpoint).toEqual({ host: '127.0.0.1', port: 4317 });
    expect(defaults.receivers.otlp?.http?.endpoint).toEqual({ host: '127.0.0.1', port: 4318 });
  });

  test('a receiver or protocol that is left out does not listen', () => {
    expect(parseConfig('receivers: {}', 'none', {}).receivers.otlp).toBeUndefined();
    const onlyHttp = parseConfig('receivers:\n  otlp:\n    protocols:\n      http:\n', 'none', {}).receivers.otlp;
    expect(onlyHttp?.grpc).toBeUndefined();
    expect(onlyHttp?.http?.endpoint.port).toBe(4318);
    expect(parseConfig('receivers:\n  otlp:\n', 'none', {}).receivers.otlp?.grpc).toBeDefined();
  });
});

describe('values', () => {
  test('sizes, durations and endpoints become bytes, milliseconds and host with port', () => {
    const config = parseConfig(
      [
        'storage: { memory_limit: 3GiB }',
        'detections: { catch_up: 1h30m }',
        'api: { endpoint: "[::1]:0" }',
        'receivers: { otlp: { protocols: { grpc: { max_recv_msg_size_mib: 2 } } } }',
      ].join('\n'),
      'none',
      {},
    );
    expect(config.storage.memoryLimitBytes).toBe(3 * 2 ** 30);
    expect(config.detections.catchUpMs).toBe(5_400_000);
    expect(config.api.endpoint).toEqual({ host: '::1', port: 0 });
    expect(config.receivers.otlp?.grpc?.maxRequestBytes).toBe(2 * 2 ** 20);
  });

  test('a token is kept as its SHA-256 only', () => {
    const hash = createHash('sha256').update(environment.TOKEN).digest('hex');
    const { tokens } = parseConfig(
      `api:\n  tokens: [{ token: \${env:TOKEN}, scopes: [hunt] }, { hash: ${hash.toUpperCase()}, scopes: [ingest] }]`,
      'none',
      environment,
    ).api;
    expect(tokens).toEqual([
      { sha256: hash, scopes: ['hunt'] },
      { sha256: hash, scopes: ['ingest'] },
    ]);
  });

  test('names in client certificates are bound to clusters', () => {
    const names = '[{ common_name: agent-a, cluster: a }, { san: "URI:spiffe://x/gateway" }]';
    const tls = `{ cert_file: c, key_file: k, client_ca_file: ca, client_clusters: ${names} }`;
    const { receivers } = parseConfig(`receivers: { k8s_audit_webhook: { tls: ${tls} } }`, 'none', {});
    expect(receivers.k8sAuditWebhook?.tls?.clientClusters).toEqual([
      { commonName: 'agent-a', san: undefined, cluster: 'a' },
      { commonName: undefined, san: 'URI:spiffe://x/gateway', cluster: undefined },
    ]);
  });

  test('an exporter header is redacted in text, JSON and inspection', () => {
    const config = parseConfig(
      'exporters: { otlp: { endpoint: "https://c:4318", headers: { authorization: "Bearer ${env:TOKEN}" } } }',
      'none',
      environment,
    );
    expect(config.exporters.otlp?.headers.authorization?.reveal()).toBe(`Bearer ${environment.TOKEN}`);
    expect(JSON.stringify(config)).not.toContain(environment.TOKEN);
    expect(JSON.stringify(config)).toContain('[REDACTED]');
    expect(`${config.exporters.otlp?.headers.authorization}`).toBe('[REDACTED]');
  });
});

describe('the environment', () => {
  test('fills in values anywhere, also numbers and in flow maps', () => {
    const config = parseConfig('api: { query: { max_rows: ${env:ROWS} } }', 'none', environment);
    expect(config.api.query.maxRows).toBe(12);
    expect(parseConfig('storage: { directory: "/x/${env:ROWS}/y" }', 'none', environment).storage.directory).toBe(
      '/x/12/y',
    );
  });

  test('a variable never becomes structure', () => {
    expect(parseConfig('storage: { directory: ${env:TRICK} }', 'none', environment).storage.directory).toBe(
      '{ scopes: [admin] }',
    );
  });

  test('$$ is a dollar sign and a fallback stands in for a variable that is not set', () => {
    expect(parseConfig('storage: { directory: $${env:X} }', 'none', {}).storage.directory).toBe('${env:X}');
    expect(parseConfig('storage: { directory: "${env:X:-a}$$5" }', 'none', {}).storage.directory).toBe('a$5');
  });

  test('a variable that is not set is named with its place', () => {
    expect(refusal('storage:\n  directory: ${env:NOPE}\n')).toBe(
      [
        'error: storage.directory: expected the environment variable NOPE to be set, found that it is not.',
        '  --> pintail.yaml:2:14',
        '2 |   directory: ${env:NOPE}',
        '  |              ^^^^^^^^^^^',
      ].join('\n'),
    );
  });

  test('another provider than env is refused', () => {
    expect(refusal('storage: { directory: ${file:/etc/passwd} }')).toContain(
      'storage.directory: expected ${env:NAME} (write $$ for a dollar sign), found "${file:/etc/passwd}".',
    );
  });
});

describe('refusals', () => {
  test('a misspelt key is shown with its place and the nearest known one', () => {
    expect(refusal('api:\n  endpont: 127.0.0.1:80\n')).toBe(
      [
        'error: api: expected "endpoint", found the unknown key "endpont".',
        '  --> pintail.yaml:2:3',
        '2 |   endpont: 127.0.0.1:80',
        '  |   ^^^^^^^',
      ].join('\n'),
    );
  });

  test('every problem is reported at once', () => {
    const message = refusal('apy: {}\nstorage: { memory_limit: 2, dir: x }\n');
    expect(message.match(/^error: /gm)).toHaveLength(3);
  });

  test.each([
    [
      'receivers: { k8s_audit_webhook: { path: k8s } }',
      'receivers.k8s_audit_webhook.path: expected a path such as /k8s-audit',
    ],
    [
      'receivers: { splunk_hec: { tokens: [{}] } }',
      'receivers.splunk_hec.tokens[0]: expected either token or hash, found neither.',
    ],
    [
      'receivers: { k8s_audit_webhook: { tokens: [{ token: short }] } }',
      'receivers.k8s_audit_webhook.tokens[0].token: expected at least 16 characters, found fewer.',
    ],
    [
      'receivers: { splunk_hec: { endpoint: ":8088" } }',
      'Add a token with the scope ingest to api.tokens, or one to receivers.splunk_hec.tokens, or',
    ],
    ['exporters: { webhook: {} }', 'planned and not supported yet'],
    [
      'exporters: { splunk_hec: {} }',
      'exporters.splunk_hec: expected a key of this version, found "splunk_hec", which is planned and not supported yet.',
    ],
    [
      'storage: { memory_limit: 2 }',
      'storage.memory_limit: expected a size with its unit, such as 64MiB, found number 2.',
    ],
    ['storage: { memory_limit: 1MiB }', 'storage.memory_limit: expected at least 268435456 bytes, found "1MiB".'],
    ['storage: { directory: 12 }', 'storage.directory: expected text (put quotes around digits), found number 12.'],
    ['storage: { directory: "" }', 'storage.directory: expected text, found nothing.'],
    [
      'detections: { catch_up: 7 }',
      'detections.catch_up: expected a duration with its unit, such as 30s, found number 7.',
    ],
    [
      'detections: { catch_up: soon }',
      'detections.catch_up: expected a duration with its unit, such as 30s, 1h30m or 7d, found "soon".',
    ],
    ['api: { endpoint: 8080 }', 'api.endpoint: expected host:port, such as 127.0.0.1:4317, found number 8080.'],
    ['api: { endpoint: "h:70000" }', 'api.endpoint: expected a port from 0 to 65535, found "h:70000".'],
    ['api: { query: { max_rows: many } }', 'api.query.max_rows: expected a number, found "many".'],
    ['api: { query: { max_rows: 0 } }', 'api.query.max_rows: expected at least 1, found number 0.'],
    [
      'telemetry: { logs: { level: loud } }',
      'telemetry.logs.level: expected "debug" or "info" or "warn" or "error", found "loud".',
    ],
    ['spl: { strict: 1 }', 'spl.strict: expected true or false, found number 1.'],
    ['api: { tokens: {} }', 'api.tokens: expected a list, found a map.'],
    [
      'exporters: { otlp: {} }',
      'exporters.otlp.endpoint: expected a URL such as http://collector:4318, found nothing.',
    ],
    [
      'exporters: { otlp: { endpoint: "collector:4317" } }',
      'expected a URL such as http://collector:4318, found "collector:4317".',
    ],
    ['exporters: { otlp: { endpoint: "http://u:p@c:1" } }', 'without a password (use headers)'],
    ['- a', 'configuration: expected a map of keys, found a list.'],
    ['a: 1\na: 2', 'configuration: expected YAML, found: Map keys must be unique.'],
    ['a: b: c', 'configuration: expected YAML, found: '],
    ['a: 1\n---\nb: 2', 'configuration: expected YAML, found: Source contains multiple documents'],
    ['x: &a [*a]', 'expected at most 32 levels of nesting (aliases followed), found more.'],
    ['__proto__: { polluted: true }', 'found the unknown key "__proto__"'],
  ])('%s', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test('aliases cannot grow without bound', () => {
    const levels = Array.from({ length: 20 }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}, *a${level}]`);
    expect(refusal(`a0: &a0 [x, x]\n${levels.join('\n')}`)).toContain('at most 20000 values (aliases followed)');
  });

  test('the drawn line never shows a secret', () => {
    const wrongScope = refusal('api: { tokens: [{ token: hunter2-hunter2-hunter2, scopes: [hunts] }] }');
    expect(wrongScope).toContain('expected "ingest" or "hunt" or "admin", found "hunts".');
    expect(wrongScope).not.toContain('hunter2');
    const header = refusal('exporters: { otlp: { endpoint: "http://c:1", headers: { x-key: hunter2 }, retries: 1 } }');
    expect(header).not.toContain('hunter2');
    expect(refusal('api: { tokens: [{ token: hunter2-hunter2, scopes: [hunt] }')).not.toContain('hunter2');
    expect(refusal('api: { tokens: [{ token: 12345, scopes: [hunt] }] }')).not.toContain('12345');
  });
});

describe('rules across keys', () => {
  test.each([
    ['api', 'api: { endpoint: "0.0.0.0:8080" }', 'scope hunt'],
    ['api', 'api: { endpoint: ":8080" }', 'scope hunt'],
    ['api', 'api: { endpoint: "[::]:8080" }', 'scope hunt'],
    ['api', 'api: { endpoint: "my-host:8080" }', 'scope hunt'],
    [
      'receivers.otlp.protocols.grpc',
      'receivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }',
      'scope ingest',
    ],
    [
      'receivers.otlp.protocols.http',
      'receivers: { otlp: { protocols: { http: { endpoint: "10.0.0.1:4318" } } } }',
      'scope ingest',
    ],
  ])('%s: %s is refused without authentication', (name, text, scope) => {
    const message = refusal(text);
    expect(message).toContain(`${name}.endpoint: expected a loopback address or proof of identity`);
    expect(message).toContain(scope);
    expect(message).toContain(`${name}.allow_unauthenticated: true`);
  });

  test.each([
    ['a token of the right scope', 'api: { endpoint: ":8080", tokens: [{ token: "${env:TOKEN}", scopes: [hunt] }] }'],
    ['client certificates', 'api: { endpoint: ":8080", tls: { cert_file: a, key_file: b, client_ca_file: c } }'],
    ['the word', 'api: { endpoint: ":8080", allow_unauthenticated: true }'],
    ['an IPv4 loopback address', 'api: { endpoint: "127.8.8.8:8080" }'],
    ['localhost', 'api: { endpoint: "localhost:8080" }'],
  ])('listening is allowed with %s', (_, text) => {
    expect(parseConfig(text, 'none', environment).api.endpoint.port).toBe(8080);
  });

  test.each([
    [
      'receivers: { splunk_hec: { tls: { cert_file: a, key_file: b, client_clusters: [{ san: "DNS:x", cluster: c }] } } }',
      'receivers.splunk_hec.tls.client_clusters: expected receivers.splunk_hec.tls.client_ca_file beside it, found none.',
    ],
    [
      'receivers: { splunk_hec: { tls: { cert_file: a, key_file: b, client_ca_file: c, client_clusters: [{ cluster: c }] } } }',
      'receivers.splunk_hec.tls.client_clusters[0]: expected either common_name or san, found neither.',
    ],
    [
      'receivers: { splunk_hec: { tls: { cert_file: a, key_file: b, client_ca_file: c, client_clusters: [{ san: x }] } } }',
      'expected a name with its type, such as DNS:agent.example.org',
    ],
    [
      'api: { tokens: [{ token: "${env:TOKEN}", scopes: [hunt], cluster: c }] }',
      'api.tokens[0].cluster: expected the scope ingest beside it, found hunt',
    ],
  ])('what would bind nobody to a cluster is refused: %s', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  test('server TLS alone is no proof of identity', () => {
    expect(refusal('api: { endpoint: ":8080", tls: { cert_file: a, key_file: b } }')).toContain('proof of identity');
  });

  test('a hunt token does not open a receiver', () => {
    const text =
      'api: { tokens: [{ token: "${env:TOKEN}", scopes: [hunt] }] }\nreceivers: { otlp: { protocols: { grpc: { endpoint: ":4317" } } } }';
    expect(refusal(text)).toContain('receivers.otlp.protocols.grpc.endpoint');
  });

  test.each(['http://127.0.0.1:4318', 'http://localhost:4318/v1/logs', 'http://[::1]:4317', 'http://0.0.0.0:4317'])(
    'an exporter that points at our own receiver is refused: %s',
    (endpoint) => {
      expect(refusal(`exporters: { otlp: { endpoint: "${endpoint}" } }`)).toContain(
        `found ${endpoint}, which is our own receivers.otlp.protocols.`,
      );
    },
  );

  test('an exporter to another machine on the same port is allowed', () => {
    const config = parseConfig('exporters: { otlp: { endpoint: "http://collector:4318" } }', 'none', {});
    expect(config.exporters.otlp?.endpoint).toBe('http://collector:4318');
  });

  test('two listeners on one address are refused', () => {
    expect(refusal('api: { endpoint: "127.0.0.1:4317" }')).toContain(
      'expected an address of its own, found 127.0.0.1:4317, which receivers.otlp.protocols.grpc listens on.',
    );
  });

  test.each([
    ['[{ scopes: [hunt] }]', 'api.tokens[0]: expected either token or hash, found neither.'],
    [
      `[{ token: "\${env:TOKEN}", hash: ${'a'.repeat(64)}, scopes: [hunt] }]`,
      'api.tokens[0]: expected either token or hash, found both.',
    ],
    ['[{ token: short, scopes: [hunt] }]', 'api.tokens[0].token: expected at least 16 characters, found fewer.'],
    ['[{ token: "${env:EMPTY}", scopes: [hunt] }]', 'api.tokens[0].token: expected text, found nothing.'],
    [
      '[{ hash: abc, scopes: [hunt] }]',
      'api.tokens[0].hash: expected the SHA-256 of a token as 64 hexadecimal digits, found',
    ],
  ])('tokens %s are refused', (tokens, message) => {
    expect(refusal(`api: { tokens: ${tokens} }`)).toContain(message);
  });
});

describe('retention', () => {
  const storage = (text: string): unknown => parseConfig(`storage: { ${text} }`, 'test.yaml', {}).storage.retention;

  test('is 30 days for events and a year for findings, with forever as an end to it', () => {
    const day = 86_400_000;
    expect(storage('')).toEqual({ retentionMs: 30 * day, findingsRetentionMs: 365 * day, diskBytes: null, cold: null });
    expect(storage('retention: forever, findings_retention: forever, max_disk_size: 10GiB')).toEqual({
      retentionMs: null,
      findingsRetentionMs: null,
      diskBytes: 10 * 2 ** 30,
      cold: null,
    });
  });

  test.each([
    ['retention: 0', 'expected a duration with its unit, such as 30d, or forever'],
    ['retention: 30', 'expected a duration with its unit, such as 30d, or forever'],
    ['retention: 1h', 'a duration of at least 1d, or forever'],
    ['retention: never', 'a duration with its unit'],
    ['findings_retention: 7d', 'a duration of at least 8d, or forever'],
    ['max_disk_size: 100MiB', 'at least 1073741824 bytes'],
  ])('%s is refused', (text, expected) => {
    expect(refusal(`storage: { ${text} }`)).toContain(expected);
  });

  test('has a cold tier only where there is a section for it', () => {
    const day = 86_400_000;
    expect(storage('directory: /data, cold:')).toMatchObject({ cold: { afterMs: 7 * day, directory: '/data/cold' } });
    expect(storage('cold: { after: 2d, directory: /cold }')).toMatchObject({
      cold: { afterMs: 2 * day, directory: '/cold' },
    });
    expect(refusal('storage: { retention: 10d, cold: { after: 10d } }')).toContain(
      'storage.cold.after: expected less than storage.retention (10d), found 10d',
    );
  });

  test('has a cold tier in a bucket with what reaches it, its secrets hidden', () => {
    const bucket = (text: string): unknown =>
      parseConfig(`storage: { cold: { ${text} } }`, 'test.yaml', { KEY: 'the-secret' }).storage.retention.cold;
    expect(bucket('directory: "s3://bucket/a/b=c/"')).toMatchObject({
      directory: 's3://bucket/a/b=c',
      s3: { endpoint: null, region: 'us-east-1', pathStyle: false, credentials: null, extension: null },
    });
    const full = bucket(
      'directory: "s3://bucket", s3: { endpoint: "http://minio:9000", region: eu, access_key_id: id, ' +
        'secret_access_key: "${env:KEY}", extension: /httpfs.duckdb_extension }',
    );
    expect(full).toMatchObject({
      directory: 's3://bucket',
      s3: { endpoint: 'http://minio:9000', region: 'eu', pathStyle: true, extension: '/httpfs.duckdb_extension' },
    });
    expect(JSON.stringify(full)).not.toContain('the-secret');
    expect(toColdSettings(full as ColdConfig)?.s3?.credentials).toEqual({
      accessKeyId: 'id',
      secretAccessKey: 'the-secret',
      sessionToken: null,
    });
    expect(bucket('directory: /cold')).toEqual({ afterMs: 7 * 86_400_000, directory: '/cold', s3: undefined });
  });

  test.each([
    ['directory: "gs://bucket/pintail"', 'a folder, or a bucket such as s3://bucket/folder'],
    ['directory: "s3://Bucket"', 'a folder, or a bucket such as s3://bucket/folder'],
    ['directory: "s3://bucket/../other"', 'a folder, or a bucket such as s3://bucket/folder'],
    ['directory: "s3://bucket/a?s3_region=x"', 'a folder, or a bucket such as s3://bucket/folder'],
    ['directory: "s3://bucket/*"', 'a folder, or a bucket such as s3://bucket/folder'],
    ['directory: /cold, s3: { region: eu }', 'storage.cold.s3: expected storage.cold.directory to be a bucket'],
    ['s3:', 'storage.cold.s3: expected storage.cold.directory to be a bucket such as s3://bucket/folder, found none'],
    ['directory: "s3://bucket", s3: { access_key_id: id }', 'found only access_key_id'],
    ['directory: "s3://bucket", s3: { secret_access_key: very-secret }', 'found only secret_access_key'],
    ['directory: "s3://bucket", s3: { session_token: very-secret }', 'found only session_token'],
    ['directory: "s3://bucket", s3: { secret_access_key: [very-secret] }', 'expected text'],
  ])('a cold tier with %s is refused', (text, expected) => {
    const message = refusal(`storage: { cold: { ${text} } }`);
    expect(message).toContain(expected);
    expect(message).not.toContain('very-secret');
  });

  test('shorter than a day more than windows are caught up is refused, with both numbers', () => {
    expect(refusal('storage: { retention: 7d }')).toContain(
      'storage.retention: expected a day more than detections.catch_up (7d) at least, since a window that is caught up ' +
        'must find its events, found 7d.',
    );
    expect(refusal('{ storage: { findings_retention: 10d }, detections: { catch_up: 10d } }')).toContain(
      'storage.findings_retention: expected a day more than detections.catch_up (10d) at least',
    );
    expect(storage('retention: 8d')).toMatchObject({ retentionMs: 8 * 86_400_000 });
  });
});

describe('loadConfig', () => {
  test('reads a file and names it in errors', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-config-'));
    const file = join(folder.path, 'mine.yaml');
    await writeFile(file, 'storage: { directory: /d }');
    expect((await loadConfig(file, {})).storage.directory).toBe('/d');
    await writeFile(file, 'storge: {}');
    await expect(loadConfig(file, {})).rejects.toThrow(`--> ${file}:1:1`);
  });

  test('without a path gives the defaults', async () => {
    expect(await loadConfig(undefined, {})).toEqual(parseConfig('', 'none', {}));
  });

  test('names a file that is not there or no UTF-8', async () => {
    await expect(loadConfig('/nowhere/p.yaml', {})).rejects.toThrow(
      'expected a readable UTF-8 file at "/nowhere/p.yaml", found: ENOENT',
    );
    await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-config-'));
    const file = join(folder.path, 'latin1.yaml');
    await writeFile(file, Buffer.from([0xe9, 0x3a]));
    await expect(loadConfig(file, {})).rejects.toThrow('expected a readable UTF-8 file');
  });
});
