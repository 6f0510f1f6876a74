import { statSync } from 'node:fs';
import { errorCode } from './lock-file.ts';
import type { OpenStore } from './open-store.ts';
import type { StoreParts } from './store-parts.ts';

/** Gauges of the store, which are 0 while `open` gives null. */
export function registerGauges({ context, database }: StoreParts, open: () => OpenStore | null): void {
  const { metrics, clock } = context;
  const size = (suffix: string) => (): number => {
    const file = open()?.databaseFile;
    return file === undefined ? 0 : fileSize(`${file}${suffix}`);
  };
  const spoolBytes = (): number => open()?.spool.bytes ?? 0;
  metrics.gauge('pintail_store_spool_bytes', spoolBytes);
  metrics.gauge('pintail_store_spool_segments', () => open()?.spool.closed.length ?? 0);
  metrics.gauge('pintail_store_load_wait_seconds', () =>
    spoolBytes() === 0 ? 0 : Math.max(0, clock() - (open()?.waitsSince ?? 0)) / 1000,
  );
  metrics.gauge('pintail_store_database_bytes', size(''));
  metrics.gauge('pintail_store_wal_bytes', size('.wal'));
  for (const share of ['service', 'detection', 'hunt'] as const) {
    metrics.gauge('pintail_store_waiting_statements', () => database.waiting(share), { share });
  }
}

/** Looks without opening: opening and closing the file would give up DuckDB's lock on it. */
function fileSize(path: string): number {
  try {
    return statSync(path).size;
  } catch (error: unknown) {
    if (errorCode(error) === 'ENOENT') {
      return 0;
    }
    throw error;
  }
}
