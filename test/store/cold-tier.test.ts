import {
  copyFileSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { PermanentError } from '../../src/component.ts';
import { encodeCluster } from '../../src/store/cold-path.ts';
import type { StoreSettings } from '../../src/store/settings.ts';
import {
  clock,
  contents,
  context,
  day,
  fullRow,
  hunt,
  ids,
  newStorage,
  receive,
  receiveDays,
  rows,
  start,
} from './cold-fixture.ts';
import { auditBatch, auditRow, logRow, openTestStore, rejection, type TestStore } from './store-fixture.ts';

interface ColdStore extends TestStore {
  readonly cold: string;
}

async function open(settings: Partial<StoreSettings> = {}): Promise<ColdStore> {
  const directory = newStorage();
  const cold = join(directory, 'cold');
  const opened = await openTestStore({
    directory,
    settings: { cold: { afterMs: 3 * day, directory: cold }, ...settings },
    context,
  });
  return { ...opened, cold, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() };
}

const files = (opened: { readonly cold: string }, table = '*'): readonly string[] =>
  globSync(`${table}/*/*/*`, { cwd: opened.cold }).sort();

describe('a day that goes', () => {
  test('reads as before under the same name, values and types alike, from one zstd Parquet file per cluster', async () => {
    await using opened = await open();
    await opened.store.append({
      audit: [fullRow(), auditRow('plain')],
      logs: [logRow('a log', { severityNumber: 9 })],
    });
    const before = await contents(opened);
    // The 17th ended at midnight of the 18th: three days later is midnight of the 21st.
    clock.now = Date.UTC(2026, 10, 21) - 1;
    await opened.store.retain();
    expect(files(opened)).toEqual([]);
    clock.now += 1;
    await opened.store.retain();
    expect(await contents(opened)).toEqual(before);
    expect(files(opened).map(dirname)).toEqual([
      'kube_audit/day=2026-11-17/cluster=__HIVE_DEFAULT_PARTITION__',
      'kube_audit/day=2026-11-17/cluster=prod',
      'logs/day=2026-11-17/cluster=__HIVE_DEFAULT_PARTITION__',
    ]);
    for (const table of ['kube_audit', 'logs']) {
      expect(await rows(opened, `select count(*) as n from ${table}_hot`)).toEqual([{ n: 0 }]);
    }
    expect(opened.telemetry.value('pintail_store_cold_rows_total{table="kube_audit"}')).toBe(2);
    expect(opened.telemetry.value('pintail_store_cold_files')).toBe(3);
    expect(opened.telemetry.value('pintail_store_cold_bytes')).toBe(
      files(opened).reduce((sum, path) => sum + statSync(join(opened.cold, path)).size, 0),
    );
    const other = await DuckDBInstance.create(':memory:');
    const engine = await other.connect();
    const codecs = await engine.runAndReadAll(
      `select distinct compression from parquet_metadata('${opened.cold}/*/*/*/*.parquet')`,
    );
    expect(codecs.getRowsJS()).toEqual([['ZSTD']]);
    const hive = await engine.runAndReadAll(
      `select day::varchar, cluster from read_parquet('${opened.cold}/kube_audit/*/*/*.parquet', hive_partitioning = true)`,
    );
    expect(hive.getRowsJS().map(([one]) => one)).toEqual(['2026-11-17', '2026-11-17']);
    other.closeSync();
  });

  test('is read after opening again, also by who configures no cold tier, and new events join it', async () => {
    await using opened = await open();
    await receiveDays(opened, 6);
    const all = ['day 0', 'day 1', 'day 2', 'day 3', 'day 4', 'day 5'];
    expect(files(opened, 'kube_audit')).toHaveLength(3);
    expect(await ids(opened)).toEqual(all);
    await opened.store.shutdown();
    const without = await openTestStore({ directory: opened.directory, context });
    expect(await ids(without)).toEqual(all);
    await receive(without, 'new');
    clock.now += 30 * day;
    await without.store.retain();
    expect(files(opened, 'kube_audit')).toHaveLength(3);
    await without.store.shutdown();
    await using again = await opened.reopen();
    await again.store.retain();
    expect(files(opened, 'kube_audit')).toHaveLength(7);
    expect(await ids(again)).toEqual([...all, 'new']);
  });

  test('keeps copies out that come again later, and gets another file for rows that were loaded late', async () => {
    await using opened = await open();
    await receive(opened, 'first', { timeMicros: start * 1000 });
    // Acknowledged on the 17th, and loaded once that day is cold.
    await opened.store.append(auditBatch(auditRow('late', { timeMicros: start * 1000 })));
    await opened.store.retain();
    clock.now += 10 * day;
    await opened.store.retain();
    const before = files(opened, 'kube_audit').length;
    await receive(opened, 'first', { timeMicros: start * 1000 });
    await opened.store.retain();
    expect(await ids(opened)).toEqual(['first', 'late']);
    expect(files(opened, 'kube_audit').length - before).toBe(before === 1 ? 1 : 0);
    expect(opened.telemetry.value('pintail_store_duplicate_rows_total{table="kube_audit"}')).toBe(1);
    expect(await rows(opened, 'select count(*) as n from kube_audit_hot')).toEqual([{ n: 0 }]);
  });

  test('that is outside a window is left out when the query is planned', async () => {
    await using opened = await open();
    await receiveDays(opened, 6);
    const plan = await rows(
      opened,
      `explain select count(*) from kube_audit where _time >= timestamp '2026-11-21' and verb = 'get'`,
    );
    expect(String(plan[0]?.explain_value)).not.toContain('READ_PARQUET');
    const reading = await rows(
      opened,
      `explain (format json) select count(*) from kube_audit where _time < timestamp '2026-11-18'`,
    );
    expect(String(reading[0]?.explain_value).match(/"name": "READ_PARQUET/g)).toHaveLength(1);
  });

  test('is what hunting SQL may read, and nothing beside it', async () => {
    await using opened = await open();
    await receiveDays(opened, 6);
    expect(await hunt(opened, 'select count(*) as n from kube_audit')).toEqual([{ n: 6 }]);
    for (const sql of [
      'select * from kube_audit_hot',
      `select * from read_parquet('${opened.cold}/**/*.parquet')`,
      `select * from '${opened.cold}/${files(opened)[0]}'`,
    ]) {
      expect(String(await rejection(hunt(opened, sql)))).toContain('QueryRefusal');
    }
    for (const sql of [
      `select * from read_text('/etc/hostname')`,
      `copy (select 1) to '${opened.cold}/../escape.csv'`,
    ]) {
      expect(String(await rejection(rows(opened, sql)))).toMatch(/disabled by configuration|read-only/);
    }
  });

  test('is read with null in a column that came later', async () => {
    const sqlFolder = join(import.meta.dirname, '../../sql');
    await using opened = await open();
    await receiveDays(opened, 6);
    await opened.store.shutdown();
    const own = join(opened.directory, 'sql');
    cpSync(sqlFolder, own, { recursive: true });
    writeFileSync(join(own, 'migrations/0999_later.sql'), 'alter table kube_audit add column later varchar;');
    await using again = await openTestStore({
      directory: opened.directory,
      settings: { cold: { afterMs: 3 * day, directory: opened.cold } },
      context: { ...context, sqlFolder: own },
    });
    expect(await again.loadedRows('select count(*) as n, count(later) as l from kube_audit')).toEqual([{ n: 6, l: 0 }]);
    clock.now += 10 * day;
    await again.store.retain();
    expect(await again.loadedRows('select count(*) as n, count(later) as l from kube_audit')).toEqual([{ n: 6, l: 0 }]);
  });
});

describe('clusters', () => {
  const names = [
    '../../escape',
    '/etc',
    '.',
    '..',
    '',
    '_x',
    'a=b/c',
    '%2F',
    'ü🦆',
    `q'"\\`,
    'tab\tnul\u0000',
    'x'.repeat(500),
    'x'.repeat(501),
    '__HIVE_DEFAULT_PARTITION__',
    '__OTHERS__',
    'Prod',
    null,
  ];

  test('have one folder each, inside the tier, whatever they are called', async () => {
    const folders = names.map(encodeCluster);
    expect(new Set(folders).size).toBe(names.length);
    for (const folder of folders)
      expect(folder).toMatch(/^(?:[A-Za-z0-9%-][A-Za-z0-9_.%~-]{0,199}|__HIVE_DEFAULT_PARTITION__)?$/);
    await using opened = await open();
    for (const [index, cluster] of names.entries()) await receive(opened, `row ${index}`, { cluster });
    clock.now += 10 * day;
    await opened.store.retain();
    expect(
      files(opened, 'kube_audit')
        .map((path) => basename(dirname(path)))
        .sort(),
    ).toEqual(folders.map((folder) => `cluster=${folder}`).sort());
    expect(
      await opened.loadedRows('select "auditID" as id, cluster from kube_audit order by _indextime, len(id), id'),
    ).toEqual(names.map((cluster, index) => ({ id: `row ${index}`, cluster })));
  });

  test('beyond 200 on one day share a file', async () => {
    await using opened = await open();
    const row = (index: number) => auditRow(`a-${index}`, { cluster: index === 250 ? null : `cluster ${index}` });
    await opened.store.append(auditBatch(...Array.from({ length: 251 }, (_item, index) => row(index))));
    clock.now += 10 * day;
    await opened.store.loaded();
    await opened.store.retain();
    expect(files(opened, 'kube_audit')).toHaveLength(200);
    expect(files(opened, 'kube_audit').filter((path) => path.includes('cluster=__OTHERS__'))).toHaveLength(1);
    expect(await opened.loadedRows('select count(*) as n, count(distinct cluster) as c from kube_audit')).toEqual([
      { n: 251, c: 250 },
    ]);
  });
});

describe('the retention', () => {
  test('removes the files of old days, and their folders, once nobody reads them', async () => {
    await using opened = await open({ retentionMs: 10 * day });
    await receiveDays(opened, 6);
    expect(files(opened, 'kube_audit')).toHaveLength(3);
    // The 17th and the 18th go at midnight of the 29th.
    clock.now = Date.UTC(2026, 10, 29);
    let retained: Promise<void> = Promise.resolve();
    await opened.store.database.read({ share: 'hunt' }, async (connection) => {
      await connection.query('select 1 from detection_run');
      retained = opened.store.retain();
      await expect.poll(() => ids(opened)).toHaveLength(4);
      expect(files(opened, 'kube_audit').filter((path) => /1[78]/.test(path.slice(0, 25)))).toHaveLength(2);
      expect(await connection.query('select count(*) as n from kube_audit')).toEqual([{ n: 6 }]);
    });
    await retained;
    expect(await ids(opened)).toEqual(['day 2', 'day 3', 'day 4', 'day 5']);
    expect(existsSync(join(opened.cold, 'kube_audit/day=2026-11-18'))).toBe(false);
    expect(files(opened, 'kube_audit')).toHaveLength(4);
    expect(opened.telemetry.value('pintail_store_deleted_rows_total{table="kube_audit",reason="retention"}')).toBe(2);
    expect(opened.telemetry.value('pintail_store_oldest_arrival_timestamp_seconds')).toBe(
      Date.UTC(2026, 10, 19) / 1000,
    );
  });
});

describe('a file', () => {
  async function withoutFile(change: (path: string) => void): Promise<ColdStore & { readonly path: string }> {
    const opened = await open();
    await receiveDays(opened, 6);
    const path = join(opened.cold, files(opened, 'kube_audit').find((name) => name.includes('2026-11-18')) ?? '');
    copyFileSync(path, join(opened.directory, 'saved'));
    change(path);
    return { ...opened, path };
  }

  function damageFooter(path: string): void {
    const bytes = readFileSync(path);
    const length = bytes.readUInt32LE(bytes.length - 8);
    writeFileSync(path, bytes.fill(0xff, bytes.length - 8 - length, bytes.length - 8));
    // Within the same second DuckDB takes the file for the one that it has read.
    utimesSync(path, 1, 1);
  }

  const damages: readonly (readonly [string, (path: string) => void, string])[] = [
    ['missing', (path) => rmSync(path), 'found none'],
    ['cut short', (path) => writeFileSync(path, readFileSync(path).subarray(0, 1000)), 'found 1000 bytes instead of'],
    ['damaged at its end', damageFooter, 'found it damaged'],
    ['overwritten', (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, 'x')), 'found no Parquet file'],
  ];

  test.for(damages)(
    'that is %s fails queries over its time by its name, and neither others nor intake',
    async ([, damage, found]) => {
      await using opened = await withoutFile(damage);
      await opened.store.retain();
      for (const sql of ['select count(*) from kube_audit', `select 1 from kube_audit where verb = 'nothing'`]) {
        const error = String(await rejection(rows(opened, sql)));
        expect(error).toContain(`cold tier: expected "${opened.path}" with 1 rows of kube_audit, ${found}`);
      }
      expect(await ids(opened, `_time >= timestamp '2026-11-19'`)).toEqual(['day 2', 'day 3', 'day 4', 'day 5']);
      expect(await ids(opened, `_time < timestamp '2026-11-18'`)).toEqual(['day 0']);
      expect(await opened.loadedRows('select count(*) as n from logs')).toEqual([{ n: 6 }]);
      expect(opened.telemetry.value('pintail_store_cold_unreadable_files')).toBe(1);
      await receive(opened, 'in its time', { timeMicros: (start + day) * 1000 });
      await opened.store.shutdown();
      await using again = await opened.reopen();
      await receive(again, 'after opening');
      expect(await ids(again, `_time >= timestamp '2026-11-22'`)).toEqual(['day 5', 'after opening']);
      copyFileSync(join(opened.directory, 'saved'), opened.path);
      await again.store.retain();
      expect(await ids(again)).toHaveLength(8);
      expect(again.telemetry.value('pintail_store_cold_unreadable_files')).toBe(0);
    },
  );

  test('whose inside is damaged fails queries that read it, and not the load of rows of its time', async () => {
    await using opened = await withoutFile((path) => {
      const bytes = readFileSync(path);
      bytes.fill(0xff, 4, bytes.length - 4 - 8 - bytes.readUInt32LE(bytes.length - 8));
      writeFileSync(path, bytes);
    });
    await opened.store.retain();
    await receive(opened, 'in its time', { timeMicros: (start + day) * 1000 });
    expect(await ids(opened, `_time >= timestamp '2026-11-19'`)).toEqual(['day 2', 'day 3', 'day 4', 'day 5']);
    await rejection(rows(opened, `select max(_raw) from kube_audit where _time < timestamp '2026-11-19'`));
    // Met by a load, it is named from then on.
    await opened.store.retain();
    const error = String(await rejection(rows(opened, 'select count(*) from kube_audit')));
    expect(error).toContain(`cold tier: expected "${opened.path}" with 1 rows of kube_audit, found it damaged`);
    expect(opened.telemetry.value('pintail_store_quarantined_segments_total{reason="unloadable"}')).toBe(0);
    expect(opened.telemetry.lines.map(({ message }) => message)).toContain(
      'cold tier: expected to look for copies in a file, found it damaged',
    );
  });

  test('that is missing only since the last look fails queries by its name, and not the load of rows of its time', async () => {
    await using opened = await withoutFile((path) => rmSync(path));
    expect(String(await rejection(rows(opened, 'select count(*) from kube_audit')))).toContain(opened.path);
    await receive(opened, 'in its time', { timeMicros: (start + day) * 1000 });
    expect(await rows(opened, `select count(*) as n from kube_audit_hot where "auditID" = 'in its time'`)).toEqual([
      { n: 1 },
    ]);
  });

  test('of this store that nobody recorded goes at the start; files of others stay', async () => {
    await using opened = await open();
    await receiveDays(opened, 6);
    const [own = ''] = files(opened, 'kube_audit');
    const folder = join(opened.cold, dirname(own));
    const storeId = basename(own).slice(0, 36);
    writeFileSync(join(folder, `${storeId}-orphan.parquet`), 'half written');
    const others = [
      join(folder, 'report.parquet'),
      join(opened.cold, 'README'),
      join(opened.cold, 'kube_audit/day=x/notes/a.txt'),
    ];
    for (const path of others) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, 'mine');
    }
    await opened.store.shutdown();
    await using again = await opened.reopen();
    expect(existsSync(join(folder, `${storeId}-orphan.parquet`))).toBe(false);
    for (const path of others) expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(await ids(again)).toHaveLength(6);
  });
});

