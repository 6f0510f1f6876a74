import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureOf, type LoadCommit } from '../component.ts';
import type { Engine, EngineFiles } from './engine.ts';
import { Loader, readCommitsAfter, readLoadedState } from './loader.ts';
import { type LockFile, takeLock } from './lock-file.ts';
import { makeFolder } from './make-folder.ts';
import { openMigratedEngine } from './migrated-engine.ts';
import { createSegmentFile } from './segment-file.ts';
import { Spool } from './spool.ts';
import { recoverSpool, type SpoolFolders } from './spool-recovery.ts';
import type { StoreParts } from './store-parts.ts';

const reopenEveryMs = 5000;

interface Held {
  readonly directory: string;
  readonly lock: LockFile;
  readonly files: EngineFiles;
  readonly folders: SpoolFolders;
  readonly spool: Spool;
}

type Connection = Awaited<ReturnType<Engine['connect']>>;
type LoadedState = Awaited<ReturnType<typeof readLoadedState>>;

/**
 * What there is only while the store is open: its directory with the lock on it, the spool, and the engine with its
 * loader. Where DuckDB gives up on its file, another engine and loader take their place; appends go on meanwhile.
 */
export class OpenStore {
  readonly #parts: StoreParts;
  readonly #held: Held;
  #engine: Engine;
  #loader: Loader;
  #reopening: Promise<void> | null = null;
  #isClosing = false;
  /** Milliseconds since the epoch. */
  #waitsSince: number;

  private constructor(parts: StoreParts, held: Held, engine: Engine, connection: Connection, state: LoadedState) {
    this.#parts = parts;
    this.#waitsSince = parts.context.clock();
    this.#held = held;
    this.#engine = engine;
    this.#loader = this.#createLoader(connection, state);
  }

  /** Recovers what the spool has, and begins to load. Where that fails, the lock is given back. */
  static async open(parts: StoreParts): Promise<OpenStore> {
    const { settings, context } = parts;
    const directory = settings.directory ?? (await mkdtemp(join(tmpdir(), 'pintail-')));
    const folders = { spool: join(directory, 'spool'), quarantine: join(directory, 'quarantine') };
    await makeFolder(directory, 'storage.directory');
    await Promise.all(Object.values(folders).map((folder) => makeFolder(folder, 'storage.directory')));
    const lock = await takeLock(join(directory, 'pintail.lock'));
    let engine: Engine | null = null;
    try {
      const files = {
        database: join(directory, 'pintail.duckdb'),
        spool: folders.spool,
        temporary: join(directory, 'temporary'),
      };
      engine = await openMigratedEngine(files, parts);
      const connection = await engine.connect();
      const state = await readLoadedState(connection);
      const recovered = await recoverSpool(folders, state.lastSegment, context);
      const spool = new Spool(
        { ...settings, directory: folders.spool },
        context.createSegmentFile ?? createSegmentFile,
        recovered.segments,
        recovered.nextId,
      );
      const open = new OpenStore(parts, { directory, lock, files, folders, spool }, engine, connection, state);
      parts.database.attach(engine);
      open.#loader.start();
      parts.retention.start();
      return open;
    } catch (error: unknown) {
      throw await failureOf([() => engine?.closeSync(), () => lock.release()], error);
    }
  }

  get spool(): Spool {
    return this.#held.spool;
  }

  /** The one of now: do not keep it. */
  get loader(): Loader {
    return this.#loader;
  }

  get databaseFile(): string {
    return this.#held.files.database;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Milliseconds since the epoch: while rows wait in the spool, the last load, the first of them, or the opening. */
  get waitsSince(): number {
    return this.#waitsSince;
  }

  /** To be called before the first rows go to an empty spool. */
  beginWait(): void {
    this.#waitsSince = this.#parts.context.clock();
  }

  /** Loads what is in the spool and lets go of everything, also where a part of it fails; then rejects with what did. */
  async close(): Promise<void> {
    const { settings, database, retention, cold } = this.#parts;
    const { directory, lock, spool } = this.#held;
    this.#isClosing = true;
    const failure = await failureOf([
      () => this.#reopening,
      () => retention.stop(),
      () => spool.shutdown(),
      () => this.#loader.stop(),
      () => this.#loader.drain(),
      () => database.detach(),
      () => this.#loader.close(),
      () => this.#engine.closeSync(),
      () => cold.release(),
      () => lock.release(),
      () => settings.directory ?? rm(directory, { recursive: true, force: true }),
    ]);
    if (failure !== undefined) throw failure;
  }

  #createLoader(connection: Connection, state: LoadedState): Loader {
    const { settings, context, database, cold, turn } = this.#parts;
    const { logger, metrics, clock } = context;
    const { spool, folders } = this.#held;
    return new Loader(
      {
        events: cold,
        others: database,
        turn,
        spool,
        folders,
        settings,
        logger,
        metrics,
        clock,
        beforeLoad: () => this.#watchDisk(),
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

  #announce(commit: LoadCommit): void {
    this.beginWait();
    this.#parts.announce(commit);
  }

  async #watchDisk(): Promise<void> {
    const { settings, retention } = this.#parts;
    const { bavail, bsize } = await statfs(this.#held.directory);
    const free = bavail * bsize;
    this.spool.refusal =
      free < settings.freeDiskBytes
        ? `store: expected at least ${settings.freeDiskBytes} bytes free on the disk of storage.directory, found ${free}.`
        : retention.refusal;
  }

  /** After an error that invalidates the instance (a full disk while it wrote its log). */
  async #reopen(): Promise<void> {
    const { context, database } = this.#parts;
    const { spool, files } = this.#held;
    await this.#loader.stop();
    await database.detach();
    await this.#loader.close();
    this.#engine.closeSync();
    while (!this.#isClosing) {
      try {
        this.#engine = await openMigratedEngine(files, this.#parts);
        const connection = await this.#engine.connect();
        const state = await readLoadedState(connection);
        // The failure may have come after a commit, which nobody was told of.
        const loaded = spool.closed.filter(({ id }) => id <= state.lastSegment);
        spool.forget(new Set(loaded.map(({ id }) => id)));
        const unannounced = await readCommitsAfter(connection, this.#loader.state.commitSeq);
        this.#loader = this.#createLoader(connection, state);
        database.attach(this.#engine);
        for (const commit of unannounced) this.#announce(commit);
        this.#loader.start();
        await Promise.all(loaded.map(({ path }) => rm(path, { force: true })));
        break;
      } catch (error: unknown) {
        context.logger.error({ error }, 'store: expected to open the database again; trying further');
        await new Promise((resolve) => setTimeout(resolve, reopenEveryMs));
      }
    }
    this.#reopening = null;
  }
}
