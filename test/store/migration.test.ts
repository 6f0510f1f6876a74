import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PermanentError } from '../../src/component.ts';
import { auditBatch, auditRow, openTestStore, rejection } from './store-fixture.ts';

let sqlFolder = '';
beforeEach(() => {
  sqlFolder = mkdtempSync(join(tmpdir(), 'pintail-sql-'));
  for (const kind of ['migrations', 'macros', 'views']) mkdirSync(join(sqlFolder, kind));
  cpSync(
    join(import.meta.dirname, '../../sql/migrations/0001_events.sql'),
    join(sqlFolder, 'migrations/0001_events.sql'),
  );
});
afterEach(() => {
  rmSync(sqlFolder, { recursive: true, force: true });
});

const write = (name: string, text: string): void => writeFileSync(join(sqlFolder, name), text);

test('applies each migration once and in order, and definitions at every open, with the rows kept', async () => {
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.append(auditBatch(auditRow('a-1')));
  await first.store.shutdown();
  write('migrations/0002_more.sql', 'create table more (n integer); insert into more values (1);');
  write('migrations/0003_yet_more.sql', 'insert into more select n + 1 from more;');
  write('macros/double.sql', 'create or replace macro double_of(x) as x * 2;');
  write('views/doubled.sql', 'create or replace view doubled as select double_of(n) as n from more;');
  const second = await first.reopen();
  await second.store.shutdown();
  await using again = await first.reopen();
  expect(await again.loadedRows('select number, name from schema_migration order by 1')).toEqual([
    { number: 1, name: 'migrations/0001_events.sql' },
    { number: 2, name: 'migrations/0002_more.sql' },
    { number: 3, name: 'migrations/0003_yet_more.sql' },
  ]);
  expect(await again.loadedRows('select n from doubled order by 1')).toEqual([{ n: 2 }, { n: 4 }]);
  expect(await again.loadedRows('select count(*) as n from kube_audit')).toEqual([{ n: 1 }]);
});

test('leaves nothing of a migration that fails half-way, and names its file', async () => {
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.shutdown();
  write('migrations/0002_broken.sql', 'create table half (n integer); insert into nowhere values (1);');
  await expect(first.reopen()).rejects.toThrow('sql/migrations/0002_broken.sql');
  write('migrations/0002_broken.sql', 'create table half (n integer);');
  await using again = await first.reopen();
  expect(await again.loadedRows('select count(*) as n from half')).toEqual([{ n: 0 }]);
});

test('refuses a database of a newer Pintail', async () => {
  write('migrations/0002_future.sql', 'create table future (n integer);');
  await using first = await openTestStore({ context: { sqlFolder } });
  await first.store.shutdown();
  rmSync(join(sqlFolder, 'migrations/0002_future.sql'));
  const error = await rejection(first.reopen());
  expect(error).toBeInstanceOf(PermanentError);
  expect(String(error)).toContain('expected schema 1 or older, found schema 2');
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
