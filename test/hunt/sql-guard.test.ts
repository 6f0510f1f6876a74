import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SqlRow } from '../../src/component.ts';
import { QueryRefusal } from '../../src/hunt/diagnostic.ts';
import { checkSql } from '../../src/hunt/sql-guard.ts';
import { openStoreDatabase, type StoreDatabase } from '../support/store-database.ts';

let store: StoreDatabase;

beforeAll(async () => {
  store = await openStoreDatabase();
  await store.run(`
    insert into kube_audit (_time, _indextime, verb, "user", "sourceIPs", "objectRef", annotations, _raw, identity, commit_seq)
    values (timestamp '2026-01-01 00:00:00', timestamp '2026-01-01 00:00:01', 'list',
      {'username': 'ana', 'uid': null, 'groups': ['a', 'b']}, ['10.0.0.1', '10.0.0.2'],
      {'resource': 'secrets', 'namespace': 'prod', 'name': null, 'uid': null, 'apiGroup': null, 'apiVersion': 'v1',
       'resourceVersion': null, 'subresource': null},
      map {'k': 'v'}, '{"verb":"list","requestObject":{"spec":{"containers":[{"image":"nginx"}]}}}',
      '00000000-0000-0000-0000-000000000001', 1)`);
  await store.run('create view detection.kubernetes_access_scanning as select "user".username from kube_audit');
  await store.run("create view pod_exec as select * from kube_audit where verb = 'exec'");
  await store.run('create table lookup_assets (ip varchar, owner varchar)');
  await store.run('create table secret_bookkeeping (a integer)');
});

afterAll(() => store[Symbol.asyncDispose]());

/** Checks, and runs what passes. */
function hunt(sql: string): Promise<readonly SqlRow[]> {
  return store.database.read({ share: 'hunt' }, async (connection) => {
    await checkSql(connection, sql);
    return connection.query(sql);
  });
}

async function refusal(sql: string): Promise<QueryRefusal> {
  const outcome = await hunt(sql).then(
    () => new Error(`expected a refusal, but it ran: ${sql}`),
    (error: unknown) => error,
  );
  if (!(outcome instanceof QueryRefusal)) throw outcome;
  return outcome;
}

