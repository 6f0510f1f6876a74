/** What the detections will not see: those that do not compile, and those that the events cannot feed. */
import { PermanentError } from '../../component.ts';
import { type DataGap, EventFacts, findBlindSpots } from '../../detect/index.ts';
import { compileSearch, printSearchDiagnostics } from '../compile-search.ts';
import { type CompiledContent, printProblem } from '../content.ts';
import { ask, type Examination, RECENT_SECONDS } from './examination.ts';
import { type Symptom, showCluster, showCount, showSeconds } from './report.ts';

/** The newest events that are looked at: the answer is the same for more, and costs more. */
const MOST_EVENTS = 2_000_000;

export function examineContent({ content, detections }: CompiledContent): readonly Symptom[] {
  const refused = detections.filter((compiled) => !compiled.ok);
  return [
    ...refused.map(
      ({ detection, error }): Symptom => ({
        severity: 'problem',
        code: 'detection-does-not-compile',
        subject: `detection ${detection.slug}`,
        finding: `It never runs: ${error.split('\n')[0]}`,
        advice: `pintail check ${detection.file} shows the place. Take the file out of detections.paths if you do not want it.`,
      }),
    ),
    ...content.problems.map(
      (problem): Symptom => ({
        severity: 'problem',
        code: 'content-left-out',
        subject: 'detections',
        finding: `A file was left out: ${printProblem(problem)}`,
        advice: 'Mend the file or take it out of detections.paths.',
      }),
    ),
  ];
}

/** Rejects with the signal's reason where it takes too long. */
export async function examineCoverage(
  examination: Examination,
  { content, detections }: CompiledContent,
): Promise<readonly Symptom[]> {
  const earliest = await recentStart(examination);
  if (earliest === null) return [];
  const facts = recentFacts(examination, earliest, content);
  const spots: (DataGap & { readonly detection: string })[] = [];
  for (const compiled of detections) {
    if (!compiled.ok) continue;
    const found = await findBlindSpots(compiled, content.macros, facts);
    spots.push(...found.map((gap) => ({ ...gap, detection: compiled.detection.slug })));
  }
  const span = showSeconds(examination.now - earliest);
  return [
    ...Map.groupBy(spots, ({ severity, cluster, reason }) => JSON.stringify([severity, cluster, reason])).values(),
  ]
    .map((same) => symptomOf(same, span))
    .toSorted((a, b) => a.subject.localeCompare(b.subject));
}

function symptomOf(same: readonly (DataGap & { readonly detection: string })[], span: string): Symptom {
  const [first] = same;
  if (first === undefined) throw new Error('symptomOf: expected at least one gap.');
  const { severity, cluster, reason } = first;
  const names = [...new Set(same.map(({ detection }) => detection))];
  const who = `${showCount(names.length, 'detection')} (${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''})`;
  const isBlindByData = severity === 'blind' && cluster !== null;
  return {
    severity: isBlindByData ? 'warning' : 'note',
    code: isBlindByData ? 'blind-detections' : cluster === null ? 'no-data-for-detections' : 'absent-fields',
    subject: cluster === null ? 'detections' : showCluster(cluster),
    finding:
      cluster === null
        ? `${who} found nothing to look at in the last ${span}: ${reason}`
        : `${who}: ${severity === 'blind' ? 'blind, it' : 'it'} ${reason}`,
    advice: adviceFor(severity, cluster, reason),
  };
}

function adviceFor(severity: DataGap['severity'], cluster: string | null, reason: string): string {
  if (cluster === null) return 'Nothing to do if you have no such source; else see that its events arrive.';
  if (severity === 'absent') return 'It may only be rare. If it should be there, see what the audit policy leaves out.';
  return reason.includes('kube-audit-admin')
    ? 'Send the category kube-audit as well.'
    : "Raise the level in the cluster's audit policy for what these detections read; config/audit-policy.yaml is one that feeds them.";
}

/** Epoch seconds; null where there is no event. */
async function recentStart(examination: Examination): Promise<number | null> {
  const [row] = await ask(examination, (connection) =>
    connection.query(
      `select epoch(min(loaded_at)) as start from (
         select loaded_at, sum(audit_rows + log_rows) over (order by commit_seq desc) as total from load_commit
         where loaded_at >= make_timestamp(cast($1 as bigint))
       ) where total <= ${MOST_EVENTS}`,
      [Math.round((examination.now - RECENT_SECONDS) * 1e6)],
    ),
  );
  return row?.start == null ? null : Math.min(Number(row.start), examination.now - 3600);
}

function recentFacts(
  { database, now, signal }: Examination,
  earliest: number,
  { fieldRules }: CompiledContent['content'],
): EventFacts {
  const window = { earliest, latest: null, now };
  const sql = (text: string) =>
    database.read({ share: 'hunt', window, signal }, (connection) => connection.query(text));
  return new EventFacts({
    sql,
    async search(spl) {
      const result = compileSearch(spl, { macros: new Map(), lookups: new Map(), fieldRules, strictSplunk: true });
      if (!result.ok) throw new PermanentError(printSearchDiagnostics(spl, result));
      return sql(result.sql);
    },
  });
}
