/** From the keys of YAML to the names of code. */
import { createHash } from 'node:crypto';
import type { Config, OtlpExporterConfig, ServerTlsConfig, TokenConfig } from './config.ts';
import type { ParsedConfig } from './schema.ts';

const MiB = 2 ** 20;

export function toConfig(parsed: ParsedConfig): Config {
  const { receivers, storage, detections, exporters, api, spl, telemetry } = parsed;
  const { grpc, http } = receivers.otlp?.protocols ?? {};
  return {
    receivers: {
      otlp: receivers.otlp && {
        grpc: grpc && {
          endpoint: grpc.endpoint,
          tls: toServerTls(grpc.tls),
          maxRequestBytes: grpc.max_recv_msg_size_mib * MiB,
          maxConcurrentRequests: grpc.max_concurrent_requests,
        },
        http: http && {
          endpoint: http.endpoint,
          tls: toServerTls(http.tls),
          maxRequestBytes: http.max_request_body_size,
          maxConcurrentRequests: http.max_concurrent_requests,
        },
      },
    },
    storage: { directory: storage.directory, memoryLimitBytes: storage.memory_limit },
    detections: { paths: detections.paths, macros: detections.macros, catchUpMs: detections.catch_up },
    exporters: { otlp: exporters.otlp && toOtlpExporter(exporters.otlp), file: exporters.file },
    api: {
      endpoint: api.endpoint,
      tls: toServerTls(api.tls),
      tokens: api.tokens.map(toToken),
      maxRequestBytes: api.max_request_body_size,
      query: {
        maxConcurrent: api.query.max_concurrent,
        maxQueued: api.query.max_queued,
        timeLimitMs: api.query.time_limit,
        maxRows: api.query.max_rows,
      },
    },
    spl,
    telemetry,
  };
}

function toServerTls(tls: ParsedConfig['api']['tls']): ServerTlsConfig | undefined {
  return tls && { certFile: tls.cert_file, keyFile: tls.key_file, clientCaFile: tls.client_ca_file };
}

function toOtlpExporter(otlp: NonNullable<ParsedConfig['exporters']['otlp']>): OtlpExporterConfig {
  return {
    endpoint: otlp.endpoint,
    protocol: otlp.protocol,
    headers: otlp.headers,
    compression: otlp.compression,
    timeoutMs: otlp.timeout,
    tls: otlp.tls && { caFile: otlp.tls.ca_file, certFile: otlp.tls.cert_file, keyFile: otlp.tls.key_file },
    retry: {
      initialIntervalMs: otlp.retry_on_failure.initial_interval,
      maxIntervalMs: otlp.retry_on_failure.max_interval,
      maxElapsedTimeMs: otlp.retry_on_failure.max_elapsed_time,
    },
  };
}

function toToken(entry: ParsedConfig['api']['tokens'][number]): TokenConfig {
  const sha256 =
    entry.hash?.toLowerCase() ??
    createHash('sha256')
      .update(entry.token?.reveal() ?? '')
      .digest('hex');
  return { sha256, scopes: entry.scopes };
}
