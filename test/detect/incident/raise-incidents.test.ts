import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../../src/component.ts';
import { raiseIncidents } from '../../../src/detect/incident/raise-incidents.ts';
import type { RiskEvent } from '../../../src/risk/assess.ts';
import type { Incident } from '../../../src/risk/incident.ts';
import { openTestDatabase, type TestDatabase } from '../../support/test-database.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const START = 1_700_000_000;

function risk(eventId: string, riskObject: string, source: string, score: number, hours = 0): RiskEvent {
  return {
    eventId,
    findingId: 'f',
    time: START + hours * 3_600,
    source,
    riskObject,
    riskObjectType: 'user',
    riskObjectField: 'user',
    riskScore: score,
    calculatedRiskScore: score,
    message: 'm',
    threatObjects: [],
    tacticIds: ['TA0007', 'TA0006'],
    attributes: {},
  };
}

async function write(connection: Connection, event: RiskEvent): Promise<void> {
  await connection.run(
    `insert into risk_event (event_id, finding_id, detection, run_id, window_earliest, window_latest, _time, source,
       risk_object, risk_object_type, risk_object_field, risk_score, calculated_risk_score, risk_message,
       threat_object, threat_object_type, mitre_tactic_id, attributes)
     values ($1, 'f', 'd', 'r', now(), now(), make_timestamp($2::bigint), $3, $4, $5, 'user', $6, $6, 'm', [], [],
       from_json($7::json, '["VARCHAR"]'), '{}')`,
    [
      event.eventId,
      event.time * 1e6,
      event.source,
      event.riskObject,
      event.riskObjectType,
      event.calculatedRiskScore,
      JSON.stringify(event.tacticIds),
    ],
  );
}

function raise(...events: readonly RiskEvent[]): Promise<readonly Incident[]> {
  return database.write(async (connection) => {
    for (const event of events) await write(connection, event);
    return raiseIncidents(connection, events);
  });
}

test('adds up what the table holds for each object that got risk, and keeps the incident', async () => {
  expect(await raise(risk('1', `o'brien`, 'A', 60), risk('2', 'bob', 'A', 60))).toEqual([]);
  const incidents = await raise(risk('3', `o'brien`, 'B', 60, 1), risk('4', 'eve', 'B', 60, 1));
  expect(incidents.map((incident) => [incident.riskObject, incident.riskScore, incident.eventIds])).toEqual([
    [`o'brien`, 120, ['1', '3']],
  ]);
  expect(await database.query('select * exclude (incident_id) from incident')).toEqual([
    {
      rule: 'risk_threshold',
      _time: '2023-11-14T23:13:20.000Z',
      risk_object: `o'brien`,
      risk_object_type: 'user',
      severity: 'medium',
      risk_score: 120,
      sources: ['A', 'B'],
      tactic_ids: ['TA0006', 'TA0007'],
      risk_event_ids: ['1', '3'],
      message: `Risk of user "o'brien" is 120 from 2 sources, 2 risk events`,
    },
  ]);
});

test('does not fire again on the same evidence, also after a restart', async () => {
  expect(await raise(risk('1', 'ada', 'A', 60), risk('2', 'ada', 'B', 60))).toHaveLength(1);
  expect(await raise(risk('3', 'ada', 'A', 5, 1))).toEqual([]);
  expect(await raise(risk('4', 'ada', 'C', 5, 2))).toHaveLength(1);
  expect(await database.query('from incident')).toHaveLength(2);
});

test('tells objects of the same name and another type apart', async () => {
  const system = { ...risk('2', 'ada', 'B', 60), riskObjectType: 'system' };
  expect(await raise(risk('1', 'ada', 'A', 60), system)).toEqual([]);
});

test('leaves nothing when the transaction rolls back', async () => {
  const failed = database.write(async (connection) => {
    const events = [risk('1', 'ada', 'A', 60), risk('2', 'ada', 'B', 60)];
    for (const event of events) await write(connection, event);
    expect(await raiseIncidents(connection, events)).toHaveLength(1);
    throw new Error('the run failed');
  });
  await expect(failed).rejects.toThrow('the run failed');
  expect(await database.query('from incident')).toEqual([]);
});

test('nothing fresh asks the database nothing', async () => {
  const silent = { query: () => Promise.reject(new Error('asked')) } as unknown as Connection;
  expect(await raiseIncidents(silent, [])).toEqual([]);
});
