import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { RetryableError } from '../../src/component.ts';
import { encodeCluster } from '../../src/store/cold-path.ts';
import type { BucketAccess, StoreSettings } from '../../src/store/settings.ts';
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
} from '../store/cold-fixture.ts';
import { auditBatch, auditRow, logRow, openTestStore, rejection, type TestStore } from '../store/store-fixture.ts';
import { type Network, startNetwork } from './network.ts';
import { bucket, type S3Server, startS3Server } from './s3-server.ts';
import { missing } from './tools.ts';

if (missing !== undefined) console.warn(missing);

let server: S3Server;
let opened = 0;

beforeAll(async () => {
  if (missing === undefined) server = await startS3Server();
}, 60_000);
afterAll(async () => {
  if (missing === undefined) await server[Symbol.asyncDispose]();
});

interface BucketStore extends TestStore {
  readonly network: Network;
  /** Of keys. */
  readonly prefix: string;
  open(access?: Partial<BucketAccess>, settings?: Partial<StoreSettings>): Promise<TestStore>;
}

/** A store with a prefix of the bucket for itself. */
async function open(settings: Partial<StoreSettings> = {}): Promise<BucketStore> {
  opened += 1;
  const prefix = `stores/no.${opened}/`;
  const network = await startNetwork(server.port);
  const directory = newStorage();
  const again = (access: Partial<BucketAccess> = {}, other: Partial<StoreSettings> = {}): Promise<TestStore> =>
    openTestStore({
      directory,
      settings: {
        retentionIntervalMs: 3_600_000,
        cold: {
          afterMs: 3 * day,
          directory: `s3://${bucket}/${prefix}`,
          s3: { ...server.access(network.port), ...access },
        },
        ...settings,
        ...other,
      },
      context,
    });
  const store = await again();
  return {
    ...store,
    network,
    prefix,
    open: again,
    reopen: () => again(),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await network[Symbol.asyncDispose]();
    },
  };
}

const keys = async ({ prefix }: BucketStore, table = ''): Promise<readonly string[]> =>
  [...(await server.objects()).keys()].filter((key) => key.startsWith(prefix + table)).sort();

