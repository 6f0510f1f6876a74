/** The fields that random searches know of. */

/** `one`: at most one value; `many`: perhaps several; `number`: SPL computed it. */
export type Kind = 'one' | 'many' | 'number';

export interface Fields {
  readonly known: ReadonlyMap<string, Kind>;
  /** Still events: `_time` and `_raw` are there, and any name means something. */
  readonly isEvents: boolean;
  readonly hasTime: boolean;
}

export const EVENT_FIELDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...[
    'verb', 'userAgent', 'requestURI', 'level', 'stage', 'user.username', 'user.uid', 'objectRef.resource', 'objectRef.name',
    'objectRef.namespace', 'responseStatus.code', 'responseStatus.reason', 'annotations.a.b', 'annotations.authorization.k8s.io/decision',
    'requestObject.n', 'requestObject.m', 'requestObject.t', 'requestObject.a.b', 'requestObject.a.c', 'requestObject.k8s.io/x-y',
    'requestObject.json', 'source', 'host', 'cluster', 'env', 'no.such.field', 'stageTimestamp',
  ].map((name) => [name, 'one'] as const),
  ...['user.groups{}', 'sourceIPs{}', 'requestObject.list{}', 'requestObject.c{}.image', 'requestObject.c{}.p{}.n', 'x.y{}'].map(
    (name) => [name, 'many'] as const,
  ),
  ['_time', 'number'],
]); // biome-ignore format: flat lists

const CLOUD_NAMES = ['src_ip', 'src_user', 'user', 'user_agent', 'http_user_agent', 'action', 'cluster_name'];

/** Names that the datasets have beside `_time`. */
export const DATASET_FIELDS: Readonly<Record<string, ReadonlyMap<string, Kind>>> = {
  kube_audit: EVENT_FIELDS,
  eks: new Map<string, Kind>([
    ...[...EVENT_FIELDS].filter(([name]) => name !== 'env' && name !== 'x.y{}'),
    ...[...CLOUD_NAMES, 'object', 'object_category', 'status'].map((name) => [name, 'one'] as const),
    ['src_ip', 'many'],
    ['src', 'many'],
  ]),
  aks: named(['category', 'properties.log', 'properties.pod', 'cluster_name', 'host', 'no.such.field']),
  gke: named([
    'data.protoPayload.methodName',
    'data.protoPayload.resourceName',
    'object_path',
    'dest',
    'src',
    'source',
    ...CLOUD_NAMES,
  ]),
  logs: new Map<string, Kind>([
    ...named(['user', 'n', 'k8s_ns', 'alpha', 'x', 'a.b', 'a_b', 'env', 'sourcetype', 'host', 'severity_text']),
    ['list{}', 'many'],
  ]),
};

function named(names: readonly string[]): ReadonlyMap<string, Kind> {
  return new Map<string, Kind>([...names.map((name) => [name, 'one'] as const), ['_time', 'number']]);
}
