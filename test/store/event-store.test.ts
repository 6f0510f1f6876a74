import { getEventListeners } from 'node:events';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type LoadCommit, PermanentError, RetryableError } from '../../src/component.ts';
import { createEventStore } from '../../src/store/event-store.ts';
import { rowGroupRows } from '../../src/store/load-size.ts';
import { createSegmentFile, type SegmentFile } from '../../src/store/segment-file.ts';
import { recordTelemetry } from '../support/recorded-telemetry.ts';
import { auditBatch, auditRow, logRow, noonMicros, openTestStore, rejection } from './store-fixture.ts';

const minute = Math.floor(noonMicros / 60e6);

test('remembers nothing of the segments that it has loaded', async () => {
  await using opened = await openTestStore();
  for (const id of ['a-1', 'a-2', 'a-3']) {
    await opened.store.append(auditBatch(auditRow(id)));
    await opened.store.loaded();
  }
  const read = () =>
    opened.store.database.read({ share: 'service' }, (connection) =>
      connection.query('select count(*) as n from duckdb_external_file_cache()'),
    );
  expect(await read()).toEqual([{ n: 0 }]);
});

describe('rows', () => {
  test('keeps every column of an audit row as it came', async () => {
    await using opened = await openTestStore();
    await opened.store.append(
      auditBatch(
        auditRow('a-1', {
          index: 'main',
          source: '/var/log/audit.log',
          sourcetype: 'kube:audit',
          host: 'node-1',
          resource: '{"k8s.cluster.name":"prod"}',
          attributes: '{"n":1.50}',
          level: 'Metadata',
          requestURI: '/api/v1/pods?a="b"',
          userAgent: 'kubectl/v1\\x',
          user: { username: 'ann', uid: null, groups: ['dev', 'a"b\n'] },
          impersonatedUser: { username: 'bob', uid: 'u-2', groups: null },
          sourceIPs: ['10.0.0.1', '::1'],
          objectRef: {
            resource: 'pods',
            namespace: 'default',
            name: 'p',
            uid: null,
            apiGroup: null,
            apiVersion: 'v1',
            resourceVersion: '12345678901234567890',
            subresource: 'exec',
          },
          responseStatus: { status: 'Failure', message: 'no', reason: 'Forbidden', code: 403 },
          requestReceivedMicros: noonMicros - 1,
          stageMicros: noonMicros + 123_456,
          annotations: { 'authorization.k8s.io/decision': 'forbid' },
          cloud: 'eks',
          event: '{"kind":"Event"}',
          _raw: 'text with "quotes", \\u0041, \u0000 and 🦆',
        }),
      ),
    );
    const [row] = await opened.loadedRows('select * exclude (identity) from kube_audit');
    expect(row).toEqual({
      _time: '2026-03-01T12:00:00.000Z',
      _indextime: '2026-03-01T12:01:00.000Z',
      cluster: 'prod',
      auditID: 'a-1',
      stage: 'ResponseComplete',
      level: 'Metadata',
      verb: 'get',
      requestURI: '/api/v1/pods?a="b"',
      userAgent: 'kubectl/v1\\x',
      user: { username: 'ann', uid: null, groups: ['dev', 'a"b\n'] },
      impersonatedUser: { username: 'bob', uid: 'u-2', groups: null },
      sourceIPs: ['10.0.0.1', '::1'],
      objectRef: {
        resource: 'pods',
        namespace: 'default',
        name: 'p',
        uid: null,
        apiGroup: null,
        apiVersion: 'v1',
        resourceVersion: '12345678901234567890',
        subresource: 'exec',
      },
      responseStatus: { status: 'Failure', message: 'no', reason: 'Forbidden', code: 403 },
      requestReceivedTimestamp: '2026-03-01T11:59:59.999999Z',
      stageTimestamp: '2026-03-01T12:00:00.123456Z',
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
      has_objects: false,
      object_keys: null,
      index: 'main',
      source: '/var/log/audit.log',
      sourcetype: 'kube:audit',
      host: 'node-1',
      cloud: 'eks',
      resource: '{"k8s.cluster.name":"prod"}',
      attributes: '{"n":1.50}',
      _raw: 'text with "quotes", \\u0041, \u0000 and 🦆',
      event: '{"kind":"Event"}',
      commit_seq: 1,
    });
  });

  test('keeps an annotation named __proto__, also beside a lone surrogate', async () => {
    await using opened = await openTestStore();
    const annotations = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
    await opened.store.append(
      auditBatch(auditRow('a-1', { annotations }), auditRow('a-2', { annotations, verb: '\ud800' })),
    );
    expect(
      await opened.loadedRows(
        `select "auditID" as id, annotations['__proto__'] as value, map_keys(annotations) as keys from kube_audit order by id`,
      ),
    ).toEqual(['a-1', 'a-2'].map((id) => ({ id, value: 'a', keys: ['__proto__', 'constructor'] })));
  });

  test('stores what is absent, and objects of which every part is, as NULL', async () => {
    await using opened = await openTestStore();
    const nobody = { username: null, uid: null, groups: null };
    await opened.store.append(auditBatch(auditRow('a-1', { user: nobody, annotations: {}, verb: null })));
    expect(
      await opened.loadedRows(
        `select count(*) as n from kube_audit where "user" is null and "impersonatedUser" is null and annotations is null
          and "objectRef" is null and "responseStatus" is null and "sourceIPs" is null and verb is null
          and resource is null and "stageTimestamp" is null and event is null`,
      ),
    ).toEqual([{ n: 1 }]);
  });

  test('keeps log rows with their marks', async () => {
    await using opened = await openTestStore();
    const log = logRow('{"kind":"Ev', {
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'x',
      unreadable: 'truncated JSON',
      attributes: '{"a":"b"}',
    });
    await opened.store.append({ audit: [], logs: [log] });
    const [row] = await opened.loadedRows('select * exclude (identity) from logs');
    expect(row).toMatchObject({
      _raw: '{"kind":"Ev',
      severity_number: 9,
      severity_text: 'INFO',
      event_name: 'x',
      unreadable: 'truncated JSON',
      attributes: '{"a":"b"}',
      commit_seq: 1,
    });
  });

  test('keeps a row whose text has lone surrogates, as replacement characters, beside its neighbours', async () => {
    await using opened = await openTestStore();
    await opened.store.append(
      auditBatch(
        auditRow('a-1', { _raw: 'lone \ud800 here', identity: '1'.padStart(32, '0') }),
        auditRow('a-2', { _raw: '{"escaped":"\\ud800"}' }),
        auditRow('a-3', { user: { username: 'x\udfffy', uid: null, groups: null } }),
      ),
    );
    expect(await opened.loadedRows('select _raw, "user".username as u from kube_audit order by "auditID"')).toEqual([
      { _raw: 'lone \ufffd here', u: null },
      { _raw: '{"escaped":"\\ud800"}', u: null },
      { _raw: expect.stringContaining('a-3'), u: 'x\ufffdy' },
    ]);
  });

  test('keeps a row longer than 16 MiB, beyond the default of the reader', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(auditRow('big', { _raw: '"'.repeat(9 * 2 ** 20) })));
    expect(await opened.loadedRows('select length(_raw) as n from kube_audit')).toEqual([{ n: 9 * 2 ** 20 }]);
  });

  test('keeps times from the year 1 to 9999', async () => {
    await using opened = await openTestStore();
    const years = ['0001-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'];
    const rows = years.map((year) => auditRow(year, { timeMicros: Date.parse(year) * 1000 }));
    await opened.store.append(auditBatch(...rows));
    await opened.store.loaded();
    await opened.store.append(auditBatch(...rows));
    expect(await opened.loadedRows('select _time from kube_audit order by 1')).toEqual(
      years.map((_time) => ({ _time })),
    );
  });
});

