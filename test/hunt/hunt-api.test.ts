import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Database, PermanentError, type TimeWindow } from '../../src/component.ts';
import { createAuthorize } from '../../src/config/index.ts';
import type { Diagnostic } from '../../src/hunt/diagnostic.ts';
import { HuntApi, type HuntDependencies, type HuntSettings, huntDefaults, tableListing } from '../../src/hunt/index.ts';
import { openApiDocument } from '../../src/hunt/openapi.ts';
import { type RecordedTelemetry, recordTelemetry } from '../support/recorded-telemetry.ts';
import { openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

const clock = 1_767_225_600;

let store: StoreDatabase;
const started: HuntApi[] = [];

beforeAll(async () => {
  store = await openStoreDatabase();
  await store.run(`create view detection.numbers as
    select range as n, getvariable('earliest') as earliest, getvariable('now') as "now" from range(3)`);
  await store.run(`insert into finding select 'f' || n, 'd', 'D', '1', 'r', timestamp '2026-01-01', timestamp '2026-01-02',
    make_timestamp((1767225600 + n) * 1000000), now()::timestamp, 'active', 0, 'm', '{"count":' || n || '}' from range(5) t(n)`);
});

afterAll(() => store[Symbol.asyncDispose]());

afterEach(async () => {
  for (const api of started.splice(0)) await api.shutdown();
});

interface Running {
  readonly url: string;
  readonly port: number;
  readonly api: HuntApi;
  readonly telemetry: RecordedTelemetry;
}

async function start(
  settings: Partial<Omit<HuntSettings, 'query'>> & { readonly query?: Partial<HuntSettings['query']> } = {},
  dependencies: Partial<HuntDependencies> = {},
): Promise<Running> {
  const telemetry = recordTelemetry();
  const api = new HuntApi(
    {
      ...huntDefaults,
      endpoint: { host: '127.0.0.1', port: 0 },
      shutdownTimeoutMs: 0,
      ...settings,
      query: { ...huntDefaults.query, ...settings.query },
    },
    {
      database: store.database,
      compileSearch: (spl) =>
        spl === 'bad'
          ? {
              ok: false,
              diagnostics: [{ code: 'SPL201', severity: 'error', message: 'search: bad.', span: { start: 0, end: 3 } }],
            }
          : spl === 'table'
            ? {
                ok: true,
                sql: "select 'a' as u, [{'name': 'get', 'value': 1}, {'name': '404', 'value': 2}] as cells",
                spread: 'cells',
                warnings: [],
              }
            : spl.startsWith('doubtful')
              ? { ok: true, sql: 'select 1 as a', warnings: doubts(Number(spl.split(' ')[1])) }
              : {
                  ok: true,
                  sql: `select epoch(getvariable('earliest')) as e, epoch(getvariable('latest')) as l, epoch(getvariable('now')) as "now"`,
                  warnings: [],
                },
      resolveTime: (time, now) => {
        if (time === 'now') return now;
        if (time === '-1h') return now - 3_600;
        throw new PermanentError(`time: expected a Splunk relative time, found "${time}".`);
      },
      now: () => clock,
      waitingFor: () => [],
      renderMetrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
      listings: {
        detections: async () => [{ name: 'numbers' }],
        runs: tableListing(store.database, 'runs'),
        findings: tableListing(store.database, 'findings'),
        'risk-events': tableListing(store.database, 'risk-events'),
      },
      memory: { limitBytes: Number.POSITIVE_INFINITY, read: () => 0 },
      examine: async () => ({ healthy: true }),
      deadLetters: { list: async () => [], retry: async () => 0 },
      onStuckQuery: () => undefined,
      ...telemetry,
      ...dependencies,
    },
  );
  started.push(api);
  await api.start();
  const port = api.address?.port ?? 0;
  return { url: `http://127.0.0.1:${port}`, port, api, telemetry };
}

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/api/v1/query`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

function sql(query: string, more: object = {}) {
  return { language: 'sql', query, ...more };
}

/** Warnings about a search in letters that no header may hold. */
function doubts(count: number): readonly Diagnostic[] {
  return Array.from({ length: count }, (_, start) => ({
    code: 'SPL401',
    severity: 'warning',
    message: 'search: "größe\u{1f426}\r\n" is a word to look for.',
    span: { start, end: start + 2 },
    help: 'Write OR.',
  }));
}

/** A request whose trailers can be read, which fetch does not offer. */
function postRaw(port: number, body: object, headers: Record<string, string> = {}) {
  return new Promise<{ response: IncomingMessage; text: string; failed: boolean }>((resolve, reject) => {
    const request = httpRequest(
      {
        port,
        host: '127.0.0.1',
        path: '/api/v1/query',
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => {
          text += piece;
        });
        response.once('end', () => resolve({ response, text, failed: !response.complete }));
        response.once('error', () => resolve({ response, text, failed: true }));
      },
    );
    request.once('error', reject);
    request.end(JSON.stringify(body));
  });
}

/** A query that DuckDB can be interrupted in and that nobody waits for to end. */
const endless = 'select count(*) from range(10000000) a, range(10000000) b where hash(a.range, b.range) = 1';

describe('a query', () => {
  test('answers NDJSON by default, with the rows counted in a trailer', async () => {
    const { port } = await start();
    const { response, text } = await postRaw(
      port,
      sql("select 1 as a, null as b, ['x', 'y'] as c, 9007199254740993 as d"),
    );
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/x-ndjson');
    expect(text).toBe('{"a":1,"c":["x","y"],"d":9007199254740993}\n');
    expect(response.trailers).toEqual({ 'pintail-rows': '1', 'pintail-complete': 'true' });
  });

  test('answers JSON with columns and CSV where Accept asks for them', async () => {
    const { url } = await start();
    const json = await post(url, sql("select 1 as a, 'x' as b"), { accept: 'application/json' });
    expect(await readJson(json)).toEqual({
      columns: [
        { name: 'a', type: 'INTEGER' },
        { name: 'b', type: 'VARCHAR' },
      ],
      rows: [{ a: 1, b: 'x' }],
      complete: true,
    });
    const csv = await post(url, sql("select 1 as a, 'x,y' as b"), { accept: 'text/csv' });
    expect(csv.headers.get('content-type')).toContain('text/csv');
    expect(await csv.text()).toBe('a,b\n1,"x,y"\n');
    const none = await post(url, sql('select 1 as a where false'), { accept: 'application/json' });
    expect(await readJson(none)).toEqual({ columns: [{ name: 'a', type: 'INTEGER' }], rows: [], complete: true });
  });

  test('in SPL reads its window; now is the clock where none is given', async () => {
    const { url } = await start();
    const rows = async (more: object) => post(url, { language: 'spl', query: 'search x', ...more }).then(readJson);
    expect(await rows({ earliest: '-1h', latest: 'now' })).toEqual({ e: clock - 3_600, l: clock, now: clock });
    expect(await rows({ earliest: '-1h', now: 7_200 })).toEqual({ e: 3_600, now: 7_200 });
    expect(await rows({ earliest: 1.5 })).toEqual({ e: 1.5, now: clock });
  });

  test('in SPL has the columns that the values of a field become', async () => {
    const { url } = await start();
    const table = { language: 'spl', query: 'table' };
    expect(await (await post(url, table, { accept: 'text/csv' })).text()).toBe('u,get,404\na,1,2\n');
    expect(await readJson(await post(url, table, { accept: 'application/json' }))).toEqual({
      columns: [
        { name: 'u', type: 'VARCHAR' },
        { name: 'get', type: 'INTEGER' },
        { name: '404', type: 'INTEGER' },
      ],
      rows: [{ u: 'a', get: 1, 404: 2 }],
      complete: true,
    });
  });

  test('in SPL carries its warnings in a header of NDJSON and CSV, and in JSON', async () => {
    const { url } = await start();
    const ask = (count: number, accept: string) =>
      post(url, { language: 'spl', query: `doubtful ${count}` }, { accept });
    for (const accept of ['application/x-ndjson', 'text/csv']) {
      const answer = await ask(2, accept);
      expect(JSON.parse(answer.headers.get('pintail-warnings') ?? '')).toEqual(doubts(2));
      expect(answer.headers.has('pintail-warnings-omitted')).toBe(false);
      expect((await ask(0, accept)).headers.has('pintail-warnings')).toBe(false);
    }
    const json = await ask(100, 'application/json');
    expect(json.headers.has('pintail-warnings')).toBe(false);
    expect(await readJson(json)).toMatchObject({ warnings: doubts(100), rows: [{ a: 1 }] });
    expect(await readJson(await ask(0, 'application/json'))).not.toHaveProperty('warnings');
  });

  test('in SPL counts the warnings that have no room in a header', async () => {
    const { url } = await start();
    const { headers } = await post(url, { language: 'spl', query: 'doubtful 100' });
    const value = headers.get('pintail-warnings') ?? '';
    expect(value.length).toBeLessThanOrEqual(3_000);
    expect(value).toMatch(/^[\x20-\x7e]*$/);
    const shown = JSON.parse(value) as readonly Diagnostic[];
    expect(shown.length).toBeGreaterThan(1);
    expect(shown).toEqual(doubts(shown.length));
    expect(Number(headers.get('pintail-warnings-omitted'))).toBe(100 - shown.length);
  });

  test('in SQL has a window only where one is given', async () => {
    const windows: (TimeWindow | undefined)[] = [];
    const database: Database = {
      read: (options, work) => {
        windows.push(options.window);
        return store.database.read(options, work);
      },
      write: () => Promise.reject(new Error('expected no write.')),
    };
    const { url } = await start({}, { database });
    await post(url, sql('select * from detection.numbers'));
    await post(url, sql('select * from detection.numbers', { earliest: '-1h' }));
    expect(windows).toEqual([undefined, { earliest: clock - 3_600, latest: null, now: clock }]);
  });

  test('streams: the first rows are here before the last are computed', async () => {
    const { url } = await start({ query: { timeLimitMs: 600_000 } });
    const response = await post(url, sql('select a.range, b.range as b from range(10000000) a, range(10000000) b'));
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
    await reader?.cancel();
  });

  test('tells with its own limit whether rows are left out', async () => {
    const { port, url } = await start();
    const cut = await postRaw(port, sql('select * from range(10000)', { limit: 5_000 }));
    expect(cut.text.trimEnd().split('\n')).toHaveLength(5_000);
    expect(cut.response.trailers).toEqual({ 'pintail-rows': '5000', 'pintail-complete': 'false' });
    const exact = await postRaw(port, sql('select * from range(5)', { limit: 5 }));
    expect(exact.response.trailers).toEqual({ 'pintail-rows': '5', 'pintail-complete': 'true' });
    const json = await post(url, sql('select * from range(10)', { limit: 2 }), { accept: 'application/json' });
    expect(await readJson(json)).toMatchObject({ rows: [{ range: 0 }, { range: 1 }], complete: false });
  });

  test.each(['application/x-ndjson', 'text/csv', 'application/json'])(
    'that has more rows than the service allows breaks off: %s',
    async (accept) => {
      const { port, telemetry } = await start({ query: { maxRows: 3_000 } });
      const { failed, response } = await postRaw(port, sql('select * from range(10000)'), { accept });
      expect(failed).toBe(true);
      expect(response.headers['pintail-row-limit']).toBe('3000');
      expect(telemetry.value('pintail_hunt_queries_total{language="sql",outcome="row_limit"}')).toBe(1);
    },
  );
});

describe('a query that is refused', () => {
  test.each([
    [
      'SQL that is not allowed',
      sql("select * from read_text('x')"),
      'query: expected a table function that is allowed, found read_text().',
    ],
    ['SQL that does not bind', sql('select nope from kube_audit'), 'Binder Error'],
    ['a value that does not convert', sql("select 'x'::integer"), 'Conversion Error'],
    ['SPL with diagnostics', { language: 'spl', query: 'bad' }, 'search: bad.'],
    ['another language', { language: 'kql', query: 'x' }, 'language: expected "sql" or "spl", found something else.'],
    ['no query', { language: 'sql' }, 'query: expected a text that is not empty, found something else.'],
    ['an empty query', sql(''), 'query: expected a text that is not empty, found something else.'],
    ['an unknown key', sql('select 1', { limitt: 1 }), 'found the unknown key "limitt".'],
    [
      'a limit of 0',
      sql('select 1', { limit: 0 }),
      'limit: expected a whole number of at least 1, found something else.',
    ],
    [
      'a limit above the bound',
      sql('select 1', { limit: 2_000_000 }),
      'limit: expected at most 1000000 (api.query.max_rows), found 2000000.',
    ],
    [
      'a time that is none',
      sql('select 1', { earliest: 'yesterday' }),
      'earliest: time: expected a Splunk relative time, found "yesterday".',
    ],
    [
      'a time in milliseconds',
      sql('select 1', { latest: 1_795_210_920_000 }),
      'latest: expected epoch seconds within the years to 9999, found 1795210920000.',
    ],
    ['a time of another kind', sql('select 1', { latest: {} }), 'latest: expected a Splunk relative time'],
    [
      'a window that ends before it begins',
      sql('select 1', { earliest: 5, latest: 5 }),
      'earliest: expected a time before latest (5), found 5.',
    ],
    ['a list', [], 'request body: expected a JSON object'],
    ['no JSON', '{"language":', 'request body: expected JSON'],
    ['a bare value', '"x"', 'request body: expected JSON'],
  ])('%s is answered 400 with what is wrong', async (_, body, detail) => {
    const { url } = await start();
    const response = await post(url, body);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect((await readJson(response)).detail).toContain(detail);
  });

  test('carries the diagnostics with span and help', async () => {
    const { url } = await start();
    const query = "select * from 'x.csv'";
    expect((await readJson(await post(url, sql(query)))).diagnostics).toEqual([
      {
        code: 'SQL102',
        severity: 'error',
        message: 'query: expected a table that may be read, found "x.csv".',
        span: { start: query.indexOf("'"), end: query.length },
        help: expect.stringContaining('Files are never read.'),
      },
    ]);
    expect((await readJson(await post(url, { language: 'spl', query: 'bad' }))).diagnostics).toEqual([
      { code: 'SPL201', severity: 'error', message: 'search: bad.', span: { start: 0, end: 3 } },
    ]);
  });

  test('a refusal leaves the next query unharmed', async () => {
    const { url } = await start();
    await post(url, sql('select nope'));
    expect(await readJson(await post(url, sql('select 1 as a')))).toEqual({ a: 1 });
  });
});

describe('requests that are refused', () => {
  test.each([
    [
      'a form that there is not',
      { accept: 'application/vnd.apache.parquet' },
      406,
      'Accept: expected one of application/x-ndjson',
    ],
    [
      'another content type',
      { 'content-type': 'text/plain' },
      415,
      'Content-Type: expected application/json, found text/plain.',
    ],
    [
      'a form post',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'Content-Type: expected application/json',
    ],
    ['another charset', { 'content-type': 'application/json; charset=latin1' }, 415, 'expected UTF-8'],
    ['another encoding', { 'content-encoding': 'lzw' }, 415, 'found another encoding'],
  ])('%s', async (_, headers, status, detail) => {
    const { url } = await start();
    const response = await post(url, sql('select 1'), headers);
    expect(response.status).toBe(status);
    expect((await readJson(response)).detail).toContain(detail);
  });

  test.each(['gzip', 'deflate', 'br', 'zstd'])('a body that is no %s is a client error', async (encoding) => {
    const { url } = await start();
    const response = await post(url, sql('select 1'), { 'content-encoding': encoding });
    expect([400, 415]).toContain(response.status);
    expect((await readJson(response)).detail).toMatch(/^request body: expected /);
  });

  test('a compressed body beyond the bound is answered 413', async () => {
    const { url } = await start({ maxRequestBytes: 2_000 });
    const body = new Uint8Array(gzipSync(JSON.stringify(sql(`select '${'x'.repeat(1_000_000)}'`))));
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    expect((await fetch(`${url}/api/v1/query`, { method: 'POST', headers, body })).status).toBe(413);
  });

  test('a body beyond the bound is answered 413', async () => {
    const { url } = await start({ maxRequestBytes: 2_000 });
    const response = await post(url, sql(`select '${'x'.repeat(3_000)}'`));
    expect(response.status).toBe(413);
    expect((await readJson(response)).detail).toContain(
      'expected at most 2000 bytes (api.max_request_body_size), found 30',
    );
  });

  test('an unknown path names those that there are, another method those that it takes', async () => {
    const { url } = await start();
    const unknown = await fetch(`${url}/api/v2/query`);
    expect(unknown.status).toBe(404);
    expect((await readJson(unknown)).detail).toContain('/api/v1/query');
    const method = await fetch(`${url}/api/v1/query`);
    expect(method.status).toBe(405);
    expect(method.headers.get('allow')).toBe('POST');
  });

  test('a page that made its own name point at us learns nothing', async () => {
    const { port } = await start();
    const { response, text } = await postRaw(port, sql('select 1'), { host: 'evil.example' });
    expect(response.statusCode).toBe(403);
    expect(JSON.parse(text).detail).toBe('Host: expected localhost, 127.0.0.1 or [::1], found "evil.example".');
    expect((await postRaw(port, sql('select 1'), { host: `localhost:${port}` })).response.statusCode).toBe(200);
  });
});

describe('tokens', () => {
  const hunter = 'a-hunter-token-1';
  const ingest = 'an-ingest-token-1';
  const authorize = createAuthorize(
    [
      { sha256: hashOf(hunter), scopes: ['hunt'] },
      { sha256: hashOf(ingest), scopes: ['ingest'] },
    ],
    ['hunt', 'admin'],
  );

  test.each([
    ['no token', undefined, 401],
    ['an unknown token', 'Bearer guess-guess-guess', 401],
    ['a token without the scope', `Bearer ${ingest}`, 403],
    ['a token with the scope', `Bearer ${hunter}`, 200],
  ])('%s', async (_, authorization, status) => {
    const { url } = await start({}, { authorize });
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await post(url, sql('select 1'), headers);
    expect(response.status).toBe(status);
    expect(response.headers.get('www-authenticate')).toBe(status === 401 ? 'Bearer realm="pintail"' : null);
    for (const path of ['/', '/metrics', '/api/v1/findings', '/api/v1/openapi.json']) {
      expect((await fetch(url + path, { headers })).status).toBe(status);
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  test('an unknown token is refused before the body is read', async () => {
    const { url } = await start({}, { authorize });
    expect((await post(url, '{"broken')).status).toBe(401);
  });
});

describe('bounds in time', () => {
  test('a query beyond the time limit is stopped and answered 504', async () => {
    const { url, telemetry } = await start({ query: { timeLimitMs: 1000 } });
    const response = await post(url, sql(endless));
    expect(response.status).toBe(504);
    expect((await readJson(response)).detail).toContain('expected an end within 1000 ms (api.query.time_limit)');
    expect(telemetry.value('pintail_hunt_queries_total{language="sql",outcome="time_limit"}')).toBe(1);
    expect((await post(url, sql('select 1'))).status).toBe(200);
  });

  test('a query that grows the process beyond its memory is stopped and answered 507; others go on', async () => {
    let reads = 0;
    const memory = { limitBytes: 2e9, read: () => (reads++ < 3 ? 1.9e9 : 2.1e9) };
    const { url, telemetry } = await start({}, { memory });
    const response = await post(url, sql(endless));
    expect(response.status).toBe(507);
    expect(await readJson(response)).toMatchObject({
      title: 'The query was stopped',
      detail: expect.stringContaining('storage.memory_limit'),
    });
    // The process stays that large: a query that does not grow it is none of the guilty.
    expect((await post(url, sql('select 1'))).status).toBe(200);
    expect(telemetry.value('pintail_hunt_queries_total{language="sql",outcome="memory_limit"}')).toBe(1);
  });

  test('a query that has sent rows already breaks off at the time limit', async () => {
    const { port } = await start({ query: { timeLimitMs: 2000, maxRows: 1_000_000_000 } });
    const { failed } = await postRaw(
      port,
      sql('select a.range, b.range as b from range(10000000) a, range(10000000) b'),
    );
    expect(failed).toBe(true);
  });

  test('a caller that goes ends its query, and the next one runs', async () => {
    const { url, telemetry } = await start({ query: { maxConcurrent: 1, timeLimitMs: 600_000 } });
    const caller = new AbortController();
    const gone = fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sql(endless)),
      signal: caller.signal,
    });
    await until(() => telemetry.value('pintail_hunt_queries_running') === 1);
    caller.abort();
    await expect(gone).rejects.toThrow();
    expect((await post(url, sql('select 1'))).status).toBe(200);
    expect(telemetry.value('pintail_hunt_queries_total{language="sql",outcome="disconnect"}')).toBe(1);
  });

  test('a caller that stops reading is bounded by the time limit', async () => {
    const { port, telemetry } = await start({ query: { timeLimitMs: 500, maxRows: 1_000_000_000 } });
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/api/v1/query',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    request.on('response', (response) => response.pause()).on('error', () => undefined);
    request.end(JSON.stringify(sql('select a.range, b.range as b from range(10000000) a, range(10000000) b')));
    await until(() => telemetry.value('pintail_hunt_queries_total{language="sql",outcome="time_limit"}') === 1);
    request.destroy();
  });

  test('rows that come when the time is over are not sent to a caller that does not read', async () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => ({ n, text: 'x'.repeat(200) }));
    const read: Database['read'] = (options, work) =>
      work({
        query: () => Promise.reject(new Error('not asked')),
        run: () => Promise.reject(new Error('not asked')),
        stream: async () => ({
          columns: [
            { name: 'n', type: 'BIGINT' },
            { name: 'text', type: 'VARCHAR' },
          ],
          async *chunks() {
            // The chunk was under way when the interrupt came.
            while (options.signal?.aborted !== true) await new Promise((resolve) => setTimeout(resolve, 5));
            yield rows;
            yield rows;
          },
        }),
      });
    const database = { read, write: () => Promise.reject(new Error('not asked')) };
    const { url, telemetry } = await start({ query: { timeLimitMs: 50 } }, { database });
    const response = await post(url, { language: 'spl', query: 'x' });
    expect(response.status).toBe(504);
    expect(telemetry.value('pintail_hunt_queries_total{language="spl",outcome="time_limit"}')).toBe(1);
  });

  test('queries beyond the queue are answered 429 with Retry-After, those in it run later', async () => {
    const { url, telemetry } = await start({ query: { maxConcurrent: 1, maxQueued: 1, timeLimitMs: 600_000 } });
    const caller = new AbortController();
    const running = fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(sql(endless)),
      signal: caller.signal,
    }).catch(() => undefined);
    await until(() => telemetry.value('pintail_hunt_queries_running') === 1);
    const queued = post(url, sql('select 1 as a'));
    await until(() => telemetry.value('pintail_hunt_queries_waiting') === 1);
    const refused = await post(url, sql('select 1'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await readJson(refused)).detail).toContain('expected fewer than 2 queries in hand');
    caller.abort();
    await running;
    expect(await (await queued).json()).toEqual({ a: 1 });
  });

  test('a caller that goes while it waits gives its place away', async () => {
    const { url, telemetry } = await start({ query: { maxConcurrent: 1, maxQueued: 1, timeLimitMs: 600_000 } });
    const first = new AbortController();
    const second = new AbortController();
    const send = (caller: AbortController) =>
      fetch(`${url}/api/v1/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(sql(endless)),
        signal: caller.signal,
      }).catch(() => undefined);
    const running = send(first);
    await until(() => telemetry.value('pintail_hunt_queries_running') === 1);
    const waiting = send(second);
    await until(() => telemetry.value('pintail_hunt_queries_waiting') === 1);
    second.abort();
    await until(() => telemetry.value('pintail_hunt_queries_waiting') === 0);
    first.abort();
    await Promise.all([running, waiting]);
    await until(() => telemetry.value('pintail_hunt_queries_running') === 0);
  });

  test('a query that outlives its interrupt is reported with why it was interrupted', async () => {
    let release: () => void = () => undefined;
    const deaf: Database = {
      read: () =>
        new Promise((_, reject) => {
          release = () => reject(new Error('released'));
        }),
      write: () => Promise.reject(new Error('expected no write.')),
    };
    const stuck = Promise.withResolvers<object>();
    const { url } = await start(
      { query: { timeLimitMs: 20, stuckAfterMs: 20 } },
      { database: deaf, onStuckQuery: stuck.resolve },
    );
    const answer = post(url, sql('select 1'));
    expect(await stuck.promise).toEqual({
      language: 'sql',
      query: 'select 1',
      reason: expect.stringContaining('expected an end within 20 ms'),
    });
    release();
    expect((await answer).status).toBe(504);
  });

  test('a query that ends after its interrupt is not reported', async () => {
    let reports = 0;
    const { url } = await start(
      { query: { timeLimitMs: 50, stuckAfterMs: 5_000 } },
      {
        onStuckQuery: () => {
          reports += 1;
        },
      },
    );
    expect((await post(url, sql(endless))).status).toBe(504);
    expect(reports).toBe(0);
  });
});

