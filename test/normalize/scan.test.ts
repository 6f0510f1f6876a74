/**
 * Events that are scanned against the same events read the general way, which bodies of bytes always go: the rows must be
 * the same, whatever the text is. The general way has tests of its own (normalize.test.ts, audit-event.test.ts).
 */
import { describe, expect, test } from 'vitest';
import type { AuditRow, LogRecord, NormalizedBatch } from '../../src/component.ts';
import { EventScanner } from '../../src/normalize/scan/event-scanner.ts';
import { auditEvents } from '../support/audit-events.ts';
import { logRecord, recordBatch } from '../support/log-records.ts';
import { normalize } from '../support/normalize.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { chooseSeed } from '../support/seed.ts';

const ARRIVAL = 1_700_000_000_000_000;

const event = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'RequestResponse',
  auditID: '7b0c2f4e-0000-4000-8000-000000000001',
  stage: 'ResponseComplete',
  requestURI: '/api/v1/pods?watch=true&limit=500',
  verb: 'create',
  user: { username: 'mallory', uid: 'u-7', groups: ['dev', 'system:authenticated'], extra: { scopes: ['a'] } },
  impersonatedUser: { username: 'admin', groups: [] },
  sourceIPs: ['203.0.113.9', '2001:db8::1'],
  userAgent: 'curl/8.5.0',
  objectRef: {
    resource: 'pods',
    namespace: 'shop',
    name: 'web',
    uid: 'o-1',
    apiGroup: 'apps',
    apiVersion: 'v1',
    resourceVersion: '17',
    subresource: 'exec',
  },
  responseStatus: { metadata: {}, status: 'Failure', message: 'no "such" pod', reason: 'NotFound', code: 404 },
  requestObject: { spec: { containers: [{ name: 'c', image: 'i', args: [1, -2.5e-3, true, null, ''] }] } },
  responseObject: { kind: 'Status' },
  requestReceivedTimestamp: '2026-03-04T05:06:07.123456Z',
  stageTimestamp: '2026-03-04T05:06:07.223456Z',
  annotations: { 'authorization.k8s.io/decision': 'allow', 'authorization.k8s.io/reason': 'RBAC: \\ "x"' },
};
const text = JSON.stringify(event);

/** Every column of a row, as an object of its own. */
function columnsOf(row: AuditRow): object {
  const { timeMicros, hasOwnTime, cluster, index, source, sourcetype, host, resource, attributes, _raw, identity } =
    row;
  const { auditID, stage, level, verb, requestURI, userAgent, user, impersonatedUser, sourceIPs, objectRef } = row;
  const { responseStatus, requestReceivedMicros, stageMicros, annotations, hasObjects, objectKeys, cloud } = row;
  return {
    ...{ timeMicros, hasOwnTime, cluster, index, source, sourcetype, host, resource, attributes, _raw, identity },
    ...{ auditID, stage, level, verb, requestURI, userAgent, user, impersonatedUser, sourceIPs, objectRef },
    ...{ responseStatus, requestReceivedMicros, stageMicros, hasObjects, objectKeys, cloud, event: row.event },
    // In their order: the tables keep it.
    annotations: annotations === null ? null : Object.entries(annotations),
  };
}

function rows(record: LogRecord, resource: Record<string, string> = {}): object {
  const { audit, logs }: NormalizedBatch = normalize(recordBatch([record], resource), { arrivalMicros: ARRIVAL });
  // Bytes and text that are no event are two different records.
  return { audit: audit.map(columnsOf), logs: logs.map((row) => ({ ...row, identity: '' })) };
}

function expectSameRows(body: string, resource: Record<string, string> = {}): void {
  const ofText = logRecord(body);
  const general = rows({ ...ofText, body: Buffer.from(body) }, resource);
  expect(rows(ofText, resource), body).toEqual(general);
  expect(rows({ ...ofText, asciiBody: Buffer.from(body, 'latin1') }, resource), body).toEqual(general);
}

function isScanned(body: string): boolean {
  return new EventScanner().scan(Buffer.from(body, 'latin1')) !== null;
}

describe('what API servers write is read from its bytes', () => {
  test.each([
    ['an event with every column', text],
    ['one that needs no escapes', JSON.stringify({ ...event, annotations: {}, responseStatus: { code: 200 } })],
    ['white space wherever JSON allows it', `${JSON.stringify(event, null, '\t')} \r\n`],
    ['escapes in texts that are columns', text.replace('watch=true&', 'watch=true\\u0026\\/\\u00e9\\n')],
    ['members that are null', text.replace('"sourceIPs":', '"impersonated":null,"sourceIPs":')],
    [
      'a null for each column',
      JSON.stringify({ ...event, user: null, sourceIPs: null, annotations: null, verb: null }),
    ],
    [
      'a null for an object of the request',
      JSON.stringify({ ...event, requestObject: null, responseObject: undefined }),
    ],
    [
      'a time without fraction and one with an offset',
      text.replace('07.223456Z', '07Z').replace('07.123456Z', '07+01:00'),
    ],
    ['a text of two hundred kilobytes', JSON.stringify({ ...event, padding: 'x'.repeat(200_000) })],
    ['a long auditID', JSON.stringify({ ...event, auditID: 'x'.repeat(70_000) })],
    ['many long texts with escapes', JSON.stringify({ ...event, sourceIPs: Array(40).fill('"'.repeat(3000)) })],
    ['a list of many texts', JSON.stringify({ ...event, sourceIPs: Array(20_000).fill('::1') })],
    ['only the time of receipt', JSON.stringify({ ...event, stageTimestamp: null })],
  ])('%s', (_claim, body) => {
    expect(isScanned(body)).toBe(true);
    expectSameRows(body);
  });

  test('with what its resource says, and the cluster of its log group', () => {
    expectSameRows(text, { 'k8s.cluster.name': 'prod-é', 'com.splunk.index': 'k8s', 'host.name': 'node-1' });
    expectSameRows(text, { 'cloudwatch.log.group.name': '/aws/eks/shop/cluster' });
    expectSameRows(text);
  });

  test('every event of a made-up log', () => {
    for (const body of auditEvents({ seed: 1, count: 300, startMs: 1_772_600_767_000 })) {
      expect(isScanned(body), body).toBe(true);
      expectSameRows(body);
    }
  });
});