describe('copies', () => {
  test('drops a copy within a batch, in a later batch, after a load and after a restart, and counts it', async () => {
    await using opened = await openTestStore();
    const row = auditRow('a-1');
    const log = logRow('line');
    await opened.store.append({ audit: [row, row], logs: [log, log] });
    await opened.store.append({ audit: [row], logs: [log] });
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 1 }]);
    await opened.store.append({ audit: [row, auditRow('a-2')], logs: [log] });
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 2 }]);
    expect(opened.telemetry.value('pintail_store_duplicate_rows_total{table="kube_audit"}')).toBe(3);
    expect(opened.telemetry.value('pintail_store_duplicate_rows_total{table="logs"}')).toBe(3);
    await opened.store.shutdown();
    await using again = await opened.reopen();
    await again.store.append({ audit: [row], logs: [log] });
    expect(
      await again.loadedRows('select (select count(*) from kube_audit) as audit, (select count(*) from logs) as logs'),
    ).toEqual([{ audit: 2, logs: 1 }]);
    expect(again.telemetry.value('pintail_store_duplicate_rows_total{table="kube_audit"}')).toBe(1);
  });

  test('finds a copy that comes hours late, among rows of other times', async () => {
    await using opened = await openTestStore();
    const old = auditRow('old', { timeMicros: noonMicros - 5 * 3600e6 });
    await opened.store.append(auditBatch(old));
    await opened.store.loaded();
    await opened.store.append(auditBatch(auditRow('new'), old, auditRow('newer', { timeMicros: noonMicros + 3600e6 })));
    expect(await opened.loadedRows('select "auditID" from kube_audit order by _time')).toEqual([
      { auditID: 'old' },
      { auditID: 'new' },
      { auditID: 'newer' },
    ]);
  });

  test('finds copies of rows spread over more stretches of time than it compares one by one', async () => {
    await using opened = await openTestStore();
    const rows = Array.from({ length: 100 }, (_item, n) =>
      auditRow(`a-${n}`, { timeMicros: noonMicros - n * n * 600e6 }),
    );
    await opened.store.append(auditBatch(...rows));
    await opened.store.loaded();
    await opened.store.append(auditBatch(...rows));
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 100 }]);
  });

  test('finds a copy of an event without a time of its own, whenever it arrived', async () => {
    await using opened = await openTestStore();
    const first = auditRow('a-1', { hasOwnTime: false });
    await opened.store.append({ audit: [first], logs: [logRow('x', { hasOwnTime: false })] });
    await opened.store.loaded();
    await opened.store.append({
      audit: [{ ...first, timeMicros: noonMicros + 86_400e6 }],
      logs: [logRow('x', { hasOwnTime: false, timeMicros: noonMicros + 86_400e6 })],
    });
    expect(
      await opened.loadedRows('select (select count(*) from kube_audit) as audit, (select count(*) from logs) as logs'),
    ).toEqual([{ audit: 1, logs: 1 }]);
  });

  test('forgets the oldest identities of events without a time beyond the bound', async () => {
    await using opened = await openTestStore({ settings: { recentIdentities: 4 } });
    for (let n = 0; n < 8; n++) {
      await opened.store.append(auditBatch(auditRow(`a-${n}`, { hasOwnTime: false })));
      await opened.store.loaded();
    }
    const [row] = await opened.loadedRows('select count(*) as n, min(commit_seq) as oldest from recent_identity');
    expect(row?.n).toBeLessThanOrEqual(5);
    expect(row?.oldest).toBeGreaterThan(2);
    await opened.store.append(auditBatch(auditRow('a-7', { hasOwnTime: false })));
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 8 }]);
  });

  test('keeps and counts other content under the same auditID and stage, within a load and against the table', async () => {
    await using opened = await openTestStore();
    const forged = (text: string) => auditRow('same', { _raw: text });
    await opened.store.append(auditBatch(forged('one'), forged('two'), auditRow('same', { stage: 'Panic' })));
    await opened.store.loaded();
    expect(opened.telemetry.value('pintail_store_conflicting_audit_id_rows_total')).toBe(1);
    await opened.store.append(auditBatch(forged('three'), forged('one')));
    expect(await opened.loadedRows("select _raw from kube_audit where stage = 'ResponseComplete' order by 1")).toEqual([
      { _raw: 'one' },
      { _raw: 'three' },
      { _raw: 'two' },
    ]);
    expect(opened.telemetry.value('pintail_store_conflicting_audit_id_rows_total')).toBe(2);
  });
});

