/**
 * Looks at the objects that just got risk, and raises incidents, within the caller's transaction.
 */
import type { Connection, SqlRow } from '../../component.ts';
import type { RiskEvent } from '../../risk/assess.ts';
import {
  DEFAULT_INCIDENT_SETTINGS,
  type EarlierIncident,
  findIncidents,
  type Incident,
  type IncidentSettings,
  type RiskEvidence,
} from '../../risk/incident.ts';
import { incidentMessage } from '../../risk/incident-event.ts';

/** Risk events of one object that are looked at, newest first: an object with more is far above every threshold. */
const MAX_EVIDENCE = 10_000;

/**
 * Raises the incidents that `fresh` brings about and writes them to the table `incident`. `fresh` are risk events
 * that this transaction has already written to `risk_event`. Resolves to the incidents, which the caller enqueues;
 * empty where nothing is new.
 */
export async function raiseIncidents(
  connection: Connection,
  fresh: readonly RiskEvent[],
  settings: IncidentSettings = DEFAULT_INCIDENT_SETTINGS,
): Promise<readonly Incident[]> {
  if (fresh.length === 0) return [];
  const span = Math.max(settings.riskSpan, settings.tacticSpan);
  const times = fresh.map((event) => event.time);
  const from = times.reduce((least, time) => Math.min(least, time)) - span;
  const to = times.reduce((most, time) => Math.max(most, time)) + span;
  const groups = Map.groupBy(fresh, (event) => keyOf(event.riskObject, event.riskObjectType));
  const objects = [...groups.values()].flatMap(([event]) =>
    event === undefined ? [] : [{ risk_object: event.riskObject, risk_object_type: event.riskObjectType }],
  );
  const parameters = [JSON.stringify(objects), from, to];

  const evidence = Map.groupBy(await connection.query(EVIDENCE, [...parameters, MAX_EVIDENCE]), objectKey);
  const earlier = Map.groupBy(await connection.query(EARLIER, parameters), objectKey);
  const incidents = [...groups].flatMap(([key, events]) =>
    findIncidents(
      { riskObject: events[0]?.riskObject ?? '', riskObjectType: events[0]?.riskObjectType ?? '' },
      (evidence.get(key) ?? []).map(toEvidence),
      new Set(events.map((event) => event.eventId)),
      (earlier.get(key) ?? []).map(toEarlier),
      settings,
    ),
  );
  for (const incident of incidents) await insertIncident(connection, incident);
  return incidents;
}

const OBJECTS = `
  select unnest(from_json($1::json, '[{"risk_object": "VARCHAR", "risk_object_type": "VARCHAR"}]'), recursive := true)`;

const EVIDENCE = `
with object as (${OBJECTS})
select risk_object, risk_object_type, event_id, epoch(_time) as time, source, calculated_risk_score,
  to_json(mitre_tactic_id)::varchar as tactic_ids
from risk_event
semi join object using (risk_object, risk_object_type)
where epoch(_time) > $2::double and epoch(_time) < $3::double
qualify row_number() over (partition by risk_object, risk_object_type order by _time desc, event_id) <= $4::bigint`;

const EARLIER = `
with object as (${OBJECTS})
select risk_object, risk_object_type, rule, epoch(_time) as time, severity, to_json(sources)::varchar as sources,
  to_json(tactic_ids)::varchar as tactic_ids, to_json(risk_event_ids)::varchar as risk_event_ids
from incident
semi join object using (risk_object, risk_object_type)
where epoch(_time) > $2::double and epoch(_time) < $3::double`;

async function insertIncident(connection: Connection, incident: Incident): Promise<void> {
  await connection.run(
    `insert into incident
     select $1, $2, make_timestamp($3::bigint), $4, $5, $6, $7::double, from_json($8::json, '["VARCHAR"]'),
       from_json($9::json, '["VARCHAR"]'), from_json($10::json, '["VARCHAR"]'), $11`,
    [
      incident.incidentId,
      incident.rule,
      Math.round(incident.time * 1e6),
      incident.riskObject,
      incident.riskObjectType,
      incident.severity,
      incident.riskScore,
      JSON.stringify(incident.sources),
      JSON.stringify(incident.tacticIds),
      JSON.stringify(incident.eventIds),
      incidentMessage(incident),
    ],
  );
}

function toEvidence(row: SqlRow): RiskEvidence {
  return {
    eventId: String(row.event_id),
    time: Number(row.time),
    source: String(row.source),
    calculatedRiskScore: Number(row.calculated_risk_score),
    tacticIds: parseList(row.tactic_ids),
  };
}

function toEarlier(row: SqlRow): EarlierIncident {
  return {
    rule: String(row.rule) as EarlierIncident['rule'],
    time: Number(row.time),
    severity: String(row.severity) as EarlierIncident['severity'],
    sources: parseList(row.sources),
    tacticIds: parseList(row.tactic_ids),
    eventIds: parseList(row.risk_event_ids),
  };
}

function objectKey(row: SqlRow): string {
  return keyOf(String(row.risk_object), String(row.risk_object_type));
}

function keyOf(riskObject: string, riskObjectType: string): string {
  return JSON.stringify([riskObject, riskObjectType]);
}

function parseList(text: SqlRow[string] | undefined): readonly string[] {
  return JSON.parse(String(text ?? '[]')) as string[];
}
