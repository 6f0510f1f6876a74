import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../src/component.ts';
import type { StoreSettings } from '../../src/store/settings.ts';
import { auditBatch, auditRow, logRow, openTestStore, rejection, type TestStore } from './store-fixture.ts';

const day = 86_400_000;
const start = Date.UTC(2026, 10, 1, 12);
/** The store's clock, milliseconds. */
let now = start;

function open(settings: Partial<StoreSettings>): Promise<TestStore> {
  now = start;
  return openTestStore({ settings, context: { clock: () => now } });
}

async function receive(opened: TestStore, id: string, timeMs = now): Promise<void> {
  const timeMicros = timeMs * 1000;
  await opened.store.append({ audit: [auditRow(id, { timeMicros })], logs: [logRow(id, { timeMicros })] });
  await opened.store.loaded();
}

async function kept(opened: TestStore): Promise<readonly unknown[]> {
  const rows = await opened.loadedRows('select _raw from logs order by _indextime, _raw');
  const audit = await opened.loadedRows('select "auditID" from kube_audit order by _indextime, 1');
  expect(audit.map(({ auditID }) => auditID)).toEqual(rows.map(({ _raw }) => _raw));
  return rows.map(({ _raw }) => _raw);
}

describe('events', () => {
  test('go by whole days, once the day of their arrival ended longer ago than the retention', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await receive(opened, 'noon of the 1st');
    now = Date.UTC(2026, 10, 2) - 1;
    await receive(opened, 'last of the 1st');
    now = Date.UTC(2026, 10, 2);
    await receive(opened, 'first of the 2nd');
    // The 1st ended at midnight of the 2nd: ten days later is midnight of the 12th.
    now = Date.UTC(2026, 10, 12) - 1;
    await opened.store.retain();
    expect(await kept(opened)).toEqual(['noon of the 1st', 'last of the 1st', 'first of the 2nd']);
    const horizon = 'select arrived_before as h from event_horizon';
    expect(await opened.loadedRows(horizon)).toEqual([{ h: '1970-01-01T00:00:00.000Z' }]);
    now = Date.UTC(2026, 10, 12);
    await opened.store.retain();
    expect(await kept(opened)).toEqual(['first of the 2nd']);
    expect(await opened.loadedRows(horizon)).toEqual([{ h: '2026-11-02T00:00:00.000Z' }]);
    expect(opened.telemetry.value('pintail_store_deleted_rows_total{table="kube_audit",reason="retention"}')).toBe(2);
    expect(opened.telemetry.value('pintail_store_deleted_rows_total{table="logs",reason="retention"}')).toBe(2);
    expect(opened.telemetry.lines).toContainEqual({
      level: 'info',
      fields: { kube_audit: 2, logs: 2, before: '2026-11-02', reason: 'retention' },
      message: 'store: deleted the events that arrived before a day',
    });
  });

  test('neither stay nor go for the time that a sender gave them', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await receive(opened, 'ancient', Date.UTC(1999, 0, 1));
    await receive(opened, 'far future', Date.UTC(2199, 0, 1));
    now += 9 * day;
    await opened.store.retain();
    expect(await kept(opened)).toEqual(['ancient', 'far future']);
    now += 3 * day;
    await opened.store.retain();
    expect(await kept(opened)).toEqual([]);
  });

  test('stay for ever without a retention', async () => {
    await using opened = await open({ retentionMs: null });
    await receive(opened, 'old');
    now += 20_000 * day;
    await opened.store.retain();
    expect(await kept(opened)).toEqual(['old']);
  });

  test('go at the start of a service that was off for long, before anybody asks', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await receive(opened, 'old');
    await opened.store.shutdown();
    now += 60 * day;
    await using again = await opened.reopen();
    await expect.poll(() => kept(again)).toEqual([]);
  });

  test('of the spool that are older than the retention when they are loaded go at the next pass', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await opened.store.append(auditBatch(auditRow('late')));
    now += 60 * day;
    await opened.store.loaded();
    await opened.store.retain();
    expect(await opened.loadedRows('select * from kube_audit')).toEqual([]);
  });

  test('are still there for a reader that began before', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await receive(opened, 'old');
    now += 60 * day;
    let retained: Promise<void> = Promise.resolve();
    const counts = await opened.store.database.read({ share: 'hunt' }, async (connection) => {
      const before = await connection.query('select count(*) as n from kube_audit');
      retained = opened.store.retain();
      await expect
        .poll(() => opened.telemetry.lines.map(({ message }) => message))
        .toContain('store: deleted the events that arrived before a day');
      return [...before, ...(await connection.query('select count(*) as n from kube_audit'))];
    });
    await retained;
    expect(counts).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await kept(opened)).toEqual([]);
  });

  test('that come again after they went are taken as new', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await receive(opened, 'again', start);
    now += 60 * day;
    await opened.store.retain();
    await receive(opened, 'again', start);
    expect(await kept(opened)).toEqual(['again']);
  });
});

