/** Amazon Data Firehose's HTTP endpoint over real sockets: its answers, what becomes of records, hostile bodies. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RetryableError } from '../../../src/component.ts';
import type { HecReceiverSettings, HecToken } from '../../../src/receive/hec/settings.ts';
import { MOST_BRACKETS } from '../../../src/receive/json-weight.ts';
import { normalize } from '../../support/normalize.ts';
import type { HttpCall, HttpResult } from '../otlp/support/http-client.ts';
import { acceptAll } from '../otlp/support/recording-consumer.ts';
import { hashOf, startReceiver, TOKEN } from './support/started-receiver.ts';

const ID = 'ed4acda5-034f-9f42-bba1-f29aea6d7d8f';
const tokens: readonly HecToken[] = [
  { sha256: hashOf(TOKEN), cluster: 'prod', indexes: ['kube'], metadata: { index: 'kube', sourcetype: 'of-token' } },
];

const start = (settings: Partial<HecReceiverSettings> = { tokens }) =>
  startReceiver(settings, {
    path: '/firehose',
    headers: {
      'content-type': 'application/json',
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-request-id': ID,
      'x-amz-firehose-access-key': TOKEN,
    },
  });

const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString('base64');
const requestOf = (...data: readonly (string | Buffer)[]) =>
  JSON.stringify({ requestId: ID, timestamp: 1_578_090_901_599, records: data.map((one) => ({ data: base64(one) })) });
const event = (auditID: string) =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"${auditID}","stage":"Panic","verb":"get"}`;
const cloudWatch = (...events: readonly string[]) =>
  JSON.stringify({
    messageType: 'DATA_MESSAGE',
    logGroup: '/aws/eks/payments/cluster',
    logStream: 'kube-apiserver-audit-0a1b',
    logEvents: events.map((message, index) => ({ id: String(index), timestamp: 1_772_600_767_123, message })),
  });

/** Status and body; the timestamp is checked to be one. */
function answerOf({ status, headers, body }: HttpResult): readonly [number, object] {
  expect(headers['content-type']).toBe('application/json');
  const { timestamp, ...rest } = JSON.parse(body.toString()) as { readonly timestamp: number };
  expect(Number.isSafeInteger(timestamp) && timestamp > 1_700_000_000_000).toBe(true);
  return [status, rest];
}

test('records are handed on before the answer, which repeats the id', async () => {
  const { consumer, post } = await start();
  let isDurable = false;
  consumer.answer = async (batch) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    isDurable = true;
    return acceptAll(batch);
  };
  const result = await post(requestOf('one', '{"two":2}'));
  expect(isDurable).toBe(true);
  expect(answerOf(result)).toEqual([200, { requestId: ID }]);
  const [batch] = consumer.batches;
  expect(batch).toMatchObject({ boundCluster: 'prod', metadata: { index: 'kube', sourcetype: 'of-token' } });
  expect(batch?.resourceLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body))).toEqual([
    'one',
    '{"two":2}',
  ]);
});

