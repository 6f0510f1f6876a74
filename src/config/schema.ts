/**
 * Every key of the configuration, in the Collector's manner, with its default.
 *
 * `config/pintail.yaml` shows the same with a comment for each; a test holds the two together.
 */
import { z } from 'zod';
import {
  duration,
  endpoint,
  flag,
  folderOrBucket,
  httpUrl,
  integer,
  percentage,
  retention,
  secret,
  section,
  size,
  span,
  text,
} from './fields.ts';

const MiB = 2 ** 20;
const day = 86_400_000;

const certificates = {
  cert_file: text(),
  key_file: text(),
  /** Clients must then show a certificate that this authority signed. */
  client_ca_file: text().optional(),
};

const serverTls = section(certificates);

const listenerTls = section({
  ...certificates,
  /** Where there are some, only clients with one of these names may send, each as its cluster. */
  client_clusters: z
    .array(
      section({
        common_name: text().optional(),
        /** Subject alternative name. */
        san: z
          .string()
          .regex(/^(?:DNS|URI|email|IP Address):./, 'expected a name with its type, such as DNS:agent.example.org')
          .optional(),
        /** None: any. */
        cluster: text().optional(),
      }),
    )
    .default([]),
});

const clientTls = section({
  ca_file: text().optional(),
  cert_file: text().optional(),
  key_file: text().optional(),
});

/** What every door has. */
const listener = {
  max_concurrent_requests: integer(1, 100_000).default(128),
  /** Of those, how many are decoded and stored at a time; the others wait for their turn. */
  max_concurrent_consumes: integer(1, 100_000).default(32),
  max_wait: duration(0, day).prefault('2s'),
  max_in_flight_size: size(1024).prefault('256MiB'),
  max_connections: integer(1, 1_000_000).default(1024),
  request_timeout: duration(100, day).prefault('30s'),
  shutdown_timeout: duration(0, day).prefault('10s'),
  tls: listenerTls.optional(),
  allow_unauthenticated: flag().default(false),
  /** For records that name none themselves. */
  cluster: text().optional(),
  metadata: section({
    index: text().optional(),
    source: text().optional(),
    sourcetype: text().optional(),
    host: text().optional(),
  }).optional(),
};

const otlpListener = {
  ...listener,
  max_nesting_depth: integer(1, 10_000).default(256),
  max_records_per_request: integer(1, 10_000_000).default(100_000),
};

const otlpReceiver = section({
  protocols: section({
    grpc: section({
      endpoint: endpoint().prefault('127.0.0.1:4317'),
      max_recv_msg_size_mib: integer(1, 1024).default(64),
      ...otlpListener,
      keepalive: section({
        time: duration(1000).prefault('1m'),
        timeout: duration(1000).prefault('20s'),
        /** The timer is set to up to a tenth more. */
        max_connection_age: duration(1000, 22 * day).prefault('30m'),
        max_connection_age_grace: duration(0).prefault('30s'),
      }).prefault({}),
    }).optional(),
    http: section({
      endpoint: endpoint().prefault('127.0.0.1:4318'),
      max_request_body_size: size(1024).prefault('64MiB'),
      ...otlpListener,
    }).optional(),
  }).prefault({ grpc: {}, http: {} }),
});

const retryOnFailure = section({
  initial_interval: duration(1).prefault('1s'),
  max_interval: duration(1).prefault('30s'),
  /** After this long an event becomes a dead letter: kept and shown, not sent again. 0: never. */
  max_elapsed_time: span(0).prefault('7d'),
}).prefault({});

const batch = section({
  max_events: integer(1, 100_000).default(512),
  max_size: size(1024).prefault('1MiB'),
}).prefault({});

const otlpExporter = section({
  endpoint: httpUrl(),
  protocol: z.enum(['grpc', 'http/protobuf']).default('http/protobuf'),
  headers: z.record(z.string(), secret()).default({}),
  compression: z.enum(['gzip', 'none']).default('gzip'),
  timeout: duration(1).prefault('10s'),
  tls: clientTls.optional(),
  retry_on_failure: retryOnFailure,
  batch,
});

/** A token as it is or as its SHA-256: one of the two. */
const tokenItself = {
  token: secret().optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'expected the SHA-256 of a token as 64 hexadecimal digits')
    .optional(),
};

