/**
 * The embedded event store: `append` writes to an fsynced spool and resolves, the loader moves the spool into
 * DuckDB, `database` reads and writes the tables.
 *
 *   <directory>/pintail.duckdb   the tables
 *   <directory>/spool/           rows that are durable and not in the tables yet
 *   <directory>/quarantine/      damaged spool segments, for a person to look at
 *   <directory>/pintail.lock     who has the directory
 */

import { statSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import {
  type Database,
  type EventStore,
  type LoadCommit,
  type Logger,
  type Metrics,
  type NormalizedBatch,
  type PiecewiseBatch,
  RetryableError,
} from '../component.ts';
import type { ColdPlace } from './cold-place.ts';
import { ColdTier } from './cold-tier.ts';
import { DuckdbDatabase } from './duckdb-database.ts';
import { type Engine, type EngineFiles, openEngine } from './engine.ts';
import { findColdPlace } from './find-cold-place.ts';
import { type IpLookup, openIpLookup, registerIpLocation } from './ip-location.ts';
import { Loader, readCommitsAfter, readLoadedState } from './loader.ts';
import { errorCode, type LockFile, takeLock } from './lock-file.ts';
import { makeFolder } from './make-folder.ts';
import { migrate } from './migration.ts';
import { Retention } from './retention.ts';
import { type EncodedRows, RowColumns } from './row-columns.ts';
import { type CreateSegmentFile, createSegmentFile } from './segment-file.ts';
import { resolveStoreSettings, type StoreSettings } from './settings.ts';
import { ShareQueue } from './share-queue.ts';
import { type ArrivedBatch, SmallBatches } from './small-batches.ts';
import { Spool } from './spool.ts';
import { batchBytes, encodeBatch } from './spool-format.ts';
import { recoverSpool, type SpoolFolders } from './spool-recovery.ts';
import { readSqlFiles } from './sql-files.ts';

export interface StoreContext {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Where addresses are; default the DB-IP database of `geoDatabase`. */
  readonly ipLookup?: IpLookup;
  /** The disk, where a test brings a failing one. */
  readonly createSegmentFile?: CreateSegmentFile;
  /** Folder with `migrations`, `macros`, `views`; default the one that ships. */
  readonly sqlFolder?: string;
}

type AnyBatch = NormalizedBatch | PiecewiseBatch;
type AnyBatches = AsyncIterable<AnyBatch> | Iterable<AnyBatch>;

/** An `EventStore` that can also take a whole data set with back-pressure. */
export interface DuckdbEventStore extends EventStore {
  /** Appends every batch, waiting for room instead of rejecting, and resolves once all can be queried. */
  loadDirect(batches: AnyBatches): Promise<void>;
  /** Lets go now of what is too old or too much, instead of at the next `retentionIntervalMs`. */
  retain(): Promise<void>;
}

/** Opens a store and starts it. */
export async function openEventStore(given: Partial<StoreSettings>, context: StoreContext): Promise<DuckdbEventStore> {
  const store = createEventStore(given, context);
  await store.start();
  return store;
}

/** A store that is not open yet. */
export function createEventStore(given: Partial<StoreSettings>, context: StoreContext): DuckdbEventStore {
  return new SpooledEventStore(resolveStoreSettings(given), context);
}

type RowCounts = Pick<EncodedRows, 'auditRows' | 'logRows'>;

/** Everything that exists only while the store is open. */
interface OpenStore {
  readonly directory: string;
  readonly lock: LockFile;
  readonly spool: Spool;
  readonly files: EngineFiles;
  readonly folders: SpoolFolders;
  instance: Engine;
  loader: Loader;
}

const reopenEveryMs = 5000;
/** About 4 ms of work; the loader, queries and other requests get their turns in between. */
const rowsAtOnce = 256;

class SpooledEventStore implements DuckdbEventStore {
  readonly name = 'event store';
  readonly #settings: StoreSettings;
  readonly #context: StoreContext;
  readonly #database: DuckdbDatabase;
  readonly #listeners = new Set<(commit: LoadCommit) => void>();
  readonly #ipLookup: IpLookup;
  /** A load's or a checkpoint's. */
  readonly #turn = new ShareQueue(1);
  readonly #cold: ColdTier;
  readonly #retention: Retention;
  #open: OpenStore | null = null;
  readonly #columns = new RowColumns();
  /** Whoever uses `#columns`. */
  readonly #encoding = new ShareQueue(1);
  readonly #smallColumns = new RowColumns();
  readonly #small = new SmallBatches((batches) => this.#writeTogether(batches));
  #reopening: Promise<void> | null = null;
  #closing: Promise<void> | null = null;
  #isClosing = false;
  /** Milliseconds since the epoch: while rows wait in the spool, the last load or the first of them. */
  #waitsSince = 0;

  constructor(settings: StoreSettings, context: StoreContext) {
    this.#settings = settings;
    this.#context = context;
    this.#database = new DuckdbDatabase(settings.shares);
    this.#ipLookup = context.ipLookup ?? openIpLookup(settings.geoDatabase);
    const maintenance = { database: this.#database, turn: this.#turn, ...context };
    this.#cold = new ColdTier({ settings: settings.cold, ...maintenance });
    this.#retention = new Retention({ settings, cold: this.#cold, ...maintenance });
    this.#registerGauges();
  }

  get database(): Database {
    return this.#database;
  }

  async start(): Promise<void> {
    if (this.#open !== null) {
      throw new Error('event store: expected to be started once, found it started twice.');
    }
    this.#isClosing = false;
    const directory = this.#settings.directory ?? (await mkdtemp(join(tmpdir(), 'pintail-')));
    const folders = { spool: join(directory, 'spool'), quarantine: join(directory, 'quarantine') };
    await makeFolder(directory, 'storage.directory');
    await Promise.all(Object.values(folders).map((folder) => makeFolder(folder, 'storage.directory')));
    const lock = await takeLock(join(directory, 'pintail.lock'));
    let instance: Engine | null = null;
    try {
      const files = {
        database: join(directory, 'pintail.duckdb'),
        spool: folders.spool,
        temporary: join(directory, 'temporary'),
      };
      instance = await this.#openEngine(files);
      const connection = await instance.connect();
      const state = await readLoadedState(connection);
      const recovered = await recoverSpool(folders, state.lastSegment, this.#context);
      const spool = new Spool(
        { ...this.#settings, directory: folders.spool },
        this.#context.createSegmentFile ?? createSegmentFile,
        recovered.segments,
        recovered.nextId,
      );
      const loader = this.#createLoader(connection, spool, folders, directory, state);
      this.#open = { directory, lock, spool, files, folders, instance, loader };
      this.#database.attach(instance);
      loader.start();
      this.#retention.start();
    } catch (error: unknown) {
      instance?.closeSync();
      await lock.release();
      throw error;
    }
  }

  shutdown(): Promise<void> {
    const open = this.#open;
    if (open === null) {
      return Promise.resolve();
    }
    this.#closing ??= this.#close(open).finally(() => {
      this.#closing = null;
    });
    return this.#closing;
  }

  async #close(open: OpenStore): Promise<void> {
    this.#isClosing = true;
    await this.#reopening;
    await this.#retention.stop();
    await open.spool.shutdown();
    await open.loader.stop();
    await open.loader.drain();
    await this.#database.detach();
    await open.loader.close();
    open.instance.closeSync();
    this.#cold.release();
    this.#open = null;
    await open.lock.release();
    if (this.#settings.directory === null) {
      await rm(open.directory, { recursive: true, force: true });
    }
  }

  async append(batch: AnyBatch): Promise<void> {
    const { metrics } = this.#context;
    const started = performance.now();
    const written = 'pieces' in batch ? await this.#appendPieces(batch) : await this.#appendRows(batch);
    if (written.auditRows + written.logRows === 0) return;
    metrics.observe('pintail_store_append_duration_seconds', (performance.now() - started) / 1000);
    metrics.add('pintail_store_appended_rows_total', written.auditRows, { table: 'kube_audit' });
    metrics.add('pintail_store_appended_rows_total', written.logRows, { table: 'logs' });
  }

  async #appendRows(batch: NormalizedBatch): Promise<RowCounts> {
    const counts = { auditRows: batch.audit.length, logRows: batch.logs.length };
    const rows = counts.auditRows + counts.logRows;
    if (rows === 0) return counts;
    try {
      let rawBytes = 0;
      for (const table of [batch.audit, batch.logs]) {
        for (const { _raw } of table) {
          rawBytes += _raw.length;
        }
      }
      this.#assertRoom(rawBytes);
      await this.#small.append({ batch, arrivalMicros: this.#context.clock() * 1000, rows, rawBytes });
    } catch (error: unknown) {
      this.#context.metrics.add('pintail_store_refused_rows_total', rows);
      throw error;
    }
    return counts;
  }

  async #appendPieces({ pieces, expectedBytes }: PiecewiseBatch): Promise<RowCounts> {
    this.#assertRoom(expectedBytes);
    const arrivalMicros = this.#context.clock() * 1000;
    const encoded = await this.#encoding.run(async () => {
      let rows = 0;
      this.#columns.begin();
      for (const batch of pieces) {
        this.#columns.add({ batch, arrivalMicros });
        rows += batch.audit.length + batch.logs.length;
        if (rows >= rowsAtOnce) {
          rows = 0;
          await setImmediate();
        }
      }
      return this.#columns.finish(Math.ceil(expectedBytes * 1.25) + 16_384);
    });
    const { auditRows, logRows } = encoded;
    try {
      if (auditRows + logRows > 0) await this.#write(encoded);
    } catch (error: unknown) {
      this.#context.metrics.add('pintail_store_refused_rows_total', auditRows + logRows);
      throw error;
    }
    return { auditRows, logRows };
  }

  /** Before the work of writing rows down, with the least that they can be. */
  #assertRoom(rawBytes: number): void {
    const { spool, loader } = this.#opened();
    spool.assertRoom(this.#small.waitingBytes + rawBytes, loader.drainMs(rawBytes));
  }

  async #writeTogether(batches: readonly ArrivedBatch[]): Promise<void> {
    const expectedBytes = batches.reduce((sum, { rows, rawBytes }) => sum + rawBytes + rows * 192, 16_384);
    await this.#write(this.#smallColumns.encode(batches, expectedBytes));
  }

  async #write(rows: EncodedRows): Promise<void> {
    const { spool, loader } = this.#opened();
    const encoded = encodeBatch(rows);
    const bytes = batchBytes(encoded);
    spool.assertRoom(bytes, loader.drainMs(bytes));
    if (spool.bytes === 0) this.#waitsSince = this.#context.clock();
    await spool.append(encoded);
  }

  async loadDirect(batches: AnyBatches): Promise<void> {
    const { loader, spool } = this.#opened();
    loader.bulk = true;
    try {
      for await (const batch of batches) {
        while (spool.bytes > Math.min(this.#settings.loadBytes * 2, this.#settings.spoolBytes / 2)) {
          await loader.oldestLoaded();
        }
        await this.append(batch);
      }
    } finally {
      loader.bulk = false;
    }
    await this.loaded();
  }

  async retain(): Promise<void> {
    this.#opened();
    await this.#retention.run();
  }

  async loaded(signal?: AbortSignal): Promise<number> {
    const { loader, spool } = this.#opened();
    return loader.loaded(spool.newest, signal);
  }

  onLoad(listener: (commit: LoadCommit) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #opened(): OpenStore {
    if (this.#open === null || this.#isClosing) {
      throw new RetryableError('store: expected it to be open, found it closed or shutting down.', 5000);
    }
    return this.#open;
  }

  async #openEngine(files: EngineFiles): Promise<Engine> {
    const sql = await readSqlFiles(this.#context.sqlFolder);
    let place: ColdPlace | null = null;
    return openEngine(files, this.#settings, {
      directories: async (connection) => {
        place = await findColdPlace(connection, this.#settings.cold, join(dirname(files.database), 'cold-uploads'));
        await place?.open(connection);
        return place?.directories ?? [];
      },
      prepare: async (connection) => {
        registerIpLocation(connection, this.#ipLookup);
        await this.#cold.close(connection);
        await migrate(connection, sql, this.#context.clock() * 1000);
        await this.#cold.open(connection, place);
      },
    });
  }

  #createLoader(
    connection: Awaited<ReturnType<Engine['connect']>>,
    spool: Spool,
    folders: SpoolFolders,
    directory: string,
    state: { readonly commitSeq: number; readonly lastSegment: number },
  ): Loader {
    const { logger, metrics, clock } = this.#context;
    return new Loader(
      {
        events: this.#cold,
        turn: this.#turn,
        spool,
        folders,
        settings: this.#settings,
        logger,
        metrics,
        clock,
        beforeLoad: () => this.#watchDisk(directory, spool),
        onCommit: (commit) => this.#announce(commit),
        onDatabaseLost: (error) => {
          logger.error({ error }, 'store: DuckDB gave up on its file; opening it again');
          this.#reopening ??= this.#reopen();
        },
      },
      connection,
      state,
    );
  }

  /** An error of a listener is its own: the rows are loaded, whoever hears of it. */
  #announce(commit: LoadCommit): void {
    this.#waitsSince = this.#context.clock();
    for (const listener of this.#listeners) {
      try {
        listener(commit);
      } catch (error: unknown) {
        this.#context.logger.error({ error, commitSeq: commit.commitSeq }, 'store: a load listener failed');
      }
    }
  }

  async #watchDisk(directory: string, spool: Spool): Promise<void> {
    const { bavail, bsize } = await statfs(directory);
    const free = bavail * bsize;
    spool.refusal =
      free < this.#settings.freeDiskBytes
        ? `store: expected at least ${this.#settings.freeDiskBytes} bytes free on the disk of storage.directory, found ${free}.`
        : this.#retention.refusal;
  }

  /** After an error that invalidates the instance (a full disk while it wrote its log). Appends go on meanwhile. */
  async #reopen(): Promise<void> {
    const open = this.#open;
    if (open === null) {
      return;
    }
    await open.loader.stop();
    await this.#database.detach();
    await open.loader.close();
    open.instance.closeSync();
    while (!this.#isClosing) {
      try {
        open.instance = await this.#openEngine(open.files);
        const connection = await open.instance.connect();
        const state = await readLoadedState(connection);
        // The failure may have come after a commit, which nobody was told of.
        const loaded = open.spool.closed.filter(({ id }) => id <= state.lastSegment);
        open.spool.forget(new Set(loaded.map(({ id }) => id)));
        const unannounced = await readCommitsAfter(connection, open.loader.state.commitSeq);
        open.loader = this.#createLoader(connection, open.spool, open.folders, open.directory, state);
        this.#database.attach(open.instance);
        for (const commit of unannounced) {
          this.#announce(commit);
        }
        open.loader.start();
        await Promise.all(loaded.map(({ path }) => rm(path, { force: true })));
        break;
      } catch (error: unknown) {
        this.#context.logger.error({ error }, 'store: expected to open the database again; trying further');
        await new Promise((resolve) => setTimeout(resolve, reopenEveryMs));
      }
    }
    this.#reopening = null;
  }

  #registerGauges(): void {
    const { metrics } = this.#context;
    const size = (suffix: string) => (): number => {
      const file = this.#open?.files.database;
      return file === undefined ? 0 : fileSize(`${file}${suffix}`);
    };
    metrics.gauge('pintail_store_spool_bytes', () => this.#open?.spool.bytes ?? 0);
    metrics.gauge('pintail_store_spool_segments', () => this.#open?.spool.closed.length ?? 0);
    metrics.gauge('pintail_store_load_wait_seconds', () =>
      (this.#open?.spool.bytes ?? 0) === 0 ? 0 : Math.max(0, this.#context.clock() - this.#waitsSince) / 1000,
    );
    metrics.gauge('pintail_store_database_bytes', size(''));
    metrics.gauge('pintail_store_wal_bytes', size('.wal'));
    for (const share of ['service', 'detection', 'hunt'] as const) {
      metrics.gauge('pintail_store_waiting_statements', () => this.#database.waiting(share), { share });
    }
  }
}

/** Looks without opening: opening and closing the file would give up DuckDB's lock on it. */
function fileSize(path: string): number {
  try {
    return statSync(path).size;
  } catch (error: unknown) {
    if (errorCode(error) === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}
