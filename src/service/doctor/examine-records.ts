/** What is wrong with records that are stored: unreadable ones, unreadable times, audit ids used twice, copies. */
import { ask, type Examination, RECENT_SECONDS } from './examination.ts';
import { type Symptom, showCluster, showCount } from './report.ts';

/** The newest audit events that are compared with one another. */
const COMPARED_ROWS = 1_000_000;
const SAMPLE_LENGTH = 200;
/** Retries make some copies; more than this share of what arrives is a sender that hears no answer. */
const MANY_COPIES = 0.2;

export async function examineRecords(examination: Examination): Promise<readonly Symptom[]> {
  const found = [unreadableRecords, unreadableTimes, reusedAuditIds, copies].map((examine) => examine(examination));
  return (await Promise.all(found)).flat();
}

/** One symptom per cluster and kind of reason: positions and lengths differ from record to record. */
async function unreadableRecords(examination: Examination): Promise<readonly Symptom[]> {
  const rows = await ask(examination, (connection) =>
    connection.query(
      `select coalesce(cluster, '') as cluster, regexp_replace(unreadable, '[0-9]+', 'N', 'g') as kind, count(*) as records,
         arg_max(unreadable, _indextime) as reason, left(arg_max(_raw, _indextime), ${SAMPLE_LENGTH}) as sample
       from logs where unreadable is not null and _indextime >= make_timestamp(cast($1 as bigint))
       group by all order by records desc limit 20`,
      [Math.round((examination.now - RECENT_SECONDS) * 1e6)],
    ),
  );
  return rows.map((row) => ({
    severity: 'problem',
    code: 'unreadable-records',
    subject: showCluster(String(row.cluster)),
    finding: `${showCount(Number(row.records), 'record')} of the last day that should be audit events and cannot be read: ${row.reason}`,
    advice: /found its end/.test(String(row.reason))
      ? 'Raise the line limit on the way (max_log_size of the filelog receiver, 1 MiB by default); what came is kept in `logs`, where no detection looks for it.'
      : 'Send this stream to another sourcetype, or mend what cuts or wraps its lines; what came is kept in `logs`, where no detection looks for it.',
    sample: String(row.sample),
  }));
}

/** Times that a normaliser found written and could not read: their columns are null. Go's zero time says that there is none. */
async function unreadableTimes(examination: Examination): Promise<readonly Symptom[]> {
  const written = (name: string): string => `regexp_extract(text, '"${name}"\\s*:\\s*("[^"]+"|[^\\s",nN][^\\s,}]*)')`;
  const rows = await ask(examination, (connection) =>
    connection.query(
      `with newest as (
         select commit_seq, sum(audit_rows) over (order by commit_seq desc) as total from load_commit
       ),
       lacking as (
         select coalesce(cluster, '') as cluster, coalesce(event, _raw) as text, _indextime, "stageTimestamp", "requestReceivedTimestamp"
         from kube_audit
         where ("stageTimestamp" is null or "requestReceivedTimestamp" is null)
           and _indextime >= make_timestamp(cast($1 as bigint))
           and commit_seq > (select coalesce(max(commit_seq), 0) from newest where total > ${COMPARED_ROWS})
       ),
       written as (
         select cluster, _indextime, unnest([
           case when "stageTimestamp" is null then ${written('stageTimestamp')} end,
           case when "requestReceivedTimestamp" is null then ${written('requestReceivedTimestamp')} end
         ]) as time
         from lacking
       )
       select cluster, count(*) as times, left(arg_max(time, _indextime), ${SAMPLE_LENGTH}) as sample
       from written where time <> '' and not contains(time, '"0001-01-01')
       group by all order by times desc limit 20`,
      [Math.round((examination.now - RECENT_SECONDS) * 1e6)],
    ),
  );
  return rows.map((row) => ({
    severity: 'problem',
    code: 'unreadable-times',
    subject: showCluster(String(row.cluster)),
    finding: `${showCount(Number(row.times), 'time')} of audit events of the last day that cannot be read.`,
    advice:
      'Expected is RFC 3339, as 2026-11-02T09:00:00.123456Z. Mend what writes or rewrites this stream: an event without a time that can be read is stored under that of its record or of its arrival, and detections see it then.',
    sample: String(row.sample),
  }));
}

async function reusedAuditIds(examination: Examination): Promise<readonly Symptom[]> {
  const [row] = await ask(examination, (connection) =>
    connection.query(
      `with newest as (
         select commit_seq, sum(audit_rows) over (order by commit_seq desc) as total from load_commit
       ),
       reused as (
         select cluster, "auditID", stage, count(*) as events from kube_audit
         where "auditID" is not null
           and commit_seq > (select coalesce(max(commit_seq), 0) from newest where total > ${COMPARED_ROWS})
         group by cluster, "auditID", stage having count(*) > 1
       )
       select count(*) as ids, sum(events) as events, arg_max("auditID", events) as audit_id, max(events) as most,
         arg_max(coalesce(cluster, ''), events) as cluster
       from reused`,
    ),
  );
  const ids = Number(row?.ids ?? 0);
  if (ids === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'reused-audit-ids',
      subject: showCluster(String(row?.cluster)),
      finding: `${showCount(ids, 'auditID')} of the newest events shared by different ones at one stage, ${row?.audit_id} by ${row?.most}.`,
      advice:
        'All are kept. Clients may choose the id (the header Audit-ID): look at who sent these (select * from kube_audit where "auditID" = …). Two ways of collecting one cluster that change the text differ like this too.',
    },
  ];
}

async function copies(examination: Examination): Promise<readonly Symptom[]> {
  const [row] = await ask(examination, (connection) =>
    connection.query(
      `select sum(duplicate_rows) as copies, sum(audit_rows + log_rows) as stored from load_commit
       where loaded_at >= make_timestamp(cast($1 as bigint))`,
      [Math.round((examination.now - RECENT_SECONDS) * 1e6)],
    ),
  );
  const [found, stored] = [Number(row?.copies ?? 0), Number(row?.stored ?? 0)];
  if (found === 0) return [];
  const share = found / (found + stored);
  return [
    {
      severity: share > MANY_COPIES ? 'warning' : 'note',
      code: 'dropped-copies',
      subject: 'store',
      finding: `${showCount(found, 'record')} of the last day dropped as copies of others (${(share * 100).toFixed(share < 0.01 ? 2 : 0)} %).`,
      advice:
        share > MANY_COPIES
          ? 'Two collectors read the same log, or a sender hears no answer in time and repeats: look at its log and at pintail_receiver_request_duration_seconds.'
          : 'Nothing to do: senders repeat what they got no answer for.',
    },
  ];
}
