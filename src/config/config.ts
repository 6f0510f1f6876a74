/** The configuration as code reads it: units resolved and named, nothing optional that has a default. */
import type { Redacted } from './redacted.ts';
import type { Endpoint } from './units.ts';

export interface ServerTlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  /** Where given, clients must show a certificate that this authority signed. */
  readonly clientCaFile: string | undefined;
}

/** TLS of a door for records. */
export interface ListenerTlsConfig extends ServerTlsConfig {
  /** Empty: whoever `clientCaFile` knows may write as any cluster. Else only clients with one of these names may send. */
  readonly clientClusters: readonly {
    readonly commonName: string | undefined;
    /** Subject alternative name with its type, as `DNS:agent.example.org`. */
    readonly san: string | undefined;
    /** Undefined: any. */
    readonly cluster: string | undefined;
  }[];
}

export interface ListenerConfig {
  readonly endpoint: Endpoint;
  readonly tls: ServerTlsConfig | undefined;
}

/** A door for records. */
export interface ReceiverListenerConfig extends ListenerConfig {
  readonly tls: ListenerTlsConfig | undefined;
  /** Bytes of one request, before and after decompression. */
  readonly maxRequestBytes: number;
  readonly maxConcurrentRequests: number;
  /** Further bounds, by the names of the receiver's settings. */
  readonly bounds: {
    readonly maxConcurrentConsumes: number;
    readonly maxWaitMs: number;
    readonly maxInFlightBytes: number;
    readonly maxConnections: number;
    readonly requestTimeoutMs: number;
    readonly shutdownTimeoutMs: number;
  };
  /** For records that name none themselves. */
  readonly cluster: string | undefined;
  readonly metadata:
    | { readonly index?: string; readonly source?: string; readonly sourcetype?: string; readonly host?: string }
    | undefined;
}

export interface OtlpListenerConfig extends ReceiverListenerConfig {
  readonly bounds: ReceiverListenerConfig['bounds'] & {
    readonly maxNestingDepth: number;
    readonly maxRecordsPerRequest: number;
  };
}

export interface HecTokenConfig {
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly isDisabled: boolean;
  /** The only one that the sender may write as; undefined: any. */
  readonly cluster: string | undefined;
  readonly metadata: { readonly index?: string; readonly source?: string; readonly sourcetype?: string };
  /** Empty: any. */
  readonly indexes: readonly string[];
  readonly allowQueryString: boolean;
  readonly acknowledges: boolean;
}

export interface HecListenerConfig extends ReceiverListenerConfig {
  readonly bounds: ReceiverListenerConfig['bounds'] & {
    readonly maxNestingDepth: number;
    readonly maxEventsPerRequest: number;
    readonly maxAckChannels: number;
    readonly maxPendingAcks: number;
  };
  readonly tokens: readonly HecTokenConfig[];
}

export interface AuditWebhookListenerConfig extends ReceiverListenerConfig {
  readonly path: string;
  readonly tokens: readonly { readonly sha256: string; readonly cluster: string | undefined }[];
}

export interface OtlpGrpcListenerConfig extends OtlpListenerConfig {
  readonly keepalive: {
    readonly keepaliveTimeMs: number;
    readonly keepaliveTimeoutMs: number;
    readonly maxConnectionAgeMs: number;
    readonly maxConnectionAgeGraceMs: number;
  };
}

export interface ExporterRetryConfig {
  readonly initialIntervalMs: number;
  readonly maxIntervalMs: number;
  /** After this long an event becomes a dead letter; 0: never. */
  readonly maxElapsedTimeMs: number;
}

export interface ExporterBatchConfig {
  readonly maxEvents: number;
  readonly maxBytes: number;
}

export interface ColdConfig {
  readonly afterMs: number;
  /** A folder, or `s3://bucket/prefix`. */
  readonly directory: string;
  /** With a bucket. */
  readonly s3: BucketConfig | undefined;
}

export interface BucketConfig {
  /** Null: Amazon's of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly pathStyle: boolean;
  /** Null: those of the environment. */
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: Redacted;
    readonly sessionToken: Redacted | null;
  } | null;
  /** Null: the installed one. */
  readonly extension: string | null;
}

export interface OtlpExporterConfig {
  readonly endpoint: string;
  readonly protocol: 'grpc' | 'http/protobuf';
  readonly headers: Readonly<Record<string, Redacted>>;
  readonly compression: 'gzip' | 'none';
  readonly timeoutMs: number;
  readonly tls:
    | {
        readonly caFile: string | undefined;
        readonly certFile: string | undefined;
        readonly keyFile: string | undefined;
      }
    | undefined;
  readonly retry: ExporterRetryConfig;
  readonly batch: ExporterBatchConfig;
}

export type Scope = 'ingest' | 'hunt' | 'admin';

