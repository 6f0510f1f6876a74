/**
 * Log records to rows: audit events to `kube_audit`, everything else to `logs`. Pure: no input or output, no
 * clock; the same batch and arrival time give the same rows.
 *
 *   record --openRecord--> parts --toAuditRow / toLogRow--> rows
 *   record --EventScanner--> ScannedRow, where its body is a plain audit event in ASCII
 *
 * Every record becomes at least one row. One that should have been an audit event and cannot be read as one is
 * a log row with `unreadable` set; it never spoils its batch.
 */
import type { AnyValue, AuditRow, LogRow, NormalizedBatch, RecordBatch } from '../component.ts';
import { hasUnreadableTime, ownMicros, readColumns } from './audit-event.ts';
import { auditIdentity, logIdentity } from './identity.ts';
import { readObjectKeys } from './object-keys.ts';
import { openRecord } from './open-record.ts';
import type { AuditPart, LogPart } from './part.ts';
import { printJson } from './print-json.ts';
import { contextOf, describeRecords, type RecordContext } from './record-context.ts';
import { EventScanner } from './scan/event-scanner.ts';
import { ScannedRow } from './scan/scanned-row.ts';
import { DEFAULT_MAX_SHARED_ATTRIBUTES, SharedAttributes } from './shared-attributes.ts';
import { Unpacker } from './unpack.ts';

export interface NormalizeContext {
  /**
   * When the batch arrived, microseconds since the epoch. Plain records that name no time have no other: they are told
   * apart by it, so no two batches may share one.
   */
  readonly arrivalMicros: number;
  /** How deep JSON text may nest before it is refused as unreadable. Default 20,000; up to 32 levels are never refused. */
  readonly maxNestingDepth?: number;
  /** How many rows one record may become before it is kept whole as one that could not be read. Default 100,000. */
  readonly maxRowsPerRecord?: number;
  /** Characters of the attributes that several rows may share. Default 16,384. */
  readonly maxSharedAttributes?: number;
  /** Hears of how many records such attributes were left out. */
  readonly onAttributesLeftOut?: (records: number) => void;
  /** Hears of each audit event with a time of its own that cannot be read. */
  readonly onUnreadableTime?: () => void;
}

/**
 * Kubernetes itself refuses requests nested more than 10,000 deep, and an audit event adds a few levels: no
 * request can hide behind this bound. It exists so that megabytes of brackets cannot cost gigabytes.
 */
export const DEFAULT_MAX_NESTING_DEPTH = 20_000;

/** API servers post 400 events at a time, and clouds' envelopes hold no more than some thousands. */
export const DEFAULT_MAX_ROWS_PER_RECORD = 100_000;

/**
 * The rows of one batch, in the order of its records, in pieces of `rowsEach` and those that the last record adds; none
 * where there is no row. Never throws on what a record holds.
 *
 * Each piece is made when it is asked for: rows that are used up before the next piece is made cost half of what they cost a
 * garbage collector that meets them all at once.
 */
export function* normalizePieces(
  batch: RecordBatch,
  context: NormalizeContext,
  rowsEach: number,
): Generator<NormalizedBatch> {
  const maxNestingDepth = context.maxNestingDepth ?? DEFAULT_MAX_NESTING_DEPTH;
  const maxRowsPerRecord = context.maxRowsPerRecord ?? DEFAULT_MAX_ROWS_PER_RECORD;
  const limits = { maxNestingDepth, maxRowsPerRecord, unpacker: new Unpacker() };
  let scanner: EventScanner | undefined;
  const shared = new SharedAttributes(
    context.maxSharedAttributes ?? DEFAULT_MAX_SHARED_ATTRIBUTES,
    context.onAttributesLeftOut ?? (() => undefined),
  );
  let audit: AuditRow[] = [];
  let logs: LogRow[] = [];
  const ordinals = new Map<string, number>();
  for (const resource of batch.resourceLogs) {
    const describe = describeRecords(batch, resource, shared);
    for (const record of resource.logRecords) {
      const description = describe(record);
      const ascii = record.asciiBody ?? asciiObject(record.body);
      if (ascii !== undefined) scanner ??= new EventScanner();
      const scanned = ascii === undefined ? null : (scanner?.scan(ascii) ?? null);
      if (scanned !== null) audit.push(new ScannedRow(scanned, description));
      else {
        const own = contextOf(record, description);
        const parts = openRecord(own, limits);
        const described = shared.boundRecord(own, parts.length);
        for (const part of parts) {
          if (part.kind === 'audit') audit.push(toAuditRow(part, described, context));
          else logs.push(toLogRow(part, described, context.arrivalMicros, ordinals));
        }
      }
      if (audit.length + logs.length >= rowsEach) {
        yield { audit, logs };
        audit = [];
        logs = [];
      }
    }
  }
  if (audit.length + logs.length > 0) yield { audit, logs };
}

