import { getEventListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Connection, PermanentError, RetryableError, type SqlRow, type SqlValue } from '../../src/component.ts';
import { DuckdbDatabase } from '../../src/store/duckdb-database.ts';
import { auditBatch, auditRow, openTestStore, rejection, type TestStore } from './store-fixture.ts';

const endless = 'select count(*) from range(1000000000000) t(i) where i % 7 = 3';

let opened: TestStore;
beforeAll(async () => {
  opened = await openTestStore({ settings: { shares: { service: 2, detection: 1, hunt: 1 } } });
});
afterAll(async () => {
  await opened[Symbol.asyncDispose]();
});

const query = (sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]> =>
  opened.store.database.read({ share: 'service' }, (connection) => connection.query(sql, parameters));

async function value(sql: string, parameters?: readonly SqlValue[]): Promise<SqlValue | undefined> {
  const [row] = await query(`select ${sql} as v`, parameters);
  return row?.v;
}

describe('values', () => {
  test.each<[string, SqlValue]>([
    ["timestamp '2026-01-02 03:04:05'", '2026-01-02T03:04:05.000Z'],
    ["timestamp '2026-01-02 03:04:05.678901'", '2026-01-02T03:04:05.678901Z'],
    ["timestamp '1969-12-31 23:59:59.999999'", '1969-12-31T23:59:59.999999Z'],
    ["timestamptz '2026-01-02 03:04:05+02'", '2026-01-02T01:04:05.000Z'],
    ["timestamp_ms '2026-01-02 03:04:05.5'", '2026-01-02T03:04:05.500Z'],
    ["timestamp_s '2026-01-02 03:04:05'", '2026-01-02T03:04:05.000Z'],
    ["timestamp_ns '2026-01-02 03:04:05.123456789'", '2026-01-02T03:04:05.123456Z'],
    ["timestamp 'infinity'", 'infinity'],
    ["date '2026-01-02'", '2026-01-02'],
    ['9007199254740991::bigint', 9007199254740991],
    ['9007199254740993::bigint', 9007199254740993n],
    ['170141183460469231731687303715884105727::hugeint', 170141183460469231731687303715884105727n],
    ['1.25::decimal(10, 2)', 1.25],
    ['-0.001::decimal(38, 10)', -0.001],
    ["'0d1c6c3c-9f6b-4b7e-8f0e-000000000001'::uuid", '0d1c6c3c-9f6b-4b7e-8f0e-000000000001'],
    ["map {'a': 1, 'b': null}", { a: 1, b: null }],
    ["{'x': [1, null], 'y': {'z': 'q'}}", { x: [1, null], y: { z: 'q' } }],
    ["'\\x00\\xFF'::blob", 'AP8='],
    ['json \'{"a": 1}\'', '{"a": 1}'],
    ['true', true],
    ['null', null],
    ['[]', []],
    ["'duck 🦆 ' || chr(0) || 'x'", 'duck 🦆 \u0000x'],
  ])('reads %s', async (sql, expected) => {
    expect(await value(sql)).toEqual(expected);
  });

  test.each<[string, SqlValue, SqlValue?]>([
    ['text', 'it\'s -- " \u0000 🦆'],
    ['a whole number', 42],
    ['a whole number beyond 32 bits', 2 ** 40],
    ['a fraction', 0.1],
    ['a bigint', 9007199254740993n],
    ['a bigint beyond 64 bits', 2n ** 70n],
    ['a boolean', false],
    ['null', null],
    ['a list of text', ['a', null, 'b']],
    ['a list of whole and broken numbers', [1, 2.5, 2 ** 40], [1, 2.5, 2 ** 40]],
    ['nested lists', [[1], [2 ** 40], []]],
    ['an empty list', []],
    ['an object', { a: 'x', b: [1] }],
  ])('binds %s', async (_name, parameter, expected = parameter) => {
    expect(await value('$1', [parameter])).toEqual(expected);
  });

  test('binds lists for membership, whatever they hold', async () => {
    expect(await value("'b' in (select unnest($1))", [['a', 'b']])).toBe(true);
    expect(await value('3::bigint = any($1)', [[1, 2.5, 3]])).toBe(true);
    expect(await value("'b' = any($1)", [[]])).toBe(false);
  });

  test('refuses a list of mixed types', async () => {
    expect(await rejection(query('select $1', [['a', 1]]))).toBeInstanceOf(PermanentError);
  });
});

