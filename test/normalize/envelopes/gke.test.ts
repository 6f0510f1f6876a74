import { describe, expect, it, test } from 'vitest';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';

const PAYLOAD = {
  '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
  serviceName: 'k8s.io',
  methodName: 'io.k8s.apps.v1.deployments.patch',
  resourceName: 'apps/v1/namespaces/shop/deployments/web',
  authenticationInfo: { principalEmail: 'ann@example.com' },
  authorizationInfo: [{ granted: true, permission: 'io.k8s.apps.v1.deployments.patch', resource: 'apps/v1/x' }],
  requestMetadata: { callerIp: '198.51.100.4', callerSuppliedUserAgent: 'kubectl/v1.31.0' },
};
const ENTRY = {
  insertId: 'i-1',
  labels: { 'authorization.k8s.io/decision': 'allow', odd: { nested: 1 } },
  logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity',
  protoPayload: PAYLOAD,
  receiveTimestamp: '2026-03-04T05:06:09Z',
  resource: { type: 'k8s_cluster', labels: { cluster_name: 'shop-eu', location: 'europe-west1', project_id: 'p' } },
  timestamp: '2026-03-04T05:06:07.123456789Z',
};

function rowsOf(text: string) {
  return normalize(recordBatch([logRecord(text)]), { arrivalMicros: 1 });
}

function eventOf(payload: object, entry: object = {}) {
  const { audit } = rowsOf(JSON.stringify({ ...ENTRY, ...entry, protoPayload: { ...PAYLOAD, ...payload } }));
  return { row: audit[0]!, event: JSON.parse(audit[0]!.event!) };
}

describe('a LogEntry of k8s.io', () => {
  it('is _raw, and is converted to an audit event that says what was inferred', () => {
    const { row, event } = eventOf({});
    expect(row._raw).toBe(JSON.stringify(ENTRY));
    expect(row).toMatchObject({
      cloud: 'gke',
      cluster: 'shop-eu',
      timeMicros: 1_772_600_767_123_456,
      hasOwnTime: true,
      verb: 'patch',
      user: { username: 'ann@example.com', uid: null, groups: null },
    });
    expect(event).toEqual({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: 'i-1',
      stage: 'ResponseComplete',
      requestURI: '/apis/apps/v1/namespaces/shop/deployments/web',
      verb: 'patch',
      user: { username: 'ann@example.com' },
      sourceIPs: ['198.51.100.4'],
      userAgent: 'kubectl/v1.31.0',
      objectRef: { resource: 'deployments', namespace: 'shop', name: 'web', apiGroup: 'apps', apiVersion: 'v1' },
      responseStatus: { code: 200 },
      requestReceivedTimestamp: '2026-03-04T05:06:07.123456789Z',
      stageTimestamp: '2026-03-04T05:06:07.123456789Z',
      annotations: {
        'authorization.k8s.io/decision': 'allow',
        'pintail.io/inferred': 'stage,level,requestURI,responseStatus.code,requestReceivedTimestamp,stageTimestamp',
      },
    });
  });

  it('keeps request and response exactly, and takes level and status from them', () => {
    const text = JSON.stringify(ENTRY).replace(
      '"requestMetadata"',
      '"request":{ "big":12345678901234567890 },"response":{"kind":"Status","code":409,"reason":"AlreadyExists","status":"Failure"},"requestMetadata"',
    );
    const row = rowsOf(text).audit[0]!;
    expect(row.event).toContain('"requestObject":{ "big":12345678901234567890 },"responseObject":{"kind":"Status"');
    expect(row.hasObjects).toBe(true);
    expect(row.level).toBe('RequestResponse');
    expect(row.responseStatus).toEqual({ status: 'Failure', message: null, reason: 'AlreadyExists', code: 409 });
    expect(row.annotations?.['pintail.io/inferred']).not.toContain('responseStatus');
  });

  test.each([
    [
      'core/v1/namespaces/shop/pods/a/exec',
      { resource: 'pods', namespace: 'shop', name: 'a', apiVersion: 'v1', subresource: 'exec' },
    ],
    ['core/v1/namespaces/shop/pods', { resource: 'pods', namespace: 'shop', apiVersion: 'v1' }],
    ['core/v1/namespaces/shop', { resource: 'namespaces', name: 'shop', apiVersion: 'v1' }],
    [
      'core/v1/namespaces/shop/finalize',
      { resource: 'namespaces', name: 'shop', apiVersion: 'v1', subresource: 'finalize' },
    ],
    ['core/v1/namespaces', { resource: 'namespaces', apiVersion: 'v1' }],
    ['core/v1/secrets', { resource: 'secrets', apiVersion: 'v1' }],
    ['core/v1/nodes/n-1/proxy/metrics', { resource: 'nodes', name: 'n-1', apiVersion: 'v1', subresource: 'proxy' }],
    [
      'rbac.authorization.k8s.io/v1/clusterroles/r',
      { resource: 'clusterroles', name: 'r', apiGroup: 'rbac.authorization.k8s.io', apiVersion: 'v1' },
    ],
    ['/readyz', undefined],
  ])('reads the resource name %s', (resourceName, objectRef) => {
    const methodName = resourceName === '/readyz' ? 'io.k8s.readyz' : PAYLOAD.methodName;
    expect(eventOf({ resourceName, methodName }).event.objectRef).toEqual(objectRef);
  });

  test.each([
    ['core/v1/pods', '/api/v1/pods'],
    ['batch/v1/jobs', '/apis/batch/v1/jobs'],
    ['/readyz', '/readyz'],
  ])('infers the URI of %s', (resourceName, requestURI) => {
    expect(eventOf({ resourceName }).event.requestURI).toBe(requestURI);
  });

  test.each<[string, object, object, object]>([
    ['201 for create', { methodName: 'io.k8s.core.v1.pods.create' }, {}, { code: 201 }],
    ['101 for exec', { resourceName: 'core/v1/namespaces/a/pods/b/exec' }, {}, { code: 101 }],
    [
      '403 for PERMISSION_DENIED',
      { status: { code: 7, message: 'no' } },
      {},
      { status: 'Failure', message: 'no', code: 403 },
    ],
    ['404 for NOT_FOUND', { status: { code: 5 } }, {}, { status: 'Failure', code: 404 }],
    ['401 for UNAUTHENTICATED', { status: { code: 16 } }, {}, { status: 'Failure', code: 401 }],
    ['200 for OK', { status: { code: 0 } }, {}, { code: 200 }],
    [
      '403 for a decision to forbid',
      {},
      { labels: { 'authorization.k8s.io/decision': 'forbid' } },
      { status: 'Failure', code: 403 },
    ],
    ['403 for what was not granted', { authorizationInfo: [{ granted: false }] }, {}, { status: 'Failure', code: 403 }],
  ])('infers the status %s', (_, payload, entry, responseStatus) => {
    expect(eventOf(payload, entry).event.responseStatus).toEqual(responseStatus);
  });

  it('infers resource and subresource from the method where no resource is named', () => {
    const { row, event } = eventOf({
      resourceName: undefined,
      authorizationInfo: [],
      methodName: 'io.k8s.core.v1.pods.exec.create',
    });
    expect(event.objectRef).toEqual({ resource: 'pods', apiVersion: 'v1', subresource: 'exec' });
    expect(event.requestURI).toBeUndefined();
    expect(row.annotations?.['pintail.io/inferred']).toContain('objectRef');
  });

  it('takes callerIP for callerIp, and no user, address or verb where none is named', () => {
    expect(eventOf({ requestMetadata: { callerIP: '192.0.2.1' } }).row.sourceIPs).toEqual(['192.0.2.1']);
    expect(eventOf({ requestMetadata: {}, authenticationInfo: {}, methodName: 'io.k8s.readyz' }).row).toMatchObject({
      sourceIPs: null,
      user: null,
      verb: null,
    });
  });

  it('survives members of every wrong type', () => {
    for (const wrong of [null, 5, 'x', [], [5], {}]) {
      const names = [
        'authenticationInfo',
        'authorizationInfo',
        'requestMetadata',
        'request',
        'response',
        'status',
        'resourceName',
      ];
      const payload = Object.fromEntries(names.map((name) => [name, wrong]));
      expect(eventOf(payload, { labels: wrong, resource: wrong, insertId: wrong, timestamp: wrong }).row.cloud).toBe(
        'gke',
      );
    }
  });
});

