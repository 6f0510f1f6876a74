/** What every examiner is given. */
import type { Connection, Database } from '../../component.ts';

export interface Examination {
  readonly database: Database;
  /** Epoch seconds. Of a database that no service has open: when its last event arrived. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** How far back is looked where looking at everything would cost too much. */
export const RECENT_SECONDS = 86_400;

/** Queries of an examination share the hunters' threads, so that detections and loads never wait for it. */
export function ask<T>({ database, signal }: Examination, work: (connection: Connection) => Promise<T>): Promise<T> {
  return database.read({ share: 'hunt', signal }, work);
}