describe('hunting SQL that runs', () => {
  test.each([
    ["select user.username, objectRef.resource from kube_audit where verb = 'list'"],
    ['select * from kube_audit'],
    ['FROM Kube_Audit SELECT count(*)'],
    ['select * from main.kube_audit'],
    ['select * from detection.kubernetes_access_scanning'],
    ['select * from pod_exec'],
    ['select * from lookup_assets l right join kube_audit k on list_contains(k.sourceIPs, l.ip)'],
    ["select coalesce(event, _raw) ->> '$.requestObject.spec.containers[0].image' as image from kube_audit"],
    ["select (_raw::json -> 'requestObject') ->> 'spec' from kube_audit"],
    ['select verb, count(*) from kube_audit group by all order by all'],
    ['select unnest(sourceIPs) as ip, verb from kube_audit'],
    ['select k.verb, u.ip from kube_audit k, unnest(k.sourceIPs) as u(ip)'],
    [
      "select [x || '!' for x in user.groups if x != 'b'], list_transform(sourceIPs, lambda ip: upper(ip)) from kube_audit",
    ],
    ["select list_filter(sourceIPs, ip -> ip like '10.%'), sourceIPs[1], user.groups[1:2] from kube_audit"],
    [
      'with a as (select * from kube_audit), b as (select verb, count(*) n from a group by verb) select * from b order by n',
    ],
    [
      'select verb, row_number() over (partition by verb order by _time) from kube_audit window w as (order by _time) qualify row_number() over w = 1',
    ],
    ["select lag(verb) over (order by _time), sum(1) filter (where verb = 'list') over () from kube_audit"],
    [
      "select regexp_extract(requestURI, '^/api/(.*)$', 1), requestURI similar to '.*x', regexp_matches(_raw, 'a+') from kube_audit",
    ],
    [
      "select date_trunc('hour', _time), time_bucket(interval 5 minute, _time), extract(hour from _time), strftime(_time, '%H') from kube_audit",
    ],
    [
      "select * from kube_audit where _time > now() - interval 1 day and _time between timestamp '2026-01-01' and current_timestamp::timestamp",
    ],
    ["select * from generate_series(timestamp '2026-01-01', timestamp '2026-01-02', interval 1 hour) t(hour)"],
    ['select * from range(10) a, range(-5, 5, 2) b'],
    [
      "select case when verb in ('get', 'list') then 1 else 0 end, not exists (select 1 from logs), verb = any(select 'list') from kube_audit",
    ],
    ["select * exclude (_raw) replace (upper(verb) as verb), columns('_t.*') from kube_audit"],
    ["select verb from kube_audit union all select severity_text from logs except select 'x' limit 3"],
    ["select annotations['k'], map_keys(annotations), struct_pack(a := 1), {'a': 1}, map {'a': 1} from kube_audit"],
    [
      "select max_by(verb, _time), quantile_cont(length(_raw), 0.9), string_agg(verb, ',' order by _time), approx_count_distinct(verb), mode(verb) from kube_audit",
    ],
    ['select a.verb from kube_audit a asof join kube_audit b on a._time >= b._time'],
    ["select * from (values (1, 'a'), (2, 'b')) v(n, t)"],
    ['values (1), (2)'],
    ['select * from kube_audit tablesample 10%'],
    ['select count(*) from kube_audit group by cube (verb, stage)'],
    ['select verb, grouping(verb) from kube_audit group by rollup (verb)'],
    ['describe kube_audit'],
    ['describe select 1'],
    ['summarize kube_audit'],
    ['select table_name from catalog.tables'],
    ["select column_name from catalog.columns where table_name = 'kube_audit'"],
    ['select view_definition from catalog.views'],
    ['select * from json_each(\'{"a": 1}\')'],
    ['select e.key from kube_audit k, json_each(k._raw) e'],
    ['-- a comment\nselect 1 /* ; drop table x */;\n-- the end'],
    ["select 'é', '😀', \"verb\" from kube_audit"],
    [
      "select getvariable('earliest'), lpad('7', 3, '0'), repeat('-', 20), replace(verb, 'list', 'LIST') from kube_audit",
    ],
    ["select try(1 / 0), 1::decimal(10, 2), try_cast('x' as integer), 'a' collate nocase from kube_audit"],
    [
      "select repeat(verb, 3), lpad(verb, 20, ' '), lpad(stage, 20, ' '), rpad(userAgent, 200, ' '), repeat('=', 80) from kube_audit",
    ],
    [
      "select regexp_replace(regexp_replace(_raw, '[0-9a-f]{8}-[0-9a-f-]{27}', '<uuid>', 'g'), '[0-9]+', '<n>', 'g') from kube_audit",
    ],
    ["select regexp_replace(user.username, '^system:serviceaccount:([^:]+):(.*)$', '\\1/\\2') from kube_audit"],
    [
      "select string_agg(distinct verb, ', '), array_to_string(list(verb), ', ') from kube_audit group by user.username",
    ],
    ['select list_filter(sourceIPs, ip -> ip = user.username or list_contains(user.groups, ip)) from kube_audit'],
    ['select list_transform([1, 2], lambda x: list_filter(sourceIPs, lambda ip: len(ip) > x)) from kube_audit'],
    ['select list_transform(range(24), lambda hour: hour + length(_raw)), unnest(range(1000)) from kube_audit limit 5'],
    [
      "select concat(verb, ':', stage, ':', requestURI, ':', userAgent, ':', user.username, ':', user.uid) from kube_audit",
    ],
    [
      "select verb || ':' || stage || ':' || requestURI || ':' || userAgent || ':' || user.username || _raw from kube_audit",
    ],
    [`select concat_ws(',', ${Array(95).fill('verb').join(', ')}) from kube_audit`],
    [`select 1 from kube_audit where ${Array(400).fill("verb = 'x'").join(' or ')}`],
    [`select case ${Array(400).fill("when verb = 'x' then stage").join(' ')} end from kube_audit`],
    [`select verb in (${Array(5000).fill("'x'").join(', ')}) from kube_audit`],
    ['select hex(verb), to_base64(encode(_raw)), url_encode(requestURI), json_pretty(_raw::json) from kube_audit'],
    ['select json_transform(_raw, \'{"verb": "VARCHAR"}\').verb from kube_audit'],
    ['(select 1) limit 1 offset 0'],
    ['with range as (select 1 as n) select n from range'],
    ['with "x.csv" as (select 1 as n) select n from "x.csv"'],
    ['with recursive not_really as (select 1) select * from not_really'],
    ['select spl_round(2.5, 0)'],
    [`select ${'1 + '.repeat(300)}1`],
  ])('%s', async (sql) => {
    expect(Array.isArray(await hunt(sql))).toBe(true);
  });

  test('gives the typed columns by their path', async () => {
    expect(await hunt('select user.username, objectRef.namespace from kube_audit')).toEqual([
      { username: 'ana', namespace: 'prod' },
    ]);
  });
});

