/**
 * A Database over real DuckDB, for tests of rooms that only see the interface: in memory or in a file, with every
 * migration applied. One connection, so reads and writes queue.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import type { Connection, Database, SqlRow, SqlStream, SqlValue } from '../../src/component.ts';

const MIGRATIONS = new URL('../../sql/migrations/', import.meta.url);

export interface TestDatabase extends Database, AsyncDisposable {
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  close(): void;
}

/** Opens `path` (`:memory:` by default); a file that has the tables already is taken as it is. */
export async function openTestDatabase(path = ':memory:'): Promise<TestDatabase> {
  const instance = await DuckDBInstance.create(path);
  const duckdb = await instance.connect();
  const tables = await duckdb.runAndReadAll(`select 1 from information_schema.tables where table_name = 'outbox'`);
  if (tables.currentRowCount === 0) {
    for (const file of readdirSync(MIGRATIONS).sort()) {
      await duckdb.run(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
    }
  }
  const connection = lend(duckdb);
  let tail: Promise<unknown> = Promise.resolve();
  const queued = <T>(work: () => Promise<T>): Promise<T> => {
    const result = tail.then(work);
    tail = result.catch(() => undefined);
    return result;
  };
  const close = (): void => {
    duckdb.closeSync();
    instance.closeSync();
  };
  return {
    read: (_options, work) => queued(() => work(connection)),
    write: (work) =>
      queued(async () => {
        await duckdb.run('begin');
        try {
          const result = await work(connection);
          await duckdb.run('commit');
          return result;
        } catch (error: unknown) {
          await duckdb.run('rollback');
          throw error;
        }
      }),
    query: (sql, parameters) => queued(() => connection.query(sql, parameters)),
    close,
    [Symbol.asyncDispose]: async () => {
      await queued(async () => close());
    },
  };
}

function lend(duckdb: DuckDBConnection): Connection {
  return {
    async query(sql, parameters = []) {
      const reader = await duckdb.runAndReadAll(sql, parameters as DuckDBValue[]);
      return reader.getRowObjectsJson().map((row) => narrow(row, reader.columnNames(), reader));
    },
    stream(): Promise<SqlStream> {
      throw new Error('memory-database: stream is not offered here.');
    },
    async run(sql, parameters = []) {
      return (await duckdb.run(sql, parameters as DuckDBValue[])).rowsChanged;
    },
  };
}

/** BIGINT comes as text from the driver's JSON form; the interface says number. */
function narrow(
  row: Record<string, unknown>,
  names: readonly string[],
  reader: { columnType(index: number): { toString(): string } },
): SqlRow {
  const entries = names.map((name, index): [string, SqlValue] => {
    const value = row[name] as SqlValue;
    const isInteger = /^U?(BIG|HUGE)INT$/u.test(reader.columnType(index).toString());
    return [name, isInteger && value !== null ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}
