/** From the keys of YAML to the names of code. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type {
  BucketConfig,
  ColdConfig,
  Config,
  ExporterBatchConfig,
  ExporterRetryConfig,
  HecTokenConfig,
  ListenerTlsConfig,
  OtlpExporterConfig,
  OtlpListenerConfig,
  ReceiverListenerConfig,
  ServerTlsConfig,
  TokenConfig,
} from './config.ts';
import type { ParsedConfig } from './schema.ts';

const MiB = 2 ** 20;

export function toConfig(parsed: ParsedConfig): Config {
  const { exporters } = parsed;
  return {
    receivers: toReceivers(parsed.receivers),
    volume: {
      rules: parsed.volume.rules.map(({ name, search, sample }) => ({ name, search, keptShare: sample ?? 0 })),
    },
    normalize: {
      maxNestingDepth: parsed.normalize.max_nesting_depth,
      maxRowsPerRecord: parsed.normalize.max_rows_per_record,
      maxSharedAttributes: parsed.normalize.max_shared_attributes,
    },
    storage: toStorage(parsed.storage),
    risk: { incidents: toIncidents(parsed.risk.incidents) },
    detections: toDetections(parsed.detections),
    exporters: {
      otlp: exporters.otlp && toOtlpExporter(exporters.otlp),
      file: exporters.file && {
        path: exporters.file.path,
        retry: toRetry(exporters.file.retry_on_failure),
        batch: toBatch(exporters.file.batch),
      },
      outbox: {
        maxPendingEvents: exporters.outbox.max_pending_events,
        deliveredMemoryMs: exporters.outbox.delivered_memory,
        deadLetterMemoryMs: exporters.outbox.dead_letter_memory,
      },
    },
    api: toApi(parsed.api),
    spl: toSpl(parsed.spl),
    telemetry: {
      logs: parsed.telemetry.logs,
      metrics: { maxSeries: parsed.telemetry.metrics.max_series },
    },
  };
}

type Protocols = NonNullable<ParsedConfig['receivers']['otlp']>['protocols'];

function toReceivers(receivers: ParsedConfig['receivers']): Config['receivers'] {
  const { grpc, http } = receivers.otlp?.protocols ?? {};
  return {
    otlp: receivers.otlp && {
      grpc: grpc && {
        ...toOtlpListener(grpc, grpc.max_recv_msg_size_mib * MiB),
        keepalive: {
          keepaliveTimeMs: grpc.keepalive.time,
          keepaliveTimeoutMs: grpc.keepalive.timeout,
          maxConnectionAgeMs: grpc.keepalive.max_connection_age,
          maxConnectionAgeGraceMs: grpc.keepalive.max_connection_age_grace,
        },
      },
      http: http && toOtlpListener(http, http.max_request_body_size),
    },
    splunkHec: receivers.splunk_hec && toHecListener(receivers.splunk_hec),
    k8sAuditWebhook: receivers.k8s_audit_webhook && toAuditWebhookListener(receivers.k8s_audit_webhook),
  };
}

type ParsedHec = NonNullable<ParsedConfig['receivers']['splunk_hec']>;
type ParsedAuditWebhook = NonNullable<ParsedConfig['receivers']['k8s_audit_webhook']>;

function toHecListener(hec: ParsedHec): Config['receivers']['splunkHec'] {
  const listener = toListener(hec, hec.max_request_body_size);
  return {
    ...listener,
    bounds: {
      ...listener.bounds,
      maxNestingDepth: hec.max_nesting_depth,
      maxEventsPerRequest: hec.max_events_per_request,
      maxAckChannels: hec.max_ack_channels,
      maxPendingAcks: hec.max_pending_acks,
    },
    tokens: hec.tokens.map(toHecToken),
  };
}

function toHecToken(entry: ParsedHec['tokens'][number]): HecTokenConfig {
  const { index, source, sourcetype } = entry;
  return {
    sha256: toSha256(entry),
    isDisabled: entry.disabled,
    cluster: entry.cluster,
    metadata: dropUndefined({ index, source, sourcetype }),
    indexes: entry.indexes,
    allowQueryString: entry.allow_query_string,
    acknowledges: entry.ack,
  };
}

function toAuditWebhookListener(webhook: ParsedAuditWebhook): Config['receivers']['k8sAuditWebhook'] {
  return {
    ...toListener(webhook, webhook.max_request_body_size),
    path: webhook.path,
    tokens: webhook.tokens.map((entry) => ({ sha256: toSha256(entry), cluster: entry.cluster })),
  };
}

function toOtlpListener(
  listener: NonNullable<Protocols['grpc']> | NonNullable<Protocols['http']>,
  maxRequestBytes: number,
): OtlpListenerConfig {
  const shared = toListener(listener, maxRequestBytes);
  const { max_nesting_depth: maxNestingDepth, max_records_per_request: maxRecordsPerRequest } = listener;
  return { ...shared, bounds: { ...shared.bounds, maxNestingDepth, maxRecordsPerRequest } };
}

function toListener(
  listener: NonNullable<Protocols['grpc']> | NonNullable<Protocols['http']> | ParsedHec | ParsedAuditWebhook,
  maxRequestBytes: number,
): ReceiverListenerConfig {
  return {
    endpoint: listener.endpoint,
    tls: toListenerTls(listener.tls),
    maxRequestBytes,
    maxConcurrentRequests: listener.max_concurrent_requests,
    bounds: {
      maxConcurrentConsumes: listener.max_concurrent_consumes,
      maxWaitMs: listener.max_wait,
      // A request is held as it came and decompressed: what may not fit at all would never be let in.
      maxInFlightBytes: Math.max(listener.max_in_flight_size, 2 * maxRequestBytes),
      maxConnections: listener.max_connections,
      requestTimeoutMs: listener.request_timeout,
      shutdownTimeoutMs: listener.shutdown_timeout,
    },
    cluster: listener.cluster,
    metadata: listener.metadata && dropUndefined(listener.metadata),
  };
}

function toStorage(storage: ParsedConfig['storage']): Config['storage'] {
  return {
    directory: storage.directory,
    memoryLimitBytes: storage.memory_limit,
    bounds: {
      spoolBytes: storage.max_spool_size,
      pendingBytes: storage.max_pending_size,
      temporaryBytes: storage.max_temporary_size,
      freeDiskBytes: storage.min_free_disk,
      loadIntervalMs: storage.load_interval,
      segmentBytes: storage.max_segment_size,
      loadBytes: storage.max_load_size,
      loadRows: storage.max_load_rows,
      checkpointBytes: storage.checkpoint_size,
      recentIdentities: storage.max_recent_identities,
      threads: storage.threads,
      shares: storage.concurrent_statements,
    },
    retention: {
      retentionMs: storage.retention,
      findingsRetentionMs: storage.findings_retention,
      diskBytes: storage.max_disk_size ?? null,
      cold: storage.cold === undefined ? null : toCold(storage.cold, join(storage.directory, 'cold')),
    },
    geoDatabase: storage.geo_database ?? null,
  };
}

function toCold(cold: NonNullable<ParsedConfig['storage']['cold']>, besides: string): ColdConfig {
  const directory = cold.directory ?? besides;
  const s3 = directory.startsWith('s3://') ? toBucket(cold.s3) : undefined;
  return { afterMs: cold.after, directory, s3 };
}

function toBucket(s3: NonNullable<ParsedConfig['storage']['cold']>['s3']): BucketConfig {
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = s3 ?? {};
  return {
    endpoint: s3?.endpoint ?? null,
    region: s3?.region ?? 'us-east-1',
    pathStyle: s3?.path_style ?? s3?.endpoint !== undefined,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? null
        : { accessKeyId, secretAccessKey, sessionToken: s3?.session_token ?? null },
    extension: s3?.extension ?? null,
  };
}

function toIncidents(incidents: ParsedConfig['risk']['incidents']): Config['risk']['incidents'] {
  return {
    riskSpan: incidents.risk_span / 1000,
    riskThreshold: incidents.risk_threshold,
    tacticSpan: incidents.tactic_span / 1000,
    minTactics: incidents.min_tactics,
    minSources: incidents.min_sources,
    sourceCap: incidents.source_cap === 0 ? null : incidents.source_cap,
  };
}

function toDetections(detections: ParsedConfig['detections']): Config['detections'] {
  return {
    paths: detections.paths,
    catchUpMs: detections.catch_up,
    macros: detections.macros,
    lookups: detections.lookups,
    maxFileBytes: detections.max_file_size,
    maxConfBytes: detections.max_conf_size,
    maxFiles: detections.max_files,
    maxLookupBytes: detections.max_lookup_size,
    scheduling: {
      maxParallelRuns: detections.max_parallel_runs,
      runTimeoutSeconds: detections.run_timeout / 1000,
      loadWaitSeconds: detections.load_wait / 1000,
      debounceSeconds: detections.late_data_debounce / 1000,
      maxFindingsPerRun: detections.max_findings_per_run,
      maxRiskEventsPerField: detections.max_risk_events_per_field,
      retry: {
        initialSeconds: detections.retry.initial_interval / 1000,
        maxSeconds: detections.retry.max_interval / 1000,
        maxAttempts: detections.retry.max_attempts,
      },
    },
  };
}

function toOtlpExporter(otlp: NonNullable<ParsedConfig['exporters']['otlp']>): OtlpExporterConfig {
  return {
    endpoint: otlp.endpoint,
    protocol: otlp.protocol,
    headers: otlp.headers,
    compression: otlp.compression,
    timeoutMs: otlp.timeout,
    tls: otlp.tls && { caFile: otlp.tls.ca_file, certFile: otlp.tls.cert_file, keyFile: otlp.tls.key_file },
    retry: toRetry(otlp.retry_on_failure),
    batch: toBatch(otlp.batch),
  };
}

function toRetry(retry: NonNullable<ParsedConfig['exporters']['otlp']>['retry_on_failure']): ExporterRetryConfig {
  return {
    initialIntervalMs: retry.initial_interval,
    maxIntervalMs: retry.max_interval,
    maxElapsedTimeMs: retry.max_elapsed_time,
  };
}

function toBatch(batch: NonNullable<ParsedConfig['exporters']['otlp']>['batch']): ExporterBatchConfig {
  return { maxEvents: batch.max_events, maxBytes: batch.max_size };
}

function toApi(api: ParsedConfig['api']): Config['api'] {
  return {
    endpoint: api.endpoint,
    tls: toServerTls(api.tls),
    tokens: api.tokens.map(toToken),
    maxRequestBytes: api.max_request_body_size,
    maxConnections: api.max_connections,
    shutdownTimeoutMs: api.shutdown_timeout,
    query: {
      maxSqlLength: api.query.max_sql_length,
      maxConcurrent: api.query.max_concurrent,
      maxQueued: api.query.max_queued,
      timeLimitMs: api.query.time_limit,
      maxRows: api.query.max_rows,
      stuckAfterMs: api.query.stuck_after,
    },
  };
}

function toSpl({ strict, limits }: ParsedConfig['spl']): Config['spl'] {
  return {
    strict,
    limits: {
      maxTextLength: limits.max_text_length,
      maxExpandedLength: limits.max_expanded_length,
      maxMacroDepth: limits.max_macro_depth,
      maxTokens: limits.max_tokens,
      maxNesting: limits.max_nesting,
      maxCommands: limits.max_commands,
      maxFields: limits.max_fields,
      maxPathReadings: limits.max_path_readings,
      maxSearchReadings: limits.max_search_readings,
      maxSplitFields: limits.max_split_fields,
      maxExpressionSize: limits.max_expression_size,
      maxSqlLength: limits.max_sql_length,
    },
  };
}

function toServerTls(tls: ParsedConfig['api']['tls']): ServerTlsConfig | undefined {
  return tls && { certFile: tls.cert_file, keyFile: tls.key_file, clientCaFile: tls.client_ca_file };
}

function toListenerTls(tls: ParsedHec['tls']): ListenerTlsConfig | undefined {
  if (tls === undefined) return undefined;
  const clientClusters = tls.client_clusters.map(({ common_name, san, cluster }) => ({
    commonName: common_name,
    san,
    cluster,
  }));
  return { certFile: tls.cert_file, keyFile: tls.key_file, clientCaFile: tls.client_ca_file, clientClusters };
}

function toToken(entry: ParsedConfig['api']['tokens'][number]): TokenConfig {
  return { sha256: toSha256(entry), scopes: entry.scopes, cluster: entry.cluster };
}

function toSha256(entry: Pick<ParsedConfig['api']['tokens'][number], 'token' | 'hash'>): string {
  const ofToken = (): string =>
    createHash('sha256')
      .update(entry.token?.reveal() ?? '')
      .digest('hex');
  return entry.hash?.toLowerCase() ?? ofToken();
}

function dropUndefined<T extends object>(record: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