describe('loads', () => {
  test('writes commit_seq on rows and in load_commit, and tells listeners which minutes changed, in order', async () => {
    await using opened = await openTestStore();
    const commits: LoadCommit[] = [];
    const stop = opened.store.onLoad((commit) => commits.push(commit));
    await opened.store.append(auditBatch(auditRow('a-1'), auditRow('a-2', { timeMicros: noonMicros - 120e6 })));
    expect(await opened.store.loaded()).toBe(1);
    await opened.store.append({ audit: [auditRow('a-1')], logs: [logRow('l', { timeMicros: noonMicros + 60e6 })] });
    expect(await opened.store.loaded()).toBe(2);
    stop();
    await opened.store.append(auditBatch(auditRow('a-3')));
    expect(await opened.store.loaded()).toBe(3);
    expect(commits).toEqual([
      { commitSeq: 1, minutes: [minute - 2, minute] },
      { commitSeq: 2, minutes: [minute + 1] },
    ]);
    expect(
      await opened.loadedRows(
        'select commit_seq, minutes, audit_rows, log_rows, duplicate_rows from load_commit order by 1',
      ),
    ).toEqual([
      { commit_seq: 1, minutes: [minute - 2, minute], audit_rows: 2, log_rows: 0, duplicate_rows: 0 },
      { commit_seq: 2, minutes: [minute + 1], audit_rows: 0, log_rows: 1, duplicate_rows: 1 },
      { commit_seq: 3, minutes: [minute], audit_rows: 1, log_rows: 0, duplicate_rows: 0 },
    ]);
  });

  test('are made where DuckDB has one thread, and so no worker', async () => {
    await using opened = await openTestStore({ settings: { threads: 1 } });
    await opened.store.append(auditBatch(auditRow('a'), auditRow('b')));
    expect(await opened.loadedRows('select count(*)::integer as n from kube_audit')).toEqual([{ n: 2 }]);
  });

  test('goes on after a listener that throws', async () => {
    await using opened = await openTestStore();
    opened.store.onLoad(() => {
      throw new Error('listener');
    });
    await opened.store.append(auditBatch(auditRow('a-1')));
    expect(await opened.store.loaded()).toBe(1);
    expect(opened.telemetry.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  test('loads by itself within its interval', async () => {
    await using opened = await openTestStore({ settings: { loadIntervalMs: 20 } });
    const loaded = new Promise<LoadCommit>((resolve) => opened.store.onLoad(resolve));
    await opened.store.append(auditBatch(auditRow('a-1')));
    expect((await loaded).commitSeq).toBe(1);
  });

  test('writes whole row groups past the log, and merges them with nothing', async () => {
    await using opened = await openTestStore();
    const rows = (prefix: string, count: number) =>
      auditBatch(...Array.from({ length: count }, (_item, n) => auditRow(`${prefix}-${n}`)));
    await opened.store.append(rows('a', rowGroupRows));
    await opened.store.append(rows('b', 100));
    await opened.store.loaded();
    // What the schema and a hundred rows take; the identities of a row group alone are 390,000 bytes.
    expect(statSync(join(opened.directory, 'pintail.duckdb.wal')).size).toBeLessThan(200_000);
    const groups = `select max("start" + count) - min("start") as n from pragma_storage_info('kube_audit_hot')
      where column_name = 'commit_seq' and segment_type = 'BIGINT' group by row_group_id order by row_group_id`;
    const expected = [{ n: rowGroupRows }, { n: 100 }];
    expect(await opened.loadedRows(groups)).toEqual(expected);
    await opened.store.append(rows('c', 200));
    await opened.store.loaded();
    await opened.store.shutdown();
    await using again = await opened.reopen();
    expect(await again.loadedRows(groups)).toEqual([...expected, { n: 200 }]);
  });

  test('numbers commits further after a restart', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(auditRow('a-1')));
    await opened.store.loaded();
    await opened.store.shutdown();
    await using again = await opened.reopen();
    expect(await again.store.loaded()).toBe(1);
    await again.store.append(auditBatch(auditRow('a-2')));
    expect(await again.store.loaded()).toBe(2);
  });

  test('stops waiting for a load when the signal aborts', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(auditRow('a-1')));
    await expect(opened.store.loaded(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  test('leave no listener on the signal of who waited, whether they went through or were given up', async () => {
    await using opened = await openTestStore();
    const lasting = new AbortController();
    const listeners = () => getEventListeners(lasting.signal, 'abort').length;
    for (const id of ['a-1', 'a-2', 'a-3']) {
      await opened.store.append(auditBatch(auditRow(id)));
      const loaded = opened.store.loaded(lasting.signal);
      expect(listeners()).toBe(1);
      await loaded;
      expect(listeners()).toBe(0);
    }
    await opened.store.append(auditBatch(auditRow('a-4')));
    const waiting = rejection(opened.store.loaded(lasting.signal));
    lasting.abort(new Error('enough'));
    expect(await waiting).toMatchObject({ message: 'enough' });
    expect(listeners()).toBe(0);
  });

  test('takes a whole data set with back-pressure and a small spool', async () => {
    await using opened = await openTestStore({
      settings: { durable: false, spoolBytes: 200_000, segmentBytes: 20_000 },
    });
    async function* batches() {
      for (let batch = 0; batch < 40; batch++) {
        yield auditBatch(...Array.from({ length: 50 }, (_item, n) => auditRow(`a-${batch}-${n}`)));
      }
    }
    await opened.store.loadDirect(batches());
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 2000 }]);
  });
});

