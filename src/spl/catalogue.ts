/**
 * The datasets: which tables a search reads, and what a field's name means in each. Known names are typed columns; every other
 * name is a path into the event's JSON, and where that has nothing, into the log record's attributes.
 *
 * The cloud datasets see what Splunk would have seen: the JSON of `_raw` and the names that the clouds' add-ons give.
 */
import { binary, call, cast, column, type Expression, TRUE, text } from './expression.ts';
import { fieldOf } from './json-path.ts';
import type { SplLimits } from './limits.ts';
import type { Span } from './source.ts';
import { listValue, nonEmpty, numberValue, textValue, type Value } from './value.ts';

export interface DatasetField {
  readonly value: Value;
  /** A typed column: it counts as a field of the data even if no event of the result has it (not under strict). */
  readonly typed: boolean;
}

export interface DatasetTable {
  readonly table: string;
  /**
   * Which of the table's rows belong to the dataset: those of each part, which exclude each other. The table is read once for
   * each: DuckDB passes over what a condition on one column leaves out, and over nothing where OR joins two.
   */
  readonly parts: readonly (readonly Expression[])[];
  /** Fields that a search yields which names none, in order. */
  readonly listed: readonly string[];
  /** What a name means; every name means something. */
  resolve(name: string, span: Span, limits: SplLimits): DatasetField;
  /** What holds of every row that has the field, quicker to find out than its value; nothing where there is no such thing. */
  mayHold(name: string): readonly Expression[];
  /** Whether a top-level key of that name may come with the data: false where the schema is fixed and has none. */
  mayHave(name: string): boolean;
  /** The same names and rows for a reader without SQL. */
  readonly reading: RowReading;
}

/** What `resolve` and `parts` say in SQL, as data. */
export interface RowReading {
  /** Names that are a column or a member of one; `{}` at the end where it holds several values. */
  readonly typed: ReadonlySet<string>;
  readonly aliases: ReadonlyMap<string, string>;
  /** The JSON in which all other names are paths: the audit event's own, or what `_raw` holds. */
  readonly document: 'event' | 'raw';
  /** `annotations.<key>` is a key of the column. */
  readonly annotations: boolean;
  /** How the document's schema begins to read a name; where it does, attributes are not looked into. */
  knownKeys(name: string): readonly string[] | undefined;
  /** A document that is no JSON has the fields that it writes as key=value. */
  readonly pairs: boolean;
  /** A name that neither has is looked for in the attributes of the record, then of its resource. */
  readonly attributes: boolean;
  /** Rows of that cloud's envelope or of that sourcetype (lower case) belong to the dataset; undefined: all do. */
  readonly origin: Origin | undefined;
}

interface Origin {
  readonly cloud: string;
  readonly sourcetype: string;
}

export interface Dataset {
  readonly name: string;
  readonly tables: readonly DatasetTable[];
}

type TypedFields = ReadonlyMap<string, Value>;

/** The order of events: newest first; of equal times the later arrival first. */
export const SCAN_ORDER: Expression = call(
  'row',
  column('_time'),
  column('_indextime'),
  column('commit_seq'),
  column('identity'),
);

const METADATA: readonly (readonly [string, Value])[] = [
  ['_time', numberValue(call('epoch', column('_time')))],
  ['_indextime', numberValue(call('epoch', column('_indextime')))],
  ['_raw', textValue(column('_raw'))],
  ...['index', 'source', 'sourcetype', 'host', 'cluster'].map((name) => [name, textValue(column(name))] as const),
];

/** The audit event's own JSON. */
const AUDIT_EVENT = call('coalesce', column('event'), column('_raw'));

