/**
 * Every key of the configuration, in the Collector's manner, with its default.
 *
 * `config/pintail.yaml` shows the same with a comment for each; a test holds the two together.
 */
import { z } from 'zod';
import { duration, endpoint, flag, httpUrl, integer, secret, section, size, text } from './fields.ts';

const MiB = 2 ** 20;
const day = 86_400_000;

const serverTls = section({
  cert_file: text(),
  key_file: text(),
  /** Clients must then show a certificate that this authority signed. */
  client_ca_file: text().optional(),
});

const clientTls = section({
  ca_file: text().optional(),
  cert_file: text().optional(),
  key_file: text().optional(),
});

const otlpReceiver = section({
  protocols: section({
    grpc: section({
      endpoint: endpoint().prefault('127.0.0.1:4317'),
      max_recv_msg_size_mib: integer(1, 1024).default(64),
      max_concurrent_requests: integer(1, 10_000).default(64),
      tls: serverTls.optional(),
      allow_unauthenticated: flag().default(false),
    }).optional(),
    http: section({
      endpoint: endpoint().prefault('127.0.0.1:4318'),
      max_request_body_size: size(1024).prefault('64MiB'),
      max_concurrent_requests: integer(1, 10_000).default(64),
      tls: serverTls.optional(),
      allow_unauthenticated: flag().default(false),
    }).optional(),
  }).prefault({ grpc: {}, http: {} }),
});

const otlpExporter = section({
  endpoint: httpUrl(),
  protocol: z.enum(['grpc', 'http/protobuf']).default('http/protobuf'),
  headers: z.record(z.string(), secret()).default({}),
  compression: z.enum(['gzip', 'none']).default('gzip'),
  timeout: duration(1).prefault('10s'),
  tls: clientTls.optional(),
  retry_on_failure: section({
    initial_interval: duration(1).prefault('5s'),
    max_interval: duration(1).prefault('30s'),
    /** After this long an event becomes a dead letter: kept and shown, not sent again. */
    max_elapsed_time: duration(0).prefault('7d'),
  }).prefault({}),
});

const token = section({
  token: secret().optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of a token as 64 hexadecimal digits')
    .optional(),
  scopes: z.array(z.enum(['ingest', 'hunt', 'admin'])).min(1),
});

export const configSchema = section({
  receivers: section({ otlp: otlpReceiver.optional() }).prefault({ otlp: {} }),
  storage: section({
    directory: text().default('./data'),
    memory_limit: size(256 * MiB).prefault('2GiB'),
  }).prefault({}),
  detections: section({
    paths: z.array(text()).default(['config/detections']),
    /** The user's macros; they come before those of the content. */
    macros: text().default('config/macros.yaml'),
    catch_up: duration(0).prefault('7d'),
  }).prefault({}),
  exporters: section({
    otlp: otlpExporter.optional(),
    file: section({ path: text() }).optional(),
  }).prefault({}),
  api: section({
    endpoint: endpoint().prefault('127.0.0.1:8080'),
    tls: serverTls.optional(),
    tokens: z.array(token).default([]),
    allow_unauthenticated: flag().default(false),
    max_request_body_size: size(1024).prefault('1MiB'),
    query: section({
      max_concurrent: integer(1, 64).default(2),
      max_queued: integer(0, 10_000).default(16),
      time_limit: duration(100, day).prefault('60s'),
      max_rows: integer(1, 1_000_000_000).default(1_000_000),
    }).prefault({}),
  }).prefault({}),
  spl: section({ strict: flag().default(false) }).prefault({}),
  telemetry: section({
    logs: section({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
  }).prefault({}),
}).prefault({});

/** The configuration as the schema leaves it: keys as in YAML, values parsed. */
export type ParsedConfig = z.output<typeof configSchema>;

/** Keys of the design that this version does not have yet: refused by name, not as a misspelling. */
export const laterKeys: Readonly<Record<string, readonly string[]>> = {
  receivers: ['splunk_hec', 'k8s_audit_webhook'],
  storage: ['retention'],
  detections: ['lookups'],
  exporters: ['splunk_hec', 'webhook'],
};
