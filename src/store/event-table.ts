/** The events: everybody reads the views `kube_audit` and `logs`; what is stored stands in a table behind each (event-views.ts). */
import type { TimeRange } from './time-ranges.ts';

export const eventTables = ['kube_audit', 'logs'] as const;
export type EventTable = (typeof eventTables)[number];

/** The name of the table behind each view. */
export const hotNames: Readonly<Record<EventTable, string>> = { kube_audit: 'kube_audit_hot', logs: 'logs_hot' };

/** Where a load finds events that are stored already, beside the tables. */
export interface StoredEvents {
  /** Full paths of the Parquet files that may hold events of these times. */
  filesWithin(range: TimeRange): readonly string[];
  /** One of them could not be read: copies of its rows would be taken as new. */
  reportDamage(path: string, error: unknown): void;
}
