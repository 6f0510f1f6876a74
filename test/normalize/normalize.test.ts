import { describe, expect, it, test } from 'vitest';
import type { AnyValue, AttributeMap, AuditRow, LogRow, NormalizedBatch, RecordBatch } from '../../src/component.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';

const ARRIVAL = 1_700_000_000_000_000;

/** A small event of our own, as an API server would write it. */
const EVENT = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Metadata',
  auditID: '7b0c2f4e-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/namespaces/shop/secrets/card-key',
  verb: 'get',
  user: { username: 'mallory', uid: 'u-7', groups: ['system:authenticated'] },
  sourceIPs: ['203.0.113.9'],
  userAgent: 'curl/8.5.0',
  objectRef: { resource: 'secrets', namespace: 'shop', name: 'card-key', apiVersion: 'v1' },
  responseStatus: { metadata: {}, code: 200 },
  requestReceivedTimestamp: '2026-03-04T05:06:07.123456Z',
  stageTimestamp: '2026-03-04T05:06:07.223456Z',
  annotations: { 'authorization.k8s.io/decision': 'allow' },
};
const EVENT_TEXT = JSON.stringify(EVENT);
// date -u -d 2026-03-04T05:06:07Z +%s
const EVENT_SECONDS = 1_772_600_767;

function rows(batch: RecordBatch): NormalizedBatch {
  return normalize(batch, { arrivalMicros: ARRIVAL });
}

function rowsOf(...bodies: AnyValue[]): NormalizedBatch {
  return rows(recordBatch(bodies.map((body) => logRecord(body))));
}

function auditOf(body: AnyValue): AuditRow {
  const { audit, logs } = rowsOf(body);
  expect(logs).toEqual([]);
  expect(audit).toHaveLength(1);
  return audit[0]!;
}

function logOf(batch: RecordBatch): LogRow {
  const { audit, logs } = rows(batch);
  expect(audit).toEqual([]);
  expect(logs).toHaveLength(1);
  return logs[0]!;
}

