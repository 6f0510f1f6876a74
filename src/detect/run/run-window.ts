/** One run of one detection over one window: rows to findings and risk events, or into a lookup, all in one transaction. */
import type { Connection, Database, OutboundEvent, Outbox, SqlRow, TimeWindow } from '../../component.ts';
import {
  type Assessment,
  assess,
  DEFAULT_ASSESS_LIMITS,
  type RiskEvent,
  toRiskOutboundEvent,
} from '../../risk/assess.ts';
import { toFindingOutboundEvent } from '../../risk/finding-event.ts';
import type { IncidentSettings } from '../../risk/incident.ts';
import { toIncidentOutboundEvent } from '../../risk/incident-event.ts';
import type { RiskRule } from '../../risk/risk-rule.ts';
import { raiseIncidents } from '../incident/raise-incidents.ts';
import { compareFindings, type FindingChange } from './compare-findings.ts';
import type { CompiledDetection } from './compile-detection.ts';
import { type IdentifiedRow, identifyFindings } from './identify-findings.ts';
import { toMicros } from './sql-values.ts';
import {
  type FindingContext,
  insertFindings,
  insertRiskEvents,
  readFindings,
  readScoredObjects,
  reviseFindings,
  riskObjectKey,
  withdrawFindings,
} from './store-findings.ts';
import { writeLookup } from './write-lookup.ts';

/** A window whose ends are known; `now` is the scheduled time. Epoch seconds. */
export interface ScheduledWindow extends TimeWindow {
  readonly earliest: number;
  readonly latest: number;
}

export interface RunPorts {
  readonly database: Database;
  readonly outbox: Outbox;
}

export interface RunRequest {
  readonly runId: string;
  readonly compiled: CompiledDetection;
  readonly window: ScheduledWindow;
  readonly maxFindings: number;
  /** Of one row's risk object: values beyond are counted in the outcome and get no risk event. */
  readonly maxRiskEventsPerField: number;
  /** Default: those of `findIncidents`. */
  readonly incidents?: IncidentSettings;
  /** Epoch seconds, for `updated_at`. */
  readonly startedAt: number;
  readonly signal?: AbortSignal;
  /** Writes the ledger's row of this run; called last inside the transaction. */
  record(connection: Connection, outcome: RunOutcome): Promise<void>;
}

export interface RunOutcome {
  /** Result rows of the search. */
  readonly rows: number;
  readonly found: number;
  readonly revised: number;
  readonly withdrawn: number;
  readonly riskEvents: number;
  /** Risk objects that could not be scored because a row lacked their field. */
  readonly missingRiskObjects: number;
  /** Values of risk objects beyond `maxRiskEventsPerField`: they got no risk event. */
  readonly droppedRiskObjects: number;
}

/** Rows that one run of a baseline may write. */
const maxLookupRows = 1_000_000;

const noRiskRule: RiskRule = { message: '', riskObjects: [], threatObjects: [] };

/**
 * Runs the detection's view over the window and stores what it found. Rejects, having changed nothing, where the
 * search fails, exceeds `maxFindings` or is aborted. Running the same window again over the same data changes nothing
 * and emits nothing.
 */
export async function runWindow(ports: RunPorts, request: RunRequest): Promise<RunOutcome> {
  const { compiled, window } = request;
  const { detection } = compiled;
  const rows = await readRows(ports.database, request);
  if (fillsLookup(compiled)) return fillLookup(ports.database, request, rows);
  const identified = identifyFindings(detection.slug, window, rows, compiled.keyFields);
  const assessments = new Map(identified.map(({ findingId, row }) => [findingId, assessRow(request, row, findingId)]));
  const outcome = await ports.database.write(async (connection) => {
    const written = await writeResults(connection, ports.outbox, request, identified, assessments);
    await writeRowsToLookup(connection, request, rows);
    await request.record(connection, written);
    return written;
  });
  ports.outbox.wake();
  return outcome;
}

function assessRow(
  { compiled, window, maxRiskEventsPerField }: RunRequest,
  row: SqlRow,
  findingId: string,
): Assessment {
  const { detection } = compiled;
  const limits = { ...DEFAULT_ASSESS_LIMITS, maxRiskEventsPerField };
  return assess(detection, detection.riskRule ?? noRiskRule, window, row, findingId, limits);
}

/** A baseline's rows are what it learned, not findings. */
function fillsLookup({ detection, writes }: CompiledDetection): boolean {
  return detection.type === 'Baseline' && writes !== null;
}

async function fillLookup(database: Database, request: RunRequest, rows: readonly SqlRow[]): Promise<RunOutcome> {
  const outcome: RunOutcome = {
    rows: rows.length,
    found: 0,
    revised: 0,
    withdrawn: 0,
    riskEvents: 0,
    missingRiskObjects: 0,
    droppedRiskObjects: 0,
  };
  await database.write(async (connection) => {
    await writeRowsToLookup(connection, request, rows);
    await request.record(connection, outcome);
  });
  return outcome;
}

async function writeRowsToLookup(connection: Connection, request: RunRequest, rows: readonly SqlRow[]): Promise<void> {
  const { writes } = request.compiled;
  if (writes !== null && !(await isOvertaken(connection, request))) await writeLookup(connection, writes, rows);
}

/**
 * After downtime the newest window runs before those that were missed: what it replaced is not replaced by what is older.
 * A search that reads the lookup it writes adds to what is there, whenever it runs.
 */
async function isOvertaken(connection: Connection, { compiled, window }: RunRequest): Promise<boolean> {
  const { writes, lookupTables, detection } = compiled;
  if (writes?.mode !== 'replace' || lookupTables.includes(writes.table)) return false;
  const [row] = await connection.query(
    `select count(*) as later from detection_run
     where detection = $1 and kind = 'scheduled' and status = 'done' and window_latest > make_timestamp(cast($2 as bigint))`,
    [detection.slug, toMicros(window.latest)],
  );
  return Number(row?.later ?? 0) > 0;
}

