/** The audit events that the generator varies: recorded ones where a corpus is given, else shapes of our own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AuditTemplate {
  readonly auditID: string;
  readonly stage: string;
  readonly user: { readonly username: string };
  /** Microseconds between receiving the request and this stage. */
  readonly latencyMicros: number;
  readonly [field: string]: unknown;
}

export interface TemplateSet {
  /** Where the events come from, for the report. */
  readonly origin: string;
  readonly templates: readonly AuditTemplate[];
}

/** Recorded events where a folder of corpora is given. */
export function loadTemplates(corpora: string | undefined): TemplateSet {
  if (corpora === undefined) return { origin: 'generated shapes', templates: ownTemplates() };
  const templates = recordedTemplates(join(corpora, 'immudb-k8s-microk8s', 'events.ndjson'));
  return { origin: 'recorded: immudb-k8s-microk8s', templates };
}

/** Reads NDJSON audit events, in file order. */
function recordedTemplates(path: string): readonly AuditTemplate[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const event = JSON.parse(line) as AuditTemplate;
      const received = Date.parse(String(event.requestReceivedTimestamp));
      const staged = Date.parse(String(event.stageTimestamp));
      return { ...event, latencyMicros: Math.max(0, staged - received) * 1000 };
    });
}

/** Metadata-level traffic of a small idle cluster: probes, leases, watches, controllers, a person with kubectl. */
function ownTemplates(): readonly AuditTemplate[] {
  const templates: AuditTemplate[] = [];
  for (const [index, shape] of SHAPES.entries()) {
    const auditID = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    const common = {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID,
    };
    const request = {
      requestURI: shape.uri,
      verb: shape.verb,
      user: { username: shape.user, groups: shape.groups },
      sourceIPs: ['10.0.0.1'],
      userAgent: shape.agent,
      ...(shape.object === undefined ? {} : { objectRef: shape.object }),
    };
    const times = { requestReceivedTimestamp: '', stageTimestamp: '' };
    const decision = {
      annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': shape.reason },
    };
    const code = shape.verb === 'create' ? 201 : 200;
    const responseStatus = { metadata: {}, code };
    templates.push({ ...common, stage: 'RequestReceived', ...request, ...times, latencyMicros: 0 });
    if (shape.verb === 'watch') {
      templates.push({
        ...common,
        stage: 'ResponseStarted',
        ...request,
        responseStatus,
        ...times,
        ...decision,
        latencyMicros: 900,
      });
    }
    templates.push({
      ...common,
      stage: 'ResponseComplete',
      ...request,
      responseStatus,
      ...times,
      ...decision,
      latencyMicros: 4200,
    });
  }
  return templates;
}

interface Shape {
  readonly uri: string;
  readonly verb: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly agent: string;
  readonly reason: string;
  readonly object?: object;
}

const NODE = { user: 'system:node:node-1', groups: ['system:nodes', 'system:authenticated'], reason: '' };
const CONTROLLER = {
  user: 'system:serviceaccount:kube-system:deployment-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  reason:
    'RBAC: allowed by ClusterRoleBinding "system:controller:deployment-controller" of ClusterRole "system:controller:deployment-controller" to ServiceAccount "deployment-controller/kube-system"',
};
const PERSON = { user: 'admin', groups: ['system:masters', 'system:authenticated'], reason: '' };
const KUBELET = 'kubelet/v1.31.2 (linux/amd64) kubernetes/5864a46';
const MANAGER =
  'kube-controller-manager/v1.31.2 (linux/amd64) kubernetes/5864a46/system:serviceaccount:kube-system:deployment-controller';
const KUBECTL = 'kubectl/v1.31.2 (linux/amd64) kubernetes/5864a46';

const SHAPES: readonly Shape[] = [
  { ...NODE, uri: '/readyz', verb: 'get', agent: KUBELET },
  {
    ...NODE,
    uri: '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1?timeout=10s',
    verb: 'update',
    agent: KUBELET,
    object: {
      resource: 'leases',
      namespace: 'kube-node-lease',
      name: 'node-1',
      uid: '3c1f5a9c-6b1e-4d8d-9c53-1f0b7a9d7a10',
      apiGroup: 'coordination.k8s.io',
      apiVersion: 'v1',
      resourceVersion: '1834201',
    },
  },
  {
    ...NODE,
    uri: '/api/v1/namespaces/kube-system/configmaps?allowWatchBookmarks=true&fieldSelector=metadata.name%3Dcoredns&resourceVersion=1834000&timeout=7m1s&timeoutSeconds=421&watch=true',
    verb: 'watch',
    agent: KUBELET,
    object: { resource: 'configmaps', namespace: 'kube-system', name: 'coredns', apiVersion: 'v1' },
  },
  {
    ...NODE,
    uri: '/api/v1/nodes/node-1/status?timeout=10s',
    verb: 'patch',
    agent: KUBELET,
    object: { resource: 'nodes', name: 'node-1', apiVersion: 'v1', subresource: 'status' },
  },
  {
    ...CONTROLLER,
    uri: '/apis/apps/v1/namespaces/team-7/deployments/web/status',
    verb: 'update',
    agent: MANAGER,
    object: {
      resource: 'deployments',
      namespace: 'team-7',
      name: 'web',
      uid: '8f7f8ad1-51f2-4a8a-9c07-23a1f2c92d55',
      apiGroup: 'apps',
      apiVersion: 'v1',
      resourceVersion: '1834187',
      subresource: 'status',
    },
  },
  {
    ...CONTROLLER,
    uri: '/api/v1/namespaces/team-7/events',
    verb: 'create',
    agent: MANAGER,
    object: { resource: 'events', namespace: 'team-7', name: 'web.17f3b5', apiVersion: 'v1' },
  },
  { ...PERSON, uri: '/api?timeout=32s', verb: 'get', agent: KUBECTL },
  {
    ...PERSON,
    uri: '/api/v1/namespaces/team-7/pods?limit=500',
    verb: 'list',
    agent: KUBECTL,
    object: { resource: 'pods', namespace: 'team-7', apiVersion: 'v1' },
  },
];