describe('an audit event', () => {
  it.each([
    ['text', EVENT_TEXT],
    ['bytes', Buffer.from(EVENT_TEXT)],
  ])('that came as %s fills every column, those of absent members with null', (_form, body) => {
    expect(auditOf(body)).toMatchObject({
      timeMicros: EVENT_SECONDS * 1_000_000 + 223_456,
      hasOwnTime: true,
      cluster: null,
      index: null,
      source: null,
      sourcetype: null,
      host: null,
      resource: null,
      attributes: null,
      _raw: EVENT_TEXT,
      identity: expect.stringMatching(/^[0-9a-f]{32}$/),
      auditID: '7b0c2f4e-0000-4000-8000-000000000001',
      stage: 'ResponseComplete',
      level: 'Metadata',
      verb: 'get',
      requestURI: '/api/v1/namespaces/shop/secrets/card-key',
      userAgent: 'curl/8.5.0',
      user: { username: 'mallory', uid: 'u-7', groups: ['system:authenticated'] },
      impersonatedUser: null,
      sourceIPs: ['203.0.113.9'],
      objectRef: {
        resource: 'secrets',
        namespace: 'shop',
        name: 'card-key',
        uid: null,
        apiGroup: null,
        apiVersion: 'v1',
        resourceVersion: null,
        subresource: null,
      },
      responseStatus: { status: null, message: null, reason: null, code: 200 },
      requestReceivedMicros: EVENT_SECONDS * 1_000_000 + 123_456,
      stageMicros: EVENT_SECONDS * 1_000_000 + 223_456,
      annotations: { 'authorization.k8s.io/decision': 'allow' },
      hasObjects: false,
      objectKeys: null,
      cloud: null,
      event: null,
    });
  });

  it('keeps text exactly: spacing, repeated keys, big numbers, a trailing newline', () => {
    const text = ` {"kind" : "Event",\t"apiVersion":"audit.k8s.io/v1","verb":"get","verb":"list","n":12345678901234567890}\r\n`;
    const row = auditOf(text);
    expect(row._raw).toBe(text);
    expect(row.verb).toBe('list');
    expect(row.event).toBeNull();
  });

  it('keeps a byte-order mark in _raw and has the readable JSON in event', () => {
    const row = auditOf(`\ufeff${EVENT_TEXT}`);
    expect(row._raw).toBe(`\ufeff${EVENT_TEXT}`);
    expect(row.event).toBe(EVENT_TEXT);
    expect(row.verb).toBe('get');
  });

  it('reads bytes as UTF-8', () => {
    const text = EVENT_TEXT.replace('mallory', 'mállory 😀');
    expect(auditOf(new TextEncoder().encode(text))).toMatchObject({ _raw: text, user: { username: 'mállory 😀' } });
  });

  it('shows bytes that are no UTF-8 as U+FFFD instead of failing', () => {
    const bytes = Buffer.concat([Buffer.from('{"kind":"Event","verb":"g'), Buffer.from([0xff]), Buffer.from('t"}')]);
    expect(auditOf(bytes)).toMatchObject({ verb: 'g\ufffdt', _raw: '{"kind":"Event","verb":"g\ufffdt"}' });
  });

  it('prints a map body in the order received and identifies it whatever the order', () => {
    const { user, ...rest } = EVENT;
    const first = auditOf({ user, ...rest });
    const second = auditOf({ ...rest, user });
    expect(first._raw).toBe(JSON.stringify({ user, ...rest }));
    expect(second._raw).toBe(JSON.stringify({ ...rest, user }));
    expect(first.identity).toBe(second.identity);
    expect(first.user).toEqual(EVENT.user);
  });

  it('makes a row of each document where one body holds several', () => {
    const second = EVENT_TEXT.replace('"get"', '"list"');
    const { audit, logs } = rowsOf(`${EVENT_TEXT}\n${second}\n{"other":1}\n{"kind":"Ev`);
    expect(audit.map(({ verb, _raw }) => [verb, _raw])).toEqual([
      ['get', EVENT_TEXT],
      ['list', second],
    ]);
    expect(logs.map(({ _raw, unreadable }) => [_raw, unreadable])).toEqual([
      ['{"other":1}', null],
      ['{"kind":"Ev', 'audit event: expected whole JSON, found its end after 11 characters.'],
    ]);
  });

  it('makes a row of each element of an array in which something is recognised', () => {
    const { audit, logs } = rowsOf(`[${EVENT_TEXT}, {"other":1}]`);
    expect(audit.map(({ _raw }) => _raw)).toEqual([EVENT_TEXT]);
    expect(logs.map(({ _raw }) => _raw)).toEqual(['{"other":1}']);
    expect(rowsOf([EVENT, { other: 1 }]).audit.map(({ _raw }) => _raw)).toEqual([EVENT_TEXT]);
  });

  it('leaves several documents and arrays without an event as the one record they came as', () => {
    expect(rowsOf('{"a":1}\n{"b":2}', '[{"a":1},{"b":2}]').logs.map(({ _raw }) => _raw)).toEqual([
      '{"a":1}\n{"b":2}',
      '[{"a":1},{"b":2}]',
    ]);
  });
});

describe('_time', () => {
  const OWN = { stageTimestamp: '2026-03-04T05:06:07.2Z', requestReceivedTimestamp: '2026-03-04T05:06:07.1Z' };
  const OLD = { timestamp: '2026-03-04T05:06:07.4Z', metadata: { creationTimestamp: '2026-03-04T05:06:07.5Z' } };
  const EVENT_MICROS = EVENT_SECONDS * 1_000_000;
  const RECORD = { timeUnixNano: 1_772_000_000_000_000_999n, observedTimeUnixNano: 1_772_000_001_000_000_999n };

  test.each([
    ['the stage', { ...OLD, ...OWN }, RECORD, EVENT_MICROS + 200_000, true],
    ['the request, where the stage has none', { ...OWN, stageTimestamp: null }, RECORD, EVENT_MICROS + 100_000, true],
    [
      'the request, where the stage is no time',
      { ...OWN, stageTimestamp: 'soon' },
      RECORD,
      EVENT_MICROS + 100_000,
      true,
    ],
    ['timestamp in v1beta1', OLD, RECORD, EVENT_MICROS + 400_000, true],
    ['creationTimestamp in v1alpha1', { metadata: OLD.metadata }, RECORD, EVENT_MICROS + 500_000, true],
    ['the record', {}, RECORD, 1_772_000_000_000_000, false],
    ['its observation', {}, { ...RECORD, timeUnixNano: 0n }, 1_772_000_001_000_000, false],
    ['arrival', {}, {}, ARRIVAL, false],
  ])('is that of %s', (_, times, record, timeMicros, hasOwnTime) => {
    const body = JSON.stringify({ kind: 'Event', verb: 'get', ...times });
    const { audit } = rows(recordBatch([logRecord(body, record)]));
    expect(audit[0]).toMatchObject({ timeMicros, hasOwnTime });
  });
});

