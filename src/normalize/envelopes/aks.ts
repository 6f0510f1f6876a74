/**
 * AKS: Azure diagnostic records of the categories `kube-audit` and `kube-audit-admin`, whose `properties.log`
 * is the audit event as a JSON string (sometimes as an object), alone or in `records` of an Event Hub message.
 *
 * The row's `_raw` is its diagnostic record, as Splunk's add-on for Azure files it. Records of other
 * categories hold klog text and stay ordinary log rows.
 * The azureeventhub receiver (`format: azure`) leaves the body empty and turns the record into attributes; the
 * record is put together again from those.
 */
import type { AnyValue } from '../../component.ts';
import { isAuditEvent } from '../audit-event.ts';
import { parseTimestamp } from '../event-time.ts';
import {
  elements,
  identityText,
  isObject,
  type JsonNode,
  type JsonValue,
  member,
  nodeOfValue,
  parseJson,
} from '../json-text.ts';
import type { Part } from '../part.ts';
import type { RecordContext } from '../record-context.ts';
import type { RowBudget } from '../row-budget.ts';
import { nameOfValue, unreadable } from '../unreadable.ts';

const AUDIT_CATEGORY = /^kube-audit(?:-admin)?$/i;

/** One part per diagnostic record; null where the node holds none. */
export function openAks(node: JsonNode, maxNestingDepth: number, rows: RowBudget): readonly Part[] | null {
  const { value } = node;
  if (!isObject(value)) return null;
  if (isDiagnosticRecord(value)) return [openRecord(node, maxNestingDepth)];
  const { records } = value;
  if (!Array.isArray(records) || !records.some(isDiagnosticRecord)) return null;
  rows.take(records.length);
  const list = member(node, 'records');
  return list === null ? null : elements(list).map((record) => openRecord(record, maxNestingDepth));
}

/** The diagnostic record that the azureeventhub receiver spread over attributes; null where there is none. */
export function openAksAttributes(
  context: RecordContext,
  maxNestingDepth: number,
  rows: RowBudget,
): readonly Part[] | null {
  const { record, resourceAttributes } = context;
  const properties = record.attributes['azure.properties'];
  const category = record.attributes['azure.category'];
  if (properties === undefined || typeof category !== 'string') return null;
  const diagnostic: Record<string, AnyValue> = Object.create(null);
  if (record.timeUnixNano !== 0n) diagnostic.time = isoOfNanos(record.timeUnixNano);
  for (const [name, attribute] of RECORD_MEMBERS) {
    const value = record.attributes[attribute] ?? resourceAttributes[attribute];
    if (value !== undefined) diagnostic[name] ??= value;
  }
  diagnostic.properties = properties;
  return openAks(nodeOfValue(diagnostic), maxNestingDepth, rows);
}

const RECORD_MEMBERS = [
  ['resourceId', 'azure.resource.id'],
  ['resourceId', 'cloud.resource_id'],
  ['operationName', 'azure.operation.name'],
  ['operationVersion', 'azure.operation.version'],
  ['category', 'azure.category'],
  ['correlationId', 'azure.correlation.id'],
  ['resultType', 'azure.result.type'],
  ['resultSignature', 'azure.result.signature'],
  ['resultDescription', 'azure.result.description'],
  ['location', 'cloud.region'],
] as const;

function isDiagnosticRecord(value: JsonValue): boolean {
  if (!isObject(value) || typeof value.category !== 'string') return false;
  const { properties } = value;
  return typeof properties === 'string' ? properties.includes('"log"') : isObject(properties) && 'log' in properties;
}

function openRecord(record: JsonNode, maxNestingDepth: number): Part {
  const value = isObject(record.value) ? record.value : {};
  const common = {
    raw: record.raw,
    identityText: identityText(record),
    cluster: clusterOfResourceId(value.resourceId),
    envelopeMicros: parseTimestamp(value.time),
  };
  const opened = openLog(record, maxNestingDepth);
  if (opened !== null && 'node' in opened && isObject(opened.node.value) && isAuditEvent(opened.node.value)) {
    const { node } = opened;
    // Event Hubs deliver at least once, in other groupings of records: the event itself says what is a copy.
    return {
      kind: 'audit',
      ...common,
      identityText: identityText(node),
      event: node.value as typeof value,
      eventText: node.text,
      cloud: 'aks',
    };
  }
  const { category } = value;
  if (typeof category !== 'string' || !AUDIT_CATEGORY.test(category)) {
    return { kind: 'log', ...common, unreadable: null };
  }
  const problem =
    opened === null
      ? { expected: 'the member "log"', found: nameOfValue(value.properties) }
      : 'problem' in opened
        ? opened.problem
        : { expected: 'an audit.k8s.io Event', found: nameOfValue(opened.node.value) };
  const where = ` in properties.log of a ${category} record`;
  return { kind: 'log', ...common, unreadable: unreadable(problem, where) };
}

/** `properties.log`, parsed where it is text; null where the record has none. */
function openLog(record: JsonNode, maxNestingDepth: number): ReturnType<typeof parseJson> | null {
  let properties = member(record, 'properties');
  if (properties !== null && typeof properties.value === 'string') {
    const parsed = parseJson(properties.value, maxNestingDepth);
    if ('problem' in parsed) return parsed;
    properties = parsed.node;
  }
  const log = properties === null ? null : member(properties, 'log');
  if (log === null) return null;
  return typeof log.value === 'string' ? parseJson(log.value.trimEnd(), maxNestingDepth) : { node: log };
}

/** `…/managedClusters/<name>`, spelled as Azure does (often all in capitals). */
function clusterOfResourceId(resourceId: JsonValue | undefined): string | null {
  if (typeof resourceId !== 'string') return null;
  return /\/managedclusters\/([^/]+)/i.exec(resourceId)?.[1] ?? null;
}

function isoOfNanos(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String((nanos % 1_000_000_000n) / 100n).padStart(7, '0')}Z`;
}
