import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PermanentError } from '../../src/component.ts';
import { auditBatch, auditRow, openTestStore, rejection } from './store-fixture.ts';

const shippedMigrations = join(import.meta.dirname, '../../sql/migrations');
const shipped = readdirSync(shippedMigrations).sort();
/** The name of a migration that comes `step` after the shipped ones. */
const next = (step: number, name: string): string =>
  `migrations/${String(shipped.length + step).padStart(4, '0')}_${name}.sql`;

let sqlFolder = '';
beforeEach(() => {
  sqlFolder = mkdtempSync(join(tmpdir(), 'pintail-sql-'));
  for (const kind of ['migrations', 'macros', 'views']) mkdirSync(join(sqlFolder, kind));
  cpSync(shippedMigrations, join(sqlFolder, 'migrations'), { recursive: true });
});
afterEach(() => {
  rmSync(sqlFolder, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(sqlFolder, name), text);

test('applies each migration once and in order, and definitions at every open, with the rows kept', async () => {
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.append(auditBatch(auditRow('a-1')));
  await first.store.shutdown();
  write(next(1, 'more'), 'create table more (n integer); insert into more values (1);');
  write(next(2, 'yet_more'), 'insert into more select n + 1 from more;');
  write('macros/double.sql', 'create or replace macro double_of(x) as x * 2;');
  write('views/doubled.sql', 'create or replace view doubled as select double_of(n) as n from more;');
  const second = await first.reopen();
  await second.store.shutdown();
  await using again = await first.reopen();
  expect(await again.loadedRows('select number, name from schema_migration order by 1')).toEqual([
    ...shipped.map((name, index) => ({ number: index + 1, name: `migrations/${name}` })),
    { number: shipped.length + 1, name: next(1, 'more') },
    { number: shipped.length + 2, name: next(2, 'yet_more') },
  ]);
  expect(await again.loadedRows('select n from doubled order by 1')).toEqual([{ n: 2 }, { n: 4 }]);
  expect(await again.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 1 }]);
});

test('leaves nothing of a migration that fails half-way, and names its file', async () => {
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.shutdown();
  write(next(1, 'broken'), 'create table half (n integer); insert into nowhere values (1);');
  await expect(first.reopen()).rejects.toThrow(`sql/${next(1, 'broken')}`);
  write(next(1, 'broken'), 'create table half (n integer);');
  await using again = await first.reopen();
  expect(await again.loadedRows('select count(*) as n from half')).toEqual([{ n: 0 }]);
});

test('leaves all definitions as they were where one of them fails, and names its file', async () => {
  write('macros/double.sql', 'create or replace macro double_of(x) as x * 2;');
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.shutdown();
  write('macros/double.sql', 'create or replace macro double_of(x) as x * 3;');
  write('views/broken.sql', 'create or replace view broken as select n from nowhere;');
  await expect(first.reopen()).rejects.toThrow('sql/views/broken.sql: expected it to apply, found Catalog Error');
  for (const name of ['macros/double.sql', 'views/broken.sql']) rmSync(join(sqlFolder, name));
  await using again = await first.reopen();
  expect(await again.loadedRows('select double_of(1) as n')).toEqual([{ n: 2 }]);
});

test('refuses a database of a newer Pintail', async () => {
  write(next(1, 'future'), 'create table future (n integer);');
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.shutdown();
  rmSync(join(sqlFolder, next(1, 'future')));
  const error = await rejection(first.reopen());
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toContain(`expected schema ${shipped.length} or older, found schema ${shipped.length + 1}`);
});

test('goes on with a file of larger blocks, as versions before made it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pintail-store-'));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `attach '${join(directory, 'pintail.duckdb')}' as old (storage_version 'latest', row_group_size 24576, block_size 262144)`,
  );
  instance.closeSync();
  await using store = await openTestStore({ directory, context: { sqlFolder } });
  await store.store.append(auditBatch(auditRow('a-1')));
  await store.store.shutdown();
  await using again = await store.reopen();
  expect(await again.loadedRows('select "auditID" from kube_audit')).toEqual([{ auditID: 'a-1' }]);
  const sizes =
    'select block_size::integer as size from pragma_database_size() where database_name = current_database()';
  expect(await again.loadedRows(sizes)).toEqual([{ size: 262_144 }]);
});

test('refuses a file of a newer DuckDB by its storage version', async () => {
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.shutdown();
  const path = join(first.directory, 'pintail.duckdb');
  const file = readFileSync(path);
  // The main header: a checksum of what follows, "DUCK", the storage version.
  const header = file.subarray(0, 4096);
  expect(header.readBigUInt64LE(0)).toBe(checksum(header.subarray(8)));
  header.writeBigUInt64LE(70n, 12);
  header.writeBigUInt64LE(checksum(header.subarray(8)), 0);
  writeFileSync(path, file);
  const error = await rejection(first.reopen());
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toContain('found storage version 70, written by a newer DuckDB');
});

/** DuckDB's checksum of a block whose length is a multiple of eight. */
function checksum(bytes: Buffer): bigint {
  let result = 5381n;
  for (let at = 0; at < bytes.length; at += 8) {
    result ^= BigInt.asUintN(64, bytes.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  }
  return result;
}

test.each([
  ['migrations/2_name.sql', 'sql/migrations/2_name.sql: expected a name like'],
  ['migrations/0001_again.sql', 'found 1 twice'],
])('refuses a migration named %s', async (name, reason) => {
  write(name, 'select 1;');
  await expect(openTestStore({ context: { sqlFolder } })).rejects.toThrow(reason);
});