describe('whatever is not plain is left to the slow way, which gives the row', () => {
  test.each([
    ['another kind', text.replace('"Event"', '"EventList"')],
    ['another API group', text.replace('audit.k8s.io/', 'events.k8s.io/')],
    ['a time that cannot be read beside one that can', JSON.stringify({ ...event, stageTimestamp: 'soon' })],
    ['no time of its own', text.replaceAll('2026-03-04T', '2026-02-30T')],
    ['a member that is there twice', text.replace('"verb":', '"verb":"get","verb":')],
    ['a member of an object that is there twice', text.replace('"uid":', '"uid":"u","uid":')],
    ['a name with an escape', text.replace('"verb":', '"ver\\u0062":')],
    ['an auditID with an escape', text.replace('7b0c2f4e', '\\u0037b0c2f4e')],
    ['a number where a text is read', text.replace('"create"', '7')],
    ['a text where a number is read', text.replace('404', '"404"')],
    ['a fraction where a whole number is read', text.replace('404', '404.5')],
    ['a number with a leading zero', text.replace('404', '0404')],
    ['a negative number', text.replace('404', '-404')],
    ['a list with something else than texts', text.replace('"203.0.113.9"', '1')],
    ['an object without any of its columns', text.replace(JSON.stringify(event.objectRef), '{"other":1}')],
    ['an object whose columns are null', text.replace(JSON.stringify(event.objectRef), '{"name":null}')],
    ['an empty object', text.replace(JSON.stringify(event.objectRef), '{}')],
    ['annotations with the same name', text.replace('"annotations":{', '"annotations":{"a":"1","a":"2",')],
    ['annotations with an escaped name', text.replace('"annotations":{', '"annotations":{"\\u0061":"1","a":"2",')],
    ['annotations that an object would put first', text.replace('"annotations":{', '"annotations":{"z":"1","7":"2",')],
    ['an annotation called __proto__', text.replace('"annotations":{', '"annotations":{"__proto__":"1",')],
    ['an annotation that is no text', text.replace('"annotations":{', '"annotations":{"a":true,')],
    ['a list of very many texts', JSON.stringify({ ...event, sourceIPs: Array(40_000).fill('') })],
    ['many annotations', text.replace('"annotations":{', `"annotations":{${manyAnnotations(40)}`)],
    ['a lone surrogate', text.replace('curl', '\\ud83d')],
    ['a pair of surrogates', text.replace('curl', '\\ud83d\\ude00')],
    ['an object in more than thirty others', text.replace('"requestObject":', `"requestObject":${nested(31)},"x":`)],
    ['a control character', text.replace('curl', 'cu\u0001rl')],
    ['an unknown escape', text.replace('curl', 'cu\\xrl')],
    ['half an escape', text.replace('curl', 'cu\\u12')],
    ['no comma', text.replace(',"verb"', ' "verb"')],
    ['a comma too many', text.replace(/\}$/, ',}')],
    ['something behind the event', `${text}{}`],
    ['a list', `[${text}]`],
    ['white space before it', ` ${text}`],
    ['nothing but its beginning', '{'],
    ['nothing', ''],
  ])('%s', (_claim, body) => {
    expect(isScanned(body)).toBe(false);
    expectSameRows(body);
  });

  test('a text that is not all ASCII', () => {
    for (const other of ['é', '…', '🦆', '\u00a0', '\ud800']) {
      const body = text.replace('curl', other);
      const record = logRecord(body);
      expect(rows(record)).toEqual(rows({ ...record, body: Buffer.from(body) }));
    }
  });

  test('every beginning of an event', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(isScanned(text.slice(0, length))).toBe(false);
    }
  });
});

const seed = chooseSeed();

test(`events changed at random give the same rows from bytes and from text (PINTAIL_SEED=${seed})`, () => {
  const random = randomNumbers(seed);
  const below = (bound: number): number => Math.floor(random() * bound);
  const pick = <T>(choices: readonly T[]): T => choices[below(choices.length)] as T;
  const pieces = [
    ...'{}[]",:\\ \n0-.eE7truefalsn',
    ...['null', '""', '"a"', '{}', '[]', '1e5', '-0', '\\u0041', '\\ud800', '"verb":', '"auditID":"x",', ',"7":"x"'],
    ...['"kind":"Event",', '"user":', '"groups":["a"],', '"annotations":', '"requestObject":', '2026-13-01', '\u007f'],
  ];
  const events = [text, ...auditEvents({ seed, count: 20, startMs: 1_772_600_767_000 })];
  let scanned = 0;
  for (let round = 0; round < 6000; round++) {
    let body = pick(events);
    for (let change = below(3); change >= 0; change--) {
      const at = below(body.length);
      const behind = at + pick([0, 0, 1, 1, 2, 8]);
      body = body.slice(0, at) + pick([pick(pieces), body.slice(at, behind + 4), '']) + body.slice(behind);
    }
    if (isScanned(body)) scanned += 1;
    expectSameRows(body);
  }
  expect(scanned).toBeGreaterThan(600);
});

function manyAnnotations(count: number): string {
  return Array.from({ length: count }, (_item, at) => `"a${at}":"x",`).join('');
}

function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}
