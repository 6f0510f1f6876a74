/** What every receiver that listens is given, whatever it speaks; every bound has a default here. */
import type { TlsSettings } from './listen.ts';

export interface ListenerSettings {
  /** `host:port`; IPv6 hosts in brackets; port 0 takes a free one. */
  readonly endpoint: string;
  /** Largest request as it comes off the wire. */
  readonly maxRequestBytes?: number | undefined;
  /** Largest request after decompression; default `maxRequestBytes`. */
  readonly maxDecompressedBytes?: number | undefined;
  /** Requests being received or stored at a time; more are told to come back. */
  readonly maxConcurrentRequests?: number | undefined;
  /** Requests being decoded and stored at a time; the others wait as they came, still compressed. */
  readonly maxConcurrentConsumes?: number | undefined;
  /** The longest such wait; then the sender is told to come back. */
  readonly maxWaitMs?: number | undefined;
  /** Bytes of all those requests together, compressed and decompressed; at least one of the largest must fit. */
  readonly maxInFlightBytes?: number | undefined;
  readonly maxConnections?: number | undefined;
  /** Time in which a request must have arrived whole. */
  readonly requestTimeoutMs?: number | undefined;
  /** Time that requests in hand get to finish at shutdown. */
  readonly shutdownTimeoutMs?: number | undefined;
  readonly tls?: TlsSettings | undefined;
}

export type ResolvedListenerSettings = {
  readonly [Key in Exclude<keyof ListenerSettings, 'tls'>]-?: NonNullable<ListenerSettings[Key]>;
} & Pick<ListenerSettings, 'tls'>;

const MEBIBYTE = 1024 * 1024;

/** The defaults laid under what was given. The size limit is the one that the OTLP specification recommends. */
export function resolveListenerSettings(settings: ListenerSettings): ResolvedListenerSettings {
  const maxRequestBytes = settings.maxRequestBytes ?? 64 * MEBIBYTE;
  const maxDecompressedBytes = settings.maxDecompressedBytes ?? maxRequestBytes;
  return {
    endpoint: settings.endpoint,
    maxRequestBytes,
    maxDecompressedBytes,
    maxConcurrentRequests: settings.maxConcurrentRequests ?? 128,
    maxConcurrentConsumes: settings.maxConcurrentConsumes ?? 32,
    maxWaitMs: settings.maxWaitMs ?? 2000,
    maxInFlightBytes: settings.maxInFlightBytes ?? Math.max(256 * MEBIBYTE, maxRequestBytes + maxDecompressedBytes),
    maxConnections: settings.maxConnections ?? 1024,
    requestTimeoutMs: settings.requestTimeoutMs ?? 30_000,
    shutdownTimeoutMs: settings.shutdownTimeoutMs ?? 10_000,
    tls: settings.tls,
  };
}