describe('cluster', () => {
  const configured = { cluster: 'listener' };

  test.each<[string, AttributeMap, AttributeMap, Partial<RecordBatch>, string | null]>([
    [
      'k8s.cluster.name of the resource',
      { 'k8s.cluster.name': 'a', cluster_name: 'c' },
      { 'k8s.cluster.name': 'b' },
      configured,
      'a',
    ],
    ['k8s.cluster.name of the record', { cluster_name: 'c' }, { 'k8s.cluster.name': 'b' }, configured, 'b'],
    ['cluster_name of the resource', { cluster_name: 'c' }, { cluster_name: 'd' }, configured, 'c'],
    ['cluster_name of the record', {}, { cluster_name: 'd' }, configured, 'd'],
    ['the log group of EKS', { 'cloudwatch.log.group.name': '/aws/eks/e/cluster' }, {}, configured, 'e'],
    ['the listener', { 'k8s.cluster.name': '' }, {}, configured, 'listener'],
    [
      'the cluster that the sender is bound to',
      { 'k8s.cluster.name': 'a', 'cloudwatch.log.group.name': '/aws/eks/e/cluster' },
      { cluster_name: 'd' },
      { ...configured, boundCluster: 'bound' },
      'bound',
    ],
    ['none', {}, {}, {}, null],
  ])('is from %s', (_, resource, attributes, fields, expected) => {
    const { audit, logs } = rows(
      recordBatch([logRecord(EVENT_TEXT, { attributes }), logRecord('text', { attributes })], resource, fields),
    );
    expect([audit[0]?.cluster, logs[0]?.cluster]).toEqual([expected, expected]);
  });
});

describe('Splunk metadata', () => {
  const RESOURCE = {
    'com.splunk.index': 'k8s',
    'com.splunk.source': '/var/log/kubernetes/audit.log',
    'com.splunk.sourcetype': 'kube:apiserver-audit',
    'host.name': 'node-1',
  };
  const METADATA = { index: 'i', source: 's', sourcetype: 't', host: 'h' };

  function metadataOf(resource: AttributeMap, attributes: AttributeMap, fields: Partial<RecordBatch> = {}) {
    const { index, source, sourcetype, host } = rows(
      recordBatch([logRecord(EVENT_TEXT, { attributes })], resource, fields),
    ).audit[0]!;
    return { index, source, sourcetype, host };
  }

  it('is the resource’s, then the record’s, then the listener’s', () => {
    const expected = {
      index: 'k8s',
      source: '/var/log/kubernetes/audit.log',
      sourcetype: 'kube:apiserver-audit',
      host: 'node-1',
    };
    expect(metadataOf(RESOURCE, { 'com.splunk.index': 'other', 'host.name': 'x' }, { metadata: METADATA })).toEqual(
      expected,
    );
    expect(metadataOf({}, RESOURCE, { metadata: METADATA })).toEqual(expected);
    expect(metadataOf({}, {}, { metadata: METADATA })).toEqual(METADATA);
    expect(metadataOf({}, {})).toEqual({ index: null, source: null, sourcetype: null, host: null });
  });

  it('takes log.file.path for the source where com.splunk.source is absent', () => {
    expect(metadataOf({}, { 'log.file.path': '/a' }, { metadata: METADATA }).source).toBe('/a');
    expect(metadataOf({ 'com.splunk.source': '/b' }, { 'log.file.path': '/a' }).source).toBe('/b');
  });

  it('keeps all attributes as JSON', () => {
    const { audit } = rows(
      recordBatch(
        [logRecord(EVENT_TEXT, { attributes: { 'log.file.path': '/a', nested: { n: 2n ** 60n } } })],
        RESOURCE,
      ),
    );
    expect(audit[0]?.resource).toBe(JSON.stringify(RESOURCE));
    expect(audit[0]?.attributes).toBe('{"log.file.path":"/a","nested":{"n":1152921504606846976}}');
  });
});