const hecReceiver = section({
  endpoint: endpoint().prefault('127.0.0.1:8088'),
  tokens: z
    .array(
      section({
        ...tokenItself,
        /** Known, and told so, but not let in. */
        disabled: flag().default(false),
        /** The only one that the sender may write as. */
        cluster: text().optional(),
        /** For events that name none themselves. */
        index: text().optional(),
        source: text().optional(),
        sourcetype: text().optional(),
        /** Indexes that events may name; none: any. */
        indexes: z.array(text()).default([]),
        allow_query_string: flag().default(false),
        /** Indexer acknowledgement. */
        ack: flag().default(false),
      }),
    )
    .default([]),
  max_request_body_size: size(1024).prefault('64MiB'),
  max_events_per_request: integer(1, 10_000_000).default(100_000),
  max_ack_channels: integer(1, 1_000_000).default(256),
  max_pending_acks: integer(1, 10_000_000).default(10_000),
  ...otlpListener,
});

const auditWebhookReceiver = section({
  endpoint: endpoint().prefault('127.0.0.1:9765'),
  path: z
    .string()
    .regex(/^\/[^?#\s]*$/, 'expected a path such as /k8s-audit')
    .default('/k8s-audit'),
  tokens: z.array(section({ ...tokenItself, cluster: text().optional() })).default([]),
  max_request_body_size: size(1024).prefault('64MiB'),
  ...listener,
});

const token = section({
  ...tokenItself,
  scopes: z.array(z.enum(['ingest', 'hunt', 'admin'])).min(1),
  /** The only cluster that records sent with it may be of. */
  cluster: text().optional(),
});

const volumeRule = section({
  name: text(),
  /** A search expression, for one event at a time. */
  search: text(),
  action: z.enum(['drop'], 'expected drop').optional(),
  /** The part of the matching events that is kept. */
  sample: percentage().optional(),
});

export const configSchema = section({
  receivers: section({
    otlp: otlpReceiver.optional(),
    splunk_hec: hecReceiver.optional(),
    k8s_audit_webhook: auditWebhookReceiver.optional(),
  }).prefault({ otlp: {} }),
  normalize: section({
    max_nesting_depth: integer(100, 1_000_000).default(20_000),
    max_rows_per_record: integer(1000, 100_000_000).default(100_000),
    max_shared_attributes: integer(1024, 1_000_000).default(16_384),
  }).prefault({}),
  volume: section({ rules: z.array(volumeRule).max(1000).default([]) }).prefault({}),
  storage: section({
    directory: text().default('./data'),
    memory_limit: size(256 * MiB).prefault('2GiB'),
    max_spool_size: size(MiB).prefault('2GiB'),
    max_pending_size: size(MiB).prefault('128MiB'),
    max_temporary_size: size(MiB).prefault('8GiB'),
    min_free_disk: size(0).prefault('512MiB'),
    load_interval: duration(10, day).prefault('1250ms'),
    max_segment_size: size(MiB).prefault('64MiB'),
    max_load_size: size(MiB).prefault('512MiB'),
    max_load_rows: integer(1000, 100_000_000).default(196_608),
    checkpoint_size: size(MiB, 512 * MiB).prefault('64MiB'),
    max_recent_identities: integer(1000, 1_000_000_000).default(1_000_000),
    threads: integer(1, 1024).default(2),
    /** Statements at a time; they, fsync and gunzip share the twelve threads of libuv. */
    concurrent_statements: section({
      service: integer(1, 8).default(2),
      detection: integer(1, 8).default(2),
      hunt: integer(1, 8).default(3),
    }).prefault({}),
    /** Of events, after the day of their arrival (UTC) has ended. */
    retention: retention(day).prefault('30d'),
    /** Of findings, risk events and incidents. Incidents look seven days back. */
    findings_retention: retention(8 * day).prefault('365d'),
    /** What the database may hold; beyond it the oldest days go. */
    max_disk_size: size(1024 * MiB).optional(),
    /** Days that go to Parquet files; left out: none. */
    cold: section({
      /** After the day of their arrival has ended. */
      after: span(day).prefault('7d'),
      /** Default: `cold` in the storage directory. */
      directory: folderOrBucket().optional(),
      /** How to reach a bucket. */
      s3: section({
        /** Default: Amazon's of the region. */
        endpoint: httpUrl().optional(),
        region: text().default('us-east-1'),
        /** The bucket is in the path of a URL, not in its host; default: where there is an endpoint. */
        path_style: flag().optional(),
        access_key_id: text().optional(),
        secret_access_key: secret().optional(),
        session_token: secret().optional(),
        /** File of DuckDB's extension httpfs; default: the one that is installed for this user. */
        extension: text().optional(),
      }).optional(),
    }).optional(),
    geo_database: text().optional(),
  }).prefault({}),
  detections: section({
    paths: z.array(text()).default(['config/detections']),
    /** The user's macros; they come before those of the content. */
    macros: text().default('config/macros.yaml'),
    /** Folder with the user's lookups; they come before those of the content. */
    lookups: text().default('config/lookups'),
    max_file_size: size(1024).prefault('1MiB'),
    /** Of one .conf file of a Splunk app, which holds all its searches. */
    max_conf_size: size(1024).prefault('64MiB'),
    max_files: integer(1, 1_000_000).default(20_000),
    /** Of one lookup's CSV file. */
    max_lookup_size: size(1024).prefault('64MiB'),
    catch_up: span(0).prefault('7d'),
    max_parallel_runs: integer(1, 64).default(2),
    run_timeout: duration(1000, day).prefault('5m'),
    load_wait: duration(0, day).prefault('30s'),
    late_data_debounce: duration(0, day).prefault('30s'),
    max_findings_per_run: integer(1, 10_000_000).default(10_000),
    max_risk_events_per_field: integer(1, 1_000_000).default(1000),
    retry: section({
      initial_interval: duration(1000).prefault('30s'),
      max_interval: duration(1000).prefault('1h'),
      max_attempts: integer(1, 1_000_000).default(10),
    }).prefault({}),
  }).prefault({}),
  risk: section({
    incidents: section({
      risk_span: span(60_000, 365 * day).prefault('24h'),
      risk_threshold: integer(1, 1_000_000_000).default(100),
      tactic_span: span(60_000, 365 * day).prefault('7d'),
      min_tactics: integer(1, 100).default(3),
      min_sources: integer(1, 10_000).default(4),
      /** 0: no cap, as Enterprise Security has it by default. */
      source_cap: integer(0, 1_000_000).default(3),
    }).prefault({}),
  }).prefault({}),
  exporters: section({
    otlp: otlpExporter.optional(),
    file: section({ path: text(), retry_on_failure: retryOnFailure, batch }).optional(),
    outbox: section({
      max_pending_events: integer(1, 1_000_000_000).default(1_000_000),
      delivered_memory: span(0).prefault('30d'),
      dead_letter_memory: span(0).prefault('30d'),
    }).prefault({}),
  }).prefault({}),
  api: section({
    endpoint: endpoint().prefault('127.0.0.1:8080'),
    tls: serverTls.optional(),
    tokens: z.array(token).default([]),
    allow_unauthenticated: flag().default(false),
    max_request_body_size: size(1024).prefault('1MiB'),
    max_connections: integer(1, 1_000_000).default(1000),
    shutdown_timeout: duration(0, day).prefault('5s'),
    query: section({
      max_sql_length: integer(100, 10_000_000).default(100_000),
      max_concurrent: integer(1, 64).default(2),
      max_queued: integer(0, 10_000).default(16),
      time_limit: duration(100, day).prefault('60s'),
      max_rows: integer(1, 1_000_000_000).default(1_000_000),
      stuck_after: duration(100, day).prefault('10s'),
    }).prefault({}),
  }).prefault({}),
  spl: section({
    strict: flag().default(false),
    /** Of modifiers that snap to days, of strftime, and of schedules. */
    time_zone: z.literal('UTC', 'expected UTC, the one zone that searches are compiled for').default('UTC'),
    limits: section({
      max_text_length: integer(1, 100_000_000).default(262_144),
      max_expanded_length: integer(1, 100_000_000).default(1_048_576),
      max_macro_depth: integer(1, 1_000).default(16),
      max_tokens: integer(1, 10_000_000).default(50_000),
      max_nesting: integer(1, 1_000).default(100),
      max_commands: integer(1, 10_000).default(200),
      max_fields: integer(1, 100_000).default(2_000),
      max_path_readings: integer(1, 1_000_000).default(1_024),
      max_search_readings: integer(1, 10_000_000).default(8_192),
      max_split_fields: integer(1, 1_000).default(16),
      max_expression_size: integer(1_000, 100_000_000).default(1_000_000),
      max_sql_length: integer(1, 1_000_000_000).default(16_777_216),
    }).prefault({}),
  }).prefault({}),
  telemetry: section({
    logs: section({ level: z.enum(['debug', 'info', 'warn', 'error']).default('info') }).prefault({}),
    metrics: section({ max_series: integer(1, 1_000_000).default(2_000) }).prefault({}),
  }).prefault({}),
}).prefault({});

/** The configuration as the schema leaves it: keys as in YAML, values parsed. */
export type ParsedConfig = z.output<typeof configSchema>;

/** Keys of the design that this version does not have yet: refused by name, not as a misspelling. */
export const laterKeys: Readonly<Record<string, readonly string[]>> = {
  exporters: ['splunk_hec', 'webhook'],
};