describe('life', () => {
  test('removes loaded segments and leaves no log behind at shutdown', async () => {
    await using opened = await openTestStore();
    await opened.store.append(auditBatch(auditRow('a-1')));
    await opened.store.shutdown();
    expect(readdirSync(join(opened.directory, 'spool'))).toEqual([]);
    expect(readdirSync(opened.directory).sort()).toEqual(['pintail.duckdb', 'quarantine', 'spool']);
  });

  test('refuses appends after shutdown, as something to try again', async () => {
    await using opened = await openTestStore();
    await opened.store.shutdown();
    await opened.store.shutdown();
    expect(await rejection(opened.store.append(auditBatch(auditRow('a-1'))))).toBeInstanceOf(RetryableError);
    expect(await rejection(opened.store.loaded())).toBeInstanceOf(RetryableError);
    expect(await rejection(opened.store.database.write(async () => 1))).toBeInstanceOf(RetryableError);
  });

  test('can be shut down before it was started, and started again afterwards', async () => {
    const store = createEventStore({}, { ...recordTelemetry(), clock: () => 0 });
    await store.shutdown();
    await store.start();
    await expect(store.start()).rejects.toThrow('started twice');
    await store.shutdown();
    await store.start();
    await store.append(auditBatch(auditRow('a-1')));
    await store.loaded();
    await store.shutdown();
  });

  test('interrupts a running query at shutdown', async () => {
    await using opened = await openTestStore();
    const query = rejection(
      opened.store.database.read({ share: 'hunt' }, (connection) =>
        connection.query('select count(*) from range(1000000000000) t(i) where i % 7 = 3'),
      ),
    );
    await opened.store.database.read({ share: 'service' }, (connection) => connection.query('select 1'));
    await opened.store.shutdown();
    expect(await query).toBeInstanceOf(RetryableError);
  });

  test('refuses a second opener and names the first', async () => {
    await using opened = await openTestStore();
    const error = await rejection(opened.reopen());
    expect(error).toBeInstanceOf(PermanentError);
    expect(String(error)).toContain(`held by process ${process.pid} `);
    await opened.store.append(auditBatch(auditRow('a-1')));
    expect(await opened.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 1 }]);
  });

  test('gives a temporary store up with its folder', async () => {
    const store = createEventStore({}, { ...recordTelemetry(), clock: () => 0 });
    await store.start();
    const [row] = await store.database.read({ share: 'service' }, (connection) =>
      connection.query("select path from duckdb_databases() where database_name = 'pintail'"),
    );
    expect(existsSync(String(row?.path))).toBe(true);
    await store.shutdown();
    expect(existsSync(String(row?.path))).toBe(false);
  });

  test('frees the directory after a start that failed', async () => {
    await using opened = await openTestStore();
    await opened.store.shutdown();
    writeFileSync(join(opened.directory, 'pintail.duckdb'), 'not a database at all');
    await expect(opened.reopen()).rejects.toThrow('pintail.duckdb');
    expect(existsSync(join(opened.directory, 'pintail.lock'))).toBe(false);
  });

  test('gives its directory back where a part of the shutdown fails, and says what did', async () => {
    let isFull = false;
    const refuse = () => {
      if (isFull) throw new Error('EDQUOT: disk quota exceeded');
    };
    const createFailing = async (path: string): Promise<SegmentFile> => {
      const file = await createSegmentFile(path);
      return {
        ...file,
        async write(buffers, position) {
          refuse();
          await file.write(buffers, position);
        },
        async truncate(bytes) {
          refuse();
          await file.truncate(bytes);
        },
        async close() {
          await file.close();
          refuse();
        },
      };
    };
    await using opened = await openTestStore({ context: { createSegmentFile: createFailing } });
    await opened.store.append(auditBatch(auditRow('a-1')));
    isFull = true;
    expect(await rejection(opened.store.append(auditBatch(auditRow('a-2'))))).toBeInstanceOf(RetryableError);
    expect(await rejection(opened.store.shutdown())).toMatchObject({ message: 'EDQUOT: disk quota exceeded' });
    expect(readdirSync(opened.directory)).not.toContain('pintail.lock');
    expect(readdirSync(opened.directory)).not.toContain('pintail.duckdb.wal');
    isFull = false;
    await using again = await opened.reopen();
    expect(await again.loadedRows('select "auditID" from kube_audit')).toEqual([{ auditID: 'a-1' }]);
  });

  test('reports what it keeps in metrics', async () => {
    await using opened = await openTestStore();
    await opened.store.append({ audit: [auditRow('a-1'), auditRow('a-1')], logs: [logRow('x')] });
    expect(opened.telemetry.value('pintail_store_spool_bytes')).toBeGreaterThan(0);
    await opened.store.loaded();
    expect(opened.telemetry.value('pintail_store_spool_bytes')).toBe(0);
    expect(opened.telemetry.value('pintail_store_appended_rows_total{table="kube_audit"}')).toBe(2);
    expect(opened.telemetry.value('pintail_store_loaded_rows_total{table="kube_audit"}')).toBe(1);
    expect(opened.telemetry.value('pintail_store_loaded_rows_total{table="logs"}')).toBe(1);
    expect(opened.telemetry.value('pintail_store_wal_bytes')).toBeGreaterThan(0);
    expect(opened.telemetry.value('pintail_store_database_bytes')).toBeGreaterThan(0);
  });
});
