/** What becomes of detections' windows: failed, skipped, overdue, slow ones, and risk that could not be scored. */
import type { SqlRow } from '../../component.ts';
import { ask, type Examination, RECENT_SECONDS } from './examination.ts';
import { isoTime, type Symptom, showCount, showSeconds } from './report.ts';

const LEDGER_SECONDS = 7 * 86_400;
const OVERDUE_SECONDS = 900;

export interface RunLimits {
  readonly runTimeoutSeconds: number;
  readonly maxRiskEventsPerField: number;
}

export async function examineRuns(examination: Examination, limits: RunLimits): Promise<readonly Symptom[]> {
  const read = (sql: string, ...since: readonly number[]): Promise<readonly SqlRow[]> =>
    ask(examination, (connection) =>
      connection.query(
        sql,
        since.map((seconds) => Math.round((examination.now - seconds) * 1e6)),
      ),
    );
  const since = (parameter: string): string => `scheduled_at >= make_timestamp(cast(${parameter} as bigint))`;
  const [failed, skipped, overdue, slow, unscored, dropped] = await Promise.all([
    read(
      `select detection, count(*) as windows, arg_max(error, finished_at) as error, bool_or(next_attempt_at is not null) as retried
       from detection_run where status = 'failed' and ${since('$1')} group by all order by windows desc, detection`,
      LEDGER_SECONDS,
    ),
    read(
      `select detection, count(*) as windows, epoch(min(window_earliest)) as earliest, epoch(max(window_latest)) as latest,
         coalesce(starts_with(error, 'detection:'), false) as is_gone
       from detection_run where status = 'skipped' and ${since('$1')} group by all order by windows desc, detection`,
      LEDGER_SECONDS,
    ),
    read(
      `select count(*) as windows, epoch(min(scheduled_at)) as oldest from detection_run
       where kind = 'scheduled' and status in ('pending', 'running') and scheduled_at < make_timestamp(cast($1 as bigint))`,
      OVERDUE_SECONDS,
    ),
    read(
      `select detection, max(duration_ms) / 1000 as seconds from detection_run where status = 'done' and ${since('$1')}
       group by all having seconds > ${limits.runTimeoutSeconds / 2} order by seconds desc`,
      RECENT_SECONDS,
    ),
    read(
      `select detection, sum(missing_risk_objects) as objects from detection_run where status = 'done' and ${since('$1')}
       group by all having objects > 0 order by objects desc`,
      RECENT_SECONDS,
    ),
    read(
      `select detection, sum(dropped_risk_objects) as objects from detection_run where status = 'done' and ${since('$1')}
       group by all having objects > 0 order by objects desc`,
      RECENT_SECONDS,
    ),
  ]);
  return [
    ...failed.map(failedSymptom),
    ...skipped.map((row) => (row.is_gone === true ? goneSymptom(row) : skippedSymptom(row))),
    ...overdue.flatMap((row) => overdueSymptoms(row, examination.now)),
    ...unscored.map(unscoredSymptom),
    ...dropped.map((row) => droppedSymptom(row, limits)),
    ...slow.map((row) => slowSymptom(row, limits)),
  ];
}

function failedSymptom({ detection, windows, error, retried }: SqlRow): Symptom {
  return {
    severity: 'problem',
    code: 'failed-runs',
    subject: `detection ${detection}`,
    finding: `${showCount(Number(windows), 'window')} of the last week failed: ${String(error).split('\n')[0]}`,
    advice: `${retried === true ? 'They are tried again.' : 'They are tried again when the service starts.'} Mend the search (pintail check), the lookup or database it needs, or raise the limit that the error names.`,
  };
}

function skippedSymptom({ detection, windows, earliest, latest }: SqlRow): Symptom {
  const [from, until] = [isoTime(Number(earliest)), isoTime(Number(latest))];
  return {
    severity: 'problem',
    code: 'skipped-windows',
    subject: `detection ${detection}`,
    finding: `${showCount(Number(windows), 'window')} from ${from} to ${until} skipped: further back than detections.catch_up.`,
    advice: `Look yourself: select * from detection.${detection} through the API with earliest ${from} and latest ${until}; raise catch_up before the next long stop; windows that the longer one reaches run at the next start.`,
  };
}

function goneSymptom({ detection, windows, earliest, latest }: SqlRow): Symptom {
  const [from, until] = [isoTime(Number(earliest)), isoTime(Number(latest))];
  return {
    severity: 'warning',
    code: 'gone-detection',
    subject: `detection ${detection}`,
    finding: `${showCount(Number(windows), 'window')} from ${from} to ${until} skipped: the detection left the content before they ran.`,
    advice:
      'Where it was taken out on purpose, this goes away after a week. Otherwise put it back, or mend the file that was left out (pintail check): what lies within detections.catch_up then runs.',
  };
}

function overdueSymptoms({ windows, oldest }: SqlRow, now: number): readonly Symptom[] {
  if (Number(windows) === 0) return [];
  return [
    {
      severity: 'problem',
      code: 'overdue-windows',
      subject: 'detections',
      finding: `${showCount(Number(windows), 'window')} due and not run, the oldest for ${showSeconds(now - Number(oldest))}.`,
      advice:
        'After a stop this is catching up and passes. If it grows, raise detections.max_parallel_runs or make the slowest searches cheaper: select detection, max(duration_ms) from detection_run group by all order by 2 desc.',
    },
  ];
}

function slowSymptom({ detection, seconds }: SqlRow, { runTimeoutSeconds }: RunLimits): Symptom {
  return {
    severity: 'warning',
    code: 'slow-detection',
    subject: `detection ${detection}`,
    finding: `A run of the last day took ${showSeconds(Number(seconds))}; after ${showSeconds(runTimeoutSeconds)} (detections.run_timeout) it is stopped and fails.`,
    advice:
      'Put terms on typed columns (verb, objectRef.resource) before those that look into the JSON, or raise run_timeout.',
  };
}

function unscoredSymptom({ detection, objects }: SqlRow): Symptom {
  return {
    severity: 'warning',
    code: 'unscored-risk-objects',
    subject: `detection ${detection}`,
    finding: `${showCount(Number(objects), 'risk object')} of the last day without risk: the result row lacks the field that names them.`,
    advice:
      "Name a field of the search's result in the detection's rba (or tags.observable), or keep the field in its last stats or table.",
  };
}

function droppedSymptom({ detection, objects }: SqlRow, { maxRiskEventsPerField }: RunLimits): Symptom {
  return {
    severity: 'warning',
    code: 'dropped-risk-objects',
    subject: `detection ${detection}`,
    finding: `${showCount(Number(objects), 'risk object')} of the last day without risk: one result row gives at most ${maxRiskEventsPerField} of a field (detections.max_risk_events_per_field).`,
    advice:
      'The finding itself holds them all. Let the search give a row for each (group by the field), or raise the limit.',
  };
}