describe('identity of an audit event', () => {
  function identityOf(text: string, resource: AttributeMap = {}, fields = {}): string {
    return rows(recordBatch([logRecord(text, fields)], resource)).audit[0]!.identity;
  }

  it('is the same for a second copy, whatever record, batch or receiver brought it', () => {
    const first = identityOf(EVENT_TEXT);
    expect(identityOf(EVENT_TEXT, {}, { timeUnixNano: 5n, attributes: { 'log.file.path': '/b' } })).toBe(first);
    expect(rowsOf('noise', EVENT_TEXT, EVENT_TEXT).audit.map(({ identity }) => identity)).toEqual([first, first]);
  });

  it('differs by content, stage, auditID and cluster', () => {
    const identities = new Set([
      identityOf(EVENT_TEXT),
      identityOf(EVENT_TEXT.replace('curl/8.5.0', 'curl/8.5.1')),
      identityOf(EVENT_TEXT.replace('ResponseComplete', 'RequestReceived')),
      identityOf(EVENT_TEXT.replace('0001"', '0002"')),
      identityOf(EVENT_TEXT, { 'k8s.cluster.name': 'a' }),
      identityOf(EVENT_TEXT, { 'k8s.cluster.name': 'b' }),
    ]);
    expect(identities.size).toBe(6);
  });

  it('frames its parts, so that no text moves from one to the next', () => {
    const event = (auditID: string, stage: string) => `{"kind":"Event","auditID":"${auditID}","stage":"${stage}"}`;
    expect(identityOf(event('ab', 'c'))).not.toBe(identityOf(event('a', 'bc')));
    expect(identityOf(event('', 'c'))).not.toBe(identityOf('{"kind":"Event","stage":"c"}'));
  });
});

describe('a log row', () => {
  it('holds the record’s own fields', () => {
    const fields = {
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'deploy',
      timeUnixNano: 1_772_600_767_000_000_000n,
    };
    expect(logOf(recordBatch([logRecord('hello', fields)], { 'host.name': 'h' }))).toMatchObject({
      _raw: 'hello',
      timeMicros: EVENT_SECONDS * 1_000_000,
      hasOwnTime: true,
      severityNumber: 9,
      severityText: 'INFO',
      eventName: 'deploy',
      host: 'h',
      unreadable: null,
    });
  });

  it('has null for what the record leaves at the protocol’s default, and arrival for a time', () => {
    expect(logOf(recordBatch([logRecord('hello')]))).toMatchObject({
      timeMicros: ARRIVAL,
      hasOwnTime: true,
      severityNumber: null,
      severityText: null,
      eventName: null,
    });
  });

  test.each<[string, AnyValue, string]>([
    ['a map', { level: 'warn', n: 9_223_372_036_854_775_807n }, '{"level":"warn","n":9223372036854775807}'],
    ['an array', ['a', 1], '["a",1]'],
    ['a number', 42, '42'],
    ['a boolean', true, 'true'],
    ['an integer of 64 bits', 9_223_372_036_854_775_807n, '9223372036854775807'],
    ['nothing', null, ''],
    ['bytes', new Uint8Array([104, 105]), 'hi'],
    ['a lone surrogate', 'lone \ud800 surrogate', 'lone \ufffd surrogate'],
    ['a NUL', 'NUL \0 stays', 'NUL \0 stays'],
  ])('has %s as its text', (_, body, raw) => {
    expect(logOf(recordBatch([logRecord(body)]))._raw).toBe(raw);
  });

  it('stays apart from an identical one sent with it, and is the same when the request is sent again', () => {
    const batch = recordBatch([logRecord('tick'), logRecord('tick'), logRecord('tock'), logRecord('tick')]);
    const identities = rows(batch).logs.map(({ identity }) => identity);
    expect(new Set(identities).size).toBe(4);
    expect(rows(batch).logs.map(({ identity }) => identity)).toEqual(identities);
  });

  it('is another one each time it arrives where it names no time, unless it was to be an audit event', () => {
    const arriving = (body: string, arrivalMicros: number) =>
      normalize(recordBatch([logRecord(body)]), { arrivalMicros }).logs[0]?.identity;
    expect(arriving('connection refused', ARRIVAL + 1)).not.toBe(arriving('connection refused', ARRIVAL));
    const cut = '{"auditID":"a","verb":"ge';
    expect(arriving(cut, ARRIVAL + 1)).toBe(arriving(cut, ARRIVAL));
    const timed = (arrivalMicros: number) =>
      normalize(recordBatch([logRecord('connection refused', { observedTimeUnixNano: 5n })]), { arrivalMicros })
        .logs[0];
    expect(timed(ARRIVAL + 1)?.identity).toBe(timed(ARRIVAL)?.identity);
  });

  it('differs by resource, attributes, body, its type, both times, severity and cluster', () => {
    const batches = [
      recordBatch([logRecord('1')]),
      recordBatch([logRecord(1)]),
      recordBatch([logRecord(1n)]),
      recordBatch([logRecord(new Uint8Array([49]))]),
      recordBatch([logRecord(new Uint8Array([255]))]),
      recordBatch([logRecord(new Uint8Array([254]))]),
      recordBatch([logRecord('1', { timeUnixNano: 1n })]),
      recordBatch([logRecord('1', { observedTimeUnixNano: 1n })]),
      recordBatch([logRecord('1', { severityNumber: 1 })]),
      recordBatch([logRecord('1', { attributes: { a: 'b' } })]),
      recordBatch([logRecord('1')], { a: 'b' }),
      recordBatch([logRecord('1')], {}, { cluster: 'c' }),
    ];
    expect(new Set(batches.map((batch) => logOf(batch).identity)).size).toBe(batches.length);
  });

  it('has one identity whatever the order of attributes and of a map body', () => {
    const one = recordBatch([logRecord({ a: 1, b: 2 }, { attributes: { x: 'y', z: 1 } })], { p: 1, q: 2 });
    const two = recordBatch([logRecord({ b: 2, a: 1 }, { attributes: { z: 1, x: 'y' } })], { q: 2, p: 1 });
    expect(logOf(one).identity).toBe(logOf(two).identity);
  });
});

