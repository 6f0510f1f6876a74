/** The recorded files as JSON, read by their shapes and nothing of ours; what stands in no audit event is left out. */
import { readFileSync } from 'node:fs';
import type { Recorded } from './by-hand.ts';

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON of any shape
type Json = any;

export type RecordedKind =
  | 'audit events'
  /** With the sourcetype of the EKS add-on. */
  | 'as EKS'
  | 'aks records'
  | 'gke entries'
  /** Each entry put under `data` first. */
  | 'gke messages'
  | 'nothing of an audit log';

/** `path`: one JSON value, or one on each line. */
export function readRecorded(path: string, kind: RecordedKind, place: Recorded['place']): Recorded {
  const lines = kind === 'nothing of an audit log' ? [] : documents(readFileSync(path, 'utf8'));
  const recorded = { audit: [], eksTexts: null, aks: [], gke: [], place };
  const values = lines.map((text) => ({ text, value: JSON.parse(text) as Json }));
  switch (kind) {
    case 'audit events':
    case 'as EKS': {
      const events = values.filter(({ value }) => isAuditEvent(value));
      const texts = kind === 'as EKS' ? events.map(({ text }) => text) : null;
      return { ...recorded, audit: events.map(({ value }) => value), eksTexts: texts };
    }
    case 'aks records': {
      const records = values
        .flatMap(({ value, text }) =>
          Array.isArray(value.records)
            ? value.records.map((record: Json) => ({ record, text: JSON.stringify(record) }))
            : [{ record: value, text }],
        )
        .map(({ record, text }) => ({ record, text, event: JSON.parse(record.properties.log) }));
      return { ...recorded, audit: records.map(({ event }) => event), aks: records };
    }
    case 'gke entries':
      return { ...recorded, audit: values.map(({ value }) => toEvent(value)) };
    case 'gke messages': {
      const entries = values.map(({ value, text }) => ({ entry: value.data, text }));
      return { ...recorded, audit: entries.map(({ entry }) => toEvent(entry)), gke: entries };
    }
    case 'nothing of an audit log':
      return recorded;
  }
}

function documents(text: string): readonly string[] {
  const plain = text.replace(/^\uFEFF/, '').trim();
  try {
    JSON.parse(plain);
    return [plain];
  } catch {
    return plain.split('\n').filter((line) => line.trim() !== '');
  }
}

function isAuditEvent(value: Json): boolean {
  return value.kind === 'Event' || value.verb !== undefined;
}

/** What Google's entry says of a request, as far as the searches ask for it. */
function toEvent({ protoPayload, labels, timestamp }: Json): Json {
  const { methodName = '', authorizationInfo, authenticationInfo, requestMetadata, request, status } = protoPayload;
  const resourceName = protoPayload.resourceName ?? authorizationInfo?.[0]?.resource;
  const [, , ...path] = (resourceName ?? '').split('/');
  const [namespace, resource, name] = path[0] === 'namespaces' ? path.slice(1) : [undefined, ...path];
  const isForbidden =
    labels?.['authorization.k8s.io/decision'] === 'forbid' || authorizationInfo?.[0]?.granted === false;
  return {
    kind: 'Event',
    verb: methodName.split('.').at(-1),
    user: { username: authenticationInfo?.principalEmail },
    sourceIPs: requestMetadata?.callerIp ?? requestMetadata?.callerIP,
    userAgent: requestMetadata?.callerSuppliedUserAgent,
    objectRef: { resource: resource ?? methodName.split('.').at(-2), namespace, name },
    // The searches tell refused requests from others, and rows apart; which number stands for success is not asked.
    responseStatus: { code: isForbidden || status?.code === 7 ? 403 : `ok ${status?.code ?? 0}` },
    requestReceivedTimestamp: timestamp ?? protoPayload.timestamp,
    requestObject: request,
  };
}
