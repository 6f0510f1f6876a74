/** A risk incident as it leaves: the finding that Enterprise Security's own risk incident rules would make. */
import type { OutboundEvent } from '../component.ts';
import { DEFAULT_INCIDENT_SETTINGS, type Incident, type IncidentRule, type IncidentSettings } from './incident.ts';
import { SEVERITY_NUMBER } from './severity.ts';

const RULE_NAME: Readonly<Record<IncidentRule, string>> = {
  risk_threshold: 'Risk Threshold Exceeded for Object Over 24 Hour Period',
  tactic_threshold: 'ATT&CK Tactic Threshold Exceeded for Object Over Previous 7 Days',
};

/** Contributing ids that an event repeats; the table keeps all. */
const MAX_EVENT_IDS = 100;

/** One line for people, e.g. `Risk of user "ada" is 147 from 2 sources, 3 risk events`. */
export function incidentMessage(incident: Incident): string {
  const { riskObjectType, riskObject, riskScore, sources, tacticIds, eventIds } = incident;
  const sum = `Risk of ${riskObjectType} "${riskObject}" is ${Math.round(riskScore * 100) / 100}`;
  const from = `from ${count(sources.length, 'source')}, ${count(eventIds.length, 'risk event')}`;
  return incident.rule === 'tactic_threshold'
    ? `${sum} ${from}, ${count(tacticIds.length, 'ATT&CK tactic')}`
    : `${sum} ${from}`;
}

/** The incident's event; its id is the incident's. */
export function toIncidentOutboundEvent(
  incident: Incident,
  settings: IncidentSettings = DEFAULT_INCIDENT_SETTINGS,
): OutboundEvent {
  const name = RULE_NAME[incident.rule];
  const span = incident.rule === 'risk_threshold' ? settings.riskSpan : settings.tacticSpan;
  const body = incidentMessage(incident);
  return {
    eventId: incident.incidentId,
    kind: 'incident',
    time: incident.time,
    source: name,
    severityNumber: SEVERITY_NUMBER[incident.severity],
    body,
    attributes: {
      event_id: incident.incidentId,
      search_name: name,
      rule_name: name,
      rule_title: body,
      severity: incident.severity,
      risk_object: incident.riskObject,
      risk_object_type: incident.riskObjectType,
      normalized_risk_object: incident.riskObject,
      risk_score: incident.riskScore,
      risk_event_count: incident.eventIds.length,
      risk_event_ids: incident.eventIds.slice(-MAX_EVENT_IDS),
      source_count: incident.sources.length,
      orig_source: incident.sources,
      mitre_tactic_id_count: incident.tacticIds.length,
      ...(incident.tacticIds.length === 0 ? {} : { 'annotations.mitre_attack.mitre_tactic_id': incident.tacticIds }),
      info_min_time: incident.time - span,
      info_max_time: incident.time,
      info_search_time: incident.time,
    },
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