describe('results of detections', () => {
  const finding = (id: string, at: string): string => `insert into finding values
    ('${id}', 'd', 'D', '1', 'r', '${at}', '${at}', '${at}', '${at}', 'active', 0, 'm', '{}')`;
  const risk = (id: string, at: string): string => `insert into risk_event values
    ('${id}', 'f', 'd', 'r', '${at}', '${at}', '${at}', 's', 'o', 'user', 'user', 1, 1, 'm', [], [], [], '{}')`;
  const incident = (id: string, at: string): string =>
    `insert into incident values ('${id}', 'rule', '${at}', 'o', 'user', 'high', 1, [], [], [], 'm')`;
  const run = (id: string, status: string, at: string, next = 'null'): string => `insert into detection_run by name
    select '${id}' as run_id, 'd' as detection, 'scheduled' as kind, '1' as detection_version, 'h' as content_hash,
      timestamp '${at}' as scheduled_at, timestamp '${at}' as window_earliest, timestamp '${at}' as window_latest,
      '${status}' as status, 0 as revision, 1 as attempt, ${next}::timestamp as next_attempt_at`;

  async function write(opened: TestStore, statements: readonly string[]): Promise<void> {
    await opened.store.database.write(async (connection) => {
      for (const sql of statements) await connection.run(sql);
    });
  }

  test('go by their own retention, and keep key, checks and views over them', async () => {
    await using opened = await open({ retentionMs: 10 * day, findingsRetentionMs: 100 * day });
    const old = '2026-07-01 00:00:00';
    const young = '2026-08-01 00:00:00';
    await write(opened, [
      'create view detection.mine as select finding_id from finding',
      ...['finding_old', 'finding_young'].map((id) => finding(id, id.endsWith('old') ? old : young)),
      ...['risk_old', 'risk_young'].map((id) => risk(id, id.endsWith('old') ? old : young)),
      ...['incident_old', 'incident_young'].map((id) => incident(id, id.endsWith('old') ? old : young)),
    ]);
    // 100 days before the 3rd of November is the 26th of July.
    now = Date.UTC(2026, 10, 3, 1);
    await opened.store.retain();
    expect(
      await opened.loadedRows(
        `select finding_id as id from detection.mine union all select event_id from risk_event
          union all select incident_id from incident order by id`,
      ),
    ).toEqual([{ id: 'finding_young' }, { id: 'incident_young' }, { id: 'risk_young' }]);
    await expect(write(opened, [finding('finding_young', young)])).rejects.toThrow('Duplicate key');
    await expect(write(opened, [finding('x', young).replace('active', 'gone')])).rejects.toThrow('CHECK');
    await opened.store.shutdown();
    await using again = await opened.reopen();
    await expect(write(again, [finding('finding_young', young)])).rejects.toThrow('Duplicate key');
    await write(again, [finding('finding_old', young)]);
  });

  test('of the ledger go with the events, but not what is still to be done, nor the newest load', async () => {
    await using opened = await open({ retentionMs: 10 * day, findingsRetentionMs: 100 * day });
    await receive(opened, 'first load');
    await receive(opened, 'second load');
    // Looked at once a day: not again today.
    await opened.store.retain();
    const old = '2026-10-01 00:00:00';
    await write(opened, [
      run('done', 'done', old),
      run('failed', 'failed', old),
      run('skipped', 'skipped', old),
      run('retried', 'failed', old, "'2026-10-02'"),
      run('pending', 'pending', old),
      run('running', 'running', old),
      run('young', 'done', '2026-11-01 00:00:00'),
    ]);
    await opened.store.retain();
    const runs = 'select run_id as id from detection_run order by 1';
    expect(await opened.loadedRows(runs)).toHaveLength(7);
    now += 5 * day;
    await opened.store.retain();
    expect(await opened.loadedRows(runs)).toEqual(['pending', 'retried', 'running', 'young'].map((id) => ({ id })));
    now += 30 * day;
    await opened.store.retain();
    expect(await opened.loadedRows('select commit_seq from load_commit')).toEqual([{ commit_seq: 2 }]);
    await opened.store.shutdown();
    await using again = await opened.reopen();
    await receive(again, 'third load');
    expect(await again.loadedRows('select max(commit_seq) as n from kube_audit')).toEqual([{ n: 3 }]);
  });
});

