import type { LoadCommit } from '../component.ts';
import type { ColdTier } from './cold-tier.ts';
import type { DuckdbDatabase } from './duckdb-database.ts';
import type { EventViews } from './event-views.ts';
import type { IpLookup } from './ip-location.ts';
import type { Retention } from './retention.ts';
import type { StoreSettings } from './settings.ts';
import type { ShareQueue } from './share-queue.ts';
import type { StoreContext } from './store-context.ts';

/** What a store has whether it is open or not. */
export interface StoreParts {
  readonly settings: StoreSettings;
  readonly context: StoreContext;
  readonly database: DuckdbDatabase;
  /** A load's or a checkpoint's. */
  readonly turn: ShareQueue;
  readonly views: EventViews;
  readonly cold: ColdTier;
  readonly retention: Retention;
  readonly ipLookup: IpLookup;
  /** Tells of a load that is committed. */
  readonly announce: (commit: LoadCommit) => void;
}