test('a day that went to the cold tier makes room in the database before a day has to go for want of it', async () => {
  await using opened = await open({ cold: null });
  const text = (index: number): string =>
    Array.from({ length: 4000 }, (_item, n) => Math.imul(n + 7919 * index, 2654435761).toString(36)).join('');
  for (let index = 0; index < 2; index += 1) {
    const batch = Array.from({ length: 200 }, (_item, n) =>
      auditRow(`${index}-${n}`, { _raw: `${index}-${n} ${text(n)}` }),
    );
    await opened.store.append(auditBatch(...batch));
    await opened.store.loaded();
    clock.now += day;
  }
  await opened.store.retain();
  const used = opened.telemetry.value('pintail_store_used_bytes');
  await opened.store.shutdown();
  clock.now += 10 * day;
  await using again = await openTestStore({
    directory: opened.directory,
    settings: { cold: { afterMs: 3 * day, directory: opened.cold }, diskBytes: Math.floor(used * 1.2) },
    context,
  });
  await again.store.retain();
  expect(await again.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 400 }]);
  expect(again.telemetry.value('pintail_store_cold_bytes')).toBeGreaterThan(used * 0.2);
});

test('a move that ended between the files and the table shows every row once, and is finished by the next pass', async () => {
  await using opened = await open();
  await receiveDays(opened, 6);
  // As it is between the two: the rows of the files are in the table, too, and a note says which.
  await opened.store.database.write(async (connection) => {
    await connection.run(
      `insert into kube_audit_hot by name select * from kube_audit where _indextime < timestamp '2026-11-20'`,
    );
    await connection.run(`insert into cold_move select 'kube_audit', timestamp '2026-11-20', max(commit_seq) from kube_audit
      where _indextime < timestamp '2026-11-20'`);
  });
  await opened.store.shutdown();
  clock.now = start;
  const without = await openTestStore({
    directory: opened.directory,
    context,
    settings: { retentionIntervalMs: 3_600_000 },
  });
  expect(await ids(without)).toEqual(['day 0', 'day 1', 'day 2', 'day 3', 'day 4', 'day 5']);
  await without.store.retain();
  expect(await without.loadedRows('select count(*) as n from kube_audit_hot')).toEqual([{ n: 3 }]);
  expect(await without.loadedRows('select * from cold_move')).toEqual([]);
  expect(await ids(without)).toEqual(['day 0', 'day 1', 'day 2', 'day 3', 'day 4', 'day 5']);
  await without.store.shutdown();
});

test('a bucket without the extension that reads it is refused by name when the database is opened, and the lock is given back', async () => {
  const { store, directory, ...opened } = await openTestStore();
  await store.shutdown();
  const s3 = {
    endpoint: null,
    region: 'eu-central-1',
    pathStyle: false,
    credentials: null,
    extension: '/nowhere/httpfs.duckdb_extension',
  };
  const error = await rejection(
    openTestStore({ directory, settings: { cold: { afterMs: day, directory: 's3://bucket/days', s3 } } }),
  );
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toMatch(
    /storage\.cold\.directory: expected DuckDB's extension httpfs for v1\.\d+\.\d+, which reads "s3:\/\/bucket\/days", found: .*\/nowhere\/httpfs.duckdb_extension.*storage\.cold\.s3\.extension/,
  );
  expect(existsSync(join(directory, 'pintail.lock'))).toBe(false);
  await opened[Symbol.asyncDispose]();
});