describe('other statements are refused', () => {
  test.each([
    "copy kube_audit to '/tmp/x.csv'",
    "copy (select 1) to '/tmp/x.parquet'",
    "copy kube_audit from '/etc/passwd'",
    "export database '/tmp/x'",
    "import database '/tmp/x'",
    "attach '/tmp/x.db'",
    'detach x',
    'use x',
    'install httpfs',
    'load httpfs',
    'insert into kube_audit select * from kube_audit',
    "update kube_audit set verb = 'x'",
    'delete from kube_audit',
    'truncate kube_audit',
    'merge into kube_audit using logs on true when matched then delete',
    'create table x (a int)',
    'create view x as select 1',
    'create macro x() as 1',
    'create or replace temp table kube_audit as select 1',
    'create secret (type s3)',
    'drop table kube_audit',
    'alter table kube_audit add column x int',
    "set memory_limit = '100GB'",
    'set variable earliest = 1',
    'reset memory_limit',
    'pragma version',
    "pragma table_info('kube_audit')",
    'call checkpoint()',
    'checkpoint',
    'vacuum',
    'analyze',
    'begin',
    'commit',
    'rollback',
    'explain select 1',
    'explain analyze select 1',
    'prepare x as select 1',
    'execute x',
    'deallocate x',
    'pivot kube_audit on verb using count(*)',
    "comment on table kube_audit is 'x'",
  ])('%s', async (sql) => {
    const { diagnostics } = await refusal(sql);
    expect(diagnostics[0]?.code).toBe('SQL101');
    expect(diagnostics[0]?.message).toMatch(/^query: expected one SELECT statement, found /);
  });

  test.each([
    ['select 1; select 2', 'query: expected one SELECT statement, found 2.'],
    ['select 1; drop table kube_audit', 'query: expected one SELECT statement, found another statement.'],
    ['', 'query: expected one SELECT statement, found none.'],
    ['-- nothing', 'query: expected one SELECT statement, found none.'],
    [';', 'query: expected one SELECT statement, found none.'],
    ['selec 1', 'query: expected one SELECT statement, found: syntax error at or near "selec".'],
    ['select 1e400', 'query: expected one SELECT statement, found a number beyond the range of DOUBLE.'],
    ["select 1 \0 from read_text('x')", 'query: expected one SELECT statement, found a NUL character.'],
    ["select '\ud800'", 'query: expected one SELECT statement, found half of a surrogate pair.'],
    [
      'with x as (delete from kube_audit returning *) select * from x',
      'query: expected one SELECT statement, found: A CTE needs a SELECT.',
    ],
    [`select ${'(select '.repeat(5000)}1${')'.repeat(5000)}`, 'found: memory exhausted at or near "("'],
    [`select ${'1 + '.repeat(2000)}1`, 'found: Max expression depth limit of 1000 exceeded'],
    [
      `select ${'1,'.repeat(60_000)}1`,
      'query: expected at most 100000 characters (api.query.max_sql_length), found 120008.',
    ],
    [`select ${'1,'.repeat(25_000)}1`, 'query: expected at most 20000 parts, found more.'],
  ])('%s', async (sql, message) => {
    expect((await refusal(sql)).message).toContain(message);
  });
});

