import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DataCheck, SearchCheck } from '../../../src/detect/index.ts';
import { checkFiles } from '../../../src/service/check-content.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-check-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Source {
  readonly cluster?: string;
  readonly sourcetype?: string;
  readonly events: readonly object[];
}

let eventNumber = 0;

function nextAuditId(): string {
  eventNumber += 1;
  return `00000000-0000-4000-8000-${String(eventNumber).padStart(12, '0')}`;
}

/** A request of Ana for pods, as far as `more` says nothing else. */
const event = (more: object = {}) => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: nextAuditId(),
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/pods',
  verb: 'create',
  user: { username: 'ana', groups: ['staff'] },
  sourceIPs: ['10.1.2.3'],
  objectRef: { resource: 'pods', namespace: 'shop' },
  requestReceivedTimestamp: '2026-11-02T10:00:00.000000Z',
  stageTimestamp: '2026-11-02T10:00:00.100000Z',
  ...more,
});

/** A diagnostic record of AKS around an audit event. */
const aksRecord = (category: string, more: object = {}) => ({
  category,
  operationName: 'Microsoft.ContainerService/managedClusters/diagnosticLogs/Read',
  resourceId: '/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/BLUE',
  time: '2026-11-02T10:00:00.0000000Z',
  properties: { log: JSON.stringify(event(more)), stream: 'stdout', pod: 'kube-apiserver-1' },
});

/** Checks one search against events, with macros as they ship. */
async function check(search: string, sources: readonly Source[]): Promise<SearchCheck & { readonly data: DataCheck }> {
  const detection = join(folder, 'detection.yml');
  await writeFile(detection, `name: A\nid: an-id\ntype: Hunting\nsearch: |-\n${search.replace(/^/gm, '  ')}\n`);
  // One database for all: each source is loaded into it with its own names.
  const database = join(folder, 'data');
  let last: SearchCheck | undefined;
  for (const [index, { events, cluster, sourcetype }] of sources.entries()) {
    const file = join(folder, `events-${index}.ndjson`);
    await writeFile(file, events.map((one) => JSON.stringify(one)).join('\n'));
    const report = await checkFiles({
      paths: [detection],
      strictSplunk: false,
      events: {
        kind: 'files',
        files: [file],
        database,
        metadata: sourcetype === undefined ? {} : { sourcetype },
        cluster,
      },
      onProblem(message) {
        throw new Error(message);
      },
    });
    expect(report.problems).toEqual([]);
    last = report.searches[0];
  }
  if (last?.data == null) throw new Error(`expected a search with data, found ${JSON.stringify(last)}`);
  return { ...last, data: last.data };
}

const reasons = ({ data }: { readonly data: DataCheck }) =>
  data.gaps.map(({ severity, cluster, field, reason }) => [severity, cluster, field, reason]);

describe('a field', () => {
  const privileged = '`kube_audit` verb=create requestObject.spec.containers{}.image=* | stats count by user.username';

  test('of the request is absent where every event of a cluster is at level Metadata', async () => {
    const found = await check(privileged, [{ cluster: 'prod', events: [event(), event()] }]);
    expect(found.data).toMatchObject({ events: 2, matching: 0, blind: true });
    expect(reasons(found)).toEqual([
      ['blind', 'prod', 'requestObject', 'reads requestObject, but every event of cluster prod is at level Metadata.'],
    ]);
  });

  test('that one cluster feeds leaves the search blind in the other only', async () => {
    const request = { level: 'Request', requestObject: { spec: { containers: [{ image: 'nginx' }] } } };
    const found = await check(privileged, [
      { cluster: 'prod', events: [event()] },
      { cluster: 'staging', events: [event(), event(request)] },
    ]);
    expect(found.data).toMatchObject({ events: 3, matching: 1, blind: false });
    expect(reasons(found).map(([severity, cluster]) => [severity, cluster])).toEqual([['blind', 'prod']]);
  });

  test('that no event has is no more than absent where the level allows it', async () => {
    const found = await check(privileged, [{ cluster: 'prod', events: [event(), event({ level: 'Request' })] }]);
    expect(found.data.blind).toBe(false);
    expect(reasons(found)).toEqual([
      [
        'absent',
        'prod',
        'requestObject.spec.containers{}.image',
        'reads requestObject.spec.containers{}.image, but no event of cluster prod has it.',
      ],
    ]);
  });

  test('or value that no event has is named where the search finds nothing', async () => {
    const search =
      '`kube_audit` verb=create (objectRef.resource=secrets OR objectRef.resource=configmaps) NOT user.username=ana | stats count';
    const found = await check(search, [{ cluster: 'prod', events: [event()] }]);
    expect(found.data).toMatchObject({
      matching: 0,
      unmet: ['objectRef.resource=secrets OR objectRef.resource=configmaps', 'NOT user.username=ana'],
      blind: false,
      gaps: [],
    });
  });

  test('of the response needs the level RequestResponse', async () => {
    const search = '`kube_audit` responseObject.kind=Secret | stats count by user.username';
    const found = await check(search, [{ cluster: 'prod', events: [event(), event({ level: 'Request' })] }]);
    expect(reasons(found)).toEqual([
      [
        'blind',
        'prod',
        'responseObject',
        'reads responseObject, but no event of cluster prod is at level RequestResponse.',
      ],
    ]);
  });

  test('that only the results show stays empty, and events may name no cluster', async () => {
    const found = await check('`kube_audit` verb=create | stats count values(userAgent) by user.username', [
      { events: [event()] },
    ]);
    expect(found.data).toMatchObject({ matching: 1, blind: false });
    expect(reasons(found)).toEqual([
      ['empty', '', 'userAgent', 'reads userAgent, but no event that names no cluster has it.'],
    ]);
  });

  test('is not missed where an alternative is there, or where its absence is asked for', async () => {
    const found = await check('`kube_audit` (userAgent=* OR verb=create) NOT userAgent=curl* | stats count', [
      { cluster: 'prod', events: [event()] },
    ]);
    expect(found.data).toMatchObject({ matching: 1, blind: false });
    expect(reasons(found).map(([severity]) => severity)).toEqual(['empty']);
  });

  test('that spath takes out of a text is not missed in the data', async () => {
    const search =
      '`kubernetes_azure` category=kube-audit | spath input=properties.log | search verb=create | table verb userAgent';
    const found = await check(search, [{ events: [aksRecord('kube-audit')] }]);
    expect(found.data).toMatchObject({ events: 1, matching: 1, blind: false, gaps: [] });
  });
});

