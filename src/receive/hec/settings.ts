/** What the HEC receiver is given; every bound has a default here. */
import type { SplunkMetadata } from '../../component.ts';
import type { Authorization } from '../authorization.ts';
import type { ListenerSettings } from '../listener-settings.ts';

export interface HecToken {
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Known, and told so, but not let in. */
  readonly isDisabled?: boolean | undefined;
  /** The only cluster that whoever has this token may write as; undefined: any. */
  readonly cluster?: string | undefined;
  /** Splunk metadata of records that name none. */
  readonly metadata?: SplunkMetadata | undefined;
  /** Indexes that records may name; empty or left out: any. */
  readonly indexes?: readonly string[] | undefined;
  /** Whether the token may stand in the URL. */
  readonly allowQueryString?: boolean | undefined;
  /** Indexer acknowledgement: requests must name a channel and get an ackId. */
  readonly acknowledges?: boolean | undefined;
}

export interface HecReceiverSettings extends ListenerSettings {
  /** Empty, and no `authorize`: everybody may send. */
  readonly tokens?: readonly HecToken[] | undefined;
  /** Decides about a token that is not in `tokens`, given as an `authorization` header would have it. */
  readonly authorize?: ((header: string) => Authorization) | undefined;
  /** Cluster of records that name none whose sender is bound to none; metadata where neither they nor their token name any. */
  readonly cluster?: string | undefined;
  readonly metadata?: SplunkMetadata | undefined;
  /** Events or lines in one request; bounds what a small body can become in memory. */
  readonly maxEventsPerRequest?: number | undefined;
  /** Lists and maps inside one another in an event; beyond it the event stays text. */
  readonly maxNestingDepth?: number | undefined;
  /** Channels whose acknowledgements are remembered; the one unused longest is forgotten first. */
  readonly maxAckChannels?: number | undefined;
  /** Acknowledgements remembered per channel until they are asked for; the oldest is forgotten first. */
  readonly maxPendingAcks?: number | undefined;
}

export interface HecBounds {
  readonly maxEventsPerRequest: number;
  readonly maxNestingDepth: number;
  readonly maxAckChannels: number;
  readonly maxPendingAcks: number;
}

/** The defaults laid under what was given. */
export function resolveHecBounds(settings: HecReceiverSettings): HecBounds {
  return {
    maxEventsPerRequest: settings.maxEventsPerRequest ?? 100_000,
    maxNestingDepth: settings.maxNestingDepth ?? 256,
    maxAckChannels: settings.maxAckChannels ?? 256,
    maxPendingAcks: settings.maxPendingAcks ?? 10_000,
  };
}
