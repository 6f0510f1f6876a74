/** What waits to leave, for how long, and what was refused for good. */
import { ask, type Examination } from './examination.ts';
import { type Symptom, showCount, showSeconds } from './report.ts';

const STUCK_SECONDS = 900;

/** `exporters`: those of the configuration; null where it is not known. */
export async function examineOutbox(
  examination: Examination,
  exporters: readonly string[] | null,
): Promise<readonly Symptom[]> {
  const rows = await ask(examination, (connection) =>
    connection.query(
      `select destination, count(*) filter (status = 'pending') as pending, count(*) filter (status = 'dead') as dead,
         epoch(min(enqueued_at) filter (status = 'pending')) as oldest,
         arg_min(last_error, sequence) filter (status = 'pending' and last_error is not null) as error,
         arg_max(last_error, sequence) filter (status = 'dead' and last_error is not null) as refusal
       from outbox group by destination order by destination`,
    ),
  );
  return rows.flatMap((row): readonly Symptom[] => {
    const subject = `exporter ${row.destination}`;
    const [pending, dead] = [Number(row.pending), Number(row.dead)];
    const age = row.oldest == null ? 0 : examination.now - Number(row.oldest);
    const because = (reason: unknown): string => (reason == null ? '' : `: ${String(reason).split('\n')[0]}`);
    const isOrphan = exporters !== null && !exporters.includes(String(row.destination));
    const symptoms: Symptom[] = [];
    if (isOrphan && pending > 0) {
      symptoms.push({
        severity: 'problem',
        code: 'orphaned-events',
        subject,
        finding: `${showCount(pending, 'event')} waiting for an exporter that is not in the configuration.`,
        advice: 'Put the exporter back into `exporters` until they are sent.',
      });
    } else if (age > STUCK_SECONDS) {
      symptoms.push({
        severity: 'problem',
        code: 'outbox-stuck',
        subject,
        finding: `${showCount(pending, 'event')} waiting to be sent, the oldest for ${showSeconds(age)}${because(row.error)}`,
        advice:
          'Nothing is lost: they go in order once the other side takes them. See that it is up, reachable, and takes the token.',
      });
    }
    if (dead > 0) {
      symptoms.push({
        severity: 'problem',
        code: 'dead-letters',
        subject,
        finding: `${showCount(dead, 'event')} refused for good or too old${because(row.refusal)}`,
        advice: `Mend the reason, then: pintail dead-letters --server … --retry ${row.destination}`,
      });
    }
    return symptoms;
  });
}