const AUDIT_FIELDS: TypedFields = new Map<string, Value>([
  ...METADATA,
  ...['cloud', 'auditID', 'stage', 'level', 'verb', 'requestURI', 'userAgent'].map(
    (name) => [name, textValue(column(name))] as const,
  ),
  ...members('user', ['username', 'uid']),
  ['user.groups{}', listOf(member('user', 'groups'))],
  ...members('impersonatedUser', ['username', 'uid']),
  ['impersonatedUser.groups{}', listOf(member('impersonatedUser', 'groups'))],
  ['sourceIPs{}', listOf(column('sourceIPs'))],
  ...members('objectRef', [
    'resource',
    'namespace',
    'name',
    'uid',
    'apiGroup',
    'apiVersion',
    'resourceVersion',
    'subresource',
  ]),
  ...members('responseStatus', ['status', 'message', 'reason']),
  ['responseStatus.code', wholeText(member('responseStatus', 'code'))],
]);

/** Typed columns whose SPL value is the original text of the event: they exist, but reading them costs a look into the JSON. */
const AUDIT_TIMES = new Set(['requestReceivedTimestamp', 'stageTimestamp']);

const LOG_FIELDS: TypedFields = new Map<string, Value>([
  ...METADATA,
  ['severity_number', wholeText(column('severity_number'))],
  ['severity_text', textValue(column('severity_text'))],
  ['event_name', textValue(column('event_name'))],
  ['unreadable', textValue(column('unreadable'))],
  ['body', textValue(column('_raw'))],
]);

/** Names of the AWS add-on for EKS control plane logs. */
const EKS_ALIASES: ReadonlyMap<string, string> = new Map([
  ['src_ip', 'sourceIPs{}'],
  ['src', 'sourceIPs{}'],
  ['src_user', 'user.username'],
  ['user', 'user.username'],
  ['user_agent', 'userAgent'],
  ['http_user_agent', 'userAgent'],
  ['action', 'verb'],
  ['object', 'objectRef.name'],
  ['object_category', 'objectRef.resource'],
  ['status', 'responseStatus.code'],
  ['cluster_name', 'cluster'],
]);

/** Names of the Google Cloud add-on for Pub/Sub messages. */
const GKE_ALIASES: ReadonlyMap<string, string> = new Map([
  ['src_ip', 'data.protoPayload.requestMetadata.callerIp'],
  ['src', 'data.protoPayload.requestMetadata.callerIp'],
  ['src_user', 'data.protoPayload.authenticationInfo.principalEmail'],
  ['user', 'data.protoPayload.authenticationInfo.principalEmail'],
  ['http_user_agent', 'data.protoPayload.requestMetadata.callerSuppliedUserAgent'],
  ['user_agent', 'data.protoPayload.requestMetadata.callerSuppliedUserAgent'],
  ['action', 'data.protoPayload.methodName'],
  ['object_path', 'data.protoPayload.resourceName'],
  ['dest', 'data.protoPayload.resourceName'],
  ['cluster_name', 'data.resource.labels.cluster_name'],
]);

/** Names of the add-on for Microsoft Cloud Services. */
const AKS_ALIASES: ReadonlyMap<string, string> = new Map([['cluster_name', 'cluster']]);

/** Members of audit.k8s.io Event in all its versions. */
const AUDIT_KEYS = new Set([
  'kind', 'apiVersion', 'metadata', 'level', 'auditID', 'stage', 'timestamp', 'requestURI', 'verb', 'user',
  'impersonatedUser', 'authenticationMetadata', 'sourceIPs', 'userAgent', 'objectRef', 'responseStatus', 'requestObject', 'responseObject',
  'requestReceivedTimestamp', 'stageTimestamp', 'annotations',
]); // biome-ignore format: a flat list

const NO_ALIASES: ReadonlyMap<string, string> = new Map();
const EKS_ORIGIN: Origin = { cloud: 'eks', sourcetype: 'aws:cloudwatchlogs:eks' };

const EVENTS_OUTPUT = [...AUDIT_FIELDS.keys()].filter((name) => name !== '_indextime' && name !== '_raw');
const CLOUD_OUTPUT = METADATA.map(([name]) => name).filter((name) => name !== '_indextime' && name !== '_raw');
const LOGS_OUTPUT = [...LOG_FIELDS.keys()].filter((name) => !['_indextime', '_raw', 'body'].includes(name));