it('opens a Pub/Sub message of Splunk’s add-on, which stays _raw', () => {
  const text = JSON.stringify({ data: ENTRY, publish_time: 1, attributes: {} });
  expect(rowsOf(text).audit).toMatchObject([{ _raw: text, auditID: 'i-1', cloud: 'gke', cluster: 'shop-eu' }]);
});

it('opens the AuditLog that the googlecloudlogentry encoding makes the body, with the entry in attributes', () => {
  const attributes = { 'log.record.uid': 'i-1', 'gcp.label.authorization.k8s.io/decision': 'forbid' };
  const resource = { 'gcp.label.cluster_name': 'shop-eu', 'gcp.resource_type': 'k8s_cluster' };
  const record = logRecord(PAYLOAD, { attributes, timeUnixNano: 1_772_600_767_123_456_789n });
  expect(normalize(recordBatch([record], resource), { arrivalMicros: 1 }).audit).toMatchObject([
    {
      _raw: JSON.stringify(PAYLOAD),
      auditID: 'i-1',
      cluster: 'shop-eu',
      cloud: 'gke',
      timeMicros: 1_772_600_767_123_456,
      hasOwnTime: false,
      responseStatus: { code: 403 },
    },
  ]);
});

test.each([
  ['another service of Google', { protoPayload: { ...PAYLOAD, serviceName: 'container.googleapis.com' } }],
  [
    'a method of another service',
    { protoPayload: { methodName: 'v2.deploymentmanager.deployments.insert' }, resource: { type: 'deployment' } },
  ],
  ['an entry without payload', { operation: { producer: 'k8s.io' }, protoPayload: undefined }],
])('leaves %s as an ordinary log', (_, entry) => {
  const { audit, logs } = rowsOf(JSON.stringify({ ...ENTRY, ...entry }));
  expect(audit).toEqual([]);
  expect(logs).toMatchObject([{ unreadable: null }]);
});
