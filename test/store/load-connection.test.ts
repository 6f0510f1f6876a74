import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LoadConnection, type OtherWork } from '../../src/store/load-connection.ts';

async function open(others: OtherWork, threads = 2): Promise<{ load: LoadConnection; other: LoadConnection }> {
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  onTestFinished(() => instance.closeSync());
  const connect = async (): Promise<LoadConnection> => new LoadConnection(await instance.connect(), others, threads);
  return { load: await connect(), other: await connect() };
}

const alone: OtherWork = { isWriting: false, oldestWorkMs: 0 };

/** Over a table of several row groups: both of DuckDB's threads have tasks of it for longer than a test may take. */
const endless = 'select count(*) from numbers a, numbers b where a.n * b.n % 7 = 3';

describe('a statement in the worker', () => {
  test('does what it does elsewhere', async () => {
    const { load } = await open(alone);
    await load.runInWorker('create table t as select range as n from range(200_000)');
    const { rowsChanged } = await load.runInWorker('insert into t select * from range(3)');
    expect(rowsChanged).toBe(3);
    expect(await load.numbers('select count(*), max(n) from t')).toEqual([200_003, 199_999]);
  });

  test('fails with the error of DuckDB, before it begins and in the middle', async () => {
    const { load } = await open(alone);
    await expect(load.runInWorker('select * from nowhere')).rejects.toThrow('Table with name nowhere does not exist');
    await expect(
      load.runInWorker("select error('found ' || range) from range(100_000) where range = 90_000"),
    ).rejects.toThrow('found 90000');
  });

  test('is part of the transaction that is open', async () => {
    const { load, other } = await open(alone);
    await load.run('create table t(n integer)');
    await load.run('begin transaction');
    await load.runInWorker('insert into t select * from range(5)');
    expect(await other.numbers('select count(*) from t')).toEqual([0]);
    await load.commit();
    expect(await other.numbers('select count(*) from t')).toEqual([5]);
  });

  test('is executed where DuckDB has no worker', async () => {
    const { load } = await open(alone, 1);
    await load.runInWorker('create table t as select range as n from range(200_000)');
    expect(await load.numbers('select count(*) from t')).toEqual([200_000]);
  });

  test('is executed in the end although no worker comes to it', async () => {
    const { load } = await open(alone, 1);
    const left = new LoadConnection(load.connection, alone, 2, 100);
    await left.runInWorker('create table t as select range as n from range(200_000)');
    expect(await load.numbers('select count(*) from t')).toEqual([200_000]);
  });

  test('does what it does elsewhere beside a writer', async () => {
    const { load } = await open({ isWriting: true, oldestWorkMs: 0 });
    await load.runInWorker('create table t as select range as n from range(200_000)');
    expect(await load.numbers('select count(*) from t')).toEqual([200_000]);
  });

  test('ends although another statement keeps the worker', async () => {
    const others = { isWriting: false, oldestWorkMs: 0 };
    const { load, other } = await open(others);
    await other.run('create table numbers as select range as n from range(1_000_000)');
    const running = other.run(endless).catch(() => undefined);
    onTestFinished(async () => {
      other.connection.interrupt();
      await running;
    });
    setTimeout(() => {
      others.oldestWorkMs = 500;
    }, 200);
    await load.runInWorker('create table t as select range as n from range(200_000)');
    expect(await load.numbers('select count(*) from t')).toEqual([200_000]);
  });
});
