import { describe, expect, test } from 'vitest';
import {
  DEFAULT_INCIDENT_SETTINGS,
  findIncidents,
  type Incident,
  type IncidentSettings,
  type RiskEvidence,
} from '../../src/risk/incident.ts';
import { toIncidentOutboundEvent } from '../../src/risk/incident-event.ts';

const OBJECT = { riskObject: 'ada', riskObjectType: 'user' };
const HOUR = 3_600;
const START = 1_700_000_000;

/** A risk event `hours` after the start: score, source, tactics. */
function risk(hours: number, score: number, source = 'A', ...tacticIds: readonly string[]): RiskEvidence {
  const eventId = `${source}@${hours}:${score}${tacticIds.join()}`;
  return { eventId, time: START + hours * HOUR, source, calculatedRiskScore: score, tacticIds };
}

/** Feeds groups of events as transactions do, one after the other; gives the incidents of each. */
function feed(
  groups: readonly (readonly RiskEvidence[])[],
  settings: IncidentSettings = DEFAULT_INCIDENT_SETTINGS,
): readonly (readonly Incident[])[] {
  const evidence: RiskEvidence[] = [];
  const incidents: Incident[] = [];
  return groups.map((group) => {
    evidence.push(...group);
    const found = findIncidents(OBJECT, evidence, new Set(group.map((one) => one.eventId)), incidents, settings);
    incidents.push(...found);
    return found;
  });
}

function counts(groups: readonly (readonly RiskEvidence[])[], settings?: IncidentSettings): readonly number[] {
  return feed(groups, settings).map((incidents) => incidents.length);
}

describe('risk threshold', () => {
  test('fires above 100, not at 100', () => {
    expect(counts([[risk(0, 50, 'A'), risk(0, 50, 'B')]])).toEqual([0]);
    expect(counts([[risk(0, 50, 'A'), risk(0, 51, 'B')]])).toEqual([1]);
  });

  test('says what it fired on', () => {
    const events = [risk(0, 60, 'B', 'TA0007'), risk(2, 60, 'A', 'TA0006')];
    const [incident] = feed([events])[0]!;
    expect(incident).toMatchObject({
      ...OBJECT,
      rule: 'risk_threshold',
      time: START + 2 * HOUR,
      severity: 'medium',
      riskScore: 120,
      sources: ['A', 'B'],
      tacticIds: ['TA0006', 'TA0007'],
      eventIds: events.map((one) => one.eventId),
    });
    expect(incident!.incidentId).toMatch(/^[0-9a-f]{32}$/u);
  });

  test.each([
    [249, 'medium'],
    [250, 'high'],
    [499, 'high'],
    [500, 'critical'],
  ])('a sum of %d is %s', (sum, severity) => {
    const events = Array.from({ length: 5 }, (_, index) => risk(0, sum / 5, `source ${index}`));
    expect(feed([events])[0]![0]!.severity).toBe(severity);
  });

  test('counts the last 24 hours, the far end excluded', () => {
    expect(counts([[risk(0, 60, 'A')], [risk(24, 60, 'B')]])).toEqual([0, 0]);
    expect(counts([[risk(0, 60, 'A')], [risk(23.99, 60, 'B')]])).toEqual([0, 1]);
  });

  test('of one source counts at most three times its highest score', () => {
    const noisy = Array.from({ length: 50 }, (_, index) => risk(index / 100, 20, 'noisy'));
    expect(counts([noisy])).toEqual([0]);
    expect(counts([[...noisy, risk(1, 41, 'other')]])).toEqual([1]);
    expect(feed([[...noisy, risk(1, 41, 'other')]])[0]![0]!.riskScore).toBe(101);
    expect(counts([noisy], { ...DEFAULT_INCIDENT_SETTINGS, sourceCap: null })[0]).toBeGreaterThan(0);
  });

  test('does not fire again for more of the same', () => {
    const groups = [[risk(0, 60, 'A'), risk(0, 60, 'B')], [risk(1, 5, 'A')], [risk(2, 5, 'B')]];
    expect(counts(groups)).toEqual([1, 0, 0]);
  });

  test('does not fire because the window slid, only on new risk', () => {
    const groups = [[risk(0, 60, 'A'), risk(10, 60, 'B')], [risk(23, 0, 'A')], [risk(30, 10, 'B')]];
    expect(counts(groups)).toEqual([1, 0, 0]);
  });

  test('fires again on a source that had no part before', () => {
    expect(counts([[risk(0, 60, 'A'), risk(0, 60, 'B')], [risk(1, 5, 'C')], [risk(2, 5, 'C')]])).toEqual([1, 1, 0]);
  });

  test('does not fire again on a source that adds no risk', () => {
    expect(counts([[risk(0, 60, 'A'), risk(0, 60, 'B')], [risk(1, 0, 'C')]])).toEqual([1, 0]);
  });

  test('fires again when the severity rises', () => {
    const groups = [[risk(0, 60, 'A'), risk(0, 60, 'B')], [risk(1, 70, 'A')], [risk(2, 90, 'B')]];
    expect(feed(groups).map((incidents) => incidents.map((one) => [one.severity, one.riskScore]))).toEqual([
      [['medium', 120]],
      [],
      [['high', 280]],
    ]);
  });

  test('fires again when new risk alone is above the threshold', () => {
    const first = [risk(0, 60, 'A'), risk(0, 60, 'B')];
    expect(counts([first, [risk(20, 60, 'A')], [risk(30, 50, 'B')]])).toEqual([1, 0, 1]);
  });

  test('sees risk that comes late, at the moment that it completes', () => {
    const [, late] = feed([[risk(10, 60, 'A')], [risk(4, 60, 'B')]]);
    expect(late!.map((incident) => (incident.time - START) / HOUR)).toEqual([10]);
    expect(counts([[risk(10, 60, 'A')], [risk(-14, 60, 'B')]])).toEqual([0, 0]);
  });

  test('late risk fires where it stands, and again where it lifts what came after it to a higher severity', () => {
    const [, late] = feed([
      [risk(10, 80, 'A'), risk(10, 80, 'B')],
      [risk(4, 60, 'C'), risk(4, 60, 'D')],
    ]);
    expect(late!.map(({ time, severity }) => [(time - START) / HOUR, severity])).toEqual([
      [4, 'medium'],
      [10, 'high'],
    ]);
  });

  test('the same news gives the same incident id', () => {
    const events = [risk(0, 60, 'A'), risk(0, 60, 'B')];
    const again = feed([events.toReversed()]);
    expect(again[0]![0]!.incidentId).toBe(feed([events])[0]![0]!.incidentId);
  });

  test('nothing fresh, nothing fires', () => {
    expect(findIncidents(OBJECT, [risk(0, 500)], new Set(), [])).toEqual([]);
  });
});

