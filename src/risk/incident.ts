/**
 * Risk incidents: what the risk events of one object add up to.
 *
 * | rule | fires when, within its span | severity |
 * |---|---|---|
 * | Risk Threshold Exceeded for Object Over 24 Hour Period | the sum of calculated risk scores is above 100 | medium, from 250 high, from 500 critical |
 * | ATT&CK Tactic Threshold Exceeded for Object Over Previous 7 Days | 3 or more tactics from 4 or more sources | high |
 *
 * One noisy source cannot do it alone: of each source at most `sourceCap` times its highest single score counts.
 *
 * A rule looks only where there is a new risk event, never because the span moved on. Where it has fired within its
 * span before, it fires again only on news: a source or a tactic that no earlier incident had, a higher severity, or
 * new risk events that meet the rule by themselves.
 */
import { hashId } from './event-id.ts';
import type { Severity } from './severity.ts';

export type IncidentRule = 'risk_threshold' | 'tactic_threshold';

export interface IncidentSettings {
  /** Seconds. */
  readonly riskSpan: number;
  /** The sum must be above this. */
  readonly riskThreshold: number;
  /** Seconds. */
  readonly tacticSpan: number;
  readonly minTactics: number;
  readonly minSources: number;
  /** Null: no cap, as Enterprise Security has it by default. */
  readonly sourceCap: number | null;
}

export const DEFAULT_INCIDENT_SETTINGS: IncidentSettings = {
  riskSpan: 86_400,
  riskThreshold: 100,
  tacticSpan: 7 * 86_400,
  minTactics: 3,
  minSources: 4,
  sourceCap: 3,
};

export interface RiskedObject {
  readonly riskObject: string;
  readonly riskObjectType: string;
}

/** What a rule needs to know of a risk event. */
export interface RiskEvidence {
  readonly eventId: string;
  /** Epoch seconds. */
  readonly time: number;
  readonly source: string;
  readonly calculatedRiskScore: number;
  readonly tacticIds: readonly string[];
}

export interface Incident extends RiskedObject {
  /** Hash of the rule, the object and the evidence. */
  readonly incidentId: string;
  readonly rule: IncidentRule;
  /** Epoch seconds: the newest risk event's time. */
  readonly time: number;
  readonly severity: Severity;
  /** The sum after the cap. */
  readonly riskScore: number;
  /** Sorted. */
  readonly sources: readonly string[];
  /** Sorted. */
  readonly tacticIds: readonly string[];
  /** In order of time. */
  readonly eventIds: readonly string[];
}

/** The part of an earlier incident that decides whether there is news. */
export type EarlierIncident = Pick<Incident, 'rule' | 'time' | 'severity' | 'sources' | 'tacticIds' | 'eventIds'>;

const SEVERITY_ORDER: readonly Severity[] = ['informational', 'low', 'medium', 'high', 'critical'];

/**
 * The incidents that `fresh` brings about. `evidence` holds the object's risk events, `fresh` ones among them, and
 * `earlier` its incidents, both from one span of the longer rule before the oldest fresh one to one span after the
 * newest. Late events are seen: each later moment whose span reaches back to one is looked at again.
 */
export function findIncidents(
  object: RiskedObject,
  evidence: readonly RiskEvidence[],
  fresh: ReadonlySet<string>,
  earlier: readonly EarlierIncident[],
  settings: IncidentSettings = DEFAULT_INCIDENT_SETTINGS,
): readonly Incident[] {
  const ordered = evidence.toSorted((a, b) => a.time - b.time || (a.eventId < b.eventId ? -1 : 1));
  return RULES.flatMap((rule) => {
    const incidents: Incident[] = [];
    const known = earlier.filter((incident) => incident.rule === rule.name);
    const relevant = ordered.filter(rule.isRelevant);
    for (const time of moments(relevant, fresh, rule.span(settings))) {
      const within = relevant.filter((one) => one.time > time - rule.span(settings) && one.time <= time);
      const before = [...known, ...incidents].filter(
        (incident) => Math.abs(incident.time - time) < rule.span(settings),
      );
      const verdict = judge(rule, within, settings);
      if (verdict === null || !isNews(rule, within, verdict, before, settings)) continue;
      const eventIds = within.map((one) => one.eventId);
      const { riskObject, riskObjectType } = object;
      const incidentId = hashId(rule.name, riskObject, riskObjectType, time, ...eventIds);
      incidents.push({ incidentId, rule: rule.name, riskObject, riskObjectType, time, ...verdict, eventIds });
    }
    return incidents;
  });
}

