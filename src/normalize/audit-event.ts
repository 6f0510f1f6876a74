/**
 * What counts as an audit.k8s.io Event, and its columns.
 *
 * Columns are read generously but nothing is invented: numbers and booleans become text where the column is
 * text, whole-number text becomes a number where the column is a number, everything else of the wrong type
 * is null (its text is still in `_raw`). Elements of a list that cannot be text are left out.
 */
import type { AuditRow, AuditUser, ObjectReference, ResponseStatus } from '../component.ts';
import { parseTimestamp } from './event-time.ts';
import { isObject, type JsonObject, type JsonValue } from './json-text.ts';

const API_GROUP = 'audit.k8s.io/';

/** The columns that are read from the event itself. */
export type AuditColumns = Pick<
  AuditRow,
  | 'auditID'
  | 'stage'
  | 'level'
  | 'verb'
  | 'requestURI'
  | 'userAgent'
  | 'user'
  | 'impersonatedUser'
  | 'sourceIPs'
  | 'objectRef'
  | 'responseStatus'
  | 'requestReceivedMicros'
  | 'stageMicros'
  | 'annotations'
  | 'hasObjects'
>;

/**
 * True for an Event of any version of audit.k8s.io; for `kind: Event` without apiVersion and for an object
 * without kind (items of an EventList have neither) only where it has members that nothing but an audit
 * event has. Core events (`v1`, `events.k8s.io`) are not audit events.
 */
export function isAuditEvent(value: JsonObject): boolean {
  const { kind, apiVersion } = value;
  if (kind === 'Event' && typeof apiVersion === 'string' && apiVersion.startsWith(API_GROUP)) return true;
  if (typeof apiVersion === 'string' && apiVersion !== '') {
    return apiVersion.startsWith(API_GROUP) && typeof kind !== 'string' && hasAuditMember(value);
  }
  if (kind === 'Event') return hasAuditMember(value) && value.involvedObject === undefined;
  return (kind === undefined || kind === null) && isListItem(value);
}

/** True where the object could be an item of an audit EventList. */
export function hasAuditMember(value: JsonObject): boolean {
  return (
    value.auditID !== undefined ||
    value.verb !== undefined ||
    value.requestURI !== undefined ||
    value.objectRef !== undefined ||
    value.stage !== undefined
  );
}

/** True for an audit EventList, told from a list of core events by its version or its items. */
export function isEventList(value: JsonObject): boolean {
  const { kind, apiVersion, items } = value;
  if (kind !== 'EventList' || !Array.isArray(items) || items.length === 0) return false;
  if (typeof apiVersion === 'string' && apiVersion !== '') return apiVersion.startsWith(API_GROUP);
  return (items as readonly JsonValue[]).some((item) => isObject(item) && isAuditEvent(item));
}

function isListItem(value: JsonObject): boolean {
  const { auditID, stage, verb, requestURI } = value;
  return typeof auditID === 'string' && (stage !== undefined || verb !== undefined || requestURI !== undefined);
}

/** Reads every typed column; never throws, whatever the members hold. */
export function readColumns(event: JsonObject): AuditColumns {
  return {
    auditID: readText(event.auditID),
    stage: readText(event.stage),
    level: readText(event.level),
    verb: readText(event.verb),
    requestURI: readText(event.requestURI),
    userAgent: readText(event.userAgent),
    user: readUser(event.user),
    impersonatedUser: readUser(event.impersonatedUser),
    sourceIPs: readTexts(event.sourceIPs),
    objectRef: readObjectReference(event.objectRef),
    responseStatus: readResponseStatus(event.responseStatus),
    requestReceivedMicros: parseTimestamp(event.requestReceivedTimestamp),
    stageMicros: parseTimestamp(event.stageTimestamp),
    annotations: readAnnotations(event.annotations),
    hasObjects: Object.hasOwn(event, 'requestObject') || Object.hasOwn(event, 'responseObject'),
  };
}

/**
 * The event's own time: stageTimestamp, else requestReceivedTimestamp, else what v1alpha1 and v1beta1 had
 * before those two: `timestamp`, `metadata.creationTimestamp`.
 */
export function ownMicros(event: JsonObject, columns: AuditColumns): number | null {
  if (columns.stageMicros !== null) return columns.stageMicros;
  if (columns.requestReceivedMicros !== null) return columns.requestReceivedMicros;
  const { timestamp, metadata } = event;
  return parseTimestamp(timestamp) ?? (isObject(metadata) ? parseTimestamp(metadata.creationTimestamp) : null);
}

/** Whether stageTimestamp or requestReceivedTimestamp is there and no time. Null, nothing and Go's zero time say that there is none. */
export function hasUnreadableTime(event: JsonObject, columns: AuditColumns): boolean {
  return (
    (columns.stageMicros === null && isWritten(event.stageTimestamp)) ||
    (columns.requestReceivedMicros === null && isWritten(event.requestReceivedTimestamp))
  );
}

function isWritten(time: JsonValue | undefined): boolean {
  if (typeof time === 'string') return time !== '' && !time.startsWith('0001-01-01');
  return time !== undefined && time !== null;
}

/** Text, or the text of a number or boolean; null for everything else and for numbers whose digits JSON.parse lost. */
export function readText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value);
}

function readTexts(value: JsonValue | undefined): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const items = value as readonly JsonValue[];
  if (items.every((item) => typeof item === 'string')) return items as readonly string[];
  const texts = items.map(readText).filter((text) => text !== null);
  return texts.length === 0 ? null : texts;
}

function readUser(value: JsonValue | undefined): AuditUser | null {
  if (!isObject(value)) return null;
  return { username: readText(value.username), uid: readText(value.uid), groups: readTexts(value.groups) };
}

function readObjectReference(value: JsonValue | undefined): ObjectReference | null {
  if (!isObject(value)) return null;
  return {
    resource: readText(value.resource),
    namespace: readText(value.namespace),
    name: readText(value.name),
    uid: readText(value.uid),
    apiGroup: readText(value.apiGroup),
    apiVersion: readText(value.apiVersion),
    resourceVersion: readText(value.resourceVersion),
    subresource: readText(value.subresource),
  };
}

function readResponseStatus(value: JsonValue | undefined): ResponseStatus | null {
  if (!isObject(value)) return null;
  return {
    status: readText(value.status),
    message: readText(value.message),
    reason: readText(value.reason),
    code: readWhole(value.code),
  };
}

function readWhole(value: JsonValue | undefined): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : null;
}

function readAnnotations(value: JsonValue | undefined): Readonly<Record<string, string>> | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value);
  if (entries.every(([, text]) => typeof text === 'string')) return value as Readonly<Record<string, string>>;
  // Without a prototype, so that an annotation named __proto__ is a key like any other.
  const annotations: Record<string, string> = Object.create(null);
  for (const [name, item] of entries) {
    const text = readText(item);
    if (text !== null) annotations[name] = text;
  }
  return annotations;
}
