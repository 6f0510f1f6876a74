import { expect, test } from 'vitest';
import type { SqlRow, TimeWindow } from '../../src/component.ts';
import { assess, toRiskOutboundEvent } from '../../src/risk/assess.ts';
import { toFindingOutboundEvent } from '../../src/risk/finding-event.ts';
import type { DetectionFacts, RiskRule } from '../../src/risk/risk-rule.ts';

const FACTS: DetectionFacts = {
  name: 'Secret Reading Spree',
  slug: 'secret_reading_spree',
  id: '6f7d4a3e-0000-4000-8000-000000000001',
  version: '3',
  type: 'Anomaly',
  searchName: null,
  analyticStories: ['Cluster Story'],
  mitreAttackIds: ['T1552.007', 'T1610', 'T9999'],
  securityDomain: 'network',
  annotations: { cis20: ['CIS 10'], nist: ['DE.CM', 'DE.AE'] },
};
const RULE: RiskRule = {
  message: 'secrets of $objectRef.namespace$ read by $user$ from $src_ip$',
  riskObjects: [
    { field: 'user', type: 'user', score: 49 },
    { field: 'objectRef.namespace', type: 'other', score: 20 },
  ],
  threatObjects: [{ field: 'src_ip', type: 'ip_address' }],
};
const WINDOW: TimeWindow = { earliest: 1_700_000_000, latest: 1_700_003_600, now: 1_700_004_200 };
const ROW: SqlRow = { user: ['ada', 'bob'], 'objectRef.namespace': 'payments', src_ip: '203.0.113.9', count: 7 };

test('writes one risk event per risk object, and one per value of a multivalue', () => {
  const { riskEvents } = assess(FACTS, RULE, WINDOW, ROW, 'f1');
  expect(riskEvents.map((event) => [event.riskObject, event.riskObjectType, event.riskScore])).toEqual([
    ['ada', 'user', 49],
    ['bob', 'user', 49],
    ['payments', 'other', 20],
  ]);
});

test('carries the fields of the Risk data model and the fields of the row', () => {
  const event = assess(FACTS, RULE, WINDOW, ROW, 'f1').riskEvents[0]!;
  expect(event.attributes).toEqual({
    event_id: event.eventId,
    finding_id: 'f1',
    search_name: 'Secret Reading Spree',
    detection_id: FACTS.id,
    detection_version: '3',
    detection_type: 'Anomaly',
    security_domain: 'network',
    severity: 'medium',
    risk_object: 'ada',
    risk_object_type: 'user',
    risk_object_field: 'user',
    normalized_risk_object: 'ada',
    risk_score: 49,
    calculated_risk_score: 49,
    risk_message: 'secrets of payments read by ada, bob from 203.0.113.9',
    threat_object: '203.0.113.9',
    threat_object_type: 'ip_address',
    analyticstories: ['Cluster Story'],
    'annotations._all': ['Cluster Story', 'T1552.007', 'T1610', 'T9999', 'CIS 10', 'DE.CM', 'DE.AE'],
    'annotations.mitre_attack': ['T1552.007', 'T1610', 'T9999'],
    'annotations.mitre_attack.mitre_technique_id': ['T1552.007', 'T1610', 'T9999'],
    'annotations.mitre_attack.mitre_technique': ['Container API', 'Deploy Container'],
    'annotations.mitre_attack.mitre_tactic_id': ['TA0006', 'TA0005', 'TA0002'],
    'annotations.mitre_attack.mitre_tactic': ['credential-access', 'defense-evasion', 'execution'],
    'annotations.mitre_attack.unknown_technique_id': ['T9999'],
    'annotations.cis20': ['CIS 10'],
    'annotations.nist': ['DE.CM', 'DE.AE'],
    info_min_time: 1_700_000_000,
    info_max_time: 1_700_003_600,
    info_search_time: 1_700_004_200,
    user: ['ada', 'bob'],
    'objectRef.namespace': 'payments',
    src_ip: '203.0.113.9',
    count: 7,
  });
});

test('gives the same event id for the same finding, field, type and value, and another for any other', () => {
  const ids = (row: SqlRow, findingId: string): readonly string[] =>
    assess(FACTS, RULE, WINDOW, row, findingId).riskEvents.map((event) => event.eventId);
  expect(ids({ ...ROW, count: 9 }, 'f1')).toEqual(ids(ROW, 'f1'));
  const all = [...ids(ROW, 'f1'), ...ids(ROW, 'f2'), ...ids({ user: 'payments' }, 'f1')];
  expect(new Set(all).size).toBe(7);
  expect(all[0]).toMatch(/^[0-9a-f]{32}$/u);
});

test('writes no risk event for an absent, null or empty field and names it', () => {
  for (const gone of [undefined, null, '', []] as const) {
    const row = { 'objectRef.namespace': 'payments', ...(gone === undefined ? {} : { user: gone }) };
    const assessment = assess(FACTS, RULE, WINDOW, row, 'f1');
    expect(assessment.riskEvents.map((event) => event.riskObject)).toEqual(['payments']);
    expect(assessment.missingFields).toEqual(['user']);
    expect(assessment.riskEvents[0]!.attributes).not.toHaveProperty('threat_object');
  }
});

