import { DuckDBInstance } from '@duckdb/node-api';
import { expect, onTestFinished, test } from 'vitest';
import { inTransaction } from '../../src/store/engine-transaction.ts';

/** Two connections to a database with the empty table `t(n integer primary key)`. */
async function openTwo() {
  const instance = await DuckDBInstance.create(':memory:');
  const [one, other] = [await instance.connect(), await instance.connect()];
  onTestFinished(() => {
    one.disconnectSync();
    other.disconnectSync();
    instance.closeSync();
  });
  await one.run('create table t (n integer primary key)');
  const rows = async () => (await one.runAndReadAll('select n from t order by n')).getRowsJS().map(([n]) => n);
  return { one, other, rows };
}

test('what the work did is committed, and what it gave is given', async () => {
  const { one, rows } = await openTwo();
  const inserted = await inTransaction(one, async () => (await one.run('insert into t values (1), (2)')).rowsChanged);
  expect(inserted).toBe(2);
  expect(await rows()).toEqual([1, 2]);
});

test('what failing work did is rolled back, and its error is the one reported', async () => {
  const { one, rows } = await openTwo();
  const work = inTransaction(one, async () => {
    await one.run('insert into t values (1)');
    await one.run('insert into nowhere values (1)');
  });
  await expect(work).rejects.toThrow('Table with name nowhere does not exist');
  expect(await rows()).toEqual([]);
});

test('a commit that fails is what is reported, not the rollback that then finds no transaction', async () => {
  const { one, other, rows } = await openTwo();
  await other.run('begin transaction');
  await other.run('insert into t values (1)');
  const work = inTransaction(one, async () => {
    await one.run('insert into t values (1)');
    await other.run('commit');
  });
  await expect(work).rejects.toThrow('Failed to commit');
  expect(await rows()).toEqual([1]);
});

test('work that ends the transaction itself is told why it failed', async () => {
  const { one } = await openTwo();
  const work = inTransaction(one, async () => {
    await one.run('rollback');
    throw new Error('no space left');
  });
  await expect(work).rejects.toThrow('no space left');
});
