/**
 * The doctor: looks at a store, its detections and the running service, and says what is wrong, worst first, with what
 * to do. Looking at what the events can feed costs most, so it has a bound of its own.
 */
import type { Database } from '../../component.ts';
import type { CompiledContent } from '../content.ts';
import { ask, type Examination } from './examination.ts';
import { examineContent, examineCoverage } from './examine-coverage.ts';
import { examineOutbox } from './examine-outbox.ts';
import { examineRecords } from './examine-records.ts';
import { examineRuns, type RunLimits } from './examine-runs.ts';
import { examineService, type ServiceReadings } from './examine-service.ts';
import { examineSources } from './examine-sources.ts';
import { createReport, type DoctorReport, type Symptom } from './report.ts';

export interface DoctorOptions {
  readonly database: Database;
  readonly content: CompiledContent;
  readonly limits: RunLimits;
  /** Null where no service runs: times count from the last arrival. */
  readonly running: {
    /** Epoch seconds. */
    readonly now: number;
    readonly exporters: readonly string[];
    readonly readings: ServiceReadings;
  } | null;
  readonly signal: AbortSignal;
}

/** For what the events at hand can feed. */
const COVERAGE_MS = 20_000;

export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const { database, content, running, signal } = options;
  const examination: Examination = { database, now: running?.now ?? (await lastArrival(database, signal)), signal };
  const symptoms: Symptom[] = [];
  if (running !== null) symptoms.push(...(await examineService(running.readings)));
  symptoms.push(...(await examineOutbox(examination, running?.exporters ?? null)));
  symptoms.push(...examineContent(content));
  symptoms.push(...(await examineRuns(examination, options.limits)));
  const { sources, symptoms: ofSources } = await examineSources(examination);
  // Of a store that nobody writes to, silence says nothing.
  symptoms.push(...ofSources.filter(({ code }) => running !== null || code !== 'silent-source'));
  symptoms.push(...(await examineRecords(examination)));
  if (sources.length > 0) symptoms.push(...(await coverage(examination, content)));
  return createReport(examination.now, symptoms, sources);
}

async function coverage(examination: Examination, content: CompiledContent): Promise<readonly Symptom[]> {
  const patience = AbortSignal.timeout(COVERAGE_MS);
  try {
    return await examineCoverage({ ...examination, signal: AbortSignal.any([examination.signal, patience]) }, content);
  } catch (error: unknown) {
    if (examination.signal.aborted || !patience.aborted) throw error;
    return [
      {
        severity: 'note',
        code: 'coverage-unknown',
        subject: 'detections',
        finding: `What the events can feed was not found out within ${COVERAGE_MS / 1000} s.`,
        advice: 'pintail check <detections> --server … takes its time for it.',
      },
    ];
  }
}

async function lastArrival(database: Database, signal: AbortSignal): Promise<number> {
  const [row] = await ask({ database, now: 0, signal }, (connection) =>
    connection.query(
      'select epoch(max(arrival)) as last from (select max(_indextime) as arrival from kube_audit union all select max(_indextime) from logs)',
    ),
  );
  return Number(row?.last ?? 0);
}
