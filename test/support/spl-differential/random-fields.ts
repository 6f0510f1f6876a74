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