describe('read', () => {
  test('sets the window as timestamps, and leaves none behind', async () => {
    const variables = (connection: Connection) =>
      connection.query("select getvariable('earliest') as e, getvariable('latest') as l, getvariable('now') as n");
    const { database } = opened.store;
    const window = { earliest: 1_767_225_600.25, latest: null, now: 1_767_225_601.000001 };
    expect(await database.read({ share: 'hunt', window }, variables)).toEqual([
      { e: '2026-01-01T00:00:00.250Z', l: null, n: '2026-01-01T00:00:01.000001Z' },
    ]);
    expect(await database.read({ share: 'hunt' }, variables)).toEqual([{ e: null, l: null, n: null }]);
  });

  test('leaves no variable or temporary table of one piece of work to the next', async () => {
    const { database } = opened.store;
    await database.write(async (connection) => {
      await connection.run('set variable mine = 1');
      await connection.run('create temp table scratch as select 1');
    });
    await database
      .write(async (connection) => {
        expect(await connection.query("select getvariable('mine') as m")).toEqual([{ m: null }]);
        await expect(connection.query('from scratch')).rejects.toThrow('scratch');
      })
      .catch((error: unknown) => {
        // The failed statement has aborted the transaction, which is fine here.
        expect(String(error)).toContain('aborted');
      });
  });

  test('cannot write', async () => {
    for (const sql of [
      'create table t (a int)',
      'insert into logs_hot select * from logs_hot limit 0',
      'delete from kube_audit_hot',
    ]) {
      expect(String(await rejection(query(sql)))).toContain('read-only');
    }
  });

  test('goes on after a statement that failed', async () => {
    const rows = await opened.store.database.read({ share: 'service' }, async (connection) => {
      await rejection(connection.query('select nothing'));
      return connection.query('select 1 as one');
    });
    expect(rows).toEqual([{ one: 1 }]);
  });

  test('sees one state throughout', async () => {
    const counts = await opened.store.database.read({ share: 'service' }, async (connection) => {
      const before = await connection.query('select count(*) as n from kube_audit');
      await opened.store.append(auditBatch(auditRow('between')));
      await opened.store.loaded();
      return [before, await connection.query('select count(*) as n from kube_audit')];
    });
    expect(counts[0]).toEqual(counts[1]);
  });

  test('interrupts the running statement on abort and rejects with the reason', async () => {
    const controller = new AbortController();
    const reading = rejection(
      opened.store.database.read({ share: 'hunt', signal: controller.signal }, (connection) =>
        connection.query(endless),
      ),
    );
    // Its share has one place; it is taken.
    await query('select 1');
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await reading).toBe(reason);
    expect(await opened.store.database.read({ share: 'hunt' }, async () => 'free again')).toBe('free again');
  });

  test('interrupts a stream in the middle', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const reading = opened.store.database.read({ share: 'hunt', signal: controller.signal }, async (connection) => {
      const { chunks } = await connection.stream('select i from range(1000000000) t(i)');
      for await (const _rows of chunks()) controller.abort(reason);
    });
    expect(await rejection(reading)).toBe(reason);
  });

  test('does not begin when the signal has aborted already', async () => {
    const reason = new Error('too late');
    const signal = AbortSignal.abort(reason);
    expect(await rejection(opened.store.database.read({ share: 'hunt', signal }, async () => 1))).toBe(reason);
  });

  test('queues what exceeds a share, and lets other shares pass', async () => {
    const { database } = opened.store;
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const held = database.read({ share: 'hunt' }, () => {
      started.resolve();
      return gate.promise;
    });
    await started.promise;
    const order: string[] = [];
    const queued = database.read({ share: 'hunt' }, async () => order.push('second hunt'));
    const controller = new AbortController();
    const left = rejection(
      database.read({ share: 'hunt', signal: controller.signal }, async () => order.push('never')),
    );
    expect(opened.telemetry.value('pintail_store_waiting_statements{share="hunt"}')).toBe(2);
    controller.abort(new Error('left the queue'));
    expect(String(await left)).toContain('left the queue');
    await database.read({ share: 'detection' }, async () => order.push('detection'));
    gate.resolve();
    await Promise.all([held, queued]);
    expect(order).toEqual(['detection', 'second hunt']);
  });

  test('refuses a connection after its work, and ends what that left running', async () => {
    const escaped: { connection?: Connection; running?: Promise<unknown> } = {};
    await opened.store.database.read({ share: 'hunt' }, async (connection) => {
      escaped.connection = connection;
      escaped.running = rejection(connection.query(endless));
    });
    expect(await escaped.running).toBeInstanceOf(RetryableError);
    await expect(escaped.connection?.query('select 1')).rejects.toThrow('found use after it');
  });
});