export interface TokenConfig {
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** The only cluster that records sent with it may be of; undefined: any. */
  readonly cluster?: string | undefined;
}

export interface VolumeRuleConfig {
  readonly name: string;
  /** An SPL search expression. */
  readonly search: string;
  /** The part of the matching events that is stored, from 0 to less than 1. */
  readonly keptShare: number;
}

export interface Config {
  readonly receivers: {
    /** Undefined: does not listen. */
    readonly otlp:
      | { readonly grpc: OtlpGrpcListenerConfig | undefined; readonly http: OtlpListenerConfig | undefined }
      | undefined;
    readonly splunkHec: HecListenerConfig | undefined;
    readonly k8sAuditWebhook: AuditWebhookListenerConfig | undefined;
  };
  readonly volume: { readonly rules: readonly VolumeRuleConfig[] };
  readonly normalize: {
    readonly maxNestingDepth: number;
    readonly maxRowsPerRecord: number;
    readonly maxSharedAttributes: number;
  };
  readonly storage: {
    readonly directory: string;
    /** Bytes of memory for the whole process. */
    readonly memoryLimitBytes: number;
    /** Further bounds, by the names of the store's settings. */
    readonly bounds: {
      readonly spoolBytes: number;
      readonly pendingBytes: number;
      readonly temporaryBytes: number;
      readonly freeDiskBytes: number;
      readonly loadIntervalMs: number;
      readonly segmentBytes: number;
      readonly loadBytes: number;
      readonly loadRows: number;
      readonly checkpointBytes: number;
      readonly recentIdentities: number;
      readonly threads: number;
      readonly shares: { readonly service: number; readonly detection: number; readonly hunt: number };
    };
    /** How long things are kept, by the names of the store's settings; null: for ever, without a bound. */
    readonly retention: {
      readonly retentionMs: number | null;
      readonly findingsRetentionMs: number | null;
      readonly diskBytes: number | null;
      readonly cold: ColdConfig | null;
    };
    /** Null: the optional package's. */
    readonly geoDatabase: string | null;
  };
  readonly detections: {
    readonly paths: readonly string[];
    /** How far back missed windows are made up for. */
    readonly catchUpMs: number;
    /** File with the user's macros. */
    readonly macros: string;
    /** Folder with the user's lookups. */
    readonly lookups: string;
    readonly maxFileBytes: number;
    readonly maxConfBytes: number;
    readonly maxFiles: number;
    readonly maxLookupBytes: number;
    /** By the names of the scheduler's settings. */
    readonly scheduling: {
      readonly maxParallelRuns: number;
      readonly runTimeoutSeconds: number;
      readonly loadWaitSeconds: number;
      readonly debounceSeconds: number;
      readonly maxFindingsPerRun: number;
      readonly maxRiskEventsPerField: number;
      readonly retry: { readonly initialSeconds: number; readonly maxSeconds: number; readonly maxAttempts: number };
    };
  };
  readonly risk: {
    /** By the names of the incidents' settings; spans in seconds, a null cap is none. */
    readonly incidents: {
      readonly riskSpan: number;
      readonly riskThreshold: number;
      readonly tacticSpan: number;
      readonly minTactics: number;
      readonly minSources: number;
      readonly sourceCap: number | null;
    };
  };
  readonly exporters: {
    readonly otlp: OtlpExporterConfig | undefined;
    /** `path` `-` is standard output. */
    readonly file:
      | { readonly path: string; readonly retry: ExporterRetryConfig; readonly batch: ExporterBatchConfig }
      | undefined;
    readonly outbox: {
      readonly maxPendingEvents: number;
      readonly deliveredMemoryMs: number;
      readonly deadLetterMemoryMs: number;
    };
  };
  readonly api: ListenerConfig & {
    readonly tokens: readonly TokenConfig[];
    readonly maxRequestBytes: number;
    readonly maxConnections: number;
    readonly shutdownTimeoutMs: number;
    readonly query: {
      readonly maxSqlLength: number;
      readonly maxConcurrent: number;
      readonly maxQueued: number;
      readonly timeLimitMs: number;
      readonly maxRows: number;
      readonly stuckAfterMs: number;
    };
  };
  readonly spl: {
    readonly strict: boolean;
    readonly limits: {
      readonly maxTextLength: number;
      readonly maxExpandedLength: number;
      readonly maxMacroDepth: number;
      readonly maxTokens: number;
      readonly maxNesting: number;
      readonly maxCommands: number;
      readonly maxFields: number;
      readonly maxPathReadings: number;
      readonly maxSearchReadings: number;
      readonly maxSplitFields: number;
      readonly maxExpressionSize: number;
      readonly maxSqlLength: number;
    };
  };
  readonly telemetry: {
    readonly logs: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
    /** Series of one metric; further ones are counted together. */
    readonly metrics: { readonly maxSeries: number };
  };
}
