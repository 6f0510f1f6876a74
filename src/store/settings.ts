/**
 * What a store is opened with: where its files stand and the bounds of everything that can grow.
 * Sizes are bytes, durations milliseconds. `resolveStoreSettings` lays what is given over the defaults.
 */
import { resolve } from 'node:path';

export interface ColdSettings {
  /** How long a day stays in the table after it has ended. */
  readonly afterMs: number;
  /** A folder, or `s3://bucket/prefix`. */
  readonly directory: string;
  /** With an address: how to reach it. */
  readonly s3?: BucketAccess;
}

export interface BucketAccess {
  /** Null: Amazon's of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  /** The bucket is in the path of a URL, not in its host. */
  readonly pathStyle: boolean;
  /** Null: the environment's, as Amazon's SDK finds them (variables, profiles, web identity, instance). */
  readonly credentials: BucketCredentials | null;
  /** File of DuckDB's extension httpfs; null: the one that is installed for this user. */
  readonly extension: string | null;
}

export interface BucketCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface StoreSettings {
  /** Folder of `pintail.duckdb`, the spool and the lock file; null is a temporary folder that `shutdown` removes. */
  readonly directory: string | null;
  /** DuckDB's memory limit, for all statements together. */
  readonly memoryLimitBytes: number;
  /** DuckDB's worker threads. */
  readonly threads: number;
  /** How much of the disk statements may use for intermediate results. */
  readonly temporaryBytes: number;
  /** False leaves out the fsync: for one-off loads whose source is still there, never behind a receiver. */
  readonly durable: boolean;
  /** Rows not yet loaded, on disk and waiting for it; beyond it `append` rejects. */
  readonly spoolBytes: number;
  /** Serialised rows waiting in memory for the disk; beyond it `append` rejects. */
  readonly pendingBytes: number;
  /** `append` rejects while the disk has less free space than this, so that loads and checkpoints never lack it. */
  readonly freeDiskBytes: number;
  /** A spool segment is closed at this size. */
  readonly segmentBytes: number;
  /** How long a row waits in the spool at most before its load begins, where no load runs; half of it where many wait. */
  readonly loadIntervalMs: number;
  /** The most rows and spool bytes one load transaction takes (one segment is always taken). */
  readonly loadRows: number;
  readonly loadBytes: number;
  /**
   * DuckDB's log is moved into its file at this size; at most 512 MiB. Loads wait meanwhile (64 MiB: about
   * 0.4 s), acknowledgements do not.
   */
  readonly checkpointBytes: number;
  /** How many identities of events without a time of their own are remembered. */
  readonly recentIdentities: number;
  /** How long events stay after the day of their arrival (UTC) has ended; null is for ever. */
  readonly retentionMs: number | null;
  /** The same for findings, risk events and incidents; null is for ever. */
  readonly findingsRetentionMs: number | null;
  /** What DuckDB's file and log and the cold tier's folder may hold; beyond it the oldest days go, then `append` rejects. Null is no bound. */
  readonly diskBytes: number | null;
  /** Days that go to Parquet files; null keeps all in the database. */
  readonly cold: ColdSettings | null;
  /** How often what is too old is looked for. */
  readonly retentionIntervalMs: number;
  /** Statements that may run at once, per share. */
  readonly shares: { readonly service: number; readonly detection: number; readonly hunt: number };
  /** Folder or file of the DB-IP city database; null finds the optional package. */
  readonly geoDatabase: string | null;
}

const mebibyte = 1024 * 1024;

export const storeDefaults: StoreSettings = {
  directory: null,
  memoryLimitBytes: 1024 * mebibyte,
  threads: 2,
  temporaryBytes: 8192 * mebibyte,
  durable: true,
  spoolBytes: 2048 * mebibyte,
  pendingBytes: 128 * mebibyte,
  freeDiskBytes: 512 * mebibyte,
  segmentBytes: 64 * mebibyte,
  loadIntervalMs: 1250,
  loadRows: 196_608,
  loadBytes: 512 * mebibyte,
  checkpointBytes: 64 * mebibyte,
  recentIdentities: 1_000_000,
  retentionMs: null,
  findingsRetentionMs: null,
  diskBytes: null,
  cold: null,
  retentionIntervalMs: 60_000,
  shares: { service: 2, detection: 2, hunt: 3 },
  geoDatabase: null,
};

/** Lays `given` over the defaults. @throws RangeError where a bound makes no sense. */
export function resolveStoreSettings(given: Partial<StoreSettings>): StoreSettings {
  const settings = { ...storeDefaults, ...given, shares: { ...storeDefaults.shares, ...given.shares } };
  for (const [name, value] of [...Object.entries(settings), ...Object.entries(settings.shares)]) {
    const least = name === 'freeDiskBytes' ? 0 : 1;
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= least)) {
      throw new RangeError(`storage ${name}: expected a whole number of at least ${least}, found ${value}.`);
    }
  }
  if (settings.checkpointBytes > 512 * mebibyte) {
    throw new RangeError(`storage checkpointBytes: expected at most 512 MiB, found ${settings.checkpointBytes} bytes.`);
  }
  const { directory, cold } = settings;
  return {
    ...settings,
    directory: directory === null ? null : resolve(directory),
    cold: cold && (cold.s3 === undefined ? { ...cold, directory: resolve(cold.directory) } : cold),
  };
}
