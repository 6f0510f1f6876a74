/**
 * A finding as it leaves, when it is new, when late data changed it, and when late data took it away.
 */
import type { OutboundEvent, SqlRow, TimeWindow } from '../component.ts';
import { type Assessment, DEFAULT_ASSESS_LIMITS } from './assess.ts';
import { hashId } from './event-id.ts';
import { annotationFields, type RowLimits, rowFields, searchFields, searchName } from './result-fields.ts';
import type { DetectionFacts } from './risk-rule.ts';
import { SEVERITY_NUMBER, type Severity, severityOfScore } from './severity.ts';

export type FindingKind = 'finding' | 'finding_revised' | 'finding_withdrawn';

export interface FindingOccasion {
  readonly kind: FindingKind;
  readonly findingId: string;
  /** How often the finding has left before: 0 for a new one; tells two revisions of one finding apart. */
  readonly revision: number;
}

const STATUS: Readonly<Record<FindingKind, string>> = {
  finding: 'new',
  finding_revised: 'revised',
  finding_withdrawn: 'withdrawn',
};

/**
 * The finding's event. A new finding's event id is its finding id; a revision's and a withdrawal's is a hash of
 * that, the kind and the revision. `row` and `assessment` of a withdrawal are those that left last.
 */
export function toFindingOutboundEvent(
  occasion: FindingOccasion,
  facts: DetectionFacts,
  window: TimeWindow,
  row: SqlRow,
  assessment: Assessment,
  limits: RowLimits = DEFAULT_ASSESS_LIMITS,
): OutboundEvent {
  const { kind, findingId, revision } = occasion;
  const severity = findingSeverity(kind, facts, assessment);
  const eventId = kind === 'finding' ? findingId : hashId(findingId, kind, revision);
  const taken = {
    event_id: eventId,
    finding_id: findingId,
    finding_status: STATUS[kind],
    finding_revision: revision,
    rule_name: facts.name,
    rule_title: assessment.message,
    severity,
    ...searchFields(facts, window),
    ...annotationFields(facts),
  };
  return {
    eventId,
    kind,
    time: window.now,
    source: searchName(facts),
    severityNumber: SEVERITY_NUMBER[severity],
    body: assessment.message,
    attributes: { ...rowFields(row, taken, limits), ...taken },
  };
}

/**
 * | finding | severity |
 * |---|---|
 * | withdrawn | informational |
 * | of a TTP or Correlation | high, as ESCU publishes them |
 * | of another type | that of its highest risk score; informational without one |
 */
function findingSeverity(kind: FindingKind, facts: DetectionFacts, assessment: Assessment): Severity {
  if (kind === 'finding_withdrawn') return 'informational';
  if (facts.type === 'TTP' || facts.type === 'Correlation') return 'high';
  return severityOfScore(
    assessment.riskEvents.reduce((highest, event) => Math.max(highest, event.calculatedRiskScore), 0),
  );
}