describe('a dataset', () => {
  test('without an event is named as the search names it', async () => {
    const events = [event()];
    expect(reasons(await check('`aws_cloudwatchlogs_eks` verb=get | stats count', [{ events }]))).toEqual([
      ['blind', null, null, 'There is no event of dataset=eks.'],
    ]);
    expect(reasons(await check('`kube_container_falco` shell | stats count', [{ events }]))).toEqual([
      ['blind', null, null, 'There is no event of dataset=logs sourcetype="kube:container:falco".'],
    ]);
  });

  test('of another sourcetype does not feed it', async () => {
    const events = [{ message: 'a shell' }];
    const search = '`kube_container_falco` shell | stats count';
    expect((await check(search, [{ sourcetype: 'other', events }])).data).toMatchObject({ events: 0, blind: true });
    const fed = await check(search, [{ sourcetype: 'kube:container:falco', events: [{ message: 'my shell' }] }]);
    expect(fed.data).toMatchObject({ events: 1, matching: 1, blind: false, gaps: [] });
  });
});

describe('AKS', () => {
  const secrets = '`kube_audit` objectRef.resource=secrets verb=get | stats count by user.username';
  const write = { objectRef: { resource: 'secrets' } };

  test('leaves reads out of the category kube-audit-admin', async () => {
    const found = await check(secrets, [{ events: [aksRecord('kube-audit-admin', write)] }]);
    expect(found.data.blind).toBe(true);
    expect(reasons(found)).toEqual([
      [
        'blind',
        'BLUE',
        'verb',
        'reads secret gets, but the AKS category kube-audit-admin leaves gets out; every event of cluster BLUE came that way.',
      ],
    ]);
  });

  test('has them in the category kube-audit', async () => {
    const events = [aksRecord('kube-audit-admin', write), aksRecord('kube-audit', write)];
    expect((await check(secrets, [{ events }])).data).toMatchObject({ blind: false, gaps: [] });
  });

  test('feeds searches for writes either way', async () => {
    const search = '`kube_audit` objectRef.resource=secrets verb IN (get, create) | stats count by user.username';
    const found = await check(search, [{ events: [aksRecord('kube-audit-admin', write)] }]);
    expect(found.data).toMatchObject({ matching: 1, blind: false, gaps: [] });
  });
});

describe('--strict-splunk', () => {
  // By Splunk's rule fillnull cannot fill user.uid, which no event has, and stats drops every row.
  const search = '`kube_audit` | fillnull | stats count by user.username user.uid';

  test('gives other rows where no event has a field that a BY needs', async () => {
    const found = await check(search, [{ events: [event(), event({ user: { username: 'eve' } })] }]);
    expect(found.data.strict).toEqual({ kind: 'different', rows: 2, strictRows: 0 });
  });

  test('gives the same where one event has it', async () => {
    const found = await check(search, [{ events: [event(), event({ user: { username: 'eve', uid: '7' } })] }]);
    expect(found.data.strict).toEqual({ kind: 'same' });
  });
});