const KUBE_AUDIT: DatasetTable = {
  table: 'kube_audit',
  parts: [[]],
  listed: [...EVENTS_OUTPUT, '_raw'],
  resolve(name, span, limits) {
    return resolveAudit(name, span, limits) ?? { value: withAttributes(AUDIT_EVENT, name, span, limits), typed: false };
  },
  mayHold,
  mayHave: isOfAuditEvent,
  reading: readingOf(AUDIT_FIELDS, { document: 'event', annotations: true, attributes: true, knownKeys: auditKeys }),
};

const LOGS: DatasetTable = {
  table: 'logs',
  parts: [[]],
  listed: [...LOGS_OUTPUT, '_raw'],
  resolve(name, span, limits) {
    const typed = LOG_FIELDS.get(name);
    if (typed !== undefined) return { value: typed, typed: true };
    return { value: withAttributes(column('_raw'), name, span, limits, pairsOf(name)), typed: false };
  },
  mayHold: () => [],
  mayHave: () => true,
  reading: readingOf(LOG_FIELDS, { document: 'raw', pairs: true, attributes: true }),
};

/** EKS hands on the audit event itself, so its fields are the typed columns. */
const EKS: DatasetTable = {
  table: 'kube_audit',
  parts: partsFrom(EKS_ORIGIN),
  listed: [...EVENTS_OUTPUT, '_raw'],
  resolve(name, span, limits) {
    const real = EKS_ALIASES.get(name) ?? name;
    return resolveAudit(real, span, limits) ?? { value: fieldOf(AUDIT_EVENT, real, span, limits), typed: false };
  },
  mayHold: (name) => mayHold(EKS_ALIASES.get(name) ?? name),
  mayHave: (name) => isOfAuditEvent(name) || EKS_ALIASES.has(name),
  reading: readingOf(AUDIT_FIELDS, {
    document: 'event',
    annotations: true,
    knownKeys: auditKeys,
    aliases: EKS_ALIASES,
    origin: EKS_ORIGIN,
  }),
};

const DATASETS: readonly Dataset[] = [
  { name: 'kube_audit', tables: [KUBE_AUDIT] },
  { name: 'eks', tables: [EKS] },
  { name: 'aks', tables: [envelope({ cloud: 'aks', sourcetype: 'mscs:storage:blob:json' }, AKS_ALIASES)] },
  { name: 'gke', tables: [envelope({ cloud: 'gke', sourcetype: 'google:gcp:pubsub:message' }, GKE_ALIASES)] },
  { name: 'logs', tables: [LOGS] },
];

/** What a search reads that binds no dataset: every event there is. */
export const ALL_EVENTS: Dataset = { name: 'events', tables: [KUBE_AUDIT, LOGS] };

export function findDataset(name: string): Dataset | undefined {
  return DATASETS.find((dataset) => dataset.name === name);
}

export function datasetNames(): readonly string[] {
  return DATASETS.map(({ name }) => name);
}

/** AKS and GKE wrap the audit event: their fields are those of the envelope in `_raw`. */
function envelope(origin: Origin, aliases: ReadonlyMap<string, string>): DatasetTable {
  const metadata: TypedFields = new Map(METADATA);
  return {
    table: 'kube_audit',
    parts: partsFrom(origin),
    listed: [...CLOUD_OUTPUT, '_raw'],
    resolve(name, span, limits) {
      const real = aliases.get(name) ?? name;
      const typed = metadata.get(real);
      if (typed !== undefined) return { value: typed, typed: true };
      return { value: fieldOf(column('_raw'), real, span, limits), typed: false };
    },
    mayHold: () => [],
    mayHave: () => true,
    reading: readingOf(metadata, { document: 'raw', aliases, origin }),
  };
}

function readingOf(
  typed: TypedFields,
  reading: Pick<RowReading, 'document'> & Partial<Omit<RowReading, 'typed'>>,
): RowReading {
  return {
    annotations: false,
    pairs: false,
    attributes: false,
    knownKeys: () => undefined,
    aliases: NO_ALIASES,
    origin: undefined,
    ...reading,
    typed: new Set(typed.keys()),
  };
}