describe('failures', () => {
  test('of ours are answered 500 without their text, which goes to the log', async () => {
    const broken: Database = {
      read: () => Promise.reject(new Error('internal detail')),
      write: () => Promise.reject(new Error('expected no write.')),
    };
    const { url, telemetry } = await start({}, { database: broken });
    const response = await post(url, sql('select 1'));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('internal detail');
    expect(telemetry.lines.filter((line) => line.level === 'error')).not.toEqual([]);
  });
});

describe('listings', () => {
  test('are newest first, bounded, and say whether anything is left out', async () => {
    const { url } = await start();
    const page = await readJson(await fetch(`${url}/api/v1/findings?limit=2`));
    expect(page.complete).toBe(false);
    expect(page.items.map((item: { finding_id: string }) => item.finding_id)).toEqual(['f4', 'f3']);
    expect(page.items[0].row).toEqual({ count: 4 });
    const all = await readJson(await fetch(`${url}/api/v1/findings`));
    expect(all.complete).toBe(true);
    expect(all.items).toHaveLength(5);
  });

  test('since leaves out what is older', async () => {
    const { url } = await start({}, { resolveTime: (time) => Number(time) });
    const page = await readJson(await fetch(`${url}/api/v1/findings?since=${clock + 3}`));
    expect(page.items.map((item: { finding_id: string }) => item.finding_id)).toEqual(['f4', 'f3']);
  });

  test.each(['runs', 'risk-events', 'detections'])('%s is there', async (name) => {
    const { url } = await start();
    expect(await readJson(await fetch(`${url}/api/v1/${name}`))).toHaveProperty('items');
  });

  test.each(['limit=0', 'limit=x', 'limit=1000000', 'offset=1', 'since=', 'since=yesterday', 'limit=1&limit=2'])(
    '?%s is refused',
    async (query) => {
      const { url } = await start();
      expect((await fetch(`${url}/api/v1/findings?${query}`)).status).toBe(400);
    },
  );
});

