/**
 * A database without a service: files in, searches over them, gone at the end. What `scan`, `search`, `sql` and the
 * tests of detections work on.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Database, NormalizedBatch, PiecewiseBatch, RecordBatch, SplunkMetadata } from '../component.ts';
import { normalizePieces } from '../normalize/index.ts';
import { InputError, readRecordBatches } from '../receive/file/index.ts';
import { type DuckdbEventStore, openEventStore } from '../store/event-store.ts';
import { risingMicros } from './rising-micros.ts';
import { silentLogger, silentMetrics } from './silence.ts';
import type { VolumeControl } from './volume-rules.ts';

export interface WorkbenchOptions {
  /** A storage directory or its `pintail.duckdb`, kept afterwards; undefined is temporary. */
  readonly database?: string | undefined;
  /** The database is there already: nothing is going to be loaded into it. */
  readonly mustExist?: boolean;
  /** What `iplocation` looks addresses up in: a .mmdb file or a folder; undefined or null is the optional package. */
  readonly geoDatabase?: string | null | undefined;
}

export interface LoadOptions {
  readonly cluster?: string | undefined;
  readonly metadata?: SplunkMetadata | undefined;
  /** What is left out before it is stored; default nothing. */
  readonly volume?: VolumeControl | undefined;
  /** Told after each batch. */
  readonly onProgress?: (progress: LoadProgress) => void;
  /** Told of a record or file that could not be read; the rest is loaded. */
  readonly onProblem?: (message: string) => void;
}

export interface LoadProgress {
  readonly file: string;
  readonly records: number;
}

export interface LoadTotals {
  readonly audit: number;
  readonly logs: number;
  /** Of the logs, those that should have been audit events. */
  readonly unreadable: number;
  /** Where and why the first of those could not be read; null: all could. */
  readonly firstUnreadable: string | null;
  readonly problems: number;
}

const databaseFile = 'pintail.duckdb';
/** Rows that are made at a time. */
const ROWS_EACH = 256;

/** Opens the workbench; rejects where another process has the database, and with InputError where it must exist and does not. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const directory = options.database === undefined ? null : storageDirectory(options.database);
  if (directory !== null && options.mustExist === true && !existsSync(join(directory, databaseFile))) {
    throw new InputError({ path: directory }, `expected a storage directory, found no ${databaseFile} in it.`);
  }
  const store = await openEventStore(
    {
      directory,
      durable: directory !== null,
      geoDatabase: options.geoDatabase ?? null,
    },
    { logger: silentLogger, metrics: silentMetrics, clock: Date.now },
  );
  return new Workbench(store);
}

export class Workbench {
  readonly #store: DuckdbEventStore;

  constructor(store: DuckdbEventStore) {
    this.#store = store;
  }

  get database(): Database {
    return this.#store.database;
  }

  /** Loads files (`-`: standard input) one after the other; resolves once everything can be queried. */
  async load(files: readonly string[], options: LoadOptions = {}): Promise<LoadTotals> {
    const totals = { audit: 0, logs: 0, unreadable: 0, firstUnreadable: null, problems: 0 };
    const problem = (message: string) => {
      totals.problems += 1;
      options.onProblem?.(message);
    };
    for (const file of files) {
      try {
        await this.#store.loadDirect(normalizeFile(file, options, totals, problem));
      } catch (error: unknown) {
        if (!(error instanceof InputError)) throw error;
        problem(error.message);
      }
    }
    return totals;
  }

  /** The newest event's time in epoch seconds; 0 where there is no event. */
  async newestTime(): Promise<number> {
    const [row] = await this.database.read({ share: 'service' }, (connection) =>
      connection.query(
        'select epoch(max(_time)) as newest from (select _time from kube_audit union all select _time from logs)',
      ),
    );
    return Number(row?.newest ?? 0);
  }

  async close(): Promise<void> {
    await this.#store.shutdown();
  }
}

const nowMicros = risingMicros(Date.now);

async function* normalizeFile(
  file: string,
  options: LoadOptions,
  totals: { audit: number; logs: number; unreadable: number; firstUnreadable: string | null },
  problem: (message: string) => void,
): AsyncGenerator<PiecewiseBatch> {
  let records = 0;
  const batches = readRecordBatches(file, {
    ...(options.cluster === undefined ? {} : { cluster: options.cluster }),
    ...(options.metadata === undefined ? {} : { metadata: options.metadata }),
    onProblem: (error) => problem(error.message),
  });
  // Files are the user's own: a list of any length may stand in one.
  const context = () => ({ arrivalMicros: nowMicros(), maxRowsPerRecord: Number.POSITIVE_INFINITY });
  const rowsOf = function* (batch: RecordBatch): Generator<NormalizedBatch> {
    for (const rows of normalizePieces(batch, context(), ROWS_EACH)) {
      totals.audit += rows.audit.length;
      totals.logs += rows.logs.length;
      for (const { unreadable } of rows.logs) {
        if (unreadable === null) continue;
        totals.unreadable += 1;
        totals.firstUnreadable ??= `${file}: ${unreadable}`;
      }
      yield options.volume?.select(rows).kept ?? rows;
    }
  };
  for await (const batch of batches) {
    let expectedBytes = 0;
    let expectedRows = 0;
    for (const { logRecords } of batch.resourceLogs) {
      expectedRows += logRecords.length;
      for (const { body } of logRecords) expectedBytes += typeof body === 'string' ? body.length : 0;
    }
    records += expectedRows;
    yield { pieces: rowsOf(batch), expectedBytes, expectedRows };
    options.onProgress?.({ file, records });
  }
}

function storageDirectory(path: string): string {
  const absolute = resolve(path);
  if (basename(absolute) === databaseFile) return dirname(absolute);
  if (absolute.endsWith('.duckdb')) {
    throw new InputError(
      { path },
      `expected a storage directory or the ${databaseFile} in it, found a DuckDB file of another name.`,
    );
  }
  return absolute;
}
