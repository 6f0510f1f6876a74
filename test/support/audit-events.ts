/**
 * A made-up audit log for tests: what a small idle cluster writes at Metadata level, one event per
 * stage, ordered as an API server writes it (by the time of the stage, so that stages of several
 * requests interleave).
 *
 * The same options give the same text on every machine.
 */

import { randomNumbers } from './random-numbers.ts';

export interface AuditEventOptions {
  /** Any integer; two seeds share no auditID. */
  readonly seed: number;
  /** How many lines. */
  readonly count: number;
  /** When the first request is received, epoch milliseconds. */
  readonly startMs: number;
  /** Mean time between two requests, milliseconds. */
  readonly meanGapMs?: number;
}

/** `options.count` audit events as JSON texts without line ends, no two of them equal. */
export function auditEvents(options: AuditEventOptions): readonly string[] {
  const random = randomNumbers(options.seed);
  const meanGapMicros = (options.meanGapMs ?? 140) * 1000;
  const stages: { readonly atMicros: number; readonly text: string }[] = [];
  let receivedMicros = options.startMs * 1000;
  // Every request has at least two stages, so this many requests are enough.
  for (let made = 0; made < Math.ceil(options.count / 2) + 1; made += 1) {
    receivedMicros += 1 + Math.floor(random() * 2 * meanGapMicros);
    stages.push(...requestStages(random, receivedMicros));
  }
  return stages
    .sort((left, right) => left.atMicros - right.atMicros)
    .slice(0, options.count)
    .map((stage) => stage.text);
}

interface Caller {
  readonly username: string;
  readonly groups: readonly string[];
  readonly userAgent: string;
  readonly ip: string;
}

const callers = {
  operator: {
    username: 'ops@example.org',
    groups: ['platform', 'system:authenticated'],
    userAgent: 'kubectl/v1.34.2 (linux/amd64) kubernetes/8cc511e',
    ip: '10.20.4.17',
  },
  kubelet: {
    username: 'system:node:node-a',
    groups: ['system:nodes', 'system:authenticated'],
    userAgent: 'kubelet/v1.34.2 (linux/amd64) kubernetes/8cc511e',
    ip: '10.20.0.11',
  },
  scheduler: {
    username: 'system:kube-scheduler',
    groups: ['system:authenticated'],
    userAgent: 'kube-scheduler/v1.34.2 (linux/amd64) kubernetes/8cc511e/leader-election',
    ip: '127.0.0.1',
  },
  controllers: {
    username: 'system:serviceaccount:kube-system:endpointslice-controller',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    userAgent: 'kube-controller-manager/v1.34.2 (linux/amd64) kubernetes/8cc511e',
    ip: '127.0.0.1',
  },
} as const satisfies Record<string, Caller>;

interface RequestKind {
  /** How many of a hundred requests are of this kind. */
  readonly share: number;
  readonly caller: Caller;
  readonly verb: string;
  readonly resource?: { readonly plural: string; readonly group: string; readonly namespace?: string };
  readonly path?: string;
  readonly code: number;
}

const kinds: readonly RequestKind[] = [
  { share: 28, caller: callers.kubelet, verb: 'get', path: '/healthz', code: 200 },
  {
    share: 24,
    caller: callers.scheduler,
    verb: 'update',
    resource: { plural: 'leases', group: 'coordination.k8s.io', namespace: 'kube-system' },
    code: 200,
  },
  {
    share: 16,
    caller: callers.controllers,
    verb: 'get',
    resource: { plural: 'serviceaccounts', group: '', namespace: 'shop' },
    code: 200,
  },
  {
    share: 10,
    caller: callers.controllers,
    verb: 'update',
    resource: { plural: 'endpointslices', group: 'discovery.k8s.io', namespace: 'shop' },
    code: 409,
  },
  { share: 9, caller: callers.operator, verb: 'list', resource: { plural: 'pods', group: '' }, code: 200 },
  { share: 8, caller: callers.kubelet, verb: 'watch', resource: { plural: 'configmaps', group: '' }, code: 200 },
  {
    share: 5,
    caller: callers.operator,
    verb: 'get',
    resource: { plural: 'secrets', group: '', namespace: 'billing' },
    code: 403,
  },
];

function requestStages(random: () => number, receivedMicros: number): { atMicros: number; text: string }[] {
  const kind = pickKind(random);
  const request = describeRequest(kind, random);
  const event = (stage: string, atMicros: number, outcome: object): { atMicros: number; text: string } => ({
    atMicros,
    text: JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: request.auditID,
      stage,
      requestURI: request.requestURI,
      verb: kind.verb,
      user: { username: kind.caller.username, groups: kind.caller.groups },
      sourceIPs: [kind.caller.ip],
      userAgent: kind.caller.userAgent,
      ...(request.objectRef === undefined ? {} : { objectRef: request.objectRef }),
      ...outcome,
    }),
  });
  const times = (atMicros: number): object => ({
    requestReceivedTimestamp: rfc3339Micros(receivedMicros),
    stageTimestamp: rfc3339Micros(atMicros),
  });
  const ended = (atMicros: number): object => ({
    responseStatus: { metadata: {}, code: kind.code },
    ...times(atMicros),
    annotations: {
      'authorization.k8s.io/decision': kind.code === 403 ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': '',
    },
  });
  const stages = [event('RequestReceived', receivedMicros, times(receivedMicros))];
  let atMicros = receivedMicros + 200 + Math.floor(random() * 9000);
  if (kind.verb === 'watch') {
    stages.push(event('ResponseStarted', atMicros, ended(atMicros)));
    atMicros += Math.floor(random() * 30_000_000);
  }
  stages.push(event('ResponseComplete', atMicros, ended(atMicros)));
  return stages;
}

function describeRequest(
  kind: RequestKind,
  random: () => number,
): { readonly auditID: string; readonly requestURI: string; readonly objectRef?: object } {
  const auditID = uuid(random);
  if (kind.resource === undefined) return { auditID, requestURI: kind.path ?? '/' };
  const { plural, group, namespace } = kind.resource;
  const name = namespace === undefined ? undefined : `${plural}-${Math.floor(random() * 40)}`;
  const prefix = group === '' ? '/api/v1' : `/apis/${group}/v1`;
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  const query = kind.verb === 'watch' ? '?watch=true&timeoutSeconds=426' : kind.verb === 'list' ? '?limit=500' : '';
  return {
    auditID,
    requestURI: `${prefix}${place}/${plural}${name === undefined ? '' : `/${name}`}${query}`,
    objectRef: {
      resource: plural,
      ...(namespace === undefined ? {} : { namespace, name }),
      ...(group === '' ? {} : { apiGroup: group }),
      apiVersion: 'v1',
      ...(kind.verb === 'update' ? { resourceVersion: String(1000 + Math.floor(random() * 9000)) } : {}),
    },
  };
}

function pickKind(random: () => number): RequestKind {
  let left = random() * 100;
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return kinds[0]!;
}

function uuid(random: () => number): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

function rfc3339Micros(micros: number): string {
  const whole = new Date(Math.floor(micros / 1000)).toISOString();
  return `${whole.slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`;
}