describe('probes', () => {
  test('readyz names what it waits for', async () => {
    let waitingFor: string[] = ['otlp receiver (grpc)'];
    const { url } = await start({}, { waitingFor: () => waitingFor });
    const early = await fetch(`${url}/readyz`);
    expect(early.status).toBe(503);
    expect(await readJson(early)).toEqual({ status: 'starting', waitingFor: ['otlp receiver (grpc)'] });
    waitingFor = [];
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('metrics are what telemetry renders', async () => {
    const { url } = await start();
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toBe('up 1\n');
  });

  test('every path of the OpenAPI document is served, with every method it names', async () => {
    const { url } = await start();
    const document = await readJson(await fetch(`${url}/api/v1/openapi.json`));
    expect(document).toEqual(JSON.parse(JSON.stringify(openApiDocument)));
    for (const [path, methods] of Object.entries<object>(document.paths)) {
      for (const method of Object.keys(methods)) {
        const parameter = path.endsWith('/retry') ? '?exporter=otlp' : '';
        const response =
          path === '/api/v1/query' ? await post(url, sql('select 1')) : await fetch(url + path + parameter, { method });
        expect([path, method, response.status]).toEqual([path, method, 200]);
      }
    }
  });
});

describe('the doctor', () => {
  test('examines once for all who ask meanwhile, and anew for who comes later', async () => {
    const gate = Promise.withResolvers<void>();
    let examinations = 0;
    const examine = async () => {
      examinations += 1;
      await gate.promise;
      return { healthy: true, number: examinations };
    };
    let asking = 0;
    const authorize = () => {
      asking += 1;
      return 'allowed' as const;
    };
    const { url } = await start({}, { examine, authorize });
    const asked = Array.from({ length: 5 }, () => fetch(`${url}/api/v1/doctor`));
    while (asking < 5) await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    for (const answer of asked) expect(await readJson(await answer)).toEqual({ healthy: true, number: 1 });
    expect(await readJson(await fetch(`${url}/api/v1/doctor`))).toEqual({ healthy: true, number: 2 });
  });

  test('stops when nobody waits for it any more, and examines anew for who comes then', async () => {
    const stopped = Promise.withResolvers<void>();
    let examinations = 0;
    const examine = (signal: AbortSignal) => {
      examinations += 1;
      if (examinations > 1) return Promise.resolve({ healthy: true });
      return new Promise<object>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          stopped.resolve();
          reject(signal.reason);
        });
      });
    };
    const { url } = await start({}, { examine });
    const gone = new AbortController();
    const asked = fetch(`${url}/api/v1/doctor`, { signal: gone.signal });
    while (examinations === 0) await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    await expect(asked).rejects.toThrow();
    await stopped.promise;
    expect(await readJson(await fetch(`${url}/api/v1/doctor`))).toEqual({ healthy: true });
  });
});

