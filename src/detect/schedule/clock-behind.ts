/**
 * A schedule that is ahead of the clock, because the clock was ahead before (or is behind now; nothing tells which). Runs
 * whose times have not come wait for them: such a run saw next to nothing. What it found stays, and the run at the right
 * time revises it as late data does.
 */
import type { Connection } from '../../component.ts';
import { setBackTolerance } from './clock.ts';
import {
  type LedgerRun,
  markNotRun,
  markPending,
  readRunsOfClockAhead,
  readTakenBackRuns,
  restoreDone,
  takeBackRunsAfter,
} from './run-ledger.ts';
import { turnBackSchedule } from './schedule-ledger.ts';

/** Epoch seconds, the first of 2025: a clock that shows less was never set, so nothing is turned back to it. */
const CLOCK_FLOOR = 1_735_689_600;

export interface TakenBack {
  /** Their times have not come. */
  readonly tooEarly: readonly LedgerRun[];
  /** Pending again: due, but skipped or run by the clock that was ahead. */
  readonly owed: readonly LedgerRun[];
}

/** Whether a cursor can only have come from a clock that was ahead of `now`. */
export function isAhead(scheduledUntil: number, now: number): boolean {
  return scheduledUntil > now + setBackTolerance;
}

export function isClockSet(now: number): boolean {
  return now >= CLOCK_FLOOR;
}

/** Sets the schedule of one detection back to `now`. */
export async function takeBack(
  connection: Connection,
  detection: string,
  now: number,
  catchUpSeconds: number,
): Promise<TakenBack> {
  const tooEarly = await takeBackRunsAfter(connection, detection, now);
  const found = await readRunsOfClockAhead(connection, detection, now - catchUpSeconds, now);
  const owed = found.map((run): LedgerRun => ({ ...run, status: 'pending', attempt: 0 }));
  for (const run of owed) await markPending(connection, run);
  await turnBackSchedule(connection, detection, now);
  return { tooEarly, owed };
}

/**
 * The runs that are planned, with those in place of them that were taken back before; they have come due now. Where the
 * plan is to skip one that was done in its time (the clock was behind for a while), it counts as done again.
 */
export async function planTakenBack(
  connection: Connection,
  detection: string,
  planned: readonly LedgerRun[],
  after: number,
  now: number,
): Promise<readonly LedgerRun[]> {
  const until = planned.at(-1)?.window.now ?? after;
  const taken = new Map(
    (await readTakenBackRuns(connection, detection, after, until)).map((run) => [run.window.now, run]),
  );
  const runs: LedgerRun[] = [];
  for (const plan of planned) {
    const earlier = taken.get(plan.window.now);
    runs.push(earlier === undefined ? plan : await takeUpAgain(connection, earlier, plan, now));
  }
  return runs;
}

async function takeUpAgain(
  connection: Connection,
  earlier: LedgerRun,
  plan: LedgerRun,
  now: number,
): Promise<LedgerRun> {
  const run: LedgerRun = { ...earlier, status: plan.status, attempt: 0, error: plan.error };
  if (run.status === 'pending') {
    await markPending(connection, run);
    return run;
  }
  if (run.status === 'skipped' && (await restoreDone(connection, run, now))) return { ...earlier, status: 'done' };
  await markNotRun(connection, run);
  return run;
}
