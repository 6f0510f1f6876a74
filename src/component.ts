/**
 * The borders between the rooms of the house: interfaces, plain data, the kinds of error and how several become one,
 * and where the texts of an event lie.
 *
 * `receive`, `normalize`, `store`, `export` and `hunt` never import one another. Each speaks these
 * types, and `service` hands each its next consumer.
 */

// ---------------------------------------------------------------- life cycle and failures

/** A part of the service with a life: started once, shut down once, in the order `service` decides. */
export interface Component {
  /** Name for logs and errors, e.g. `otlp receiver (grpc)`. */
  readonly name: string;
  /** Resolves once the component does its work (a listener: once it accepts). Rejects if it cannot. */
  start(): Promise<void>;
  /** Finishes work in hand and releases everything. Safe before `start` and when called twice. */
  shutdown(): Promise<void>;
}

/**
 * Takes every step in its turn, whatever became of those before. Resolves to what failed, `earlier` first: nothing
 * (undefined), a single error as it is, or an AggregateError whose message has all of theirs.
 */
export async function failureOf(steps: Iterable<() => unknown>, ...earlier: readonly unknown[]): Promise<unknown> {
  const errors = [...earlier];
  for (const step of steps) {
    try {
      await step();
    } catch (error: unknown) {
      errors.push(error);
    }
  }
  if (errors.length < 2) return errors[0];
  return new AggregateError(errors, errors.map((error) => (error instanceof Error ? error.message : error)).join('\n'));
}

