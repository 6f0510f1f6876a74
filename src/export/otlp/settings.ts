/**
 * What the OTLP exporter is told, and where its records land in Splunk when a Collector passes them on to HEC.
 */
import type { OutboundEvent } from '../../component.ts';
import type { BatchSettings, RetrySettings } from '../settings.ts';

export interface TlsFiles {
  /** PEM file of the authorities to trust instead of the system's. */
  readonly caFile?: string | undefined;
  /** PEM files of our own certificate and key, where the other side asks for one; both or neither. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Where an event is filed: a Splunk index and sourcetype. */
export interface SplunkTarget {
  readonly index: string;
  readonly sourcetype: string;
}

export type EventClass = 'risk' | 'finding' | 'incident';

export interface OtlpExporterSettings {
  /** The exporter's key in the configuration. */
  readonly name: string;
  /** `http://…` or `https://…`; over HTTP, `/v1/logs` is appended to its path. */
  readonly endpoint: string;
  readonly protocol: 'grpc' | 'http/protobuf';
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
  /** One attempt, from connecting to the whole answer. */
  readonly timeoutMs: number;
  readonly tls?: TlsFiles | undefined;
  readonly retry: RetrySettings;
  readonly batch: BatchSettings;
  /** `host.name` of the resource. */
  readonly hostName: string;
  readonly splunk: Readonly<Record<EventClass, SplunkTarget>>;
}

/**
 * Enterprise Security reads risk events from the index `risk` and findings (notables, also those of risk incident
 * rules) from `notable`. The sourcetype is our own: `stash` would make Splunk parse the message as key-value text.
 */
export const DEFAULT_SPLUNK_TARGETS: Readonly<Record<EventClass, SplunkTarget>> = {
  risk: { index: 'risk', sourcetype: 'pintail:risk' },
  finding: { index: 'notable', sourcetype: 'pintail:finding' },
  incident: { index: 'notable', sourcetype: 'pintail:incident' },
};

export const DEFAULT_OTLP_TIMEOUT_MS = 10_000;

/** Each kind's class and OTLP event name. */
export const EVENT_KINDS: Readonly<Record<OutboundEvent['kind'], readonly [EventClass, eventName: string]>> = {
  risk: ['risk', 'pintail.risk_event'],
  finding: ['finding', 'pintail.finding'],
  finding_revised: ['finding', 'pintail.finding_revised'],
  finding_withdrawn: ['finding', 'pintail.finding_withdrawn'],
  incident: ['incident', 'pintail.incident'],
};
