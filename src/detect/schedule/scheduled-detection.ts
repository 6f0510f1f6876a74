/** A detection as the scheduler holds it. */
import type { CompiledDetection, UncompiledDetection } from '../run/compile-detection.ts';
import type { ScheduledWindow } from '../run/run-window.ts';
import { type CronTimes, cronTimes } from './cron.ts';
import { type LedgerRun, type RunKind, runIdOf } from './run-ledger.ts';

export interface ScheduledDetection {
  readonly slug: string;
  readonly compiled: CompiledDetection | UncompiledDetection;
  readonly cron: CronTimes;
  /** Why it cannot run (does not compile, DuckDB refused its view); null where it can. */
  readonly failure: string | null;
}

/** Running a window of it again would add its rows again, or bring back what a later window replaced. */
export function writesLookup({ compiled }: ScheduledDetection): boolean {
  return compiled.ok && compiled.writes !== null;
}

/** `viewErrors`: what DuckDB said about the views it refused, by view name. */
export function scheduleDetections(
  detections: readonly (CompiledDetection | UncompiledDetection)[],
  viewErrors: ReadonlyMap<string, string>,
  timeZone: string,
): ReadonlyMap<string, ScheduledDetection> {
  return new Map(
    detections.map((compiled) => {
      const { slug, schedule } = compiled.detection;
      const failure = compiled.ok ? (viewErrors.get(slug) ?? null) : compiled.error;
      return [slug, { slug, compiled, cron: cronTimes(schedule.cron, timeZone), failure }];
    }),
  );
}

/** A new row of the ledger under the text that the detection has now: pending, or failed where it cannot run. */
export function newRun(
  scheduled: ScheduledDetection,
  window: ScheduledWindow,
  kind: RunKind,
  revision: number,
): LedgerRun {
  const { detection, contentHash } = scheduled.compiled;
  const identity = { detection: scheduled.slug, kind, contentHash, window };
  return {
    ...identity,
    runId: runIdOf(identity),
    detectionVersion: detection.version,
    status: scheduled.failure === null ? 'pending' : 'failed',
    revision,
    attempt: 0,
    watermark: null,
    error: scheduled.failure,
  };
}