describe('what reaches outside the query is refused by name', () => {
  test.each([
    "read_text('/etc/passwd')",
    "read_blob('/etc/passwd')",
    "read_csv('/etc/passwd')",
    "read_csv_auto('x', header = true)",
    "read_json('x')",
    "read_json_auto('x')",
    "read_ndjson('x')",
    "read_ndjson_objects('x')",
    "read_parquet(['x'])",
    "read_duckdb('x')",
    "parquet_scan('x')",
    "parquet_metadata('x')",
    "sniff_csv('x')",
    "glob('/*')",
    'arrow_scan(1, 2, 3)',
    "seq_scan('kube_audit')",
    "query('select 1')",
    "query_table('kube_audit')",
    "query_table(['kube_audit'])",
    "json_execute_serialized_sql('{}')",
    'checkpoint()',
    'force_checkpoint()',
    'enable_logging()',
    'disable_logging()',
    'truncate_duckdb_logs()',
    'enable_profiling()',
    'disable_profiling()',
    'enable_peg_parser()',
    'duckdb_settings()',
    'duckdb_secrets()',
    'duckdb_logs()',
    'duckdb_functions()',
    'duckdb_tables()',
    'duckdb_memory()',
    'duckdb_variables()',
    'pragma_version()',
    "pragma_table_info('kube_audit')",
    "pragma_storage_info('kube_audit')",
    "which_secret('s3://x', 's3')",
    "sql_auto_complete('se')",
    'test_all_types()',
    "repeat('x', 3)",
    'repeat_row(1, num_rows = 3)',
    'summary((select 1))',
    'histogram(kube_audit, verb)',
    'histogram_values(kube_audit, verb)',
    'no_such_function(1)',
  ])('from %s', async (call) => {
    const name = call.slice(0, call.indexOf('('));
    for (const sql of [
      `select * from ${call}`,
      `select * from ${call.replace(name, name.toUpperCase())} as t`,
      `with a as (select 1), b as (select * from ${call}) select 1 from a`,
    ]) {
      const { message } = await refusal(sql);
      expect(message.toLowerCase()).toMatch(/^query: expected a (?:table )?function that is allowed, found /);
      expect(message.toLowerCase()).toContain(`found ${name}()`);
    }
  });

  test.each([
    'select (select count(*) from SOURCE)',
    'select 1 where exists (from SOURCE)',
    'select * from kube_audit k, lateral (select * from SOURCE) x',
    'select 1 union all (select 2 from SOURCE)',
    'select list_transform([1], lambda x: (select x from SOURCE))',
    'select 1 order by (select 1 from SOURCE)',
    'select 1 limit (select 1 from SOURCE)',
    'select 1 offset (select 1 from SOURCE)',
    'select count(*) filter (where (select true from SOURCE))',
    'select sum(1) over (order by (select 1 from SOURCE))',
    'select 1 group by (select 1 from SOURCE)',
    'select 1 having (select true from SOURCE)',
    'select 1 qualify (select true from SOURCE)',
    'select distinct on ((select 1 from SOURCE)) 1',
    'select * from kube_audit a join logs b on (select true from SOURCE)',
    'values ((select 1 from SOURCE))',
    'describe select * from SOURCE',
    'summarize select * from SOURCE',
    'select * from (describe select * from SOURCE)',
    'select * replace ((select 1 from SOURCE) as verb) from kube_audit',
    'select columns(lambda c: c = (select 1 from SOURCE)) from kube_audit',
    'select case when true then (select 1 from SOURCE) end',
    'select 1::integer in (select 1 from SOURCE)',
    'select {a: (select 1 from SOURCE)}',
    'select string_agg(verb, verb order by (select 1 from SOURCE))',
  ])('wherever it stands: %s', async (sql) => {
    const { message } = await refusal(sql.replace('SOURCE', "read_text('/etc/passwd')"));
    expect(message).toBe('query: expected a table function that is allowed, found read_text().');
  });

  test.each([
    "current_setting('memory_limit')",
    "nextval('outbox_sequence')",
    "currval('outbox_sequence')",
    "write_log('x')",
    'setseed(0.5)',
    'sleep_ms(100000)',
    'pg_sleep(100)',
    "json_serialize_sql('select 1')",
    "json_serialize_plan('select 1')",
    "json_deserialize_sql('{}')",
    'current_query()',
    'txid_current()',
    'stats(1)',
    "in_search_path('a', 'b')",
    "levenshtein('a', 'b')",
    "damerau_levenshtein('a', 'b')",
    "editdist3('a', 'b')",
    "jaro_similarity('a', 'b')",
    "jaccard('a', 'b')",
    'list_reduce([1], lambda a, b: a + b)',
    'reduce([1], lambda a, b: a + b)',
    "format('{:1000000000d}', 1)",
    "printf('%1000000000d', 1)",
    "getenv('HOME')",
    'no_such_function(1)',
  ])('select %s', async (call) => {
    const name = call.slice(0, call.indexOf('('));
    for (const sql of [
      `select ${call}`,
      `select main.${call}`,
      `select 1 where ${call} is null`,
      `select list_transform([1], lambda x: ${call})`,
      `with a as (select ${call}) select 1`,
      `select max(${call}) over (partition by ${call})`,
    ]) {
      const { message, diagnostics } = await refusal(sql);
      expect(message).toContain(`found ${name}().`);
      expect(diagnostics[0]?.help).toMatch(/^Allowed: /);
    }
  });

  test.each([
    ["system.main.lower('a')", 'system.lower()'],
    ["elsewhere.lower('a')", 'elsewhere.lower()'],
    ['verb.read_text()', 'verb.read_text()'],
  ])('select %s', async (call, found) => {
    expect((await refusal(`select ${call}`)).message).toContain(`found ${found}`);
  });

  test.each([
    ["from 'x.csv'", 'x.csv'],
    ['from "x.parquet"', 'x.parquet'],
    ["select * from '/etc/passwd'", '/etc/passwd'],
    ['select * from "s3://bucket/x.parquet"', 's3://bucket/x.parquet'],
    ['select * from data.csv', 'data.csv'],
    ['select * from detection.csv', 'detection.csv'],
    ['select * from "lookup_x.csv"', 'lookup_x.csv'],
    ['select * from main."x.json"', 'main.x.json'],
    ['table "x.csv"', 'x.csv'],
    ["describe 'x.csv'", 'x.csv'],
    ['summarize "x.csv"', 'x.csv'],
    ['select * from secret_bookkeeping', 'secret_bookkeeping'],
    ['select * from outbox', 'outbox'],
    ['select * from recent_identity', 'recent_identity'],
    ['select * from duckdb_settings', 'duckdb_settings'],
    ['select * from duckdb_secrets', 'duckdb_secrets'],
    ['select * from sqlite_master', 'sqlite_master'],
    ['select * from pragma_database_list', 'pragma_database_list'],
    ['select * from pg_catalog.pg_tables', 'pg_catalog.pg_tables'],
    ['select * from information_schema.referential_constraints', 'information_schema.referential_constraints'],
    ['select * from memory.main.kube_audit', 'memory.main.kube_audit'],
    ['select * from system.information_schema.tables', 'system.information_schema.tables'],
    ['select * from memory.kube_audit', 'memory.kube_audit'],
  ])('%s', async (sql, found) => {
    const { message, diagnostics } = await refusal(sql);
    expect(message).toBe(`query: expected a table that may be read, found "${found}".`);
    expect(diagnostics[0]?.help).toContain('kube_audit');
  });

  test('a detection without its schema is suggested', async () => {
    expect((await refusal('select * from kubernetes_access_scanning')).message).toBe(
      'query: expected detection.kubernetes_access_scanning, found "kubernetes_access_scanning".',
    );
  });

  test.each([
    'select (with "x.csv" as (select 1) select 1), (select count(*) from "x.csv")',
    'select * from (with "x.csv" as (select 1) from "x.csv") a, "x.csv" b',
    'with a as (select * from "x.csv"), "x.csv" as (select 1) select * from a',
    'with "x.csv" as (select * from "x.csv") select * from "x.csv"',
    '(with "x.csv" as (select 1) select * from "x.csv") union all select * from "x.csv"',
    'with "x.csv" as (select 1) select * from main."x.csv"',
    'with a as (with "x.csv" as (select 1) from "x.csv") select * from a, "x.csv"',
  ])('a CTE lends its name to nothing outside its query: %s', async (sql) => {
    expect((await refusal(sql)).message).toContain('expected a table that may be read');
  });

  test.each([
    ['select $1', 'found a parameter.'],
    ['select ?', 'found a parameter.'],
    ['select $name', 'found a parameter.'],
    ['with recursive r as (select 1 as n union all select n + 1 from r) select * from r', 'found a recursive CTE.'],
    [
      'with recursive r as (select 1 as n union select n + 1 from r where n < 5) select * from r',
      'found a recursive CTE.',
    ],
    ["select * from (pivot kube_audit on verb in ('get') using count(*))", 'found PIVOT or UNPIVOT.'],
    ['unpivot lookup_assets on ip, owner', 'found PIVOT or UNPIVOT.'],
    ['select * from kube_audit at (version => 1)', 'expected no AT clause'],
    ['show databases', 'found SHOW databases.'],
    ['show variables', 'found SHOW variables.'],
    ['show all tables', 'found SHOW'],
    ['select * from (show databases)', 'found SHOW databases.'],
  ])('%s', async (sql, message) => {
    expect((await refusal(sql)).message).toContain(message);
  });
});