test('a CloudWatch subscription becomes audit events, also with the whole request gzipped', async () => {
  const { consumer, post } = await start({ tokens: [{ sha256: hashOf(TOKEN) }] });
  const body = requestOf(gzipSync(cloudWatch(event('a-1'), event('a-2'))), cloudWatch(event('a-3')));
  expect((await post(gzipSync(body), { headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
  const rows = consumer.batches.flatMap((batch) => normalize(batch, { arrivalMicros: 1 }).audit);
  expect(rows.map(({ auditID, cluster, cloud }) => [auditID, cluster, cloud])).toEqual(
    ['a-1', 'a-2', 'a-3'].map((id) => [id, 'payments', 'eks']),
  );
});

test('common attributes are those of every record, and say the cluster where the token does not', async () => {
  const { consumer, post } = await start({ tokens: [{ sha256: hashOf(TOKEN) }] });
  const header = JSON.stringify({ commonAttributes: { 'k8s.cluster.name': 'blue', team: 'x', odd: 7 } });
  const headers = { 'x-amz-firehose-common-attributes': header };
  await post(requestOf(event('a-1')), { headers, path: '/firehose?sourcetype=kube:audit&index=kube' });
  const [row] = normalize(consumer.batches[0]!, { arrivalMicros: 1 }).audit;
  expect([row?.cluster, row?.sourcetype, row?.index]).toEqual(['blue', 'kube:audit', 'kube']);
  expect(consumer.batches[0]?.resourceLogs[0]?.logRecords[0]?.attributes).toEqual({
    'k8s.cluster.name': 'blue',
    team: 'x',
  });
});

test('a record that cannot be unpacked is kept and marked, and the others with it', async () => {
  const { consumer, post } = await start();
  const damaged = gzipSync(cloudWatch(event('a-1')));
  damaged.fill(0, damaged.length - 12);
  const body = JSON.stringify({
    requestId: ID,
    records: [{ data: base64(damaged) }, { data: '***' }, { data: base64(event('a-2')) }],
  });
  expect((await post(body)).status).toBe(200);
  const { audit, logs } = normalize(consumer.batches[0]!, { arrivalMicros: 1 });
  expect(audit.map(({ auditID }) => auditID)).toEqual(['a-2']);
  expect(logs.map(({ _raw }) => _raw)).toEqual([base64(damaged), '***']);
  for (const { unreadable } of logs) expect(unreadable).toContain('in a Firehose record');
});

test('a request without records is answered, and hands on nothing', async () => {
  const { consumer, post } = await start();
  expect(answerOf(await post(requestOf()))).toEqual([200, { requestId: ID }]);
  expect(consumer.batches).toEqual([]);
});

describe('is refused in the same form', () => {
  test.each<[string, string | Buffer, Partial<HttpCall>, number, string]>([
    ['without a key', requestOf('x'), { headers: { 'x-amz-firehose-access-key': '' } }, 401, 'hec: x-amz-firehose-access-key: expected a token, found none.'],
    ['with another key', requestOf('x'), { headers: { 'x-amz-firehose-access-key': 'x' } }, 401, 'hec: authorization: expected a known token, found another.'],
    ['with the key as HEC has it', requestOf('x'), { headers: { 'x-amz-firehose-access-key': '', authorization: `Splunk ${TOKEN}` } }, 401, 'hec: x-amz-firehose-access-key: expected a token, found none.'],
    ['to an index that is not its own', requestOf('x'), { path: '/firehose?index=other' }, 400, 'hec: index: expected one that the token may write to.'],
    ['by another method', '', { method: 'GET' }, 405, 'method: expected POST, found GET.'],
    ['no JSON', 'x', {}, 400, 'body: expected JSON, found: '],
    ['no object', '7', {}, 400, 'body: expected an object, found a number.'],
    ['nothing', '', {}, 400, 'body: expected JSON, found: '],
    ['without records', '{"requestId":"x"}', {}, 400, 'records: expected an array, found nothing.'],
    ['records of another kind', '{"records":[{"data":"eA=="},{"data":7}]}', {}, 400, 'records[1].data: expected base64, found a number.'],
    ['records that are none', '{"records":[null]}', {}, 400, 'records[0].data: expected base64, found nothing.'],
    ['attributes that are no JSON', requestOf('x'), { headers: { 'x-amz-firehose-common-attributes': '{' } }, 400, 'x-amz-firehose-common-attributes: expected JSON, found: '],
    ['a damaged gzip', gzipSync(requestOf('x')).subarray(0, 30), { headers: { 'content-encoding': 'gzip' } }, 400, 'request body: expected gzip'],
    ['an encoding that nobody knows', requestOf('x'), { headers: { 'content-encoding': 'br' } }, 415, 'content-encoding: expected gzip'],
  ])('%s', async (_, body, call, status, message) => {
    const { consumer, post } = await start();
    const result = answerOf(await post(body, call));
    expect(result).toEqual([status, { requestId: ID, errorMessage: expect.stringContaining(message) }]);
    expect(consumer.batches).toEqual([]);
  }); // biome-ignore format: a flat table

  test('without its id, of which the answer then has none', async () => {
    const { post } = await start();
    const [status, body] = answerOf(await post(requestOf('x'), { headers: { 'x-amz-firehose-request-id': '' } }));
    expect([status, body]).toEqual([400, { requestId: '', errorMessage: expect.stringContaining('found none') }]);
  });

  test('while the store is full, with when to come back', async () => {
    const { consumer, post } = await start();
    consumer.answer = () => Promise.reject(new RetryableError('the spool is full', 4000));
    const result = await post(requestOf('x'));
    expect(answerOf(result)).toEqual([503, { requestId: ID, errorMessage: expect.stringContaining('spool is full') }]);
    expect(result.headers['retry-after']).toBe('4');
  });
});

describe('a body that unpacks to too much is refused, never with 413, of which Firehose keeps nothing, and nothing of it is kept', () => {
  const settings = { tokens, maxRequestBytes: 100_000, maxDecompressedBytes: 200_000 };
  const bomb = (bytes: number) => gzipSync(Buffer.alloc(bytes, 'a'));

  test.each<[string, string | Buffer, Readonly<Record<string, string>>]>([
    ['as it comes', requestOf('a'.repeat(100_000)), {}],
    ['once its gzip is undone', gzipSync(requestOf('a'.repeat(250_000))), { 'content-encoding': 'gzip' }],
    ['in one record', requestOf(bomb(50_000_000)), {}],
    ['in all records together', requestOf(...Array.from({ length: 50 }, () => bomb(5000))), {}],
    ['in records within its gzip', gzipSync(requestOf(bomb(150_000), bomb(60_000))), { 'content-encoding': 'gzip' }],
  ])('%s', async (_, body, headers) => {
    const { consumer, post } = await start(settings);
    expect(answerOf(await post(body, { headers }))).toEqual([
      400,
      { requestId: ID, errorMessage: expect.stringContaining('expected at most') },
    ]);
    expect(consumer.batches).toEqual([]);
    expect((await post(requestOf(bomb(150_000)))).status).toBe(200);
  });

  test('or that holds too many records', async () => {
    const { consumer, post } = await start({ tokens, maxEventsPerRequest: 3 });
    expect((await post(requestOf('1', '2', '3', '4'))).status).toBe(400);
    expect(consumer.batches).toEqual([]);
  });

  test('or more brackets than there is memory for', async () => {
    const { post } = await start({ tokens });
    expect((await post(`{"records":[${'{},'.repeat(MOST_BRACKETS)}{}]}`)).status).toBe(400);
  });

  test('deep nesting is no defect of ours', async () => {
    const { post } = await start();
    expect((await post('['.repeat(2_000_000))).status).toBe(400);
    expect((await post(`{"records":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).status).toBe(400);
  });
});
