/** Audit events as they are stored, and the fields that a search sees in them (rule 14 and the datasets' names). */
import { type FieldValue, fromMembers } from './field-value.ts';
import { fieldBehind, fieldNames, fieldOf, type Json, parseJson } from './json-fields.ts';
import { pairsIn } from './pairs.ts';
import type { FieldSource } from './row.ts';

/** One row of `kube_audit` or `logs`; the text of the audit event and what stands beside it. */
export interface StoredEvent {
  /** A row of `logs` instead. */
  readonly isLog?: boolean;
  /** Epoch seconds. */
  readonly time: number;
  readonly raw: string;
  /** The audit event's own JSON where it differs from `raw`; null where an envelope holds none. */
  readonly event?: string | null | undefined;
  readonly index?: string | null;
  readonly source?: string | null;
  readonly sourcetype?: string | null;
  readonly host?: string | null;
  readonly cluster?: string | null;
  readonly cloud?: string | null;
  /** Objects, as JSON text. */
  readonly resource?: string | null;
  readonly attributes?: string | null;
}

const METADATA = ['index', 'source', 'sourcetype', 'host', 'cluster'] as const;

const TYPED = [
  '_time', '_indextime', '_raw', ...METADATA, 'cloud', 'auditID', 'stage', 'level', 'verb', 'requestURI', 'userAgent', 'user.username',
  'user.uid', 'user.groups{}', 'impersonatedUser.username', 'impersonatedUser.uid', 'impersonatedUser.groups{}', 'sourceIPs{}',
  'objectRef.resource', 'objectRef.namespace', 'objectRef.name', 'objectRef.uid', 'objectRef.apiGroup', 'objectRef.apiVersion',
  'objectRef.resourceVersion', 'objectRef.subresource', 'responseStatus.status', 'responseStatus.message', 'responseStatus.reason',
  'responseStatus.code', 'requestReceivedTimestamp', 'stageTimestamp',
]; // biome-ignore format: a flat list

const EKS_NAMES: Readonly<Record<string, string>> = {
  src_ip: 'sourceIPs{}',
  src: 'sourceIPs{}',
  src_user: 'user.username',
  user: 'user.username',
  user_agent: 'userAgent',
  http_user_agent: 'userAgent',
  action: 'verb',
  object: 'objectRef.name',
  object_category: 'objectRef.resource',
  status: 'responseStatus.code',
  cluster_name: 'cluster',
};

const PAYLOAD = 'data.protoPayload';
const GKE_NAMES: Readonly<Record<string, string>> = {
  src_ip: `${PAYLOAD}.requestMetadata.callerIp`,
  src: `${PAYLOAD}.requestMetadata.callerIp`,
  src_user: `${PAYLOAD}.authenticationInfo.principalEmail`,
  user: `${PAYLOAD}.authenticationInfo.principalEmail`,
  http_user_agent: `${PAYLOAD}.requestMetadata.callerSuppliedUserAgent`,
  user_agent: `${PAYLOAD}.requestMetadata.callerSuppliedUserAgent`,
  action: `${PAYLOAD}.methodName`,
  object_path: `${PAYLOAD}.resourceName`,
  dest: `${PAYLOAD}.resourceName`,
  cluster_name: 'data.resource.labels.cluster_name',
};

export interface DatasetRules {
  readonly typed: readonly string[];
  readonly aliases: Readonly<Record<string, string>>;
  /** The dataset is the envelope in `_raw`, not the audit event. */
  readonly isEnvelope: boolean;
  /** What the event lacks is looked for in the record's attributes, then its resource. */
  readonly hasAttributes: boolean;
  readonly holds: (event: StoredEvent) => boolean;
}

function cameFrom(cloud: string, sourcetype: string): (event: StoredEvent) => boolean {
  return (event) => event.isLog !== true && (event.cloud === cloud || event.sourcetype?.toLowerCase() === sourcetype);
}

