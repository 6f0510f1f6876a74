/**
 * Every metric of ours by name: its kind, labels, meaning, and the buckets of histograms whose unit does not give them.
 * docs/operations.md shows the same table; a test holds the two and the code together.
 */

export interface MetricDescription {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  readonly buckets?: readonly number[];
  /** Of a counter: its series whose label values the code knows; they are there at 0 from the start. */
  readonly known?: readonly Readonly<Record<string, string>>[];
}

const RECEIVER = ['receiver'];
const EXPORTER = ['exporter'];
const DETECTION = ['detection'];
const EVENT_TABLES = [{ table: 'kube_audit' }, { table: 'logs' }];

export const METRICS: Readonly<Record<string, MetricDescription>> = {
  pintail_receiver_requests_total: counter(RECEIVER, 'Requests, whatever became of them.'),
  pintail_receiver_request_duration_seconds: histogram(RECEIVER, 'From a request’s first byte to its answer; of accepted ones, until its records are durable.'),
  pintail_receiver_refused_requests_total: counter(['receiver', 'reason'], 'Requests that were refused, by reason.'),
  pintail_receiver_received_bytes_total: counter(RECEIVER, 'Bytes of requests as they came.'),
  pintail_receiver_decompressed_bytes_total: counter(RECEIVER, 'Bytes of compressed requests once unpacked.'),
  pintail_receiver_received_log_records_total: counter(RECEIVER, 'Log records that could be decoded from requests.'),
  pintail_receiver_accepted_log_records_total: counter(RECEIVER, 'Log records that were acknowledged.'),
  pintail_receiver_rejected_log_records_total: counter(RECEIVER, 'Log records refused for good within a request whose others were taken.'),
  pintail_receiver_refused_log_records_total: counter(['receiver', 'reason'], 'Log records of refused requests.'),
  pintail_receiver_invalid_utf8_texts_total: counter(RECEIVER, 'Texts with bytes that are no UTF-8, kept with U+FFFD in their place.'),
  pintail_receiver_skipped_metric_objects_total: counter(RECEIVER, 'HEC objects that are metrics, passed over.'),
  pintail_receiver_in_flight_requests: gauge(RECEIVER, 'Requests in hand.'),
  pintail_receiver_in_flight_bytes: gauge(RECEIVER, 'Bytes of the requests in hand, compressed and decompressed.'),
  pintail_receiver_connections: gauge(RECEIVER, 'Open connections.'),

  pintail_audit_events_total: counter(RECEIVER, 'Audit events handed to the store, copies included.'),
  pintail_log_records_total: counter(RECEIVER, 'Other records handed to the store, copies included.'),
  pintail_unreadable_records_total: counter(RECEIVER, 'Records that should have been audit events and could not be read; kept in logs.'),
  pintail_unreadable_times_total: counter(RECEIVER, 'Audit events whose stageTimestamp or requestReceivedTimestamp is no time: without another one of their own they are stored under that of the record or of their arrival.'),
  pintail_attributes_left_out_total: counter(RECEIVER, 'Records whose resource, or attributes that several rows share, were too long to be kept with each row.'),
  pintail_intake_dropped_records_total: counter(['rule'], 'Events left out by a volume rule, acknowledged and not stored.'),
  pintail_event_lag_seconds: histogram(['cluster'], 'From the time of the oldest event of a batch to its arrival, one observation per batch and cluster.', [1, 5, 15, 60, 300, 600, 1_800, 3_600, 21_600, 86_400]),
  pintail_future_events_total: counter(['cluster'], 'Events dated more than five minutes after their arrival.'),
  pintail_last_arrival_timestamp_seconds: gauge(['cluster'], 'When the cluster’s newest batch arrived.'),

  pintail_store_appended_rows_total: counter(['table'], 'Rows made durable.', EVENT_TABLES),
  pintail_store_append_duration_seconds: histogram([], 'Time to make a batch durable.'),
  pintail_store_refused_rows_total: counter([], 'Rows that the store could not take; their senders were told to try again.'),
  pintail_store_spool_bytes: gauge([], 'Bytes that are durable and not loaded yet.'),
  pintail_store_spool_segments: gauge([], 'Spool files that wait to be loaded.'),
  pintail_store_load_wait_seconds: gauge([], 'While rows wait: since the last load, or since the first of them came.'),
  pintail_store_loaded_rows_total: counter(['table'], 'Rows that became queryable.', EVENT_TABLES),
  pintail_store_duplicate_rows_total: counter(['table'], 'Copies that were dropped.', EVENT_TABLES),
  pintail_store_conflicting_audit_id_rows_total: counter([], 'Audit events that share cluster, auditID and stage with another one of other content; both are kept.'),
  pintail_store_load_duration_seconds: histogram([], 'Time of one load transaction.'),
  pintail_store_load_failures_total: counter([], 'Load transactions that failed; their rows stay in the spool.'),
  pintail_store_quarantined_segments_total: counter(['reason'], 'Spool files put aside because they are damaged or cannot be loaded.', [{ reason: 'damaged' }, { reason: 'unloadable' }]),
  pintail_store_torn_tail_bytes_total: counter([], 'Bytes of batches that a crash cut off before they were acknowledged.'),
  pintail_store_database_bytes: gauge([], 'Size of the database file.'),
  pintail_store_wal_bytes: gauge([], 'Size of DuckDB’s write-ahead log.'),
  pintail_store_used_bytes: gauge([], 'Blocks of the database file in use, its log and a cold tier on the disk: what storage.max_disk_size bounds.'),
  pintail_store_oldest_arrival_timestamp_seconds: gauge([], 'Midnight (UTC) of the oldest day of arrival that is there; 0 where no event is.'),
  pintail_store_deleted_rows_total: counter(['table', 'reason'], 'Rows that went because they were too old (retention) or too many (disk).', ['retention', 'disk'].flatMap((reason) => EVENT_TABLES.map((table) => ({ ...table, reason })))),
  pintail_store_retention_failures_total: counter([], 'Passes of the retention that failed; the next one tries again.'),
  pintail_store_cold_bytes: gauge([], 'Bytes of the Parquet files of the cold tier.'),
  pintail_store_cold_files: gauge([], 'Parquet files of the cold tier.'),
  pintail_store_cold_unreadable_files: gauge([], 'Of those, the ones that are missing, damaged or out of reach: queries over their time fail.'),
  pintail_store_cold_rows_total: counter(['table'], 'Rows that went from the database to the cold tier.', EVENT_TABLES),
  pintail_store_waiting_statements: gauge(['share'], 'Statements that wait for a thread of their share.'),

  pintail_detection_runs_total: counter(['detection', 'status'], 'Runs that ended, done or failed.'),
  pintail_detection_queue_size: gauge([], 'Windows that wait to be run.'),
  pintail_detection_lag_seconds: gauge([], 'Age of the oldest window that waits, from its scheduled time.'),
  pintail_detection_late_minutes: gauge([], 'Minutes of event time that are watched for late rows.'),
  pintail_detection_load_waits_exceeded_total: counter([], 'Runs that began before all that had been received was loaded; late rows re-open them.'),
  pintail_detection_windows_reopened_total: counter(DETECTION, 'Windows run again because of late rows.'),
  pintail_detection_windows_skipped_total: counter(DETECTION, 'Windows that were not run: beyond catch_up, or of a detection that is gone.'),
  pintail_detection_schedule_set_back_total: counter([], 'Times that the schedule was found ahead of the clock and set back: the clock had been wrong.'),
  pintail_findings_total: counter(['detection', 'change'], 'Findings that were new, revised or withdrawn.'),
  pintail_risk_events_total: counter(DETECTION, 'Risk events.'),
  pintail_risk_objects_missing_total: counter(DETECTION, 'Risk objects that could not be scored because a result row lacked their field.'),
  pintail_risk_objects_dropped_total: counter(DETECTION, 'Risk objects of one result row beyond max_risk_events_per_field: they got no risk event.'),

  pintail_exporter_queue_size: gauge(EXPORTER, 'Events that wait to be sent.'),
  pintail_exporter_oldest_pending_seconds: gauge(EXPORTER, 'Age of the oldest event that waits to be sent.'),
  pintail_exporter_sent_events_total: counter(EXPORTER, 'Events that the other side confirmed.'),
  pintail_exporter_failed_attempts_total: counter(EXPORTER, 'Deliveries that failed.'),
  pintail_exporter_dead_letters: gauge(EXPORTER, 'Events that were refused for good or waited too long; kept, not sent.'),
  pintail_exporter_dead_letters_total: counter(EXPORTER, 'Events that became dead letters.'),
  pintail_exporter_dead_letters_expired_total: counter([], 'Dead letters removed because they were too old or too many.'),

  pintail_hunt_queries_total: counter(['language', 'outcome'], 'Queries through the API.'),
  pintail_hunt_query_seconds: histogram(['language'], 'Time of a query, with its wait.'),
  pintail_hunt_queries_running: gauge([], 'Queries that run.'),
  pintail_hunt_queries_waiting: gauge([], 'Queries that wait for their turn.'),
  pintail_hunt_problems_total: counter(['status'], 'Requests of the API that were answered with a problem.'),
}; // biome-ignore format: a flat catalogue

