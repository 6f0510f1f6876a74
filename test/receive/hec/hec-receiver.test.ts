/** Splunk HEC over real sockets: the reply table, what becomes of events, acknowledgement, back-pressure. */
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../../src/component.ts';
import type { HecReceiverSettings, HecToken } from '../../../src/receive/hec/settings.ts';
import { MOST_BRACKETS } from '../../../src/receive/json-weight.ts';
import { normalize } from '../../support/normalize.ts';
import { type HttpCall, type HttpResult, sendRaw } from '../otlp/support/http-client.ts';
import { acceptAll } from '../otlp/support/recording-consumer.ts';
import { hashOf, startReceiver, TOKEN } from './support/started-receiver.ts';

const ACK_TOKEN = '00000000-0000-0000-0000-0000000000bb';
const URL_TOKEN = '00000000-0000-0000-0000-0000000000cc';
const OLD_TOKEN = '00000000-0000-0000-0000-0000000000dd';
const CHANNEL = 'FE0ECFAD-13D5-401B-847D-77833BD77131';

const tokens: readonly HecToken[] = [
  {
    sha256: hashOf(TOKEN),
    cluster: 'prod',
    indexes: ['kube', 'main'],
    metadata: { index: 'kube', source: 'of-token' },
  },
  { sha256: hashOf(ACK_TOKEN), acknowledges: true },
  { sha256: hashOf(URL_TOKEN), allowQueryString: true },
  { sha256: hashOf(OLD_TOKEN), isDisabled: true },
];

const start = (settings: Partial<HecReceiverSettings> = { tokens }) =>
  startReceiver(settings, { path: '/services/collector', headers: { authorization: `Splunk ${TOKEN}` } });

const text = ({ status, body }: HttpResult) => `${status} ${body.toString()}`;
const ok = '{"event":"one"}';

interface Row {
  readonly says: string;
  readonly body: string;
  readonly call?: Partial<HttpCall>;
  readonly answer: string;
  /** Bodies of the records that are kept. */
  readonly kept?: readonly unknown[];
}

const ack = { authorization: `Splunk ${ACK_TOKEN}`, 'x-splunk-request-channel': CHANNEL };
const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
const raw = '/services/collector/raw';
const success = '200 {"text":"Success","code":0}';
const format = (number: number) => `400 {"text":"Invalid data format","code":6,"invalid-event-number":${number}}`;
const notFound = '{"text":"The requested URL was not found on this server.","code":404}';