test('writes one risk event for a value that a multivalue holds twice', () => {
  expect(assess(FACTS, RULE, WINDOW, { user: ['ada', 'ada'] }, 'f1').riskEvents).toHaveLength(1);
});

test('lists several threat objects with their types, in step', () => {
  const rule = { ...RULE, threatObjects: [...RULE.threatObjects, { field: 'userAgent', type: 'http_user_agent' }] };
  const row = { ...ROW, src_ip: ['198.51.100.1', '198.51.100.2'], userAgent: 'curl/8' };
  const { attributes } = assess(FACTS, rule, WINDOW, row, 'f1').riskEvents[0]!;
  expect(attributes.threat_object).toEqual(['198.51.100.1', '198.51.100.2', 'curl/8']);
  expect(attributes.threat_object_type).toEqual(['ip_address', 'ip_address', 'http_user_agent']);
});

test('moves the row’s metadata and names that the risk event needs to orig_ names', () => {
  const row = { user: 'ada', _time: 1_699_999_999.5, _raw: '{}', host: 'node1', risk_score: '3', severity: 'x' };
  const { attributes } = assess(FACTS, RULE, WINDOW, row, 'f1').riskEvents[0]!;
  expect(attributes).toMatchObject({
    orig_time: 1_699_999_999.5,
    orig_raw: '{}',
    orig_host: 'node1',
    orig_risk_score: '3',
    orig_severity: 'x',
    risk_score: 49,
  });
  expect(attributes).not.toHaveProperty('_time');
});

test('says an unbounded window as addinfo does', () => {
  const window = { earliest: null, latest: null, now: 5 };
  const { attributes } = assess(FACTS, RULE, window, ROW, 'f1').riskEvents[0]!;
  expect([attributes.info_min_time, attributes.info_max_time]).toEqual([0, '+Infinity']);
});

test('names the saved search where the content names one', () => {
  const event = assess({ ...FACTS, searchName: 'X - Rule' }, RULE, WINDOW, ROW, 'f1').riskEvents[0]!;
  expect([event.source, event.attributes.search_name]).toEqual(['X - Rule', 'X - Rule']);
});

test('bounds risk events per field and values per attribute, and says what was cut', () => {
  const limits = { maxRiskEventsPerField: 2, maxValuesPerField: 3, maxValueLength: 5 };
  const row = { user: ['a', 'b', 'c', 'd'], long: '123456', short: '12345' };
  const assessment = assess(FACTS, RULE, WINDOW, row, 'f1', limits);
  expect(assessment.riskEvents.map((event) => event.riskObject)).toEqual(['a', 'b']);
  expect(assessment.droppedRiskObjects).toBe(2);
  expect(assessment.riskEvents[0]!.attributes).toMatchObject({
    user: ['a', 'b', 'c'],
    long: '12345',
    short: '12345',
    truncated_fields: ['user', 'long'],
  });
});

test.each([
  [0, 9],
  [20, 9],
  [20.5, 10],
  [49, 13],
  [64, 17],
  [81, 21],
])('a score of %d leaves with severity number %d', (score, severityNumber) => {
  const rule = { ...RULE, riskObjects: [{ field: 'user', type: 'user', score }] };
  const event = toRiskOutboundEvent(assess(FACTS, rule, WINDOW, ROW, 'f1').riskEvents[0]!);
  expect(event).toMatchObject({
    kind: 'risk',
    time: WINDOW.now,
    source: FACTS.name,
    severityNumber,
    body: 'secrets of payments read by ada, bob from 203.0.113.9',
  });
  expect(event.attributes).not.toHaveProperty('source');
});

test('a finding keeps its id, its revisions and its withdrawal have their own', () => {
  const assessment = assess(FACTS, RULE, WINDOW, ROW, 'f1');
  const occasions = [
    { kind: 'finding', findingId: 'f1', revision: 0 },
    { kind: 'finding_revised', findingId: 'f1', revision: 1 },
    { kind: 'finding_revised', findingId: 'f1', revision: 2 },
    { kind: 'finding_withdrawn', findingId: 'f1', revision: 3 },
  ] as const;
  const events = occasions.map((occasion) => toFindingOutboundEvent(occasion, FACTS, WINDOW, ROW, assessment));
  expect(events[0]!.eventId).toBe('f1');
  expect(new Set(events.map((event) => event.eventId)).size).toBe(4);
  expect(events.map((event) => event.attributes.finding_status)).toEqual(['new', 'revised', 'revised', 'withdrawn']);
  expect(events.map((event) => event.severityNumber)).toEqual([13, 13, 13, 9]);
  expect(events[0]!.attributes).toMatchObject({
    finding_id: 'f1',
    rule_name: FACTS.name,
    count: 7,
    user: ['ada', 'bob'],
  });
});

test('a TTP’s finding is high whatever its scores', () => {
  const assessment = assess(FACTS, RULE, WINDOW, ROW, 'f1');
  const occasion = { kind: 'finding', findingId: 'f1', revision: 0 } as const;
  const event = toFindingOutboundEvent(occasion, { ...FACTS, type: 'TTP' }, WINDOW, ROW, assessment);
  expect([event.severityNumber, event.attributes.severity]).toEqual([17, 'high']);
});

test('a rule without a message leaves with the detection’s name', () => {
  expect(assess(FACTS, { ...RULE, message: ' ' }, WINDOW, ROW, 'f1').message).toBe(FACTS.name);
});