/** Those of the catalogue, else from the unit in a metric's name. */
export function bucketsFor(name: string): number[] {
  const own = METRICS[name]?.buckets;
  if (own !== undefined) return [...own];
  if (name.endsWith('_seconds')) return [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
  if (name.endsWith('_bytes')) return powers(1_024, 4, 9);
  return powers(1, 10, 8);
}

/** Counters and their series that are there from the start: all that have no label, and those whose label values are known. */
export function knownSeries(): readonly (readonly [name: string, labels: Readonly<Record<string, string>>])[] {
  return Object.entries(METRICS).flatMap(([name, { kind, labels, known = [] }]) =>
    kind === 'counter' ? (labels.length === 0 ? [{}] : known).map((series) => [name, series] as const) : [],
  );
}

/** Help text of the catalogue; of a metric that is not in it what its name says. */
export function describeMetric(name: string): string {
  return METRICS[name]?.help ?? name.replace(/^pintail_/, '').replaceAll('_', ' ');
}

function powers(start: number, factor: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => start * factor ** index);
}

function counter(labels: readonly string[], help: string, known?: MetricDescription['known']): MetricDescription {
  return { kind: 'counter', labels, help, ...(known !== undefined && { known }) };
}

function gauge(labels: readonly string[], help: string): MetricDescription {
  return { kind: 'gauge', labels, help };
}

function histogram(labels: readonly string[], help: string, buckets?: readonly number[]): MetricDescription {
  return { kind: 'histogram', labels, help, ...(buckets !== undefined && { buckets }) };
}