describe('loads', () => {
  const loads = 'select * from load_commit order by commit_seq';

  /** Loads that came one a second, the last at the time that the clock shows. */
  async function write(opened: TestStore, count: number): Promise<void> {
    await opened.store.database.write((connection) =>
      connection.run(
        `insert into load_commit by name
           select n + 1 as commit_seq, make_timestamp(${now * 1000} - (${count - 1} - n) * 1000000) as loaded_at, n + 10 as last_segment,
             2 as audit_rows, 3 as log_rows, n % 2 as duplicate_rows, [n, n + 1]::bigint[] as minutes
           from range(${count}) as made(n)`,
      ),
    );
  }

  test('older than an hour become one row an hour, with the last commit and the sums', async () => {
    await using opened = await open({ retentionMs: null });
    // From 09:00:01 to 12:00:00.
    await write(opened, 10_800);
    await opened.store.retain();
    const rows = await opened.loadedRows(loads);
    expect(rows.slice(0, 3)).toMatchObject([
      { commit_seq: 3599, loaded_at: '2026-11-01T09:59:59.000Z', last_segment: 3608, audit_rows: 7198, log_rows: 10_797, duplicate_rows: 1799, minutes: [] },
      { commit_seq: 7199, loaded_at: '2026-11-01T10:59:59.000Z', last_segment: 7208, audit_rows: 7200, minutes: [] },
      { commit_seq: 7200, loaded_at: '2026-11-01T11:00:00.000Z', audit_rows: 2, minutes: [7199, 7200] },
    ]); // biome-ignore format: rows
    expect(rows).toHaveLength(2 + 3601);
    expect(rows.at(-1)).toMatchObject({ commit_seq: 10_800, last_segment: 10_809 });
    await opened.store.retain();
    expect(await opened.loadedRows(loads)).toEqual(rows);
  });

  test('go on from the newest one, also where all are old, and events go on being found', async () => {
    await using opened = await open({ retentionMs: null });
    await write(opened, 2000);
    await receive(opened, 'before');
    now += 5 * day;
    await opened.store.retain();
    expect((await opened.loadedRows(loads)).length).toBeLessThan(5);
    await receive(opened, 'after');
    await opened.store.shutdown();
    await using again = await opened.reopen();
    await receive(again, 'later');
    expect(await kept(again)).toEqual(['before', 'after', 'later']);
    const [{ n, distinct } = { n: 0, distinct: 0 }] = await again.loadedRows(
      'select count(*) as n, count(distinct commit_seq) as "distinct" from load_commit',
    );
    expect(n).toBe(distinct);
  });

  test('that are few are left alone', async () => {
    await using opened = await open({ retentionMs: null });
    await write(opened, 300);
    now += day;
    await opened.store.retain();
    expect(await opened.loadedRows(loads)).toHaveLength(300);
  });
});

describe('storage.max_disk_size', () => {
  /** About 4 MB that do not compress. */
  async function receiveMuch(opened: TestStore, id: string): Promise<void> {
    const text = (index: number): string =>
      Array.from({ length: 4000 }, (_item, n) => Math.imul(n + 7919 * index, 2654435761).toString(36)).join('');
    await opened.store.append(
      auditBatch(
        ...Array.from({ length: 100 }, (_item, index) => auditRow(`${id}-${index}`, { _raw: `${id} ${text(index)}` })),
      ),
    );
    await opened.store.loaded();
  }

  test('lets the oldest days go first, never today; then refuses, to be tried again, until there is room', async () => {
    await using opened = await open({ retentionMs: 100 * day, diskBytes: 12_000_000, loadIntervalMs: 50 });
    const days = 'select distinct _indextime::date::varchar as d from kube_audit order by 1';
    for (let index = 1; index <= 8; index += 1) {
      await receiveMuch(opened, `day ${index}`);
      await opened.store.retain();
      now += day;
    }
    const left = (await opened.loadedRows(days)).map(({ d }) => d);
    expect(left.length).toBeLessThan(8);
    expect(left.at(-1)).toBe('2026-11-08');
    expect(opened.telemetry.value('pintail_store_used_bytes')).toBeLessThanOrEqual(12_000_000);
    expect(
      opened.telemetry.value('pintail_store_deleted_rows_total{table="kube_audit",reason="disk"}'),
    ).toBeGreaterThan(0);
    expect(opened.telemetry.lines.map(({ message }) => message)).toContain(
      'store: storage.max_disk_size is exceeded; the oldest day goes before its time',
    );

    for (let index = 1; index <= 8; index += 1) await receiveMuch(opened, `today ${index}`);
    // Rows of several days share a row group here, whose blocks come back with the last of them.
    for (let pass = 0; pass < 8; pass += 1) await opened.store.retain();
    expect(await opened.loadedRows(days)).toEqual([{ d: '2026-11-09' }]);
    await expect
      .poll(() => rejection(opened.store.append(auditBatch(auditRow('refused')))).catch(() => null))
      .toBeInstanceOf(RetryableError);
    const refusal = await rejection(opened.store.append(auditBatch(auditRow('refused'))));
    expect(String(refusal)).toContain('storage.max_disk_size (11.4 MiB)');
    now += day;
    await opened.store.retain();
    await expect
      .poll(() =>
        opened.store.append(auditBatch(auditRow('taken'))).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    expect(await opened.loadedRows('select "auditID" from kube_audit')).toEqual([{ auditID: 'taken' }]);
  });
});
