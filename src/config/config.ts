/** The configuration as code reads it: units resolved and named, nothing optional that has a default. */
import type { Redacted } from './redacted.ts';
import type { Endpoint } from './units.ts';

export interface ServerTlsConfig {
  readonly certFile: string;
  readonly keyFile: string;
  /** Where given, clients must show a certificate that this authority signed. */
  readonly clientCaFile: string | undefined;
}

export interface ListenerConfig {
  readonly endpoint: Endpoint;
  readonly tls: ServerTlsConfig | undefined;
}

export interface OtlpListenerConfig extends ListenerConfig {
  /** Bytes of one request, before and after decompression. */
  readonly maxRequestBytes: number;
  readonly maxConcurrentRequests: number;
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
  readonly retry: {
    readonly initialIntervalMs: number;
    readonly maxIntervalMs: number;
    readonly maxElapsedTimeMs: number;
  };
}

export type Scope = 'ingest' | 'hunt' | 'admin';

export interface TokenConfig {
  /** SHA-256 of the token, 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly scopes: readonly Scope[];
}

export interface Config {
  readonly receivers: {
    /** Undefined: does not listen. */
    readonly otlp:
      | { readonly grpc: OtlpListenerConfig | undefined; readonly http: OtlpListenerConfig | undefined }
      | undefined;
  };
  readonly storage: {
    readonly directory: string;
    /** Bytes of memory for the whole process. */
    readonly memoryLimitBytes: number;
  };
  readonly detections: {
    readonly paths: readonly string[];
    /** File with the user's macros. */
    readonly macros: string;
    /** How far back missed windows are made up for. */
    readonly catchUpMs: number;
  };
  readonly exporters: {
    readonly otlp: OtlpExporterConfig | undefined;
    /** `path` `-` is standard output. */
    readonly file: { readonly path: string } | undefined;
  };
  readonly api: ListenerConfig & {
    readonly tokens: readonly TokenConfig[];
    readonly maxRequestBytes: number;
    readonly query: {
      readonly maxConcurrent: number;
      readonly maxQueued: number;
      readonly timeLimitMs: number;
      readonly maxRows: number;
    };
  };
  readonly spl: { readonly strict: boolean };
  readonly telemetry: { readonly logs: { readonly level: 'debug' | 'info' | 'warn' | 'error' } };
}
