/** What a record's body turns out to hold, before it becomes rows: one part per audit event or other record. */
import type { AuditRow } from '../component.ts';
import type { JsonObject } from './json-text.ts';

/** An audit event, bare or out of a cloud's envelope. */
export interface AuditPart {
  readonly kind: 'audit';
  /** The text that Splunk would have had. */
  readonly raw: string;
  /** The event's own JSON text where it differs from `raw`, else null. */
  readonly eventText: string | null;
  readonly event: JsonObject;
  /** The text that its identity is taken over. */
  readonly identityText: string;
  readonly cloud: AuditRow['cloud'];
  /** The cluster that the envelope names. */
  readonly cluster: string | null;
  /** The envelope's time, which stands for the record's own. */
  readonly envelopeMicros: number | null;
}

/** Anything else. */
export interface LogPart {
  readonly kind: 'log';
  readonly raw: string;
  readonly identityText: string;
  readonly cluster: string | null;
  readonly envelopeMicros: number | null;
  /** Why it should have been an audit event and is none; null for an ordinary record. */
  readonly unreadable: string | null;
}

export type Part = AuditPart | LogPart;
