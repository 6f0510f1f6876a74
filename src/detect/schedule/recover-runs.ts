/** What an earlier process left in the ledger, made ready to run again. */
import type { Database } from '../../component.ts';
import { type LedgerRun, markNotRun, markPending, readRunsNotDone, readUnfinishedRuns } from './run-ledger.ts';
import type { ScheduledDetection } from './scheduled-detection.ts';
import type { SchedulerSettings } from './settings.ts';
import { reasonOfGone } from './take-up-schedules.ts';
import { asSkipped, isWithinCatchUp } from './window-planner.ts';

export interface RecoveredRuns {
  /** Pending again; in the ledger already. */
  readonly pending: readonly LedgerRun[];
  /** Too old. */
  readonly skipped: readonly LedgerRun[];
  /** Skipped too: of detections that are gone. */
  readonly gone: readonly LedgerRun[];
}

/**
 * Unfinished runs become pending or, beyond `catch_up`, skipped. Runs that failed within `catch_up` get a new set of
 * attempts, since a start is often the repair (new content, a geo database); so do those that were skipped: their detection
 * was gone and is back, the clock was ahead, or `catch_up` was shorter. Unfinished runs of detections that are gone are
 * skipped. Runs of detections that cannot run stay as they are until they can, and so do those scheduled after `plannedUntil`
 * of their detection: a clock that was ahead planned them, and the planner takes them up.
 */
export async function recoverRuns(
  database: Database,
  detections: ReadonlyMap<string, ScheduledDetection>,
  plannedUntil: ReadonlyMap<string, number>,
  now: number,
  settings: SchedulerSettings,
): Promise<RecoveredRuns> {
  const since = now - settings.catchUpSeconds;
  const [unfinished, ended] = await database.read({ share: 'service' }, async (connection) => [
    await readUnfinishedRuns(connection),
    await readRunsNotDone(connection, since),
  ]);
  const isPlanned = (run: LedgerRun) => run.window.now <= (plannedUntil.get(run.detection) ?? now);
  const own = [...unfinished, ...ended].filter(
    (run) => detections.get(run.detection)?.failure === null && isPlanned(run),
  );
  const pending = own
    .filter((run) => isWithinCatchUp(run, now, settings))
    .map((run): LedgerRun => ({ ...run, status: 'pending', attempt: 0 }));
  const skipped = own.filter((run) => !isWithinCatchUp(run, now, settings)).map((run) => asSkipped(run, settings));
  const gone = unfinished
    .filter(({ detection }) => !detections.has(detection))
    .map((run): LedgerRun => ({ ...run, status: 'skipped', error: reasonOfGone(run) }));
  await database.write(async (connection) => {
    for (const run of pending) await markPending(connection, run);
    for (const run of [...skipped, ...gone]) await markNotRun(connection, run);
  });
  return { pending, skipped, gone };
}