describe('hostile input', () => {
  it('reads an event whose request body nests 10,000 deep', () => {
    const text = EVENT_TEXT.replace(/}$/, `,"requestObject":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`);
    expect(auditOf(text)).toMatchObject({ _raw: text, verb: 'get' });
  });

  it('reads a map body that nests 10,000 deep', () => {
    let deep: AnyValue = 1;
    for (let level = 0; level < 10_000; level++) deep = { a: deep };
    const row = auditOf({ ...EVENT, requestObject: deep });
    expect(row._raw).toHaveLength(EVENT_TEXT.length + ',"requestObject":'.length + 10_000 * '{"a":}'.length + 1);
  });

  it('refuses text that nests deeper than the bound, by name, and keeps it', () => {
    const text = `${'['.repeat(1_000)}1${']'.repeat(1_000)}`;
    const { logs } = normalize(recordBatch([logRecord(text)]), { arrivalMicros: 1, maxNestingDepth: 100 });
    expect(logs[0]).toMatchObject({
      _raw: text,
      unreadable: 'audit event: expected at most 100 nested levels of JSON, found more at character 100.',
    });
  });

  it('says whether it carries an object of the request or the response, an empty one too', () => {
    const carries = (members: string) =>
      auditOf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"get"${members}}`).hasObjects;
    expect(carries('')).toBe(false);
    expect(carries(',"requestObject":{}')).toBe(true);
    expect(carries(',"responseObject":null')).toBe(true);
    expect(carries(',"objectRef":{"requestObject":{}}')).toBe(false);
  });

  it('takes keys of the prototype for keys like any other', () => {
    const text = `{"kind":"Event","verb":"get","__proto__":{"stage":"Panic"},"constructor":1,"annotations":{"__proto__":"a","n":1}}`;
    const row = auditOf(text);
    expect(row.stage).toBeNull();
    expect(Object.entries(row.annotations ?? {})).toEqual([
      ['__proto__', 'a'],
      ['n', '1'],
    ]);
    expect(({} as Record<string, unknown>).stage).toBeUndefined();
  });

  it('does not let one bad record spoil its batch', () => {
    const { audit, logs } = rowsOf(
      EVENT_TEXT.slice(0, 200),
      EVENT_TEXT,
      '{"kind":0}',
      EVENT_TEXT.replace('"get"', '5'),
    );
    expect(audit).toHaveLength(2);
    expect(logs).toHaveLength(2);
  });
});
