/** What `doctor` says: symptoms, worst first, and the sources of events. Plain data; docs/operations.md describes it. */

/**
 * problem: something is lost, stands still or cannot be seen; somebody should act. warning: it works, and will hurt or
 * mislead. note: worth knowing.
 */
export type Severity = 'problem' | 'warning' | 'note';

export interface Symptom {
  readonly severity: Severity;
  /** Stable, for programs: `outbox-stuck`. */
  readonly code: string;
  /** What it is about: a cluster, a detection, an exporter, a rule. */
  readonly subject: string;
  /** What was found. */
  readonly finding: string;
  /** What to do about it. */
  readonly advice: string;
  /** A record that shows it, cut; as it came, so hostile. */
  readonly sample?: string;
}

/** Events of one cluster, sourcetype and source. Times are ISO 8601, durations seconds; '' where an event names none. */
export interface SourceOfEvents {
  readonly table: 'kube_audit' | 'logs';
  readonly cluster: string;
  readonly sourcetype: string;
  readonly source: string;
  readonly events: number;
  readonly lastArrival: string;
  readonly lastEventTime: string;
  /** From event to arrival, of the last day's arrivals; null where there are none. */
  readonly lagMedianSeconds: number | null;
  readonly lag95Seconds: number | null;
}

export interface DoctorReport {
  readonly checkedAt: string;
  /** No problem was found; there may be warnings. */
  readonly healthy: boolean;
  readonly problems: number;
  readonly warnings: number;
  /** Worst first. */
  readonly symptoms: readonly Symptom[];
  /** The newest first. */
  readonly sources: readonly SourceOfEvents[];
}

const ORDER: readonly Severity[] = ['problem', 'warning', 'note'];

/** Symptoms of one severity keep the order in which they were found. */
export function createReport(
  checkedAt: number,
  symptoms: readonly Symptom[],
  sources: readonly SourceOfEvents[],
): DoctorReport {
  const count = (severity: Severity): number => symptoms.filter((symptom) => symptom.severity === severity).length;
  return {
    checkedAt: isoTime(checkedAt),
    healthy: count('problem') === 0,
    problems: count('problem'),
    warnings: count('warning'),
    symptoms: ORDER.flatMap((severity) => symptoms.filter((symptom) => symptom.severity === severity)),
    sources,
  };
}

/** Epoch seconds to ISO 8601 in whole seconds. */
export function isoTime(epochSeconds: number): string {
  return new Date(Math.round(epochSeconds) * 1000).toISOString().replace('.000Z', 'Z');
}

/** `3 d 4 h`, `12 min`, `8 s`: the two largest units. */
export function showSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const units = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = units.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  const shown = units.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}

/** `1 event`, `1,204 events`. */
export function showCount(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? thing : `${thing}s`}`;
}

export function showCluster(cluster: string): string {
  return cluster === '' ? 'events that name no cluster' : `cluster ${cluster}`;
}