describe('stream', () => {
  test('names columns and types, then gives rows in chunks', async () => {
    await opened.store.database.read({ share: 'service' }, async (connection) => {
      const { columns, chunks } = await connection.stream(
        'select i, i::varchar as "user.name", [i] as "groups{}", 1 as i from range($1) t(i)',
        [5000],
      );
      expect(columns).toEqual([
        { name: 'i', type: 'BIGINT' },
        { name: 'user.name', type: 'VARCHAR' },
        { name: 'groups{}', type: 'BIGINT[]' },
        { name: 'i:1', type: 'INTEGER' },
      ]);
      const sizes: number[] = [];
      let last: SqlRow | undefined;
      for await (const rows of chunks()) {
        sizes.push(rows.length);
        last = rows.at(-1);
      }
      expect(sizes.length).toBeGreaterThan(1);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(5000);
      expect(last).toEqual({ i: 4999, 'user.name': '4999', 'groups{}': [4999], 'i:1': 1 });
    });
  });

  test('gives the first chunk of a result that would never end', async () => {
    await opened.store.database.read({ share: 'service' }, async (connection) => {
      const { chunks } = await connection.stream('select i from range(1000000000000) t(i)');
      for await (const rows of chunks()) {
        expect(rows[0]).toEqual({ i: 0 });
        break;
      }
    });
  });
});

describe('write', () => {
  test('commits what resolves and rolls back what rejects, one writer at a time', async () => {
    const { database } = opened.store;
    await database.write((connection) => connection.run('create table tally (n integer)'));
    const add = (n: number) =>
      database.write(async (connection) => {
        const [row] = await connection.query('select coalesce(max(n), 0) as m from tally');
        expect(await connection.run('insert into tally values ($1)', [Number(row?.m) + 1])).toBe(1);
        if (n === 3) throw new Error('changed my mind');
      });
    const results = await Promise.allSettled([1, 2, 3, 4].map(add));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(await query('select n from tally order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test('works beside a load', async () => {
    const { store } = opened;
    await store.append(auditBatch(auditRow('beside')));
    await store.database.write(async (connection) => {
      await connection.run('create table beside (a integer)');
      await store.loaded();
      await connection.run('insert into beside values (1)');
    });
    expect(await query('select count(*) as n from beside, kube_audit where "auditID" = \'beside\'')).toEqual([
      { n: 1 },
    ]);
  });
});

describe('settled', () => {
  test('waits for all work under way or the signal, and leaves no listener on it', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const database = new DuckdbDatabase({ service: 2, detection: 1, hunt: 1 });
    database.attach(instance);
    onTestFinished(async () => {
      await database.detach();
      instance.closeSync();
    });
    const lasting = new AbortController();
    const listeners = () => getEventListeners(lasting.signal, 'abort').length;
    const work = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      return { end: resolve, done: database.read({ share: 'service' }, () => promise) };
    };

    const [first, second] = [work(), work()];
    let isSettled = false;
    const settled = database.settled(lasting.signal).then(() => {
      isSettled = true;
    });
    expect(listeners()).toBe(1);
    first.end();
    await first.done;
    expect(isSettled).toBe(false);
    second.end();
    await settled;
    for (let turn = 0; turn < 100; turn++) await database.settled(lasting.signal);
    expect(listeners()).toBe(0);

    const endless = work();
    const given = database.settled(lasting.signal);
    lasting.abort();
    await given;
    await database.settled(lasting.signal);
    expect(listeners()).toBe(0);
    endless.end();
    await endless.done;
  });
});