describe('tactic threshold', () => {
  const three = [risk(0, 1, 'A', 'TA0001'), risk(24, 1, 'B', 'TA0002'), risk(48, 1, 'C', 'TA0003')];

  test('needs three tactics and four sources', () => {
    expect(counts([three])).toEqual([0]);
    expect(counts([[...three, risk(72, 1, 'D')]])).toEqual([1]);
    const twoTactics = [risk(0, 1, 'A', 'TA0001'), risk(0, 1, 'B', 'TA0002'), risk(0, 1, 'C'), risk(0, 1, 'D')];
    expect(counts([twoTactics])).toEqual([0]);
  });

  test('counts the last seven days', () => {
    expect(counts([three, [risk(7 * 24 - 0.1, 1, 'D')]])).toEqual([0, 1]);
    expect(counts([three, [risk(7 * 24, 1, 'D')]])).toEqual([0, 0]);
  });

  test('fires again on a new tactic or source only', () => {
    const full = [...three, risk(72, 1, 'D')];
    expect(counts([full, [risk(73, 1, 'A', 'TA0001')]])).toEqual([1, 0]);
    expect(counts([full, [risk(73, 1, 'A', 'TA0040')], [risk(74, 1, 'E')]])).toEqual([1, 1, 1]);
  });
});

test('an incident leaves as Enterprise Security would name it', () => {
  const [incident] = feed([[risk(0, 60, 'A', 'TA0007'), risk(1, 61, 'B')]])[0]!;
  expect(toIncidentOutboundEvent(incident!)).toEqual({
    eventId: incident!.incidentId,
    kind: 'incident',
    time: START + HOUR,
    source: 'Risk Threshold Exceeded for Object Over 24 Hour Period',
    severityNumber: 13,
    body: 'Risk of user "ada" is 121 from 2 sources, 2 risk events',
    attributes: {
      event_id: incident!.incidentId,
      search_name: 'Risk Threshold Exceeded for Object Over 24 Hour Period',
      rule_name: 'Risk Threshold Exceeded for Object Over 24 Hour Period',
      rule_title: 'Risk of user "ada" is 121 from 2 sources, 2 risk events',
      severity: 'medium',
      risk_object: 'ada',
      risk_object_type: 'user',
      normalized_risk_object: 'ada',
      risk_score: 121,
      risk_event_count: 2,
      risk_event_ids: incident!.eventIds,
      source_count: 2,
      orig_source: ['A', 'B'],
      mitre_tactic_id_count: 1,
      'annotations.mitre_attack.mitre_tactic_id': ['TA0007'],
      info_min_time: START + HOUR - 86_400,
      info_max_time: START + HOUR,
      info_search_time: START + HOUR,
    },
  });
});
