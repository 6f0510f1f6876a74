/** Where events come from: who fell silent, who is late, whose clock is wrong, who names no cluster. */
import type { SqlRow } from '../../component.ts';
import { ask, type Examination, RECENT_SECONDS } from './examination.ts';
import { isoTime, type SourceOfEvents, type Symptom, showCluster, showCount, showSeconds } from './report.ts';

export interface SourceFindings {
  readonly sources: readonly SourceOfEvents[];
  readonly symptoms: readonly Symptom[];
}

/** Sources that are listed; beyond them only the newest. */
const MOST_SOURCES = 500;
/** A stream that sent steadily and then nothing for this long, and for twenty times its mean gap, is silent. */
const SILENT_SECONDS = 3600;
const SILENT_GAPS = 20;
const LEAST_EVENTS = 100;
/** A stream that ended longer ago than this has probably been taken away. */
const GONE_SECONDS = 7 * 86_400;
/** Windows of the content's usual schedule end ten minutes before they run. */
const LATE_SECONDS = 600;

interface Counted extends SourceOfEvents {
  readonly first: number;
  readonly last: number;
  readonly recent: number;
  readonly ahead: number;
  readonly mostAhead: number;
}

export async function examineSources(examination: Examination): Promise<SourceFindings> {
  const counted = (
    await Promise.all((['kube_audit', 'logs'] as const).map((table) => count(examination, table)))
  ).flat();
  const sources = counted.toSorted((a, b) => b.last - a.last);
  if (sources.length === 0) {
    const symptom: Symptom = {
      severity: 'problem',
      code: 'no-events',
      subject: 'store',
      finding: 'No event has ever been stored.',
      advice:
        "Point a Collector's exporter, a HEC client or the API server's audit webhook at a door of `receivers` and look at what its log says; `pintail replay` sends recorded events.",
    };
    return { sources: [], symptoms: [symptom] };
  }
  return {
    sources: sources.map(({ first, last, recent, ahead, mostAhead, ...source }) => source),
    symptoms: [
      ...silentStreams(sources, examination.now),
      ...wrongClocks(sources),
      ...lateClusters(sources),
      ...namelessEvents(sources),
    ],
  };
}

async function count(examination: Examination, table: 'kube_audit' | 'logs'): Promise<readonly Counted[]> {
  const rows = await ask(examination, (connection) =>
    connection.query(
      `with event as (
         select coalesce(cluster, '') as cluster, coalesce(sourcetype, '') as sourcetype, coalesce(source, '') as source,
           epoch(_indextime) as arrival, epoch(_time) as event_time, epoch(_indextime) >= $1::double as is_recent
         from ${table}
       )
       select cluster, sourcetype, source, count(*) as events, min(arrival) as first, max(arrival) as last,
         max(event_time) filter (event_time <= arrival + 300) as newest, max(event_time) as furthest,
         count(*) filter (is_recent) as recent,
         approx_quantile(greatest(arrival - event_time, 0), 0.5) filter (is_recent) as lag_median,
         approx_quantile(greatest(arrival - event_time, 0), 0.95) filter (is_recent) as lag_95,
         count(*) filter (is_recent and event_time > arrival + 300) as ahead,
         max(event_time - arrival) filter (is_recent) as most_ahead
       from event group by all order by last desc limit ${MOST_SOURCES}`,
      [examination.now - RECENT_SECONDS],
    ),
  );
  return rows.map((row) => toCounted(row, table));
}

function toCounted(row: SqlRow, table: Counted['table']): Counted {
  const optional = (name: string): number | null => (row[name] == null ? null : Number(row[name]));
  return {
    table,
    cluster: String(row.cluster),
    sourcetype: String(row.sourcetype),
    source: String(row.source),
    events: Number(row.events),
    lastArrival: isoTime(Number(row.last)),
    lastEventTime: isoTime(optional('newest') ?? Number(row.furthest)),
    lagMedianSeconds: optional('lag_median'),
    lag95Seconds: optional('lag_95'),
    first: Number(row.first),
    last: Number(row.last),
    recent: Number(row.recent),
    ahead: Number(row.ahead),
    mostAhead: optional('most_ahead') ?? 0,
  };
}