async function readRows(database: Database, request: RunRequest): Promise<readonly SqlRow[]> {
  const { compiled, window, signal } = request;
  const isLookup = fillsLookup(compiled);
  const most = isLookup ? maxLookupRows : request.maxFindings;
  return database.read(
    { share: 'detection', window, ...(signal === undefined ? {} : { signal }) },
    async (connection) => {
      const rows: SqlRow[] = [];
      const stream = await connection.stream(`select * from ${viewName(compiled.detection.slug)}`);
      for await (const chunk of stream.chunks()) {
        rows.push(...chunk);
        if (rows.length > most) {
          const key = isLookup ? '' : ' (max_findings_per_run)';
          throw new Error(
            `${compiled.detection.name}: expected at most ${most} results in one window${key}, found more. ` +
              `None was stored. Narrow the search${isLookup ? '' : ' or raise the limit'}.`,
          );
        }
      }
      return rows;
    },
  );
}

/** A slug holds only `a-z0-9_`, so the quotes are for names that begin with a digit or are keywords. */
export function viewName(slug: string): string {
  return `detection."${slug}"`;
}

async function writeResults(
  connection: Connection,
  outbox: Outbox,
  request: RunRequest,
  identified: readonly IdentifiedRow[],
  assessments: ReadonlyMap<string, Assessment>,
): Promise<RunOutcome> {
  const { compiled, window } = request;
  const { detection } = compiled;
  const context: FindingContext = {
    detection: detection.slug,
    detectionName: detection.name,
    detectionVersion: detection.version,
    runId: request.runId,
    window,
    foundAt: window.now,
    updatedAt: request.startedAt,
  };
  const changes = compareFindings(await readFindings(connection, detection.slug, window), identified);
  await writeChanges(connection, context, changes, assessments);

  const scored = await readScoredObjects(connection, detection.slug, window);
  const riskEvents = detection.emission.risk
    ? newRiskEvents(changes, assessments).filter((event) => !scored.has(riskObjectKey(event)))
    : [];
  await insertRiskEvents(connection, context, riskEvents);
  const incidents = await raiseIncidents(connection, riskEvents, request.incidents);

  const findingEvents = detection.emission.finding
    ? changes.map((change) => findingEvent(change, request, assessments))
    : [];
  const events: readonly OutboundEvent[] = [
    ...riskEvents.map(toRiskOutboundEvent),
    ...findingEvents,
    ...incidents.map((incident) => toIncidentOutboundEvent(incident)),
  ];
  if (events.length > 0) await outbox.enqueue(connection, events);
  const unscored = (objects: (assessment: Assessment) => number) =>
    detection.emission.risk ? [...assessments.values()].reduce((sum, one) => sum + objects(one), 0) : 0;
  const count = (kind: FindingChange['kind']) => changes.filter((change) => change.kind === kind).length;
  return {
    rows: identified.length,
    found: count('finding'),
    revised: count('finding_revised'),
    withdrawn: count('finding_withdrawn'),
    riskEvents: riskEvents.length,
    missingRiskObjects: unscored(({ missingFields }) => missingFields.length),
    droppedRiskObjects: unscored(({ droppedRiskObjects }) => droppedRiskObjects),
  };
}

async function writeChanges(
  connection: Connection,
  context: FindingContext,
  changes: readonly FindingChange[],
  assessments: ReadonlyMap<string, Assessment>,
): Promise<void> {
  const text = ({ findingId, json }: IdentifiedRow) => ({
    findingId,
    json,
    message: assessments.get(findingId)?.message ?? context.detectionName,
  });
  const added = changes.flatMap((change) => (change.kind === 'finding' ? [text(change.found)] : []));
  const revised = changes.flatMap((change) =>
    change.kind === 'finding_revised' ? [{ ...text(change.found), revision: change.revision }] : [],
  );
  const withdrawn = changes.flatMap((change) =>
    change.kind === 'finding_withdrawn' ? [{ findingId: change.stored.findingId, revision: change.revision }] : [],
  );
  await insertFindings(connection, context, added);
  await reviseFindings(connection, context, revised);
  await withdrawFindings(connection, context, withdrawn);
}

/** Of new and changed findings; a finding that only stayed what it was scores nothing again. */
function newRiskEvents(
  changes: readonly FindingChange[],
  assessments: ReadonlyMap<string, Assessment>,
): readonly RiskEvent[] {
  return changes.flatMap((change) =>
    change.kind === 'finding_withdrawn' ? [] : (assessments.get(change.found.findingId)?.riskEvents ?? []),
  );
}

function findingEvent(
  change: FindingChange,
  request: RunRequest,
  assessments: ReadonlyMap<string, Assessment>,
): OutboundEvent {
  const { detection } = request.compiled;
  if (change.kind === 'finding_withdrawn') {
    const row: SqlRow = JSON.parse(change.stored.json);
    const { findingId } = change.stored;
    const assessment = assessRow(request, row, findingId);
    const occasion = { kind: change.kind, findingId, revision: change.revision };
    return toFindingOutboundEvent(occasion, detection, request.window, row, assessment);
  }
  const { findingId, row } = change.found;
  const assessment = assessments.get(findingId);
  if (assessment === undefined) throw new Error(`finding ${findingId} was not assessed`);
  const revision = change.kind === 'finding' ? 0 : change.revision;
  return toFindingOutboundEvent({ kind: change.kind, findingId, revision }, detection, request.window, row, assessment);
}
