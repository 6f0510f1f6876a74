/**
 * The embedded event store: `append` writes to an fsynced spool and resolves, the loader moves the spool into
 * DuckDB, `database` reads and writes the tables.
 *
 *   <directory>/pintail.duckdb   the tables
 *   <directory>/spool/           rows that are durable and not in the tables yet
 *   <directory>/quarantine/      damaged spool segments, for a person to look at
 *   <directory>/pintail.lock     who has the directory
 */

import { type Database, type EventStore, type LoadCommit, RetryableError } from '../component.ts';
import { type AnyBatch, Appends } from './appends.ts';
import { ColdTier } from './cold-tier.ts';
import { DuckdbDatabase } from './duckdb-database.ts';
import { EventViews } from './event-views.ts';
import { openIpLookup } from './ip-location.ts';
import { OpenStore } from './open-store.ts';
import { Retention } from './retention.ts';
import { resolveStoreSettings, type StoreSettings } from './settings.ts';
import { ShareQueue } from './share-queue.ts';
import type { StoreContext } from './store-context.ts';
import { registerGauges } from './store-gauges.ts';
import type { StoreParts } from './store-parts.ts';

/** An `EventStore` that can also take a whole data set with back-pressure. */
export interface DuckdbEventStore extends EventStore {
  /** Appends every batch, waiting for room instead of rejecting, and resolves once all can be queried. */
  loadDirect(batches: AsyncIterable<AnyBatch> | Iterable<AnyBatch>): Promise<void>;
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

class SpooledEventStore implements DuckdbEventStore {
  readonly name = 'event store';
  readonly #parts: StoreParts;
  readonly #appends: Appends;
  readonly #listeners = new Set<(commit: LoadCommit) => void>();
  #open: OpenStore | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: StoreSettings, context: StoreContext) {
    const database = new DuckdbDatabase(settings.shares);
    const turn = new ShareQueue(1);
    const maintenance = { database, turn, ...context };
    const views = new EventViews();
    const cold = new ColdTier({ settings: settings.cold, views, ...maintenance });
    this.#parts = {
      settings,
      context,
      database,
      turn,
      views,
      cold,
      retention: new Retention({ settings, cold, ...maintenance }),
      ipLookup: context.ipLookup ?? openIpLookup(settings.geoDatabase),
      announce: (commit) => this.#announce(commit),
    };
    this.#appends = new Appends(() => this.#opened(), context);
    registerGauges(this.#parts, () => this.#open);
  }

  get database(): Database {
    return this.#parts.database;
  }

  async start(): Promise<void> {
    if (this.#open !== null) {
      throw new Error('event store: expected to be started once, found it started twice.');
    }
    this.#open = await OpenStore.open(this.#parts);
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
    try {
      await open.close();
    } finally {
      this.#open = null;
    }
  }

  append(batch: AnyBatch): Promise<void> {
    return this.#appends.append(batch);
  }

  async loadDirect(batches: AsyncIterable<AnyBatch> | Iterable<AnyBatch>): Promise<void> {
    const { loadBytes, spoolBytes } = this.#parts.settings;
    const { loader, spool } = this.#opened();
    loader.bulk = true;
    try {
      for await (const batch of batches) {
        while (spool.bytes > Math.min(loadBytes * 2, spoolBytes / 2)) {
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
    await this.#parts.retention.run();
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
    if (this.#open === null || this.#open.isClosing) {
      throw new RetryableError('store: expected it to be open, found it closed or shutting down.', 5000);
    }
    return this.#open;
  }

  /** An error of a listener is its own: the rows are loaded, whoever hears of it. */
  #announce(commit: LoadCommit): void {
    for (const listener of this.#listeners) {
      try {
        listener(commit);
      } catch (error: unknown) {
        this.#parts.context.logger.error({ error, commitSeq: commit.commitSeq }, 'store: a load listener failed');
      }
    }
  }
}
