/** Bounds and delays of the scheduler; all times in seconds. */
import { DEFAULT_ASSESS_LIMITS } from '../../risk/assess.ts';
import { DEFAULT_INCIDENT_SETTINGS, type IncidentSettings } from '../../risk/incident.ts';

export interface SchedulerSettings {
  /** IANA zone in which cron expressions and calendar modifiers (`@d`) are read. */
  readonly timeZone: string;
  /** Windows scheduled longer ago are recorded as skipped, and no longer re-opened by late data. */
  readonly catchUpSeconds: number;
  /** Runs at the same time. */
  readonly maxParallelRuns: number;
  /** From late rows arriving to the windows they fall into being run again. */
  readonly debounceSeconds: number;
  /** How long a run waits for what was received before it to be loaded. */
  readonly loadWaitSeconds: number;
  /** A run that takes longer is interrupted and counts as failed. */
  readonly runTimeoutSeconds: number;
  readonly maxFindingsPerRun: number;
  /** Of one row's risk object; values beyond get no risk event and are counted. */
  readonly maxRiskEventsPerField: number;
  readonly incidents: IncidentSettings;
  readonly retry: {
    readonly initialSeconds: number;
    readonly maxSeconds: number;
    /** After so many the run stays failed, until the service starts again. */
    readonly maxAttempts: number;
  };
  /** Windows written to the ledger in one transaction while catching up. */
  readonly planBatch: number;
}

export const defaultSchedulerSettings: SchedulerSettings = {
  timeZone: 'UTC',
  catchUpSeconds: 7 * 86_400,
  maxParallelRuns: 2,
  debounceSeconds: 30,
  loadWaitSeconds: 30,
  runTimeoutSeconds: 300,
  maxFindingsPerRun: 10_000,
  maxRiskEventsPerField: DEFAULT_ASSESS_LIMITS.maxRiskEventsPerField,
  incidents: DEFAULT_INCIDENT_SETTINGS,
  retry: { initialSeconds: 30, maxSeconds: 3600, maxAttempts: 10 },
  planBatch: 1000,
};