describe('bounds', () => {
  test.each([
    ['select list_sum(range(30000000))', 'range: expected literal bounds of at most 1000 entries.'],
    ['select list_sort(range(1, 100000000, 1))', 'range: expected literal bounds of at most 1000 entries.'],
    [
      'select unnest(generate_series(0, 1e9::bigint))',
      'generate_series: expected literal bounds of at most 1000 entries.',
    ],
    ['select range(-100000000, 0)', 'range: expected literal bounds'],
    ['select range(length(_raw)) from kube_audit', 'range: expected literal bounds'],
    ['select range(9000 + 9000)', 'range: expected literal bounds'],
    ['select range((select 5))', 'range: expected literal bounds'],
    ['select * from range(1000000000)', 'range: expected at most 10000000 entries, found 1000000000.'],
    ['select * from generate_series(0, 99999999999, 2)', 'generate_series: expected at most 10000000 entries'],
    ['select * from range((select 5))', 'range: expected literal bounds, found an expression.'],
    ['select * from kube_audit k, range(length(k._raw))', 'range: expected literal bounds, found an expression.'],
    ["select repeat('x', 2000000000)", 'repeat: expected a result of at most 10000 bytes, found 2000000000.'],
    [
      "select sum(length(repeat(i::varchar || 'abcdefgh', 1000000))) from range(100000) t(i)",
      'repeat: expected at most 10 repetitions of what is not a literal, found 1000000.',
    ],
    ["select repeat('x', length(_raw)) from kube_audit", 'repeat: expected a literal size, found an expression.'],
    ["select repeat(repeat('x', 10000), 10000)", 'repeat: expected at most 10 repetitions of what is not a literal'],
    [
      "with a as (select repeat('x', 10000) as r), b as (select repeat(r, 10) as r from a) select repeat(r, 10) from b",
      'repeat: expected values that grow to at most 100000 bytes, found 1000000.',
    ],
    ["select lpad('x', 2000000000, 'y')", 'lpad: expected a result of at most 10000 bytes'],
    ["select rpad('x', 2000000000, 'y')", 'rpad: expected a result of at most 10000 bytes'],
    ['select list_resize([1], 2000000000)', 'list_resize: expected a result of at most 10000 bytes'],
    [
      'select list_resize([_raw], 1000, _raw) from kube_audit',
      'list_resize: expected at most 10 repetitions of what is not a literal, found 1000.',
    ],
    [
      `select replace(replace(replace('a', 'a', '${'b'.repeat(1000)}'), 'b', '${'c'.repeat(1000)}'), 'c', 'dd')`,
      'replace: expected values that grow to at most 100000 bytes',
    ],
    [
      `select regexp_replace(repeat('a', 10000), 'a', '${'b'.repeat(1000)}', 'g')`,
      'regexp_replace: expected values that grow to at most 100000 bytes',
    ],
    [
      `select regexp_replace(_raw, '.|${'x'.repeat(2000)}', '${'b'.repeat(1000)}', 'g') from kube_audit`,
      'regexp_replace: expected values that grow to at most 100000 bytes',
    ],
    [
      "select replace(verb, 'l', _raw), replace(stage, 's', _raw) from kube_audit",
      'replace: expected values that grow',
    ],
    [
      `select array_to_string(string_split(_raw, ''), '${'-'.repeat(1000)}') from kube_audit`,
      'array_to_string: expected values that grow to at most 100000 bytes',
    ],
    [
      "select list_aggregate(sourceIPs, 'string_agg', _raw), array_to_string(sourceIPs, _raw) from kube_audit",
      'array_to_string: expected values',
    ],
    ['select bin(bin(bin(_raw))) from kube_audit', 'bin: expected values that grow to at most 100000 bytes'],
    [
      `select length(${'hex('.repeat(20)}_raw${')'.repeat(20)}) from kube_audit`,
      'query: expected expressions that put together at most 100 fields, found 128.',
    ],
    [
      `select length(${'to_json('.repeat(20)}_raw${'::varchar)'.repeat(20)}) from kube_audit`,
      'query: expected expressions that put together at most 100 fields',
    ],
    [
      `select length(${'['.repeat(20)}_raw${']::varchar'.repeat(20)}) from kube_audit`,
      'query: expected expressions that put together at most 100 fields',
    ],
    ['select range(5000), range(5000)', 'range: expected literal bounds of at most 1000 entries.'],
    [
      `select length(${Array(300).fill('_raw').join(' || ')}) from kube_audit`,
      'query: expected expressions that put together at most 100 fields, found 104.',
    ],
    [
      `select (select length(concat(${Array(300).fill('k._raw').join(', ')}))) from kube_audit k`,
      'query: expected expressions that put together at most 100 fields, found 300.',
    ],
    [
      'select list_transform(range(1000), lambda x: _raw || x) from kube_audit',
      'query: expected expressions that put together at most 100 fields, found 1020.',
    ],
    [
      'with l as (select list(i) l from range(1000000) t(i)) select length(list_transform(l, lambda x: list_sum(list_transform(l, lambda y: y * x)))) from l',
      'list_transform: expected no lambda within a lambda over lists of unknown length, found one.',
    ],
    [
      'select [[a || b for b in sourceIPs] for a in sourceIPs] from kube_audit',
      'list_apply: expected no lambda within a lambda over lists of unknown length, found one.',
    ],
    [
      'select list_filter(sourceIPs, ip -> len(list_filter(sourceIPs, other -> other > ip)) > 1) from kube_audit',
      'list_filter: expected no lambda within a lambda over lists of unknown length, found one.',
    ],
    [
      'select list_transform(range(1000), lambda x: list_transform(range(1000), lambda y: x * y))',
      'query: expected expressions that put together at most 100 fields',
    ],
    [
      'select list_transform(a, lambda x: b) from (select list(i) a, list(i) b from range(100000) t(i))',
      'list_transform: expected a lambda that compares with columns of the row, found one that copies them',
    ],
    ["select length(repeat('9', 9000)::bignum::varchar)", 'a cast: expected a type of bounded size, found BIGNUM.'],
    ['select try_cast(_raw as bignum) from kube_audit', 'a cast: expected a type of bounded size, found BIGNUM.'],
    ["select bignum '12'", 'a cast: expected a type of bounded size, found BIGNUM.'],
    ['select [_raw]::bignum[] from kube_audit', 'a cast: expected a type of bounded size, found BIGNUM.'],
    ["select {'a': _raw}::struct(a varint) from kube_audit", 'a cast: expected a type of bounded size, found BIGNUM.'],
    ['select json_transform(_raw, \'["BIGNUM"]\') from kube_audit', 'json_transform: expected a type of bounded size'],
    ['select from_json(_raw, \'["\\u0042IGNUM"]\') from kube_audit', 'from_json: expected a type of bounded size'],
    ['select from_json(_raw, _raw) from kube_audit', 'from_json: expected a type of bounded size'],
  ])('%s', async (sql, message) => {
    const { diagnostics } = await refusal(sql);
    expect(diagnostics[0]?.code).toBe('SQL103');
    expect(diagnostics[0]?.message).toContain(message);
  });
});

describe('the place of a refusal', () => {
  test.each([
    ['select 1 from «"x.csv"»'],
    ["select «levenshtein»('a', 'b')"],
    ["select 'é😀', «levenshtein»('a', 'b')"],
    ["select * from kube_audit k, «read_text»('x')"],
    ['select 1 from «data.csv»'],
    ['«selec» 1'],
  ])('%s', async (marked) => {
    const start = marked.indexOf('«');
    const end = marked.indexOf('»') - 1;
    expect((await refusal(marked.replace(/[«»]/g, ''))).diagnostics[0]?.span).toEqual({ start, end });
  });
});