describe.skipIf(missing !== undefined)('a day that goes to a bucket', () => {
  test('reads as before under the same name, values and types alike, from one object per cluster', async () => {
    await using store = await open();
    await store.store.append({ audit: [fullRow(), auditRow('plain')], logs: [logRow('a log', { severityNumber: 9 })] });
    const before = await contents(store);
    clock.now += 10 * day;
    await store.store.retain();
    expect(await rows(store, 'select count(*) as n from kube_audit_hot')).toEqual([{ n: 0 }]);
    expect(await contents(store)).toEqual(before);
    expect((await keys(store)).map((key) => dirname(key.slice(store.prefix.length)))).toEqual([
      'kube_audit/day=2026-11-17/cluster=__HIVE_DEFAULT_PARTITION__',
      'kube_audit/day=2026-11-17/cluster=prod',
      'logs/day=2026-11-17/cluster=__HIVE_DEFAULT_PARTITION__',
    ]);
    expect(readdirSync(join(store.directory, 'cold-uploads'))).toEqual([]);
    await store.store.shutdown();
    const again = await store.reopen();
    expect(await contents(again)).toEqual(before);
    await receive(again, 'new');
    expect(await ids(again, `cluster is not null`)).toEqual(['plain', 'new']);
    await again.store.shutdown();
  });

  test('keeps copies out that come again later', async () => {
    await using store = await open();
    await receiveDays(store, 6);
    await receive(store, 'day 0', { timeMicros: start * 1000 });
    expect(await ids(store)).toEqual(['day 0', 'day 1', 'day 2', 'day 3', 'day 4', 'day 5']);
    expect(store.telemetry.value('pintail_store_duplicate_rows_total{table="kube_audit"}')).toBe(1);
  });

  test('is not asked for by queries of other times, and only its own objects are by those of its time', async () => {
    await using store = await open();
    await receiveDays(store, 6);
    store.network.requests.length = 0;
    expect(await ids(store, `_time >= timestamp '2026-11-20'`)).toEqual(['day 3', 'day 4', 'day 5']);
    expect(store.network.requests).toEqual([]);
    expect(await ids(store, `_time < timestamp '2026-11-18'`)).toEqual(['day 0']);
    expect(store.network.requests.length).toBeGreaterThan(0);
    expect(store.network.requests.filter((line) => !line.includes('kube_audit/day%3D2026-11-17/'))).toEqual([]);
  });

  test('goes from the bucket with the retention', async () => {
    await using store = await open({ retentionMs: 10 * day });
    await receiveDays(store, 6);
    expect(await keys(store, 'kube_audit')).toHaveLength(3);
    await server.put(`${store.prefix}kube_audit/day=2026-11-17/cluster=prod/report.parquet`, Buffer.from('mine'));
    clock.now = Date.UTC(2026, 10, 29);
    store.network.refuse = (method) => method === 'DELETE';
    await store.store.retain();
    expect(await ids(store)).toEqual(['day 2', 'day 3', 'day 4', 'day 5']);
    store.network.refuse = null;
    await store.store.retain();
    const left = await keys(store, 'kube_audit');
    expect(left.filter((key) => /day=2026-11-1[78]/.test(key)).map((key) => basename(key))).toEqual(['report.parquet']);
    expect(left).toHaveLength(5);
  });

  test('has one folder for each cluster, whatever they are called', async () => {
    const names = [
      '../../escape',
      '/etc',
      '.',
      '',
      'a=b/c',
      '%2F',
      'ü🦆',
      `q'"\\?*[x]{y}`,
      '+ &#;',
      'x'.repeat(501),
      null,
    ];
    await using store = await open();
    for (const [index, cluster] of names.entries()) await receive(store, `row ${index}`, { cluster });
    clock.now += 10 * day;
    await store.store.retain();
    expect((await keys(store, 'kube_audit')).map((key) => basename(dirname(key))).sort()).toEqual(
      names.map((cluster) => `cluster=${encodeCluster(cluster)}`).sort(),
    );
    expect(
      await store.loadedRows('select "auditID" as id, cluster from kube_audit order by _indextime, len(id), id'),
    ).toEqual(names.map((cluster, index) => ({ id: `row ${index}`, cluster })));
    await store.network.cut();
    await store.store.retain();
    expect(String(await rejection(rows(store, 'select count(*) from kube_audit')))).toMatch(
      /cold tier: expected "s3:.*" with 1 rows of kube_audit, found the store out of reach .* So it is with 10 more of that day\./,
    );
  });

  test('opens no door for hunting SQL', async () => {
    await using store = await open();
    await receiveDays(store, 6);
    const [key = ''] = await keys(store);
    expect(await hunt(store, 'select count(*) as n from kube_audit')).toEqual([{ n: 6 }]);
    for (const sql of [
      `select * from read_parquet('s3://${bucket}/${key}')`,
      `select * from 's3://${bucket}/${key}'`,
      `select * from glob('s3://${bucket}/**')`,
      'select * from duckdb_secrets()',
      "from which_secret('s3://x', 's3')",
      `create or replace temporary secret pintail_cold (type s3, key_id 'k')`,
    ]) {
      expect(String(await rejection(hunt(store, sql)))).toContain('QueryRefusal');
    }
    for (const sql of [
      `select * from read_text('s3://another-bucket/x')`,
      `select * from read_text('s3://${bucket}/another-prefix/x')`,
      `select * from read_text('http://127.0.0.1:${store.network.port}/${bucket}/${key}')`,
      `select * from read_text('https://127.0.0.1/')`,
    ]) {
      expect(String(await rejection(rows(store, sql)))).toMatch(/disabled by configuration/);
    }
  });

  test('is not what goes where storage.max_disk_size is exceeded', async () => {
    await using store = await open();
    await receiveDays(store, 4);
    const objects = await keys(store);
    expect(objects.length).toBeGreaterThan(0);
    const bulk = Array.from({ length: 200 }, (_item, n) =>
      auditRow(`bulk ${n}`, { _raw: randomBytes(20_000).toString('hex') }),
    );
    await store.store.append(auditBatch(...bulk));
    await store.store.loaded();
    clock.now += day;
    await store.store.shutdown();
    const again = await store.open({}, { diskBytes: 2_000_000 });
    // One day after the other: what is deleted is free only by the next pass.
    for (let pass = 0; pass < 6; pass += 1) await again.store.retain();
    expect(again.telemetry.value('pintail_store_deleted_rows_total{table="kube_audit",reason="disk"}')).toBeGreaterThan(
      199,
    );
    expect(await ids(again, `"auditID" like 'bulk%'`)).toEqual([]);
    expect(await ids(again, `"auditID" = 'day 0'`)).toEqual(['day 0']);
    expect(await keys(store)).toEqual(expect.arrayContaining([...objects]));
    await again.store.shutdown();
  });
});

