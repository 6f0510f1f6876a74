import type { Logger, Metrics } from '../component.ts';
import type { IpLookup } from './ip-location.ts';
import type { CreateSegmentFile } from './segment-file.ts';

/** What the store needs of the service around it. */
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