describe('errors', () => {
  test.each(['selec 1', 'select nothing', 'from nowhere', "select 'x'::integer", 'select nofunction(1)'])(
    'takes "%s" for the mistake of who wrote it, and keeps the message of DuckDB',
    async (sql) => {
      const error = await rejection(query(sql));
      expect(error).toBeInstanceOf(PermanentError);
      expect(String((error as Error).cause)).toMatch(/Error: /);
    },
  );

  test('takes a lack of memory for something that may pass', async () => {
    const error = await rejection(
      opened.store.database.read({ share: 'hunt' }, (connection) =>
        connection.query('select length(list(repeat(i::varchar, 2000))::varchar) from range(5000000) t(i)'),
      ),
    );
    expect(error).toBeInstanceOf(RetryableError);
    expect(String(error)).toContain('memory_limit');
  });

  test('leaves an error of the work itself as it is', async () => {
    const bug = new Error('mine');
    const fail = async (): Promise<never> => {
      throw bug;
    };
    expect(await rejection(opened.store.database.read({ share: 'service' }, fail))).toBe(bug);
    expect(await rejection(opened.store.database.write(fail))).toBe(bug);
  });

  test('leaves the error of a writer as it is where there is nothing left to roll back', async () => {
    const bug = new Error('mine');
    const work = opened.store.database.write(async (connection) => {
      await connection.run('rollback');
      throw bug;
    });
    expect(await rejection(work)).toBe(bug);
  });
});

describe('the instance', () => {
  test.each([
    "copy (select 1) to '/tmp/pintail-escape.csv'",
    "export database '/tmp/pintail-escape'",
    "attach '/tmp/pintail-escape.duckdb'",
    "select * from read_text('/etc/hostname')",
    "select * from read_csv('/etc/passwd')",
    "select * from '/etc/passwd'",
    "select * from glob('/etc/*')",
    "select * from read_parquet('https://example.com/x.parquet')",
    "select * from sniff_csv('/etc/passwd')",
    'install httpfs',
    'load httpfs',
    'set enable_external_access = true',
    'set lock_configuration = false',
    "set allowed_directories = ['/']",
    "set memory_limit = '100GB'",
    "set temp_directory = '/tmp'",
    "create persistent secret s (type http, bearer_token 'x')",
  ])('does not let SQL out: %s', async (sql) => {
    const write = (statement: string) => opened.store.database.write((connection) => connection.run(statement));
    expect(await rejection(query(sql))).toBeInstanceOf(Error);
    expect(await rejection(write(sql))).toBeInstanceOf(Error);
    expect(existsSync('/tmp/pintail-escape.csv') || existsSync('/tmp/pintail-escape.duckdb')).toBe(false);
  });

  test('works in UTC, wherever the machine is', async () => {
    expect(await value("current_setting('TimeZone')")).toBe('UTC');
    expect(await value("timestamptz '2026-01-01 12:00:00'::timestamp")).toBe('2026-01-01T12:00:00.000Z');
  });

  test('has the bounds it was given', async () => {
    expect(await value("current_setting('threads')")).toBe(2);
    expect(await value("current_setting('memory_limit')")).toBe('1.0 GiB');
    expect(String(await value("current_setting('temp_directory')"))).toBe(join(opened.directory, 'temporary'));
  });
});