describe('TLS', () => {
  const folder = join(import.meta.dirname, '../receive/otlp/fixtures/tls');
  const certFile = join(folder, 'server.pem');
  const keyFile = join(folder, 'server.key.pem');
  const ca = readFileSync(join(folder, 'authority.pem'));
  const client = { cert: readFileSync(join(folder, 'client.pem')), key: readFileSync(join(folder, 'client.key.pem')) };

  function get(port: number, options: object): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = httpsGet({
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path: '/healthz',
        ca,
        agent: false,
        ...options,
      });
      request.once('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.once('error', reject);
    });
  }

  test('is spoken where it is configured', async () => {
    const { port } = await start({ tls: { certFile, keyFile } });
    expect(await get(port, {})).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });

  test('with a client authority lets in only its clients', async () => {
    const { port } = await start({ tls: { certFile, keyFile, clientCaFile: join(folder, 'authority.pem') } });
    expect(await get(port, client)).toBe(200);
    await expect(get(port, {})).rejects.toThrow();
  });

  test('a file that is not there or no PEM is an error of start', async () => {
    await expect(start({ tls: { certFile: '/nowhere.pem', keyFile } })).rejects.toThrow(
      'api.tls.cert_file: expected a readable PEM file, found: ENOENT',
    );
    await expect(start({ tls: { certFile: import.meta.filename, keyFile } })).rejects.toThrow(
      'api.tls: expected a certificate and its key as PEM, found: ',
    );
  });
});