/** By cluster and sourcetype: files of a source come and go. */
function silentStreams(sources: readonly Counted[], now: number): readonly Symptom[] {
  const streams = Map.groupBy(sources, ({ table, cluster, sourcetype }) =>
    JSON.stringify([table, cluster, sourcetype]),
  );
  return [...streams.values()].flatMap((parts) => {
    const [one] = parts;
    if (one === undefined) return [];
    const { cluster, sourcetype, table } = one;
    const events = sum(parts.map((part) => part.events));
    const first = Math.min(...parts.map((part) => part.first));
    const last = Math.max(...parts.map((part) => part.last));
    const silence = now - last;
    const isSilent =
      events >= LEAST_EVENTS &&
      silence > SILENT_SECONDS &&
      silence < GONE_SECONDS &&
      silence > (SILENT_GAPS * (last - first)) / events;
    if (!isSilent) return [];
    const what = sourcetype === '' ? table : `${table} of sourcetype ${sourcetype}`;
    return [
      {
        severity: 'problem',
        code: 'silent-source',
        subject: showCluster(cluster),
        finding: `Nothing of ${what} has arrived for ${showSeconds(silence)}, after ${showCount(events, 'event')}.`,
        advice: `Look at the Collector or API server of that cluster: its log says whether it reads, and what the receiver answered.`,
      } as const,
    ];
  });
}

function wrongClocks(sources: readonly Counted[]): readonly Symptom[] {
  return byCluster(sources.filter(({ ahead }) => ahead > 0)).map(([cluster, parts]) => ({
    severity: 'problem',
    code: 'future-events',
    subject: showCluster(cluster),
    finding: `${showCount(sum(parts.map(({ ahead }) => ahead)), 'event')} of the last day dated later than their arrival, by up to ${showSeconds(Math.max(...parts.map(({ mostAhead }) => mostAhead)))}.`,
    advice:
      'Set the clock of the node that writes them (NTP). No window looks at an event before its time has come, so detections see these late or never.',
  }));
}

function lateClusters(sources: readonly Counted[]): readonly Symptom[] {
  const late = sources.filter(
    ({ lag95Seconds, recent }) => (lag95Seconds ?? 0) > LATE_SECONDS && recent >= LEAST_EVENTS,
  );
  return byCluster(late).map(([cluster, parts]) => ({
    severity: 'warning',
    code: 'late-events',
    subject: showCluster(cluster),
    finding: `Of the events of the last day one in twenty came more than ${showSeconds(Math.max(...parts.map(({ lag95Seconds }) => lag95Seconds ?? 0)))} after it happened.`,
    advice:
      'Windows that had been run are run again and their findings revised; nothing is lost within detections.catch_up. If this is no replay of old events, look for a sender that falls behind, or let schedules end earlier (-20m@m instead of -10m@m).',
  }));
}

function namelessEvents(sources: readonly Counted[]): readonly Symptom[] {
  const nameless = sources.filter(
    ({ table, cluster, recent }) => table === 'kube_audit' && cluster === '' && recent > 0,
  );
  if (nameless.length === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'no-cluster-name',
      subject: 'kube_audit',
      finding: `${showCount(sum(nameless.map(({ recent }) => recent)), 'audit event')} of the last day without the name of a cluster.`,
      advice:
        'Set clusterName in the chart, k8s.cluster.name in the Collector, or `cluster` of the receiver or its token: findings of two clusters cannot be told apart without it.',
    },
  ];
}

function byCluster(sources: readonly Counted[]): readonly (readonly [string, readonly Counted[]])[] {
  return [...Map.groupBy(sources, ({ cluster }) => cluster)];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
