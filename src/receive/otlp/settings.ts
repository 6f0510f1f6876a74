/** What the OTLP receivers are given; every bound has a default here. */
import type { SplunkMetadata } from '../../component.ts';
import type { Authorization } from '../authorization.ts';
import type { TlsSettings } from '../listen.ts';

export interface OtlpReceiverSettings {
  /** `host:port`; IPv6 hosts in brackets; port 0 takes a free one. */
  readonly endpoint: string;
  /** Largest request as it comes off the wire, and again after decompression. */
  readonly maxRecvMsgSizeBytes?: number | undefined;
  /** Largest request after decompression; default `maxRecvMsgSizeBytes`. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Lists and maps inside one another in one attribute or body. */
  readonly maxNestingDepth?: number | undefined;
  readonly maxRecordsPerRequest?: number | undefined;
  /** Requests being received or stored at a time; more are told to come back. */
  readonly maxConcurrentRequests?: number | undefined;
  /** Requests being decoded and stored at a time; the others wait as they came, still compressed. */
  readonly maxConcurrentConsumes?: number | undefined;
  /** The longest such wait; then the sender is told to come back. The Collector gives up after 5 s without an answer. */
  readonly maxWaitMs?: number | undefined;
  /** Bytes of all those requests together, compressed and decompressed; at least one of the largest must fit. */
  readonly maxInFlightBytes?: number | undefined;
  readonly maxConnections?: number | undefined;
  /** Time in which a request must have arrived whole. */
  readonly requestTimeoutMs?: number | undefined;
  /** Time that requests in hand get to finish at shutdown. */
  readonly shutdownTimeoutMs?: number | undefined;
  readonly tls?: TlsSettings | undefined;
  /** Decides from a request's `authorization` header; without it everybody may send. */
  readonly authorize?: ((header: string | undefined) => Authorization) | undefined;
  /** Cluster of records that name none. */
  readonly cluster?: string | undefined;
  /** Splunk metadata of records that name none. */
  readonly metadata?: SplunkMetadata | undefined;
}

export interface OtlpGrpcReceiverSettings extends OtlpReceiverSettings {
  /** A connection this old is asked to go (GOAWAY), so that clients spread over new instances; ± 10 %. */
  readonly maxConnectionAgeMs?: number | undefined;
  /** Time that its calls then get to finish. */
  readonly maxConnectionAgeGraceMs?: number | undefined;
  /** A connection is pinged this often. */
  readonly keepaliveTimeMs?: number | undefined;
  /** A ping unanswered for this long ends the connection. */
  readonly keepaliveTimeoutMs?: number | undefined;
}

type Optional = 'tls' | 'authorize' | 'cluster' | 'metadata';

export type ResolvedSettings = {
  readonly [Key in Exclude<keyof OtlpGrpcReceiverSettings, Optional>]-?: NonNullable<OtlpGrpcReceiverSettings[Key]>;
} & Pick<OtlpGrpcReceiverSettings, Optional>;

const MEBIBYTE = 1024 * 1024;

/** The defaults laid under what was given. The size limit is the one that the OTLP specification recommends. */
export function resolveSettings(settings: OtlpGrpcReceiverSettings): ResolvedSettings {
  const maxRecvMsgSizeBytes = settings.maxRecvMsgSizeBytes ?? 64 * MEBIBYTE;
  const maxDecompressedBytes = settings.maxDecompressedBytes ?? maxRecvMsgSizeBytes;
  return {
    endpoint: settings.endpoint,
    maxRecvMsgSizeBytes,
    maxDecompressedBytes,
    maxNestingDepth: settings.maxNestingDepth ?? 256,
    maxRecordsPerRequest: settings.maxRecordsPerRequest ?? 100_000,
    maxConcurrentRequests: settings.maxConcurrentRequests ?? 128,
    maxConcurrentConsumes: settings.maxConcurrentConsumes ?? 32,
    maxWaitMs: settings.maxWaitMs ?? 2000,
    maxInFlightBytes: settings.maxInFlightBytes ?? Math.max(256 * MEBIBYTE, maxRecvMsgSizeBytes + maxDecompressedBytes),
    maxConnections: settings.maxConnections ?? 1024,
    requestTimeoutMs: settings.requestTimeoutMs ?? 30_000,
    shutdownTimeoutMs: settings.shutdownTimeoutMs ?? 10_000,
    maxConnectionAgeMs: settings.maxConnectionAgeMs ?? 30 * 60_000,
    maxConnectionAgeGraceMs: settings.maxConnectionAgeGraceMs ?? 30_000,
    keepaliveTimeMs: settings.keepaliveTimeMs ?? 60_000,
    keepaliveTimeoutMs: settings.keepaliveTimeoutMs ?? 20_000,
    tls: settings.tls,
    authorize: settings.authorize,
    cluster: settings.cluster,
    metadata: settings.metadata,
  };
}