export const DATASETS: Readonly<Record<string, DatasetRules>> = {
  kube_audit: {
    typed: TYPED,
    aliases: {},
    isEnvelope: false,
    hasAttributes: true,
    holds: (event) => event.isLog !== true,
  },
  logs: {
    typed: [
      '_time',
      '_indextime',
      '_raw',
      ...METADATA,
      'severity_number',
      'severity_text',
      'event_name',
      'unreadable',
      'body',
    ],
    aliases: {},
    isEnvelope: false,
    hasAttributes: true,
    holds: (event) => event.isLog === true,
  },
  eks: {
    typed: TYPED,
    aliases: EKS_NAMES,
    isEnvelope: false,
    hasAttributes: false,
    holds: cameFrom('eks', 'aws:cloudwatchlogs:eks'),
  },
  aks: {
    typed: ['_time', '_indextime', '_raw', ...METADATA],
    aliases: { cluster_name: 'cluster' },
    isEnvelope: true,
    hasAttributes: false,
    holds: cameFrom('aks', 'mscs:storage:blob:json'),
  },
  gke: {
    typed: ['_time', '_indextime', '_raw', ...METADATA],
    aliases: GKE_NAMES,
    isEnvelope: true,
    hasAttributes: false,
    holds: cameFrom('gke', 'google:gcp:pubsub:message'),
  },
};

const AUDIT_EVENT_KEYS =
  /^(?:(?:request|response)Object\.metadata\.(?:labels|annotations)\.[^{}]+$|(?:kind|apiVersion|metadata|level|auditID|stage|timestamp|requestURI|verb|user|impersonatedUser|authenticationMetadata|sourceIPs|userAgent|objectRef|responseStatus|requestObject|responseObject|requestReceivedTimestamp|stageTimestamp|annotations)(?![^.{]))/;

/** An event's fields in a dataset. Parsed once, read often. */
export class EventFields implements FieldSource {
  readonly #event: StoredEvent;
  readonly #rules: DatasetRules;
  readonly #documents: readonly (Json | undefined)[];
  /** Of a log line that is no JSON. */
  readonly #pairs: ReadonlyMap<string, string>;
  readonly #cache = new Map<string, FieldValue>();

  constructor(event: StoredEvent, rules: DatasetRules) {
    this.#event = event;
    this.#rules = rules;
    const own = rules.isEnvelope ? event.raw : (event.event ?? event.raw);
    const others = rules.hasAttributes ? [event.attributes, event.resource] : [];
    this.#documents = [parseJson(own), ...others.map((text) => (text == null ? undefined : parseJson(text)))];
    const isText = event.isLog === true && this.#documents[0] === undefined && !own.trimStart().startsWith('{');
    this.#pairs = isText ? pairsIn(own) : new Map();
  }

  get(name: string): FieldValue {
    const real = this.#rules.aliases[name] ?? name;
    if (!this.#cache.has(real)) this.#cache.set(real, this.#resolve(real));
    return this.#cache.get(real);
  }

  names(): ReadonlySet<string> {
    return new Set([
      ...this.#rules.typed,
      ...Object.keys(this.#rules.aliases),
      ...this.#pairs.keys(),
      ...this.#documents.flatMap((document) => [...fieldNames(document)]),
    ]);
  }

  #resolve(name: string): FieldValue {
    if (name === '_time') return this.#event.time;
    if (name === '_raw' || (name === 'body' && this.#event.isLog === true)) return this.#event.raw;
    const metadata = METADATA.find((known) => known === name);
    if (metadata !== undefined) return this.#event[metadata] ?? undefined;
    if (name === 'cloud' && !this.#rules.isEnvelope) return this.#event.cloud ?? undefined;
    const known = this.#rules.typed === TYPED ? AUDIT_EVENT_KEYS.exec(name)?.[0] : undefined;
    // The audit event's own names are read from the event alone, and begin with keys as the schema has them.
    if (known !== undefined) return fieldBehind(this.#documents[0], known, name.slice(known.length));
    const [own, ...others] = this.#documents.map((document) => fieldOf(document, name));
    const found = [own, this.#pairs.get(name), ...others].find((value) => value !== undefined);
    return typeof found === 'object' ? fromMembers(found) : found;
  }
}
