/**
 * The tables of events and what they are called. While there is a cold tier, `kube_audit` and `logs` are views over
 * their table, which then has another name, and over the files of the tier.
 */
import type { TimeRange } from './time-ranges.ts';

export const eventTables = ['kube_audit', 'logs'] as const;
export type EventTable = (typeof eventTables)[number];

/** The name of each table itself. */
export type TableNames = Readonly<Record<EventTable, string>>;

/** Where a load finds events that are stored already, and puts new ones. */
export interface StoredEvents {
  readonly names: TableNames;
  /** Full paths of the Parquet files that may hold events of these times. */
  filesWithin(range: TimeRange): readonly string[];
  /** One of them could not be read: copies of its rows would be taken as new. */
  reportDamage(path: string, error: unknown): void;
}

/** Without a cold tier. */
export const plainNames: TableNames = { kube_audit: 'kube_audit', logs: 'logs' };

/** Behind the views of a cold tier. */
export const hotNames: TableNames = { kube_audit: 'kube_audit_hot', logs: 'logs_hot' };
