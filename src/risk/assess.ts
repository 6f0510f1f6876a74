/**
 * One result row to risk events: one per risk object and value (SPL reference, rules 55 to 58).
 */
import type { OutboundEvent, SqlRow, TimeWindow } from '../component.ts';
import { annotateTechniques } from './attack.ts';
import { hashId } from './event-id.ts';
import { fieldValues } from './field-value.ts';
import { fillMessage } from './message.ts';
import { annotationFields, type Fields, type RowLimits, rowFields, searchFields, searchName } from './result-fields.ts';
import type { DetectionFacts, RiskObject, RiskRule } from './risk-rule.ts';
import { SEVERITY_NUMBER, severityOfScore } from './severity.ts';

/** One entry of Splunk's risk index. */
export interface RiskEvent {
  /** Hash of the finding's id and the risk object's field, type and value: a repeated run gives the same. */
  readonly eventId: string;
  readonly findingId: string;
  /** Epoch seconds: the window's scheduled time, so that a repeated or late run writes the same event. */
  readonly time: number;
  /** Splunk's `source` and `search_name`: what risk incidents count as one source. */
  readonly source: string;
  readonly riskObject: string;
  readonly riskObjectType: string;
  readonly riskObjectField: string;
  readonly riskScore: number;
  /** After risk factors; equal to `riskScore` as long as there are none. */
  readonly calculatedRiskScore: number;
  readonly message: string;
  /** What the threat came from, each value once. */
  readonly threatObjects: readonly ThreatValue[];
  /** ATT&CK tactic ids, e.g. `TA0007`. */
  readonly tacticIds: readonly string[];
  /** Everything as the Risk data model names it, flat; a multivalue is a list. */
  readonly attributes: Fields;
}

export interface ThreatValue {
  readonly value: string;
  readonly type: string;
}

export interface AssessLimits extends RowLimits {
  /** Risk events for one field of one row; a detection that groups by something else can collect any number of users. */
  readonly maxRiskEventsPerField: number;
}

export const DEFAULT_ASSESS_LIMITS: AssessLimits = {
  maxRiskEventsPerField: 1000,
  maxValuesPerField: 100,
  maxValueLength: 10_000,
};

export interface Assessment {
  /** The rule's message filled from the row; the detection's name where the rule has none. */
  readonly message: string;
  /** In the rule's order, then in the order of the field's values. */
  readonly riskEvents: readonly RiskEvent[];
  /** Risk object fields that the row does not have: no risk event could be written for them. */
  readonly missingFields: readonly string[];
  /** Values of risk object fields beyond `maxRiskEventsPerField`: they got no risk event. */
  readonly droppedRiskObjects: number;
}

/**
 * Assesses one result row. Field names are the search's final column names. The same value twice in one field
 * gives one risk event.
 */
export function assess(
  facts: DetectionFacts,
  rule: RiskRule,
  window: TimeWindow,
  row: SqlRow,
  findingId: string,
  limits: AssessLimits = DEFAULT_ASSESS_LIMITS,
): Assessment {
  const filled = fillMessage(rule.message, row);
  const message = filled.trim() === '' ? facts.name : filled;
  const threatObjects = threatValues(rule, row, limits);
  const shared: Fields = {
    finding_id: findingId,
    risk_message: message,
    ...threatFields(threatObjects),
    ...searchFields(facts, window),
    ...annotationFields(facts),
  };
  const { tacticIds } = annotateTechniques(facts.mitreAttackIds);

  const riskEvents: RiskEvent[] = [];
  let droppedRiskObjects = 0;
  for (const object of rule.riskObjects) {
    const values = [...new Set(fieldValues(row, object.field))];
    droppedRiskObjects += Math.max(0, values.length - limits.maxRiskEventsPerField);
    for (const value of values.slice(0, limits.maxRiskEventsPerField)) {
      const eventId = hashId(findingId, object.field, object.type, value);
      const taken = { ...shared, ...objectFields(object, value, eventId) };
      riskEvents.push({
        eventId,
        findingId,
        time: window.now,
        source: searchName(facts),
        riskObject: value,
        riskObjectType: object.type,
        riskObjectField: object.field,
        riskScore: object.score,
        calculatedRiskScore: object.score,
        message,
        threatObjects,
        tacticIds,
        attributes: { ...rowFields(row, taken, limits), ...taken },
      });
    }
  }

  return {
    message,
    riskEvents,
    missingFields: missing(row, rule.riskObjects),
    droppedRiskObjects,
  };
}

/** A risk event as it leaves; `source` goes out as the event's source, not as an attribute. */
export function toRiskOutboundEvent(event: RiskEvent): OutboundEvent {
  return {
    eventId: event.eventId,
    kind: 'risk',
    time: event.time,
    source: event.source,
    severityNumber: SEVERITY_NUMBER[severityOfScore(event.calculatedRiskScore)],
    body: event.message,
    attributes: event.attributes,
  };
}

function objectFields(object: RiskObject, value: string, eventId: string): Fields {
  return {
    event_id: eventId,
    risk_object: value,
    risk_object_type: object.type,
    risk_object_field: object.field,
    normalized_risk_object: value,
    risk_score: object.score,
    calculated_risk_score: object.score,
    severity: severityOfScore(object.score),
  };
}

function threatValues(rule: RiskRule, row: SqlRow, limits: RowLimits): readonly ThreatValue[] {
  const values = new Map<string, ThreatValue>();
  for (const { field, type } of rule.threatObjects) {
    for (const value of fieldValues(row, field)) values.set(JSON.stringify([value, type]), { value, type });
  }
  return [...values.values()].slice(0, limits.maxValuesPerField);
}

/** One threat object is a single value, several are two lists of the same length. */
function threatFields(objects: readonly ThreatValue[]): Fields {
  const [first, ...others] = objects;
  if (first === undefined) return {};
  if (others.length === 0) return { threat_object: first.value, threat_object_type: first.type };
  return {
    threat_object: objects.map((object) => object.value),
    threat_object_type: objects.map((object) => object.type),
  };
}

function missing(row: SqlRow, objects: readonly { readonly field: string }[]): readonly string[] {
  const fields = objects.map((object) => object.field).filter((field) => fieldValues(row, field).length === 0);
  return [...new Set(fields)];
}