describe('life cycle', () => {
  test('shutdown before start, twice, and start again', async () => {
    const { api, url } = await start();
    await Promise.all([api.shutdown(), api.shutdown()]);
    await api.shutdown();
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    expect(api.address).toBeUndefined();
    await api.start();
    expect((await fetch(`http://127.0.0.1:${api.address?.port}/healthz`)).status).toBe(200);
  });

  test('a port that is taken is an error of start', async () => {
    const { port } = await start();
    await expect(start({ endpoint: { host: '127.0.0.1', port } })).rejects.toThrow(
      `api.endpoint: expected an address that is free, found 127.0.0.1:${port}: listen EADDRINUSE`,
    );
  });

  test('shutdown stops a query that does not end', async () => {
    const { api, url, telemetry } = await start({ query: { timeLimitMs: 600_000 } });
    const answer = post(url, sql(endless)).then(
      (response) => response.status,
      () => 'broken off',
    );
    await until(() => telemetry.value('pintail_hunt_queries_running') === 1);
    await api.shutdown();
    expect([503, 'broken off']).toContain(await answer);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: the tests assert on the shape
async function readJson(response: Response): Promise<any> {
  return response.json();
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Resolves once the condition holds; rejects where it does not within the time that polls have. */
async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 5 }).toBe(true);
}