/** The bytes of a text that may be a plain event. */
function asciiObject(body: AnyValue): Buffer | undefined {
  if (typeof body !== 'string' || !body.startsWith('{')) return undefined;
  const bytes = Buffer.from(body);
  return bytes.length === body.length ? bytes : undefined;
}

function toAuditRow(
  part: AuditPart,
  context: RecordContext,
  { arrivalMicros, onUnreadableTime }: NormalizeContext,
): AuditRow {
  const columns = readColumns(part.event);
  if (onUnreadableTime !== undefined && hasUnreadableTime(part.event, columns)) onUnreadableTime();
  const own = ownMicros(part.event, columns);
  const cluster = context.cluster ?? part.cluster ?? context.configuredCluster;
  return {
    timeMicros: own ?? part.envelopeMicros ?? context.recordMicros ?? arrivalMicros,
    hasOwnTime: own !== null,
    cluster,
    index: context.index,
    source: context.source,
    sourcetype: context.sourcetype,
    host: context.host,
    resource: context.resource,
    attributes: context.attributes,
    _raw: part.raw,
    identity: auditIdentity(cluster, columns.auditID, columns.stage, part.identityText),
    auditID: columns.auditID,
    stage: columns.stage,
    level: columns.level,
    verb: columns.verb,
    requestURI: columns.requestURI,
    userAgent: columns.userAgent,
    user: columns.user,
    impersonatedUser: columns.impersonatedUser,
    sourceIPs: columns.sourceIPs,
    objectRef: columns.objectRef,
    responseStatus: columns.responseStatus,
    requestReceivedMicros: columns.requestReceivedMicros,
    stageMicros: columns.stageMicros,
    annotations: columns.annotations,
    hasObjects: columns.hasObjects,
    objectKeys: columns.hasObjects ? readObjectKeys(part.eventText ?? part.raw) : null,
    cloud: part.cloud,
    event: part.eventText,
  };
}

function toLogRow(part: LogPart, context: RecordContext, arrivalMicros: number, ordinals: Map<string, number>): LogRow {
  const { record } = context;
  const cluster = context.cluster ?? part.cluster ?? context.configuredCluster;
  const micros = part.envelopeMicros ?? context.recordMicros;
  // Without a time a line that is sent again looks as one that was written again, and Splunk keeps both. What was to be
  // an audit event is written once.
  const isRepeatable = micros === null && part.unreadable === null;
  const identity = logIdentity(
    [
      cluster,
      context.resource === null ? null : printJson(context.resourceAttributes, true),
      context.attributes === null ? null : printJson(record.attributes, true),
      String(record.timeUnixNano),
      String(record.observedTimeUnixNano),
      part.envelopeMicros === null ? null : String(part.envelopeMicros),
      String(record.severityNumber),
      record.severityText,
      record.eventName,
      part.identityText,
      ...(isRepeatable ? [String(arrivalMicros)] : []),
    ],
    ordinals,
  );
  return {
    timeMicros: micros ?? arrivalMicros,
    // All times of a log record are part of its identity, so two copies of one agree on them.
    hasOwnTime: micros !== null || isRepeatable,
    cluster,
    index: context.index,
    source: context.source,
    sourcetype: context.sourcetype,
    host: context.host,
    resource: context.resource,
    attributes: context.attributes,
    _raw: part.raw,
    identity,
    severityNumber: record.severityNumber === 0 ? null : record.severityNumber,
    severityText: record.severityText === '' ? null : record.severityText.toWellFormed(),
    eventName: record.eventName === '' ? null : record.eventName.toWellFormed(),
    unreadable: part.unreadable,
  };
}