test.skipIf(missing !== undefined)('credentials that are not configured are those of the environment', async () => {
  await using store = await open();
  await store.store.shutdown();
  vi.stubEnv('AWS_ACCESS_KEY_ID', server.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', server.credentials.secretAccessKey);
  try {
    const again = await store.open({ credentials: null });
    await receiveDays(again, 6);
    expect(await keys(store, 'kube_audit')).toHaveLength(3);
    expect(await ids(again)).toHaveLength(6);
    await again.store.shutdown();
  } finally {
    vi.unstubAllEnvs();
  }
});

describe.skipIf(missing !== undefined)('a bucket that is out of reach', () => {
  test('fails queries of its days by name; intake, other queries and the start go on, and days wait in the database', async () => {
    await using store = await open();
    await receiveDays(store, 6);
    await store.network.cut();
    // Before anybody has noticed.
    expect(
      await rejection(rows(store, `select max(_raw) from kube_audit where _time < timestamp '2026-11-18'`)),
    ).toBeInstanceOf(RetryableError);
    await receive(store, 'in its time', { timeMicros: (start + day) * 1000 });
    clock.now += 3 * day;
    await rejection(store.store.retain());
    const expectFailure = async (from: TestStore): Promise<void> => {
      const error = await rejection(rows(from, 'select count(*) from kube_audit'));
      expect(error).toBeInstanceOf(RetryableError);
      expect(String(error)).toMatch(
        /cold tier: expected "s3:\/\/cold-days\/stores\/.*day=2026-11-\d\d\/cluster=prod\/.*" with 1 rows of kube_audit, found the store out of reach/,
      );
      expect(await ids(from, `_time >= timestamp '2026-11-20'`)).toEqual(['day 3', 'day 4', 'day 5']);
    };
    await expectFailure(store);
    expect(store.telemetry.value('pintail_store_cold_unreadable_files')).toBe(6);
    await receive(store, 'meanwhile', { timeMicros: (start + 8 * day) * 1000 });
    await store.store.shutdown();
    const again = await store.reopen();
    await rejection(again.store.retain());
    await receive(again, 'after opening', { timeMicros: (start + 8 * day) * 1000 });
    expect(await ids(again, `_time >= timestamp '2026-11-22 12:00:01'`)).toEqual(['after opening', 'meanwhile']);
    expect(await again.loadedRows('select count(*) as n from kube_audit_hot')).toEqual([{ n: 6 }]);
    await store.network.mend();
    await again.store.retain();
    expect(again.telemetry.value('pintail_store_cold_unreadable_files')).toBe(0);
    expect(await again.loadedRows('select count(*) as n from kube_audit_hot')).toEqual([{ n: 3 }]);
    expect([...(await ids(again))].sort()).toEqual(
      ['day 0', 'day 1', 'day 2', 'day 3', 'day 4', 'day 5', 'in its time', 'meanwhile', 'after opening'].sort(),
    );
    await again.store.shutdown();
  });

  test('or refuses what it is given keeps the day in the database', async () => {
    await using store = await open();
    store.network.refuse = (method) => method === 'PUT';
    await rejection(receiveDays(store, 6));
    expect(await keys(store)).toEqual([]);
    expect(await ids(store)).toHaveLength(6);
    expect(readdirSync(join(store.directory, 'cold-uploads'))).toEqual([]);
    store.network.refuse = null;
    await store.store.retain();
    expect(await keys(store, 'kube_audit')).toHaveLength(3);
    expect(await ids(store)).toHaveLength(6);
  });

  test('or stores another content keeps the day in the database, and the object goes', async () => {
    await using store = await open();
    store.network.mangle = (method, body) => (method === 'PUT' ? Buffer.from(body.toReversed()) : body);
    expect(String(await rejection(receiveDays(store, 6)))).toContain('found another content');
    expect(await keys(store)).toEqual([]);
    store.network.mangle = null;
    expect(await ids(store)).toHaveLength(6);
    await store.store.retain();
    expect(await ids(store)).toHaveLength(6);
  });

  test('and has tags that are no digests is compared by content', async () => {
    await using store = await open();
    store.network.retag = true;
    await receiveDays(store, 6);
    expect(await keys(store, 'kube_audit')).toHaveLength(3);
    expect(store.network.requests.some((line) => line.startsWith('GET') && line.includes('x-id=GetObject'))).toBe(true);
    store.network.mangle = (method, body) => (method === 'PUT' ? Buffer.from(body.toReversed()) : body);
    clock.now += day;
    expect(String(await rejection(store.store.retain()))).toContain('found another content');
    expect(await keys(store, 'kube_audit')).toHaveLength(3);
    expect(await ids(store)).toHaveLength(6);
  });

  test('with wrong credentials says so; the start goes on', async () => {
    await using store = await open();
    await receiveDays(store, 6);
    await store.store.shutdown();
    clock.now += 3 * day;
    const credentials = { ...server.credentials, secretAccessKey: 'not-the-secret' };
    const again = await store.open({ credentials });
    expect(String(await rejection(again.store.retain()))).toContain('SignatureDoesNotMatch');
    expect(String(await rejection(rows(again, 'select count(*) from kube_audit')))).toContain('SignatureDoesNotMatch');
    expect(await ids(again, `_time >= timestamp '2026-11-20'`)).toEqual(['day 3', 'day 4', 'day 5']);
    const said = JSON.stringify([again.telemetry.lines, String(await rejection(again.store.retain()))]);
    expect(said).not.toContain('not-the-secret');
    await again.store.shutdown();
    const right = await store.reopen();
    await right.store.retain();
    expect(await ids(right)).toHaveLength(6);
    await right.store.shutdown();
  });
});

describe.skipIf(missing !== undefined)('an object', () => {
  const damages: readonly (readonly [string, (key: string) => Promise<void>, string])[] = [
    ['missing', (key) => server.remove(key), 'found none'],
    ['cut short', (key) => server.put(key, Buffer.alloc(1000)), 'found 1000 bytes instead of'],
  ];

  test.for(damages)('that is %s fails queries over its time by its name, and no others', async ([, damage, found]) => {
    await using store = await open();
    await receiveDays(store, 6);
    const key = (await keys(store, 'kube_audit')).find((name) => name.includes('2026-11-18')) ?? '';
    const body = await (
      await server.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))
    ).Body?.transformToByteArray();
    await damage(key);
    await store.store.retain();
    const error = String(await rejection(rows(store, 'select count(*) from kube_audit')));
    expect(error).toContain(`cold tier: expected "s3://${bucket}/${key}" with 1 rows of kube_audit, ${found}`);
    expect(await ids(store, `_time >= timestamp '2026-11-19'`)).toEqual(['day 2', 'day 3', 'day 4', 'day 5']);
    expect(await ids(store, `_time < timestamp '2026-11-18'`)).toEqual(['day 0']);
    await receive(store, 'in its time', { timeMicros: (start + day) * 1000 });
    await server.put(key, Buffer.from(body ?? []));
    await store.store.retain();
    expect(await ids(store)).toHaveLength(7);
  });

  test('larger than a part is uploaded in parts, and one that was interrupted leaves none behind', async () => {
    await using store = await open();
    const bulk = Array.from({ length: 400 }, (_item, n) =>
      auditRow(`bulk ${n}`, { _raw: randomBytes(50_000).toString('latin1') }),
    );
    await store.store.append(auditBatch(...bulk));
    await store.store.loaded();
    clock.now += 10 * day;
    store.network.refuse = (method, path) => method === 'PUT' && path.includes('partNumber=2');
    await rejection(store.store.retain());
    expect(await server.uploads()).toEqual([]);
    expect(store.network.requests.filter((line) => line.includes('uploads')).length).toBeGreaterThan(0);
    expect(await rows(store, 'select count(*) as n from kube_audit_hot')).toEqual([{ n: 400 }]);
    store.network.refuse = null;
    await store.store.retain();
    expect(await rows(store, 'select count(*) as n from kube_audit_hot')).toEqual([{ n: 0 }]);
    const sizes = [...(await server.objects())].filter(([key]) => key.startsWith(store.prefix)).map(([, size]) => size);
    expect(sizes.some((size) => size > 16 * 2 ** 20)).toBe(true);
    const found = await store.loadedRows('select md5(_raw) as digest from kube_audit order by 1');
    const digests = bulk.map(({ _raw }) => createHash('md5').update(_raw).digest('hex')).sort();
    expect(found.map(({ digest }) => digest).join()).toBe(digests.join());
  });

  test('of this store that nobody recorded goes; objects of others stay', async () => {
    await using store = await open();
    await receiveDays(store, 6);
    const [own = ''] = await keys(store, 'kube_audit');
    const storeId = basename(own).slice(0, 36);
    const others = [
      `${dirname(own)}/report.parquet`,
      `${store.prefix}README`,
      `${store.prefix}kube_audit/${storeId}-x`,
    ];
    for (const key of [...others, `${dirname(own)}/${storeId}-orphan.parquet`]) await server.put(key, Buffer.from('x'));
    await store.store.shutdown();
    const again = await store.reopen();
    await again.store.retain();
    const left = await keys(store);
    expect(left).toEqual(expect.arrayContaining(others));
    expect(left).toHaveLength(6 + others.length);
    expect(await ids(again)).toHaveLength(6);
    await again.store.shutdown();
  });
});

test.skipIf(missing !== undefined)(
  'a database whose days are in a bucket is not opened without the section that says how to reach it',
  async () => {
    await using store = await open();
    await receiveDays(store, 6);
    await store.store.shutdown();
    const error = String(await rejection(openTestStore({ directory: store.directory, context })));
    expect(error).toContain(`storage.cold: expected directory "s3://${bucket}/${store.prefix.slice(0, -1)}"`);
    expect(existsSync(join(store.directory, 'pintail.lock'))).toBe(false);
    const again = await store.reopen();
    expect(await ids(again)).toHaveLength(6);
    await again.store.shutdown();
  },
);