function resolveAudit(name: string, span: Span, limits: SplLimits): DatasetField | undefined {
  const typed = AUDIT_FIELDS.get(name);
  if (typed !== undefined) return { value: typed, typed: true };
  if (AUDIT_TIMES.has(name)) return { value: fieldOf(AUDIT_EVENT, name, span, limits), typed: true };
  // The audit API's annotations are a flat map of texts: the rest of the name is one key.
  const annotation = /^annotations\.([^{}]+)$/.exec(name)?.[1];
  if (annotation !== undefined) {
    const value = { op: 'index', operand: column('annotations'), index: text(annotation) } as const;
    return { value: textValue(value), typed: false };
  }
  const known = auditKeys(name);
  if (known === undefined) return undefined;
  return { value: fieldOf(AUDIT_EVENT, name, span, limits, known), typed: false };
}

function isOfAuditEvent(name: string): boolean {
  return AUDIT_KEYS.has(firstKey(name));
}

/**
 * Few events carry the objects of their request: one column says which, another lists the keys in them, so that the texts of the
 * others are not read. Where the keys are not known, a look for the name's end in a text spares parsing it.
 */
function mayHold(name: string): readonly Expression[] {
  const end = /^(?:request|response)Object\..*?([A-Za-z0-9_-]+)(?:\{\})?$/s.exec(name)?.[1];
  if (end === undefined) return [];
  return [
    call('coalesce', column('has_objects'), TRUE),
    call('spl_may_name', column('object_keys'), text(end)),
    call('spl_may_hold', AUDIT_EVENT, text(end)),
  ];
}

/**
 * How a name begins that the audit API's schema or that of every Kubernetes object settles: the event's own keys hold no dots, and
 * an object's labels and annotations are flat maps of texts.
 */
function auditKeys(name: string): readonly string[] | undefined {
  if (!isOfAuditEvent(name)) return undefined;
  const ofMap = /^((?:request|response)Object)\.metadata\.(labels|annotations)\.([^{}]+)$/.exec(name);
  const [, object, map, key] = ofMap ?? [];
  if (object !== undefined && map !== undefined && key !== undefined) return [object, 'metadata', map, key];
  return [firstKey(name)];
}

/** Whether a key of key=value can have that name. */
export function mayBePair(name: string): boolean {
  return /^[A-Za-z]\w*$/.test(name);
}

/** A line of text that is no JSON has the fields that it writes as key=value. */
function pairsOf(name: string): readonly Expression[] {
  return mayBePair(name) ? [call('spl_pair_at', column('_raw'), text(name))] : [];
}

function withAttributes(
  document: Expression,
  name: string,
  span: Span,
  limits: SplLimits,
  pairs: readonly Expression[] = [],
): Value {
  const own = fieldOf(document, name, span, limits);
  const others = ['attributes', 'resource'].map((source) => fieldOf(column(source), name, span, limits).expression);
  return { kind: own.kind, expression: call('coalesce', own.expression, ...pairs, ...others) } as Value;
}

/** Rows of that cloud's envelopes, and the others of that sourcetype. */
function partsFrom({ cloud, sourcetype }: Origin): readonly (readonly Expression[])[] {
  const isOfCloud = binary('=', column('cloud'), text(cloud));
  return [
    [isOfCloud],
    [binary('=', call('lower', column('sourcetype')), text(sourcetype)), { op: 'isNotTrue', operand: isOfCloud }],
  ];
}

function member(structure: string, name: string): Expression {
  return { op: 'member', operand: column(structure), name };
}

function members(structure: string, names: readonly string[]): readonly (readonly [string, Value])[] {
  return names.map((name) => [`${structure}.${name}`, textValue(member(structure, name))] as const);
}

function listOf(expression: Expression): Value {
  return listValue(nonEmpty(expression));
}

/** Field values are text in SPL; the number beside it makes comparisons fast. */
function wholeText(expression: Expression): Value {
  return { kind: 'text', expression: cast(expression, 'varchar'), whole: expression };
}

function firstKey(name: string): string {
  return /^[^.{]*/.exec(name)?.[0] ?? name;
}