const table: readonly Row[] = [
  // tokens
  {
    says: 'a disabled token',
    body: ok,
    call: { headers: { authorization: `Splunk ${OLD_TOKEN}` } },
    answer: '403 {"text":"Token disabled","code":1}',
  },
  {
    says: 'no token',
    body: ok,
    call: { headers: { authorization: '' } },
    answer: '401 {"text":"Token is required","code":2}',
  },
  {
    says: 'a scheme without a token',
    body: ok,
    call: { headers: { authorization: 'Splunk' } },
    answer: '401 {"text":"Token is required","code":2}',
  },
  {
    says: 'Bearer, as Splunk refuses it',
    body: ok,
    call: { headers: { authorization: `Bearer ${TOKEN}` } },
    answer: '401 {"text":"Invalid authorization","code":3}',
  },
  {
    says: 'a token without a scheme',
    body: ok,
    call: { headers: { authorization: TOKEN } },
    answer: '401 {"text":"Invalid authorization","code":3}',
  },
  {
    says: 'an unknown token',
    body: ok,
    call: { headers: { authorization: `Splunk x${TOKEN}` } },
    answer: '403 {"text":"Invalid token","code":4}',
  },
  {
    says: 'an unknown token, before its body is looked at',
    body: 'x',
    call: { headers: { authorization: 'Splunk x' } },
    answer: '403 {"text":"Invalid token","code":4}',
  },
  {
    says: 'basic authentication with the token as the password of any user',
    body: ok,
    call: { headers: { authorization: basic('anybody', TOKEN) } },
    answer: success,
    kept: ['one'],
  },
  {
    says: 'basic authentication with another password',
    body: ok,
    call: { headers: { authorization: basic(TOKEN, 'x') } },
    answer: '403 {"text":"Invalid token","code":4}',
  },
  {
    says: 'the scheme in any case',
    body: ok,
    call: { headers: { authorization: `splunk ${TOKEN}` } },
    answer: success,
    kept: ['one'],
  },
  {
    says: 'a token in the URL, where it is allowed',
    body: ok,
    call: { path: `/services/collector?token=${URL_TOKEN}`, headers: { authorization: '' } },
    answer: success,
    kept: ['one'],
  },
  {
    says: 'a token in the URL, where it is not',
    body: ok,
    call: { path: `/services/collector?token=${TOKEN}`, headers: { authorization: '' } },
    answer: '400 {"text":"Query string authorization is not enabled","code":16}',
  },
  {
    says: 'an unknown token in the URL',
    body: ok,
    call: { path: '/services/collector?token=x', headers: { authorization: '' } },
    answer: '403 {"text":"Invalid token","code":4}',
  },
  {
    says: 'a token in the URL beside a good header',
    body: ok,
    call: { path: `/services/collector?token=${TOKEN}` },
    answer: '400 {"text":"Query string authorization is not enabled","code":16}',
  },
  // bodies
  { says: 'an empty body, as Firehose probes', body: '', answer: '400 {"text":"No data","code":5}' },
  {
    says: 'an empty body that claims gzip',
    body: '',
    call: { headers: { 'content-encoding': 'gzip' } },
    answer: '400 {"text":"No data","code":5}',
  },
  { says: 'white space', body: ' \n ', answer: '400 {"text":"No data","code":5}' },
  { says: 'an empty list', body: '[]', answer: '400 {"text":"No data","code":5}' },
  { says: 'blank raw lines', body: '\n \r\n', call: { path: raw }, answer: '400 {"text":"No data","code":5}' },
  { says: 'no JSON', body: 'hello', answer: format(0) },
  {
    says: 'damaged gzip',
    body: 'hello',
    call: { headers: { 'content-encoding': 'gzip' } },
    answer: '400 {"text":"Invalid data format","code":6}',
  },
  {
    says: 'a syntax error: what is before it is kept',
    body: `${ok}{"event":tru}${ok}`,
    answer: format(1),
    kept: ['one'],
  },
  { says: 'garbage behind an event', body: `${ok}garbage`, answer: format(1), kept: ['one'] },
  { says: 'a body that ends too early', body: `${ok}{"event":"tw`, answer: format(1), kept: ['one'] },
  { says: 'event null', body: '{"event":null}', answer: format(0) },
  { says: 'event false', body: '{"event":false}', answer: format(0) },
  { says: 'fields that are no object', body: '{"event":"a","fields":[1]}', answer: format(0) },
  { says: 'a host that is no text', body: '{"event":"a","host":{}}', answer: format(0) },
  { says: 'a list without its end', body: `[${ok}`, answer: format(1), kept: ['one'] },
  {
    says: 'an index that the token may not write to; Splunk counts from 1 here',
    body: `${ok}{"event":"a","index":"secret"}`,
    answer: '400 {"text":"Incorrect index","code":7,"invalid-event-number":2}',
    kept: ['one'],
  },
  {
    says: 'an index of the URL that the token may not write to',
    body: ok,
    call: { path: '/services/collector/event?index=secret' },
    answer: '400 {"text":"Incorrect index","code":7,"invalid-event-number":1}',
  },
  {
    says: 'raw lines for an index that the token may not write to',
    body: 'a',
    call: { path: `${raw}?index=secret` },
    answer: '400 {"text":"Incorrect index","code":7}',
  },
  {
    says: 'no event',
    body: '{"host":"h"}',
    answer: '400 {"text":"Event field is required","code":12,"invalid-event-number":0}',
  },
  {
    says: 'an empty object',
    body: '{}',
    answer: '400 {"text":"Event field is required","code":12,"invalid-event-number":0}',
  },
  {
    says: 'a blank event',
    body: '{"event":""}',
    answer: '400 {"text":"Event field cannot be blank","code":13,"invalid-event-number":0}',
  },
  {
    says: 'an event of white space',
    body: '{"event":" "}',
    answer: '400 {"text":"Event field cannot be blank","code":13,"invalid-event-number":0}',
  },
  {
    says: 'nested fields',
    body: '{"event":"a","fields":{"b":{"c":1}}}',
    answer: '400 {"text":"Error in handling indexed fields","code":15,"invalid-event-number":0}',
  },
  {
    says: 'a time that is none',
    body: '{"event":"a","time":"yesterday"}',
    answer: '400 {"text":"Error in handling indexed fields","code":15,"invalid-event-number":0}',
  },
  {
    says: 'a bad event: those before and after it are kept, the first is named',
    body: `${ok}{"event":""}{"x":1}{"event":"two"}`,
    answer: '400 {"text":"Event field cannot be blank","code":13,"invalid-event-number":1}',
    kept: ['one', 'two'],
  },
  {
    says: 'a metric object, which is passed over',
    body: `{"fields":{"metric_name:a":1}}${ok}`,
    answer: success,
    kept: ['one'],
  },
  // channels
  {
    says: 'no channel for a token with ack',
    body: ok,
    call: { headers: { authorization: ack.authorization } },
    answer: '400 {"text":"Data channel is missing","code":10}',
  },
  {
    says: 'a channel that is no GUID',
    body: ok,
    call: { headers: { ...ack, 'x-splunk-request-channel': 'x' } },
    answer: '400 {"text":"Invalid data channel","code":11}',
  },
  {
    says: 'an empty body on a channel, as Firehose probes',
    body: '',
    call: { headers: ack },
    answer: '400 {"text":"No data","code":5}',
  },
  {
    says: 'a channel',
    body: ok,
    call: { headers: ack },
    answer: '200 {"text":"Success","code":0,"ackId":0}',
    kept: ['one'],
  },
  {
    says: 'a channel in the URL',
    body: 'one',
    call: { path: `${raw}?channel=${CHANNEL}`, headers: { authorization: ack.authorization } },
    answer: '200 {"text":"Success","code":0,"ackId":0}',
    kept: ['one'],
  },
  {
    says: 'a bad event on a channel, behind one that is kept',
    body: `${ok}{"event":""}`,
    call: { headers: ack },
    answer: '400 {"text":"Event field cannot be blank","code":13,"invalid-event-number":1,"ackId":0}',
    kept: ['one'],
  },
  {
    says: 'a bad event alone on a channel',
    body: '{"event":""}',
    call: { headers: ack },
    answer: '400 {"text":"Event field cannot be blank","code":13,"invalid-event-number":0}',
  },
  {
    says: 'ack with a token without it',
    body: '{"acks":[0]}',
    call: { path: '/services/collector/ack' },
    answer: '400 {"text":"ACK is disabled","code":14}',
  },
  {
    says: 'ack without a channel',
    body: '{"acks":[0]}',
    call: { path: '/services/collector/ack', headers: { authorization: ack.authorization } },
    answer: '400 {"text":"Data channel is missing","code":10}',
  },
  {
    says: 'ack of what is no list of ids',
    body: '{"acks":["0"]}',
    call: { path: '/services/collector/ack', headers: ack },
    answer: '400 {"text":"Invalid data format","code":6}',
  },
  {
    says: 'ack without a body',
    body: '',
    call: { path: '/services/collector/ack', headers: ack },
    answer: '400 {"text":"No data","code":5}',
  },
  {
    says: 'ack of ids that were never issued',
    body: '{"acks":[0,7]}',
    call: { path: '/services/collector/ack', headers: ack },
    answer: '200 {"acks":{"0":false,"7":false}}',
  },
  // health, paths, methods
  {
    says: 'health, without a token',
    body: '',
    call: { method: 'GET', path: '/services/collector/health', headers: { authorization: '' } },
    answer: '200 {"text":"HEC is healthy","code":17}',
  },
  {
    says: 'health with an unknown token, at which Splunk does not look',
    body: '',
    call: { method: 'GET', path: '/services/collector/health/1.0', headers: { authorization: 'Splunk x' } },
    answer: '200 {"text":"HEC is healthy","code":17}',
  },
  { says: 'another path', body: ok, call: { path: '/services/collector/nothing' }, answer: `404 ${notFound}` },
  { says: 'GET of events', body: '', call: { method: 'GET' }, answer: `405 ${notFound}` },
  { says: 'POST of health', body: '', call: { path: '/services/collector/health' }, answer: `405 ${notFound}` },
  {
    says: 'OPTIONS, as Docker asks',
    body: '',
    call: { method: 'OPTIONS', headers: { authorization: '' } },
    answer: '200 ',
  },
  {
    says: 'an unknown encoding',
    body: ok,
    call: { headers: { 'content-encoding': 'br' } },
    answer: '415 {"text":"Unsupported media type","code":415}',
  },
  // what is taken
  { says: '/event', body: ok, call: { path: '/services/collector/event' }, answer: success, kept: ['one'] },
  { says: '/event/1.0', body: ok, call: { path: '/services/collector/event/1.0' }, answer: success, kept: ['one'] },
  { says: 'a slash at the end', body: ok, call: { path: '/services/collector/' }, answer: success, kept: ['one'] },
  {
    says: '/raw/1.0',
    body: 'one\r\n\n{"a": 1}\n  two ',
    call: { path: `${raw}/1.0` },
    answer: success,
    kept: ['one', '{"a": 1}', '  two '],
  },
  { says: 'objects with nothing between them', body: `${ok}{"event":"two"}`, answer: success, kept: ['one', 'two'] },
  {
    says: 'objects with white space between them',
    body: `\ufeff ${ok} \r\n\t{"event":"two"}\n`,
    answer: success,
    kept: ['one', 'two'],
  },
  { says: 'a list of objects', body: `[${ok} , {"event":"two"}]${ok}`, answer: success, kept: ['one', 'two', 'one'] },
  {
    says: 'numbers and true as the text they are',
    body: '{"event":0}{"event":1.50}{"event":true}',
    answer: success,
    kept: ['0', '1.50', 'true'],
  },
  { says: 'events without content', body: '{"event":{}}{"event":[]}', answer: success, kept: [{}, []] },
  { says: 'keys that Splunk does not know', body: '{"event":"one","x":{"y":[1]}}', answer: success, kept: ['one'] },
  { says: 'a repeated key: the last one', body: '{"event":"zero","event":"one"}', answer: success, kept: ['one'] },
];

