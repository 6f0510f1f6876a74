/** What the OTLP receivers are given; every bound has a default here. */
import type { SplunkMetadata } from '../../component.ts';
import type { Authorization } from '../authorization.ts';
import { type ListenerSettings, resolveListenerSettings } from '../listener-settings.ts';

export interface OtlpReceiverSettings extends ListenerSettings {
  /** Lists and maps inside one another in one attribute or body. */
  readonly maxNestingDepth?: number | undefined;
  readonly maxRecordsPerRequest?: number | undefined;
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

/** The defaults laid under what was given. */
export function resolveSettings(settings: OtlpGrpcReceiverSettings): ResolvedSettings {
  return {
    ...resolveListenerSettings(settings),
    maxNestingDepth: settings.maxNestingDepth ?? 256,
    maxRecordsPerRequest: settings.maxRecordsPerRequest ?? 100_000,
    maxConnectionAgeMs: settings.maxConnectionAgeMs ?? 30 * 60_000,
    maxConnectionAgeGraceMs: settings.maxConnectionAgeGraceMs ?? 30_000,
    keepaliveTimeMs: settings.keepaliveTimeMs ?? 60_000,
    keepaliveTimeoutMs: settings.keepaliveTimeoutMs ?? 20_000,
    authorize: settings.authorize,
    cluster: settings.cluster,
    metadata: settings.metadata,
  };
}
