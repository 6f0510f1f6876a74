/**
 * One DuckDB connection behind the `Connection` of component.ts: translates values and errors, interrupts on
 * a signal, and refuses use after it was given back.
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import {
  type Connection,
  PermanentError,
  type SqlColumn,
  type SqlRow,
  type SqlStream,
  type SqlValue,
} from '../component.ts';
import { translateEngineError } from './engine-error.ts';
import { fromEngine, toEngine } from './sql-value.ts';
import './whole-texts.ts';

/** `interrupt()` only stops a statement that runs already, so it is repeated until the statement settles. */
const interruptEveryMs = 50;

export class EngineConnection implements Connection {
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;
  /** Statements that must run before the next one after a failure, e.g. to leave an aborted transaction. */
  readonly #afterFailure: string | undefined;
  #isReleased = false;
  readonly #inFlight = new Set<Promise<unknown>>();

  constructor(connection: DuckDBConnection, options: { signal?: AbortSignal | undefined; afterFailure?: string } = {}) {
    this.#connection = connection;
    this.#signal = options.signal;
    this.#afterFailure = options.afterFailure;
  }

  async query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return this.#guard(async () => {
      const result = await this.#execute(sql, parameters, false);
      const names = columnsOf(result).map(({ name }) => name);
      const rows: SqlRow[] = [];
      for (const chunk of await result.fetchAllChunks()) {
        rows.push(...chunkRows(chunk, names));
      }
      return rows;
    });
  }

  async run(sql: string, parameters?: readonly SqlValue[]): Promise<number> {
    return this.#guard(async () => (await this.#execute(sql, parameters, false)).rowsChanged);
  }

  async stream(sql: string, parameters?: readonly SqlValue[]): Promise<SqlStream> {
    const result = await this.#guard(() => this.#execute(sql, parameters, true));
    const columns = columnsOf(result);
    const names = columns.map(({ name }) => name);
    const next = (): Promise<DuckDBDataChunk | null> => this.#guard(() => result.fetchChunk());
    return {
      columns,
      async *chunks() {
        for (let chunk = await next(); chunk !== null && chunk.rowCount > 0; chunk = await next()) {
          yield chunkRows(chunk, names);
        }
      },
    };
  }

  /** Ends use: interrupts and awaits what still runs. The connection itself stays the lender's. */
  async release(): Promise<void> {
    this.#isReleased = true;
    const interrupt = (): void => this.#connection.interrupt();
    const timer = setInterval(interrupt, interruptEveryMs);
    try {
      if (this.#inFlight.size > 0) {
        interrupt();
      }
      await Promise.all(this.#inFlight);
    } finally {
      clearInterval(timer);
    }
  }

  async #execute(sql: string, parameters: readonly SqlValue[] | undefined, streaming: boolean): Promise<DuckDBResult> {
    const converted = parameters?.map(toEngine);
    const values = converted?.map(({ value }) => value);
    const types = converted?.map(({ type }) => type);
    return streaming ? this.#connection.stream(sql, values, types) : this.#connection.run(sql, values, types);
  }

  #guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isReleased) {
      return Promise.reject(
        new Error('database connection: expected use within the work it was lent to, found use after it.'),
      );
    }
    const running = this.#settle(work);
    const settled = running.then(
      () => undefined,
      () => undefined,
    );
    this.#inFlight.add(settled);
    void settled.then(() => this.#inFlight.delete(settled));
    return running;
  }

  async #settle<T>(work: () => Promise<T>): Promise<T> {
    this.#signal?.throwIfAborted();
    const stop = this.#interruptOnAbort();
    try {
      const result = await work();
      // DuckDB 1.5 may end an interrupted stream as it ends a whole one: without an error.
      this.#signal?.throwIfAborted();
      return result;
    } catch (error: unknown) {
      stop();
      if (this.#afterFailure !== undefined && !this.#isReleased) {
        await this.#connection.run(this.#afterFailure).catch(() => undefined);
      }
      const signal = this.#signal;
      throw signal?.aborted === true && error === signal.reason ? error : translateEngineError(error, signal);
    } finally {
      stop();
    }
  }

  #interruptOnAbort(): () => void {
    const signal = this.#signal;
    if (signal === undefined) {
      return () => undefined;
    }
    let timer: NodeJS.Timeout | undefined;
    const interrupt = (): void => {
      this.#connection.interrupt();
      timer = setTimeout(interrupt, interruptEveryMs);
    };
    signal.addEventListener('abort', interrupt, { once: true });
    return () => {
      signal.removeEventListener('abort', interrupt);
      clearTimeout(timer);
    };
  }
}

/** Rejects a struct member that the values of `@duckdb/node-api` 1.5 drop: they are built by plain assignment. */
function columnsOf(result: DuckDBResult): readonly SqlColumn[] {
  const types = result.columnTypes();
  return uniqueNames(result.columnNames()).map((name, index): SqlColumn => {
    const type = types[index]?.toString() ?? 'VARCHAR';
    if (/(?:STRUCT|UNION)\(/.test(type) && type.includes('"__proto__"')) {
      throw new PermanentError(
        `column ${name}: expected structs without a member "__proto__", found ${type}. Select its members, or cast it to JSON.`,
      );
    }
    return { name, type };
  });
}

/** The first column of a name keeps it; the next ones get `:1`, `:2`, … where no column has that name already. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const seen = new Set<string>();
  return names.map((name) => {
    if (!seen.has(name)) {
      seen.add(name);
      return name;
    }
    let number = 1;
    while (taken.has(`${name}:${number}`)) number += 1;
    const unique = `${name}:${number}`;
    taken.add(unique);
    return unique;
  });
}

function chunkRows(chunk: DuckDBDataChunk, names: readonly string[]): readonly SqlRow[] {
  const columns = names.map((_name, index) => chunk.getColumnValues(index));
  return Array.from({ length: chunk.rowCount }, (_item, row) => {
    const record: Record<string, SqlValue> = {};
    for (const [index, name] of names.entries()) {
      const value = fromEngine(columns[index]?.[row] ?? null);
      // Assigned plainly, this name would set the prototype.
      if (name === '__proto__') {
        Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
      } else {
        record[name] = value;
      }
    }
    return record;
  });
}
