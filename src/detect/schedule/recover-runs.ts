/** What an earlier process left in the ledger, made ready to run again. */
import type { Database } from '../../component.ts';
import { type LedgerRun, markNotRun, markPending, readFailedRuns, readUnfinishedRuns } from './run-ledger.ts';
import type { ScheduledDetection } from './scheduled-detection.ts';
import type { SchedulerSettings } from './settings.ts';
import { asSkipped, isWithinCatchUp } from './window-planner.ts';

export interface RecoveredRuns {
  /** Pending again; in the ledger already. */
  readonly pending: readonly LedgerRun[];
  readonly skipped: readonly LedgerRun[];
}

/**
 * Unfinished runs become pending or, beyond `catch_up`, skipped. Runs that failed within `catch_up` get a new set of
 * attempts, since a start is often the repair (new content, a geo database). Runs of detections that are not loaded or
 * cannot run stay as they are until they can, and so do those scheduled after `plannedUntil` of their
 * detection: a clock that was ahead planned them, and the planner takes them up.
 */
export async function recoverRuns(
  database: Database,
  detections: ReadonlyMap<string, ScheduledDetection>,
  plannedUntil: ReadonlyMap<string, number>,
  now: number,
  settings: SchedulerSettings,
): Promise<RecoveredRuns> {
  const left = await database.read({ share: 'service' }, async (connection) => [
    ...(await readUnfinishedRuns(connection)),
    ...(await readFailedRuns(connection, now - settings.catchUpSeconds)),
  ]);
  const isPlanned = (run: LedgerRun) => run.window.now <= (plannedUntil.get(run.detection) ?? now);
  const own = left.filter((run) => detections.get(run.detection)?.failure === null && isPlanned(run));
  const pending = own
    .filter((run) => isWithinCatchUp(run, now, settings))
    .map((run): LedgerRun => ({ ...run, status: 'pending', attempt: 0 }));
  const skipped = own.filter((run) => !isWithinCatchUp(run, now, settings)).map((run) => asSkipped(run, settings));
  await database.write(async (connection) => {
    for (const run of pending) await markPending(connection, run);
    for (const run of skipped) await markNotRun(connection, run);
  });
  return { pending, skipped };
}
