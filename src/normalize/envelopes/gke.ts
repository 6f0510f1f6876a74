/**
 * GKE: Cloud Logging LogEntry whose protoPayload is the AuditLog of the service k8s.io, as such, as `data` of a
 * Pub/Sub message (Splunk's add-on for Google Cloud), or as the AuditLog alone with the entry's other members
 * in attributes (the Collector's googlecloudlogentry encoding).
 *
 * An AuditLog is not an audit.k8s.io Event. It is converted to one, which becomes the row's `event`; what the
 * conversion had to infer is listed in the annotation `pintail.io/inferred`.
 */
import { identityText, isObject, type JsonNode, type JsonObject, member, objectOf } from '../json-text.ts';
import type { Part } from '../part.ts';
import { type RecordContext, readAttribute } from '../record-context.ts';
import { convertAuditLog, type LogEntry } from './gke-event.ts';

const AUDIT_LOG_TYPE = 'type.googleapis.com/google.cloud.audit.AuditLog';

/** One part for a LogEntry of a Kubernetes request; null for everything else, other Google services included. */
export function openGke(node: JsonNode, context: RecordContext): readonly Part[] | null {
  if (!isObject(node.value)) return null;
  const data = isObject(node.value.data) ? member(node, 'data') : null;
  const entryNode = data !== null && isObject(data.value) && isObject(data.value.protoPayload) ? data : node;
  const payload = isObject((entryNode.value as JsonObject).protoPayload) ? member(entryNode, 'protoPayload') : null;
  const entry = payload === null ? entryOfAttributes(node, context) : entryOfNode(entryNode, payload);
  if (entry === null || !isKubernetes(entry)) return null;
  const { event, text } = convertAuditLog(entry);
  const cluster = entry.resourceLabels.cluster_name;
  return [
    {
      kind: 'audit',
      raw: node.raw,
      eventText: text,
      event,
      identityText: identityText(node),
      cloud: 'gke',
      cluster: typeof cluster === 'string' && cluster !== '' ? cluster : null,
      envelopeMicros: null,
    },
  ];
}

function entryOfNode(node: JsonNode, payload: JsonNode): LogEntry {
  const value = node.value as JsonObject;
  const resource = objectOf(value.resource);
  return {
    payload,
    insertId: value.insertId,
    labels: objectOf(value.labels),
    resourceType: resource.type,
    resourceLabels: objectOf(resource.labels),
    timestamp: value.timestamp ?? objectOf(payload.value).timestamp ?? value.receiveTimestamp,
  };
}

function entryOfAttributes(node: JsonNode, context: RecordContext): LogEntry | null {
  if ((node.value as JsonObject)['@type'] !== AUDIT_LOG_TYPE) return null;
  const { record, resourceAttributes } = context;
  return {
    payload: node,
    insertId: readAttribute(record.attributes['log.record.uid']) ?? undefined,
    labels: labelsOf(record.attributes),
    resourceType: readAttribute(resourceAttributes['gcp.resource_type']) ?? undefined,
    resourceLabels: labelsOf(resourceAttributes),
    timestamp: undefined,
  };
}

const LABEL_PREFIX = 'gcp.label.';

function labelsOf(attributes: Readonly<Record<string, unknown>>): JsonObject {
  const labels: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith(LABEL_PREFIX) && typeof value === 'string') labels[name.slice(LABEL_PREFIX.length)] = value;
  }
  return labels;
}

function isKubernetes(entry: LogEntry): boolean {
  const { serviceName, methodName } = objectOf(entry.payload.value);
  if (typeof serviceName === 'string') return serviceName === 'k8s.io';
  if (typeof methodName !== 'string') return false;
  return methodName.startsWith('io.k8s.') || entry.resourceType === 'k8s_cluster';
}