/** The world failed and the same input may succeed later (queue full, disk full, shutting down). */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  /** When a sender should try again, in milliseconds from now. */
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/** The same input will always fail: the sender's data or the caller's request is wrong. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** Structured logging, as pino offers it. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Counters, gauges and histograms by Prometheus name; `telemetry` implements it. */
export interface Metrics {
  /** Adds to a counter, e.g. `pintail_receiver_refused_log_records_total`, `{receiver:'otlp/grpc', reason:'…'}`. */
  add(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Records one observation of a histogram; the unit is in the name (`…_seconds`, `…_bytes`). */
  observe(name: string, value: number, labels?: Readonly<Record<string, string>>): void;
  /** Registers a gauge whose value is read when metrics are scraped. */
  gauge(name: string, read: () => number, labels?: Readonly<Record<string, string>>): void;
}

// ---------------------------------------------------------------- receive -> consumer

/** opentelemetry.proto.common.v1.AnyValue, decoded. Maps are null-prototype objects in key order; int64 beyond 2^53 is bigint. */
export type AnyValue = null | string | boolean | number | bigint | Uint8Array | readonly AnyValue[] | AttributeMap;

/** A KeyValueList. The last value wins where a key is repeated. */
export interface AttributeMap {
  readonly [key: string]: AnyValue;
}

/** opentelemetry.proto.logs.v1.LogRecord, decoded; absent fields hold the proto's defaults. */
export interface LogRecord {
  /** Nanoseconds since the epoch; 0n where unknown. */
  readonly timeUnixNano: bigint;
  /** Nanoseconds since the epoch; 0n where unknown. */
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AnyValue;
  /** A text body as it came, where it may be an audit event and is all ASCII; `body` is decoded from it when asked for. */
  readonly asciiBody?: Buffer;
  readonly attributes: AttributeMap;
  readonly eventName: string;
}

/** Log records that share a resource (scopes are flattened: audit logs do not use them). */
export interface ResourceLogs {
  readonly resourceAttributes: AttributeMap;
  readonly logRecords: readonly LogRecord[];
}

/** One request's worth of records, as a receiver hands it on. */
export interface RecordBatch {
  /** The receiver it came through: `otlp/grpc`, `otlp/http`, `file`, … */
  readonly receiver: string;
  readonly resourceLogs: readonly ResourceLogs[];
  /** Cluster configured for the listener, used where the record names none. */
  readonly cluster?: string;
  /** Cluster that the sender is bound to by its token or certificate, whatever the record names. */
  readonly boundCluster?: string;
  /** Splunk metadata configured for the listener, file or token, used where the record names none. */
  readonly metadata?: SplunkMetadata;
}

export interface SplunkMetadata {
  readonly index?: string;
  readonly source?: string;
  readonly sourcetype?: string;
  readonly host?: string;
}

/** What became of a batch. Records that cannot be read as audit events are kept, so they are accepted, not rejected. */
export interface Consumed {
  readonly acceptedLogRecords: number;
  /** Records refused for good (OTLP partial success); 0 when all were taken. */
  readonly rejectedLogRecords: number;
  /** Why, naming the first refused record; empty when none was. */
  readonly errorMessage: string;
}

/** The next stage behind a receiver. */
export interface RecordConsumer {
  /**
   * Resolves only once every accepted record is durable (fsynced), so that a receiver may acknowledge.
   * Rejects with RetryableError (nothing was kept; try again) or PermanentError (never will be).
   */
  consume(batch: RecordBatch): Promise<Consumed>;
}

// ---------------------------------------------------------------- normalize -> store

/** Splunk metadata and provenance that every stored row carries. */
interface StoredRow {
  /** Event time, microseconds since the epoch (UTC). */
  readonly timeMicros: number;
  /** False where `timeMicros` may differ between two copies of the event, since it names no time itself. */
  readonly hasOwnTime: boolean;
  readonly cluster: string | null;
  readonly index: string | null;
  readonly source: string | null;
  readonly sourcetype: string | null;
  readonly host: string | null;
  /** OTLP resource attributes and log record attributes as JSON object text; null where empty. */
  readonly resource: string | null;
  readonly attributes: string | null;
  /** The text that Splunk would have had. */
  readonly _raw: string;
  /** 128 bits as 32 lower-case hex digits; two copies of one event have the same identity. */
  readonly identity: string;
}

export interface AuditUser {
  readonly username: string | null;
  readonly uid: string | null;
  readonly groups: readonly string[] | null;
}

export interface ObjectReference {
  readonly resource: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly uid: string | null;
  readonly apiGroup: string | null;
  readonly apiVersion: string | null;
  readonly resourceVersion: string | null;
  readonly subresource: string | null;
}

export interface ResponseStatus {
  readonly status: string | null;
  readonly message: string | null;
  readonly reason: string | null;
  readonly code: number | null;
}

/** One row of `kube_audit`: one audit.k8s.io Event at one stage. Absent fields are null, an absent object is null as a whole. */
export interface AuditRow extends StoredRow {
  readonly auditID: string | null;
  readonly stage: string | null;
  readonly level: string | null;
  readonly verb: string | null;
  readonly requestURI: string | null;
  readonly userAgent: string | null;
  readonly user: AuditUser | null;
  readonly impersonatedUser: AuditUser | null;
  readonly sourceIPs: readonly string[] | null;
  readonly objectRef: ObjectReference | null;
  readonly responseStatus: ResponseStatus | null;
  /** Microseconds since the epoch; null where absent or not an RFC 3339 time. The original text stays in the event. */
  readonly requestReceivedMicros: number | null;
  readonly stageMicros: number | null;
  readonly annotations: Readonly<Record<string, string>> | null;
  /** The event has a member requestObject or responseObject. */
  readonly hasObjects: boolean;
  /** The ends of the keys in those, sorted, each once and between spaces; null where there are none or they are not known. */
  readonly objectKeys: string | null;
  /** How it came, where that is a cloud's envelope. */
  readonly cloud: 'eks' | 'aks' | 'gke' | null;
  /** The audit event's own JSON text where it differs from `_raw` (an envelope), else null. */
  readonly event: string | null;
  /** The same texts as bytes, where the row was read from bytes: the members above are decoded from them when asked for. */
  readonly placed?: PlacedTexts;
}

/** Texts of an audit row in the order of their places. */
export const placedTexts = [
  'auditID',
  'stage',
  'level',
  'verb',
  'requestURI',
  'userAgent',
  'user.username',
  'user.uid',
  'impersonatedUser.username',
  'impersonatedUser.uid',
  'objectRef.resource',
  'objectRef.namespace',
  'objectRef.name',
  'objectRef.uid',
  'objectRef.apiGroup',
  'objectRef.apiVersion',
  'objectRef.resourceVersion',
  'objectRef.subresource',
  'responseStatus.status',
  'responseStatus.message',
  'responseStatus.reason',
] as const;

/** Lists of texts, whose places follow; of annotations, a name and its text in turns. */
export const placedLists = ['user.groups', 'impersonatedUser.groups', 'sourceIPs', 'annotations'] as const;

type PlacedName = (typeof placedTexts)[number] | (typeof placedLists)[number];

/** Where a row's two numbers for each stand, counted from `placesAt`. */
export const slotOf = Object.fromEntries(
  [...placedTexts, ...placedLists].map((name, at) => [name, at * 2]),
) as Readonly<Record<PlacedName, number>>;

/** Numbers of a row before the places of what is in its lists. */
export const fixedPlaces = (placedTexts.length + placedLists.length) * 2;

/**
 * Where the texts of an audit row stand. Two numbers for each of `placedTexts`: start and bytes, -1 bytes where it is
 * absent. A start of 0 or more is one in `bytes`, any other is the complement of one in `unescaped`. Then two numbers for
 * each of `placedLists`: where the places of its texts begin, counted from `placesAt`, and how many there are, -1 where the
 * list is absent.
 */
export interface PlacedTexts {
  /** `_raw`, which is all ASCII. */
  readonly bytes: Buffer;
  /** UTF-8 of texts that were written with escapes. */
  readonly unescaped: Buffer;
  readonly places: Int32Array;
  readonly placesAt: number;
  /** `responseStatus.code`, the one number among them. */
  readonly code: number | null;
}

/** One row of `logs`: any record that is not an audit event, or one that should have been and could not be read. */
export interface LogRow extends StoredRow {
  readonly severityNumber: number | null;
  readonly severityText: string | null;
  /** The record's event name; null where it has none. */
  readonly eventName: string | null;
  /** Why a record that looked like an audit event could not be read as one; null for ordinary logs. */
  readonly unreadable: string | null;
}

/** The rows of one batch. */
export interface NormalizedBatch {
  readonly audit: readonly AuditRow[];
  readonly logs: readonly LogRow[];
}

/** The rows of one batch, piece by piece: they are durable together or not at all, but need not be in memory together. */
export interface PiecewiseBatch {
  /** Read once, a few pieces at a time, so that a large batch does not keep everything else waiting. */
  readonly pieces: Iterable<NormalizedBatch>;
  /** About how many bytes the rows' texts have, for a refusal before the work. */
  readonly expectedBytes: number;
  /** About how many rows they are: what counts as refused then. */
  readonly expectedRows: number;
}

// ---------------------------------------------------------------- store -> everyone who reads or writes tables

/** A value of a query result. TIMESTAMP is ISO 8601 text ending in Z; integers beyond 2^53 are bigint; MAP and STRUCT are objects. */
export type SqlValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly SqlValue[]
  | { readonly [key: string]: SqlValue };

export type SqlRow = Readonly<Record<string, SqlValue>>;

export interface SqlColumn {
  readonly name: string;
  /** DuckDB's type name, e.g. `VARCHAR`, `DOUBLE`, `VARCHAR[]`. */
  readonly type: string;
}

/** The part of time a search covers. Epoch seconds with fraction, half-open `[earliest, latest)`; null is unbounded. */
export interface TimeWindow {
  readonly earliest: number | null;
  readonly latest: number | null;
  /** The search's own `now()`. */
  readonly now: number;
}

/** Whose share of the database's threads a statement uses; what exceeds a share queues. */
export type QueryShare = 'service' | 'detection' | 'hunt';

/** A database connection lent to one piece of work; must not be used after that work settled. */
export interface Connection {
  /** All rows. Parameters are bound as `$1`, `$2`, …; never write outside text into `sql`. */
  query(sql: string, parameters?: readonly SqlValue[]): Promise<readonly SqlRow[]>;
  /** Columns, then rows in chunks, without holding the whole result. */
  stream(sql: string, parameters?: readonly SqlValue[]): Promise<SqlStream>;
  /** Runs one statement; resolves to the number of rows it changed. */
  run(sql: string, parameters?: readonly SqlValue[]): Promise<number>;
}

export interface SqlStream {
  readonly columns: readonly SqlColumn[];
  chunks(): AsyncIterable<readonly SqlRow[]>;
}

export interface ReadOptions {
  readonly share: QueryShare;
  /** Sets the session variables `earliest`, `latest`, `now` that compiled searches and detection views read. */
  readonly window?: TimeWindow;
  /** Interrupts the running statement; the read rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** The embedded DuckDB, seen from outside `store`. */
export interface Database {
  /** Lends a connection for reading. Variables are reset before it is lent again. */
  read<T>(options: ReadOptions, work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Runs `work` in one transaction that commits when it resolves and rolls back when it rejects; writers queue. */
  write<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
}

/** One load transaction: rows became queryable. */
export interface LoadCommit {
  /** Strictly increasing; written on every row it added as `commit_seq`. */
  readonly commitSeq: number;
  /** Minutes since the epoch (floor of `_time`) in which it added rows, ascending. */
  readonly minutes: readonly number[];
}

/** Durable intake: rows are safe when `append` resolves and queryable soon after. */
export interface EventStore extends Component {
  readonly database: Database;
  /** Resolves once the rows are fsynced. Rejects with RetryableError when full or shutting down; then nothing was kept. */
  append(batch: NormalizedBatch | PiecewiseBatch): Promise<void>;
  /** Resolves, once everything appended before this call is queryable, to the newest commit's sequence number. */
  loaded(signal?: AbortSignal): Promise<number>;
  /** Calls `listener` after each load transaction, in order. Returns a function that stops it. */
  onLoad(listener: (commit: LoadCommit) => void): () => void;
}

// ---------------------------------------------------------------- detect -> export

/** Something that leaves Pintail: it becomes one OTLP LogRecord, one HEC event, one NDJSON line. */
export interface OutboundEvent {
  /** Stable: the same event has the same id however often it is sent. */
  readonly eventId: string;
  readonly kind: 'risk' | 'finding' | 'finding_revised' | 'finding_withdrawn' | 'incident';
  /** Epoch seconds. */
  readonly time: number;
  /** The detection's or rule's name: Splunk's `source`. */
  readonly source: string;
  /** OTLP severityNumber. */
  readonly severityNumber: number;
  /** Human text, e.g. the risk message. */
  readonly body: string;
  /** Flat, names as Splunk's Risk data model spells them. */
  readonly attributes: Readonly<Record<string, SqlValue>>;
}

/** Takes events into the durable outbox within the caller's transaction; `export` implements it. */
export interface Outbox {
  /** One row per event and configured destination; an eventId already there is left as it is. */
  enqueue(connection: Connection, events: readonly OutboundEvent[]): Promise<void>;
  /** Tells the senders that a transaction with new events was committed. */
  wake(): void;
}