interface Verdict {
  readonly severity: Severity;
  readonly riskScore: number;
  readonly sources: readonly string[];
  readonly tacticIds: readonly string[];
}

interface Rule {
  readonly name: IncidentRule;
  span(settings: IncidentSettings): number;
  isRelevant(evidence: RiskEvidence): boolean;
  /** Null where the rule is not met. */
  severity(sum: Omit<Verdict, 'severity'>, settings: IncidentSettings): Severity | null;
}

const RULES: readonly Rule[] = [
  {
    name: 'risk_threshold',
    span: (settings) => settings.riskSpan,
    isRelevant: (evidence) => evidence.calculatedRiskScore > 0,
    severity({ riskScore }, settings) {
      if (!(riskScore > settings.riskThreshold)) return null;
      if (riskScore >= 500) return 'critical';
      return riskScore >= 250 ? 'high' : 'medium';
    },
  },
  {
    name: 'tactic_threshold',
    span: (settings) => settings.tacticSpan,
    isRelevant: () => true,
    severity: ({ tacticIds, sources }, settings) =>
      tacticIds.length >= settings.minTactics && sources.length >= settings.minSources ? 'high' : null,
  },
];

/** The times of risk events whose span holds a fresh one, ascending. */
function moments(ordered: readonly RiskEvidence[], fresh: ReadonlySet<string>, span: number): readonly number[] {
  const freshTimes = [...new Set(ordered.filter((one) => fresh.has(one.eventId)).map((one) => one.time))];
  return [...new Set(ordered.map((one) => one.time))].filter((time) =>
    freshTimes.some((other) => other <= time && other > time - span),
  );
}

function judge(rule: Rule, evidence: readonly RiskEvidence[], settings: IncidentSettings): Verdict | null {
  const sum = {
    riskScore: cappedScore(evidence, settings.sourceCap),
    sources: [...new Set(evidence.map((one) => one.source))].sort(),
    tacticIds: [...new Set(evidence.flatMap((one) => one.tacticIds))].sort(),
  };
  const severity = rule.severity(sum, settings);
  return severity === null ? null : { severity, ...sum };
}

function isNews(
  rule: Rule,
  evidence: readonly RiskEvidence[],
  verdict: Verdict,
  before: readonly EarlierIncident[],
  settings: IncidentSettings,
): boolean {
  if (before.length === 0) return true;
  const used = new Set(before.flatMap((incident) => incident.eventIds));
  const unused = evidence.filter((one) => !used.has(one.eventId));
  const sources = new Set(before.flatMap((incident) => incident.sources));
  const tacticIds = new Set(before.flatMap((incident) => incident.tacticIds));
  return (
    unused.some((one) => !sources.has(one.source)) ||
    (rule.name === 'tactic_threshold' && unused.some((one) => one.tacticIds.some((id) => !tacticIds.has(id)))) ||
    before.every((incident) => rank(verdict.severity) > rank(incident.severity)) ||
    judge(rule, unused, settings) !== null
  );
}

function cappedScore(evidence: readonly RiskEvidence[], sourceCap: number | null): number {
  const bySource = Map.groupBy(evidence, (one) => one.source);
  let total = 0;
  for (const events of bySource.values()) {
    let sum = 0;
    let highest = 0;
    for (const { calculatedRiskScore } of events) {
      sum += calculatedRiskScore;
      highest = Math.max(highest, calculatedRiskScore);
    }
    total += sourceCap === null ? sum : Math.min(sum, sourceCap * highest);
  }
  return total;
}

function rank(severity: Severity): number {
  return SEVERITY_ORDER.indexOf(severity);
}
