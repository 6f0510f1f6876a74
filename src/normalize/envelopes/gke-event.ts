/**
 * Google's AuditLog of a Kubernetes request as an audit.k8s.io/v1 Event.
 *
 * AuditLog carries neither stage nor HTTP status nor the request's URI. Where Kubernetes' own Status is in the
 * response its code is taken; else the code is inferred from google.rpc.Code, the authorization label or the
 * verb (201 for create, 101 for exec, attach and port-forward, else 200).
 */
import { isObject, type JsonNode, type JsonObject, type JsonValue, member, objectOf } from '../json-text.ts';

/** What of a LogEntry the conversion needs. */
export interface LogEntry {
  /** protoPayload. */
  readonly payload: JsonNode;
  readonly insertId: JsonValue | undefined;
  readonly labels: JsonObject;
  readonly resourceType: JsonValue | undefined;
  readonly resourceLabels: JsonObject;
  readonly timestamp: JsonValue | undefined;
}

export const INFERRED_ANNOTATION = 'pintail.io/inferred';

const VERBS = new Set([
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'proxy',
  'connect',
]);
const STREAMING = new Set(['exec', 'attach', 'portforward']);
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

/** HTTP status for google.rpc.Code, as google/rpc/code.proto maps them; ABORTED is what a 409 AlreadyExists comes as. */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  1: 499,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
};

/** The event and its JSON text, in which requestObject and responseObject are the envelope's exact text. */
export function convertAuditLog(entry: LogEntry): { readonly event: JsonObject; readonly text: string } {
  const payload = entry.payload.value as JsonObject;
  const inferred = ['stage', 'level'];
  const request = nonEmptyMember(entry.payload, 'request');
  const response = nonEmptyMember(entry.payload, 'response');
  const verb = readVerb(payload.methodName);
  const resourceName = readResourceName(payload);
  const objectRef = readObjectRef(resourceName) ?? inferObjectRef(payload.methodName, inferred);
  const requestURI = inferRequestUri(resourceName);
  if (requestURI !== undefined) inferred.push('requestURI');
  const responseStatus = readStatus(payload, entry.labels, verb, objectRef, inferred);
  const timestamp = textOf(entry.timestamp);
  if (timestamp !== undefined) inferred.push('requestReceivedTimestamp', 'stageTimestamp');

  const authentication = objectOf(payload.authenticationInfo);
  const metadata = objectOf(payload.requestMetadata);
  const callerIp = metadata.callerIp ?? metadata.callerIP;
  const event: JsonObject = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: response !== null ? 'RequestResponse' : request !== null ? 'Request' : 'Metadata',
    auditID: textOf(entry.insertId),
    stage: 'ResponseComplete',
    requestURI,
    verb,
    user: isText(authentication.principalEmail) ? { username: authentication.principalEmail } : undefined,
    sourceIPs: isText(callerIp) ? [callerIp] : undefined,
    userAgent: textOf(metadata.callerSuppliedUserAgent),
    objectRef,
    responseStatus,
    requestReceivedTimestamp: timestamp,
    stageTimestamp: timestamp,
    annotations: { ...textsOf(entry.labels), [INFERRED_ANNOTATION]: inferred.join(',') },
  };
  let text = JSON.stringify(event).slice(0, -1);
  if (request !== null) text += `,"requestObject":${request.text}`;
  if (response !== null) text += `,"responseObject":${response.text}`;
  const objects = {
    ...(request !== null && { requestObject: request.value }),
    ...(response !== null && { responseObject: response.value }),
  };
  return { event: { ...event, ...objects }, text: `${text}}` };
}

function readVerb(methodName: JsonValue | undefined): string | undefined {
  const last = isText(methodName) ? methodName.slice(methodName.lastIndexOf('.') + 1) : '';
  return VERBS.has(last) ? last : undefined;
}

/** protoPayload.resourceName, else the resource that was authorized. */
function readResourceName(payload: JsonObject): string | undefined {
  const { resourceName, authorizationInfo } = payload;
  if (isText(resourceName)) return resourceName;
  return textOf(firstAuthorization(authorizationInfo).resource);
}

function firstAuthorization(authorizationInfo: JsonValue | undefined): JsonObject {
  return Array.isArray(authorizationInfo) ? objectOf((authorizationInfo as readonly JsonValue[])[0]) : {};
}

/** `group/version[/namespaces/ns]/resource[/name[/subresource…]]`; the core group is called `core` and has no name in Kubernetes. */
function readObjectRef(resourceName: string | undefined): JsonObject | undefined {
  if (resourceName === undefined || resourceName.startsWith('/')) return undefined;
  const [group, apiVersion, ...rest] = resourceName.split('/');
  const apiGroup = group === 'core' ? undefined : group;
  const isNamespaced = rest[0] === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2] ?? '');
  const namespace = isNamespaced ? rest[1] : undefined;
  const [resource, name, subresource] = isNamespaced ? rest.slice(2) : rest;
  if (resource === undefined || apiVersion === undefined) return undefined;
  return { resource, namespace, name, apiGroup, apiVersion, subresource };
}

/** `io.k8s.core.v1.pods.exec.create`: resource and subresource stand between version and verb. */
function inferObjectRef(methodName: JsonValue | undefined, inferred: string[]): JsonObject | undefined {
  if (!isText(methodName)) return undefined;
  const parts = methodName.split('.');
  const version = parts.findIndex((part) => /^v\d+(?:(?:alpha|beta)\d+)?$/.test(part));
  const [resource, subresource] = parts.slice(version + 1, -1);
  if (version < 0 || resource === undefined) return undefined;
  inferred.push('objectRef');
  return { resource, apiVersion: parts[version], subresource };
}

function inferRequestUri(resourceName: string | undefined): string | undefined {
  if (resourceName === undefined || resourceName.startsWith('/')) return resourceName;
  return resourceName.startsWith('core/') ? `/api/${resourceName.slice(5)}` : `/apis/${resourceName}`;
}

function readStatus(
  payload: JsonObject,
  labels: JsonObject,
  verb: string | undefined,
  objectRef: JsonObject | undefined,
  inferred: string[],
): JsonObject {
  const response = objectOf(payload.response);
  const isStatus = response.kind === 'Status' || textOf(response['@type'])?.endsWith('.Status') === true;
  if (isStatus && typeof response.code === 'number') {
    const { status, message, reason, code } = response;
    return { status: textOf(status), message: textOf(message), reason: textOf(reason), code };
  }
  inferred.push('responseStatus.code');
  const { code, message } = objectOf(payload.status);
  if (typeof code === 'number' && code !== 0) {
    return { status: 'Failure', message: textOf(message), code: HTTP_STATUS[code] ?? 500 };
  }
  const isForbidden =
    labels['authorization.k8s.io/decision'] === 'forbid' ||
    firstAuthorization(payload.authorizationInfo).granted === false;
  if (isForbidden) return { status: 'Failure', code: 403 };
  if (STREAMING.has(textOf(objectRef?.subresource) ?? '')) return { code: 101 };
  return { code: verb === 'create' ? 201 : 200 };
}

function nonEmptyMember(node: JsonNode, key: string): JsonNode | null {
  const found = member(node, key);
  return found !== null && isObject(found.value) ? found : null;
}

function textsOf(labels: JsonObject): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(labels)) if (isText(value)) texts[name] = value;
  return texts;
}

function textOf(value: JsonValue | undefined): string | undefined {
  return isText(value) ? value : undefined;
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string';
}