describe("Splunk's reply table", () => {
  test.each(table)('$says', async ({ body, call = {}, answer, kept = [] }) => {
    const { post, consumer, telemetry } = await start();
    const result = await post(body, call);
    expect(text(result)).toBe(answer);
    if (answer.includes('{')) expect(result.headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(consumer.logRecords.map((record) => record.body)).toEqual(kept);
    const refused = [...telemetry.counters].filter(
      ([name, count]) => name.startsWith('pintail_receiver_refused_requests') && count > 0,
    );
    // Who sends nothing, as Firehose's probe, is refused nothing.
    expect(refused.length > 0).toBe(result.status !== 200 && !answer.includes('"code":5'));
  });

  test('says which methods there are', async () => {
    const { post } = await start();
    expect((await post('', { method: 'OPTIONS' })).headers.allow).toBe('POST,OPTIONS');
    expect((await post('', { method: 'GET' })).headers.allow).toBe('POST,OPTIONS');
    expect((await post('', { path: '/services/collector/health' })).headers.allow).toBe('GET,HEAD,OPTIONS');
  });
});

describe('an event', () => {
  test('keeps its metadata, exact time, fields and severity, as the splunk_hec exporter writes them', async () => {
    const { post, consumer } = await start();
    await post(
      JSON.stringify({
        host: 'node-a',
        source: '/var/log/kubernetes/audit/audit.log',
        sourcetype: 'kube:apiserver-audit',
        index: 'main',
        event: '{"kind":"Event"}',
        fields: {
          'otel.log.severity.text': 'Warn',
          'otel.log.severity.number': 13,
          'k8s.cluster.name': 'blue',
          list: ['a', 1],
          big: 1,
          none: null,
        },
      })
        .replace('"event"', '"time":1790000000.123456789,"event"')
        .replace('"big":1', '"big":9007199254740993'),
    );
    expect(consumer.batches).toHaveLength(1);
    const [batch] = consumer.batches;
    expect(batch).toMatchObject({
      receiver: 'splunk-hec',
      boundCluster: 'prod',
      metadata: { index: 'kube', source: 'of-token' },
    });
    expect(batch!.resourceLogs[0]!.resourceAttributes).toEqual({
      'com.splunk.source': '/var/log/kubernetes/audit/audit.log',
      'com.splunk.sourcetype': 'kube:apiserver-audit',
      'com.splunk.index': 'main',
      'host.name': 'node-a',
    });
    expect(consumer.logRecords).toEqual([
      {
        timeUnixNano: 1_790_000_000_123_456_789n,
        observedTimeUnixNano: 0n,
        severityNumber: 13,
        severityText: 'Warn',
        body: '{"kind":"Event"}',
        attributes: { 'k8s.cluster.name': 'blue', list: ['a', 1], big: 9007199254740993n },
        eventName: '',
      },
    ]);
  });

  test.each(['', '"time":0,', '"time":"0.000",', '"time":null,', '"time":"",'])(
    'has no time of its own with %s',
    async (time) => {
      const { post, consumer } = await start();
      await post(`{${time}"event":"a"}`);
      expect(consumer.logRecords[0]).toMatchObject({ timeUnixNano: 0n, observedTimeUnixNano: 0n });
    },
  );

  test('has the metadata of the URL where it names none, and never that of the event before it', async () => {
    const { post, consumer } = await start();
    await post('{"event":"a","host":"h1","source":"s1"}{"event":"b"}', { path: '/services/collector?source=u&host=v' });
    expect(consumer.batches[0]!.resourceLogs.map((resource) => ({ ...resource.resourceAttributes }))).toEqual([
      { 'com.splunk.source': 's1', 'host.name': 'h1' },
      { 'com.splunk.source': 'u', 'host.name': 'v' },
    ]);
  });

  test('that is an object is a map without a prototype, its whole numbers exact', async () => {
    const { post, consumer } = await start();
    await post('{"event":{"__proto__":{"x":1},"n":9223372036854775807,"f":1.5,"l":[{"m":-9007199254740993}]}}');
    const body = consumer.logRecords[0]!.body as Record<string, unknown>;
    expect(Object.getPrototypeOf(body)).toBeNull();
    expect(Object.keys(body)).toEqual(['__proto__', 'n', 'f', 'l']);
    expect(body.n).toBe(9223372036854775807n);
    expect(body.f).toBe(1.5);
    expect((body.l as { m: bigint }[])[0]!.m).toBe(-9007199254740993n);
  });

  test('that is printed anew for a retry, its keys in another order, is the same event', async () => {
    const { post, consumer } = await start();
    await post(
      '{"event":{"auditID":"a","stage":"Panic","user":{"username":"u","uid":"1"}}}{"event":"x","fields":{"a":1,"b":2}}',
    );
    await post(
      '{"event":{"user":{"uid":"1","username":"u"},"stage":"Panic","auditID":"a"}}{"event":"x","fields":{"b":2,"a":1}}',
    );
    const [first, second] = consumer.batches.map((batch) => {
      const { audit, logs } = normalize(batch, { arrivalMicros: 1 });
      return [...audit, ...logs].map((row) => row.identity);
    });
    expect(first).toHaveLength(2);
    expect(second).toEqual(first);
  });

  test('that nests deeper than a map may is kept as its text, one too deep for Kubernetes is refused', async () => {
    const { post, consumer } = await start();
    const deep = (levels: number) => `{"event":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect((await post(deep(257))).status).toBe(200);
    expect(consumer.logRecords[0]!.body).toBe(`${'['.repeat(257)}${']'.repeat(257)}`);
    expect(text(await post(deep(20_001) + ok))).toBe(format(0));
    expect(consumer.logRecords.at(-1)!.body).toBe('one');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['zstd', zstdCompressSync],
  ] as const)('comes compressed with %s', async (encoding, compress) => {
    const { post, consumer } = await start();
    expect(text(await post(compress(ok), { headers: { 'content-encoding': encoding } }))).toBe(success);
    expect(consumer.logRecords[0]!.body).toBe('one');
  });

  test('with bytes that are no UTF-8 is kept, and counted', async () => {
    const { post, consumer, telemetry } = await start();
    await post(Buffer.from([...Buffer.from('{"event":"a'), 0xff, ...Buffer.from('"}')]));
    expect(consumer.logRecords[0]!.body).toBe('a\ufffd');
    expect(telemetry.counter('pintail_receiver_invalid_utf8_texts_total', { receiver: 'splunk-hec' })).toBe(1);
  });
});

describe('a sender who may not', () => {
  const scopeless = 'Splunk of-another-scope';
  const authorize = (header: string | undefined) =>
    header === 'Bearer of-another-scope' ? ('forbidden' as const) : ('unauthenticated' as const);

  test.each([
    ['an unknown token is unauthenticated', `Splunk x${TOKEN}`, '', 'unauthenticated'],
    ['a token of another scope is forbidden', scopeless, '', 'forbidden'],
    ['a disabled token is forbidden', `Splunk ${OLD_TOKEN}`, '', 'forbidden'],
    ['a token in the URL that may not stand there is forbidden', '', `?token=${TOKEN}`, 'forbidden'],
  ])('%s', async (_claim, authorization, query, reason) => {
    const { post, telemetry } = await start({ tokens, authorize });
    await post(ok, { path: `/services/collector${query}`, headers: { authorization } });
    const refused = ['unauthenticated', 'forbidden', 'bad_data'].filter(
      (of) =>
        telemetry.counter('pintail_receiver_refused_requests_total', { receiver: 'splunk-hec', reason: of }) === 1,
    );
    expect(refused).toEqual([reason]);
  });
});

describe('without tokens', () => {
  test('everybody may send, whatever the header', async () => {
    const { post, consumer } = await start({ cluster: 'lab' });
    expect((await post(ok, { headers: { authorization: 'Bearer x' } })).status).toBe(200);
    expect(consumer.batches[0]!.cluster).toBe('lab');
  });

  test("the service's own tokens are HEC tokens where it has some", async () => {
    const authorize = (header: string) => (header === `Bearer ${URL_TOKEN}` ? {} : 'unauthenticated');
    const { post } = await start({ authorize });
    expect(text(await post(ok, { headers: { authorization: `Splunk ${URL_TOKEN}` } }))).toBe(success);
    expect((await post(ok)).status).toBe(403);
  });
});

describe('acknowledgement', () => {
  const poll = (ids: string) => ({
    body: `{"acks":[${ids}]}`,
    call: { path: '/services/collector/ack', headers: ack },
  });

  test('counts from 0 per channel, answers true once, and false on another channel', async () => {
    const { post } = await start();
    const ids = [];
    for (let sent = 0; sent < 3; sent += 1)
      ids.push(JSON.parse((await post(ok, { headers: ack })).body.toString()).ackId);
    expect(ids).toEqual([0, 1, 2]);
    const other = { ...ack, 'x-splunk-request-channel': CHANNEL.replace('FE', 'AA') };
    const { body, call } = poll('0,1,1,5');
    expect(text(await post(body, { ...call, headers: other }))).toBe('200 {"acks":{"0":false,"1":false,"5":false}}');
    expect(text(await post(body, call))).toBe('200 {"acks":{"0":true,"1":true,"5":false}}');
    expect(text(await post(body, call))).toBe('200 {"acks":{"0":false,"1":false,"5":false}}');
  });

  test('gives no id before the events are durable, and none for events that were not taken', async () => {
    const { post, consumer } = await start();
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
    consumer.answer = async (batch) => {
      reached();
      await held;
      return acceptAll(batch);
    };
    const sending = post(ok, { headers: ack });
    await asked;
    const { body, call } = poll('0');
    expect(text(await post(body, call))).toBe('200 {"acks":{"0":false}}');
    free();
    expect(text(await sending)).toContain('"ackId":0');
    consumer.answer = async () => {
      throw new RetryableError('spool full', 1);
    };
    expect((await post(ok, { headers: ack })).status).toBe(503);
    consumer.answer = async (batch) => acceptAll(batch);
    expect(text(await post(ok, { headers: ack }))).toContain('"ackId":1');
  });
});

describe('back-pressure', () => {
  const busy = '503 {"text":"Server is busy","code":9}';

  test('a full store is code 9 with whole seconds to wait, health says so until a request is taken again', async () => {
    const { post, consumer, telemetry } = await start();
    consumer.answer = async () => {
      throw new RetryableError('spool full', 2500);
    };
    const refused = await post(ok + ok);
    expect(text(refused)).toBe(busy);
    expect(refused.headers['retry-after']).toBe('3');
    const health = { method: 'GET', path: '/services/collector/health' };
    expect(text(await post('', health))).toBe('503 {"text":"HEC is unhealthy, queues are full","code":18}');
    const labels = { receiver: 'splunk-hec', reason: 'unavailable' };
    expect(telemetry.counter('pintail_receiver_refused_log_records_total', labels)).toBe(2);
    consumer.answer = async (batch) => acceptAll(batch);
    expect(text(await post(ok))).toBe(success);
    expect(text(await post('', health))).toBe('200 {"text":"HEC is healthy","code":17}');
  });

  test('a store that fails by a bug of ours is code 8, which senders retry', async () => {
    const { post, consumer } = await start();
    consumer.answer = async () => {
      throw new TypeError('a bug');
    };
    expect(text(await post(ok))).toBe('500 {"text":"Internal server error","code":8}');
  });

  test('more requests than the bound are code 9, also to health, and those in hand are answered', async () => {
    const { post, consumer } = await start({ tokens, maxConcurrentRequests: 1 });
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
    consumer.answer = async (batch) => {
      reached();
      await held;
      return acceptAll(batch);
    };
    const first = post(ok);
    await asked;
    const second = await post(ok);
    expect(text(second)).toBe(busy);
    expect(second.headers['retry-after']).toBe('1');
    expect((await post('', { method: 'GET', path: '/services/collector/health' })).status).toBe(503);
    free();
    expect(text(await first)).toBe(success);
  });

  test('a request that the shutdown leaves without a place is told so with code 23', async () => {
    const { post, receiver, consumer } = await start();
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
    consumer.answer = async () => {
      reached();
      await held;
      throw new RetryableError('store unavailable: it is shutting down.', 5000);
    };
    const sending = post(ok);
    await asked;
    const down = receiver.shutdown();
    free();
    const refused = await sending;
    expect(text(refused)).toBe('503 {"text":"Server is shutting down","code":23}');
    expect(refused.headers['retry-after']).toBe('5');
    await down;
  });
});

describe('bounds', () => {
  test('a body beyond the limit is 413, declared, chunked or decompressed', async () => {
    const { post, port } = await start({ tokens, maxRequestBytes: 1000 });
    const large = JSON.stringify({ event: 'x'.repeat(2000) });
    const answer = '413 {"text":"Request entity too large","code":413}';
    expect(text(await post(large))).toBe(answer);
    expect(text(await post(gzipSync(large), { headers: { 'content-encoding': 'gzip' } }))).toBe(answer);
    const chunked = `POST /services/collector HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk ${TOKEN}\r\nTransfer-Encoding: chunked\r\n\r\n7d1\r\n${'x'.repeat(2001)}\r\n`;
    expect(await sendRaw(port, chunked, 'too large')).toContain('HTTP/1.1 413 ');
  });

  test('more events or lines than the limit are 413, and none of them is kept', async () => {
    const { post, consumer } = await start({ tokens, maxEventsPerRequest: 2 });
    expect((await post(ok + ok)).status).toBe(200);
    expect((await post(ok + ok + ok)).status).toBe(413);
    expect((await post('a\nb\nc', { path: raw })).status).toBe(413);
    // Also events that would be refused or passed over one by one.
    expect((await post('{}{}{}')).status).toBe(413);
    expect((await post('{"fields":{"a":1}}'.repeat(3))).status).toBe(413);
    expect(consumer.logRecords).toHaveLength(2);
  });

  test('more brackets than there is memory for are 413', async () => {
    const { post } = await start({ tokens });
    const heavy = `{"event":[${'[],'.repeat(MOST_BRACKETS)}0]}`;
    expect((await post(heavy)).status).toBe(413);
  });

  test('a body that does not come in time is code 9', async () => {
    const { port } = await start({ tokens, requestTimeoutMs: 100 });
    const slow = `POST /services/collector HTTP/1.1\r\nHost: x\r\nAuthorization: Splunk ${TOKEN}\r\nContent-Length: 99\r\n\r\n{`;
    expect(await sendRaw(port, slow, '}')).toContain('{"text":"Server is busy","code":9}');
  });

  test('headers beyond what is read are answered', async () => {
    const { port } = await start();
    const flood = `POST /services/collector HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(5000)}\r\n`;
    expect(await sendRaw(port, flood, '}')).toContain('{"text":"Invalid data format","code":6}');
  });
});
