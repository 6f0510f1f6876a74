/** What the HTTP API is built from. */
import type { Database, Logger, Metrics } from '../component.ts';
import type { DeadLetters } from './dead-letter-routes.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { ProcessMemory } from './memory-watch.ts';

export interface QuerySettings {
  /** Queries that run at once, and that wait beyond them. */
  readonly maxConcurrent: number;
  readonly maxQueued: number;
  /** From the query's turn until its last row was taken. */
  readonly timeLimitMs: number;
  /** The most rows that one answer holds. */
  readonly maxRows: number;
  /** UTF-16 units of one SQL query. */
  readonly maxSqlLength: number;
  /** How long an interrupted query may live on before `onStuckQuery`. */
  readonly stuckAfterMs: number;
}

export interface HuntSettings {
  readonly endpoint: { readonly host: string; readonly port: number };
  /** PEM files; a client authority makes client certificates a condition. */
  readonly tls?:
    | { readonly certFile: string; readonly keyFile: string; readonly clientCaFile?: string | undefined }
    | undefined;
  readonly maxRequestBytes: number;
  readonly maxConnections: number;
  readonly query: QuerySettings;
  /** What queries in hand get to finish at shutdown. */
  readonly shutdownTimeoutMs: number;
}

export const huntDefaults: HuntSettings = {
  endpoint: { host: '127.0.0.1', port: 8080 },
  maxRequestBytes: 1_048_576,
  maxConnections: 1_000,
  query: {
    maxConcurrent: 2,
    maxQueued: 16,
    timeLimitMs: 60_000,
    maxRows: 1_000_000,
    maxSqlLength: 100_000,
    stuckAfterMs: 10_000,
  },
  shutdownTimeoutMs: 5_000,
};

export type CompiledSearch =
  /** `spread`: the column whose cells are columns of their own. `warnings`: what may not mean what its author thinks. */
  | { readonly ok: true; readonly sql: string; readonly spread?: string; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** A page of a listing, newest first. */
export interface ListingRequest {
  readonly limit: number;
  /** Epoch seconds; null: no bound. */
  readonly since: number | null;
}

export type Listing = (request: ListingRequest, signal: AbortSignal) => Promise<readonly object[]>;

export const listingNames = ['detections', 'runs', 'findings', 'risk-events'] as const;

export type ListingName = (typeof listingNames)[number];

export interface StuckQuery {
  readonly language: 'sql' | 'spl';
  readonly query: string;
  /** Why it was interrupted. */
  readonly reason: string;
}

export interface HuntDependencies {
  readonly database: Database;
  /** SPL to SQL that reads its window from the session variables `earliest`, `latest` and `now`; `tokens` are the values of its `$name$`. */
  readonly compileSearch: (spl: string, tokens: ReadonlyMap<string, string>) => CompiledSearch;
  /**
   * A Splunk relative time, an ISO time or epoch seconds as text to epoch seconds.
   * Throws PermanentError for text that is none of them.
   */
  readonly resolveTime: (time: string, nowSeconds: number) => number;
  /** Epoch seconds. */
  readonly now: () => number;
  /** Names of the listeners that do not accept yet; empty: ready. */
  readonly waitingFor: () => readonly string[];
  /** The metrics in Prometheus's text format. */
  readonly renderMetrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  readonly listings: Readonly<Record<ListingName, Listing>>;
  /** The process's, for all queries together and everything else. */
  readonly memory: ProcessMemory;
  /** What is wrong with the service and its events, as a JSON object; see the schema DoctorReport. */
  readonly examine: (signal: AbortSignal) => Promise<object>;
  readonly deadLetters: DeadLetters;
  /** Decides about the `Authorization` header; undefined: nobody is asked for a token. */
  readonly authorize?:
    | ((header: string | undefined, scope: 'hunt' | 'admin') => 'allowed' | 'unauthenticated' | 'forbidden')
    | undefined;
  /** A query outlived its interrupt: the process should end and start again. */
  readonly onStuckQuery: (query: StuckQuery) => void;
  readonly logger: Logger;
  readonly metrics: Metrics;
}
