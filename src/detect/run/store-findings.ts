/** Findings and risk events in their tables; every function runs inside the caller's transaction. */
import type { Connection, SqlRow } from '../../component.ts';
import type { RiskEvent } from '../../risk/assess.ts';
import type { StoredFinding } from './compare-findings.ts';
import { toJson, type WindowBounds } from './identify-findings.ts';
import { toMicros, writeRows } from './sql-values.ts';

const inWindow = `detection = $1
    and window_earliest = make_timestamp(cast($2 as bigint)) and window_latest = make_timestamp(cast($3 as bigint))`;

function windowParameters(detection: string, window: WindowBounds): readonly (string | number)[] {
  return [detection, toMicros(window.earliest), toMicros(window.latest)];
}

/** All findings that the detection ever had in this window, withdrawn ones too. */
export async function readFindings(
  connection: Connection,
  detection: string,
  window: WindowBounds,
): Promise<readonly StoredFinding[]> {
  const rows = await connection.query(
    `select finding_id, status, revision, cast("row" as varchar) as json from finding where ${inWindow}`,
    windowParameters(detection, window),
  );
  return rows.map((row) => ({
    findingId: String(row.finding_id),
    isActive: row.status === 'active',
    revision: Number(row.revision),
    json: String(row.json),
  }));
}

/** A risk object as one text, for sets. */
export function riskObjectKey(object: { readonly riskObject: string; readonly riskObjectType: string }): string {
  return JSON.stringify([object.riskObjectType, object.riskObject]);
}

/** Keys of the risk objects that this window has scored already. */
export async function readScoredObjects(
  connection: Connection,
  detection: string,
  window: WindowBounds,
): Promise<ReadonlySet<string>> {
  const rows = await connection.query(
    `select distinct risk_object, risk_object_type from risk_event where ${inWindow}`,
    windowParameters(detection, window),
  );
  return new Set(
    rows.map((row) =>
      riskObjectKey({ riskObject: String(row.risk_object), riskObjectType: String(row.risk_object_type) }),
    ),
  );
}

/** What all findings of one run share. */
export interface FindingContext {
  readonly detection: string;
  readonly detectionName: string;
  readonly detectionVersion: string;
  readonly runId: string;
  readonly window: WindowBounds;
  /** Epoch seconds: the search's own now. */
  readonly foundAt: number;
  /** Epoch seconds. */
  readonly updatedAt: number;
}

export interface FindingText {
  readonly findingId: string;
  readonly message: string;
  readonly json: string;
}

/** `$2` to `$5` of the inserts: detection, run, window. */
function sharedParameters({ detection, runId, window }: FindingContext): readonly (string | number)[] {
  return [detection, runId, toMicros(window.earliest), toMicros(window.latest)];
}

const findingColumns = { finding_id: 'VARCHAR', message: 'VARCHAR', row_json: 'VARCHAR' };

export async function insertFindings(
  connection: Connection,
  context: FindingContext,
  findings: readonly FindingText[],
): Promise<void> {
  await writeRows(
    connection,
    findingColumns,
    (source) => `insert into finding (
      finding_id, detection, detection_name, detection_version, run_id, window_earliest, window_latest,
      found_at, updated_at, status, revision, message, "row"
    ) select finding_id, $2, $6, $7, $3, make_timestamp(cast($4 as bigint)), make_timestamp(cast($5 as bigint)),
      make_timestamp(cast($8 as bigint)), make_timestamp(cast($9 as bigint)), 'active', 0, message, row_json::json
    from ${source}`,
    findings.map(({ findingId, message, json }) => ({ finding_id: findingId, message, row_json: json })),
    [
      ...sharedParameters(context),
      context.detectionName,
      context.detectionVersion,
      toMicros(context.foundAt),
      toMicros(context.updatedAt),
    ],
  );
}

/** Writes changed rows over their findings; they are active again if they were withdrawn. */
export async function reviseFindings(
  connection: Connection,
  context: FindingContext,
  findings: readonly (FindingText & { readonly revision: number })[],
): Promise<void> {
  await writeRows(
    connection,
    { ...findingColumns, revision: 'INTEGER' },
    (source) => `update finding set status = 'active', revision = changed.revision, message = changed.message,
       "row" = changed.row_json::json, run_id = $2, detection_version = $3,
       updated_at = make_timestamp(cast($4 as bigint))
     from ${source} as changed where finding.finding_id = changed.finding_id`,
    findings.map(({ findingId, message, json, revision }) => ({
      finding_id: findingId,
      message,
      row_json: json,
      revision,
    })),
    [context.runId, context.detectionVersion, toMicros(context.updatedAt)],
  );
}

/** Marks findings as no longer found; their rows stay what they were. */
export async function withdrawFindings(
  connection: Connection,
  context: FindingContext,
  findings: readonly { readonly findingId: string; readonly revision: number }[],
): Promise<void> {
  await writeRows(
    connection,
    { finding_id: 'VARCHAR', revision: 'INTEGER' },
    (source) => `update finding set status = 'withdrawn', revision = changed.revision, run_id = $2,
       updated_at = make_timestamp(cast($3 as bigint))
     from ${source} as changed where finding.finding_id = changed.finding_id`,
    findings.map(({ findingId, revision }) => ({ finding_id: findingId, revision })),
    [context.runId, toMicros(context.updatedAt)],
  );
}

const riskEventColumns = {
  event_id: 'VARCHAR',
  finding_id: 'VARCHAR',
  time_micros: 'BIGINT',
  source: 'VARCHAR',
  risk_object: 'VARCHAR',
  risk_object_type: 'VARCHAR',
  risk_object_field: 'VARCHAR',
  risk_score: 'DOUBLE',
  calculated_risk_score: 'DOUBLE',
  risk_message: 'VARCHAR',
  threat_object: ['VARCHAR'],
  threat_object_type: ['VARCHAR'],
  mitre_tactic_id: ['VARCHAR'],
  attributes: 'VARCHAR',
};

export async function insertRiskEvents(
  connection: Connection,
  context: FindingContext,
  events: readonly RiskEvent[],
): Promise<void> {
  await writeRows(
    connection,
    riskEventColumns,
    (source) => `insert into risk_event (
      event_id, finding_id, detection, run_id, window_earliest, window_latest, _time, source, risk_object,
      risk_object_type, risk_object_field, risk_score, calculated_risk_score, risk_message, threat_object,
      threat_object_type, mitre_tactic_id, attributes
    ) select event_id, finding_id, $2, $3, make_timestamp(cast($4 as bigint)), make_timestamp(cast($5 as bigint)),
      make_timestamp(time_micros), source, risk_object, risk_object_type, risk_object_field, risk_score,
      calculated_risk_score, risk_message, threat_object, threat_object_type, mitre_tactic_id, attributes::json
    from ${source}`,
    events.map((event) => ({
      event_id: event.eventId,
      finding_id: event.findingId,
      time_micros: toMicros(event.time),
      source: event.source,
      risk_object: event.riskObject,
      risk_object_type: event.riskObjectType,
      risk_object_field: event.riskObjectField,
      risk_score: event.riskScore,
      calculated_risk_score: event.calculatedRiskScore,
      risk_message: event.message,
      threat_object: listOf(event.attributes.threat_object),
      threat_object_type: listOf(event.attributes.threat_object_type),
      mitre_tactic_id: event.tacticIds,
      attributes: toJson(event.attributes),
    })),
    sharedParameters(context),
  );
}

function listOf(value: SqlRow[string] | undefined): readonly string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
