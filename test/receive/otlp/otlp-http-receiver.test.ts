import { once } from 'node:events';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../../src/component.ts';
import { OtlpHttpReceiver } from '../../../src/receive/otlp/otlp-http-receiver.ts';
import type { OtlpReceiverSettings } from '../../../src/receive/otlp/settings.ts';
import { send, sendRaw } from './support/http-client.ts';
import { decodeMessage, deeplyNestedRequest, encodeLogs, field, logsRequest } from './support/otlp-proto.ts';
import { acceptAll, RecordingConsumer } from './support/recording-consumer.ts';
import { RecordingTelemetry } from './support/recording-telemetry.ts';

const MEBIBYTE = 1024 * 1024;
const one = encodeLogs([{ body: { stringValue: 'one' } }]);
const json = { 'content-type': 'application/json' };
const oneJson = Buffer.from(JSON.stringify(logsRequest([{ body: { stringValue: 'one' } }])));

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function startReceiver(settings: Partial<OtlpReceiverSettings> = {}) {
  const consumer = new RecordingConsumer();
  const telemetry = new RecordingTelemetry();
  const receiver = new OtlpHttpReceiver({ endpoint: '127.0.0.1:0', ...settings }, consumer, telemetry);
  await receiver.start();
  stops.push(() => receiver.shutdown());
  const { port } = receiver.address();
  const refused = (reason: string) =>
    telemetry.counter('pintail_receiver_refused_requests_total', { receiver: 'otlp/http', reason });
  /** The service goes on: a good request is taken. */
  const expectAlive = async () => {
    const before = consumer.logRecords.length;
    expect((await send({ port, body: one })).status).toBe(200);
    expect(consumer.logRecords.length).toBe(before + 1);
  };
  return { receiver, consumer, telemetry, port, refused, expectAlive };
}

describe('OtlpHttpReceiver, success', () => {
  it('takes protobuf and answers an empty ExportLogsServiceResponse in protobuf', async () => {
    const { port, consumer } = await startReceiver({ cluster: 'prod', metadata: { index: 'k8s' } });
    const answer = await send({ port, body: one });
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-protobuf', 'content-length': '0' },
    });
    expect(answer.body).toHaveLength(0);
    expect(consumer.batches).toMatchObject([{ receiver: 'otlp/http', cluster: 'prod', metadata: { index: 'k8s' } }]);
    expect(consumer.logRecords).toMatchObject([{ body: 'one' }]);
  });

  it('takes JSON on the same port and answers in JSON', async () => {
    const { port, consumer } = await startReceiver();
    const answer = await send({ port, headers: { 'content-type': 'application/json; charset=utf-8' }, body: oneJson });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.body.toString()).toBe('{}');
    expect(consumer.logRecords).toMatchObject([{ body: 'one' }]);
  });

  it.each([
    ['gzip', gzipSync(one)],
    ['GZIP', gzipSync(one)],
    ['zstd', zstdCompressSync(one)],
    ['deflate', deflateSync(one)],
    ['identity', one],
  ])('takes content-encoding %s', async (encoding, body) => {
    const { port, consumer } = await startReceiver();
    expect((await send({ port, headers: { 'content-encoding': encoding }, body })).status).toBe(200);
    expect(consumer.logRecords).toMatchObject([{ body: 'one' }]);
  });

  it('answers an empty request with success and bothers nobody', async () => {
    const { port, consumer } = await startReceiver();
    expect((await send({ port, body: Buffer.alloc(0) })).status).toBe(200);
    expect((await send({ port, headers: json, body: Buffer.from('{}') })).status).toBe(200);
    expect(consumer.batches).toHaveLength(0);
  });

  it('answers only once the next stage has kept the records', async () => {
    const { port, consumer } = await startReceiver();
    let keep = () => {};
    const kept = new Promise<void>((resolve) => {
      keep = resolve;
    });
    let reached = () => {};
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    consumer.answer = async (batch) => {
      reached();
      await kept;
      return acceptAll(batch);
    };
    let isAnswered = false;
    const answer = send({ port, body: one }).then((result) => {
      isAnswered = true;
      return result;
    });
    await asked;
    // Another exchange on the same loop: the first would have been answered by now.
    expect((await send({ port, method: 'GET' })).status).toBe(405);
    expect(isAnswered).toBe(false);
    keep();
    expect((await answer).status).toBe(200);
  });

  it('counts records, bytes and time', async () => {
    const { port, telemetry } = await startReceiver();
    const body = gzipSync(one);
    await send({ port, headers: { 'content-encoding': 'gzip' }, body });
    const labels = { receiver: 'otlp/http' };
    expect(telemetry.counter('pintail_receiver_received_log_records_total', labels)).toBe(1);
    expect(telemetry.counter('pintail_receiver_accepted_log_records_total', labels)).toBe(1);
    expect(telemetry.counter('pintail_receiver_received_bytes_total', labels)).toBe(body.length);
    expect(telemetry.counter('pintail_receiver_decompressed_bytes_total', labels)).toBe(one.length);
    expect(telemetry.observations.get('pintail_receiver_request_duration_seconds{receiver=otlp/http}')).toHaveLength(1);
    expect(telemetry.gauge('pintail_receiver_in_flight_requests', labels)).toBe(0);
    expect(telemetry.gauge('pintail_receiver_in_flight_bytes', labels)).toBe(0);
  });
});

describe('OtlpHttpReceiver, partial success', () => {
  it('passes on what the next stage rejected, in protobuf and JSON', async () => {
    const { port, consumer, telemetry } = await startReceiver();
    consumer.answer = async () => ({
      acceptedLogRecords: 1,
      rejectedLogRecords: 2,
      errorMessage: 'record 3: too odd.',
    });
    expect(decodeMessage('ExportLogsServiceResponse', (await send({ port, body: one })).body)).toEqual({
      partialSuccess: { rejectedLogRecords: '2', errorMessage: 'record 3: too odd.' },
    });
    expect(JSON.parse((await send({ port, headers: json, body: oneJson })).body.toString())).toEqual({
      partialSuccess: { rejectedLogRecords: '2', errorMessage: 'record 3: too odd.' },
    });
    expect(telemetry.counter('pintail_receiver_rejected_log_records_total', { receiver: 'otlp/http' })).toBe(4);
  });

  it('rejects the record that nests too deep and keeps the others', async () => {
    const { port, consumer } = await startReceiver({ maxNestingDepth: 1 });
    const nested = { arrayValue: { values: [{ arrayValue: { values: [] } }] } };
    const answer = await send({ port, body: encodeLogs([{ body: { stringValue: 'kept' } }, { body: nested }]) });
    expect(answer.status).toBe(200);
    expect(decodeMessage('ExportLogsServiceResponse', answer.body)).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage:
          'resourceLogs[0].scopeLogs[0].logRecords[1].body: expected at most 1 levels of nesting, found more.',
      },
    });
    expect(consumer.logRecords).toMatchObject([{ body: 'kept' }]);
  });

  it('warns about text that is not UTF-8, and keeps it', async () => {
    const { port, consumer, telemetry, expectAlive } = await startReceiver();
    const bytes = Buffer.from([0x61, 0xff]);
    const body = field(0x0a, field(0x12, field(0x12, field(0x2a, field(0x0a, bytes)))));
    const answer = await send({ port, body });
    expect(decodeMessage('ExportLogsServiceResponse', answer.body)).toEqual({
      partialSuccess: {
        errorMessage: 'resourceLogs[0].scopeLogs[0].logRecords[0].body: expected UTF-8 text, found other bytes; kept.',
      },
    });
    expect(consumer.logRecords).toMatchObject([{ body: bytes }]);
    expect(telemetry.counter('pintail_receiver_invalid_utf8_texts_total', { receiver: 'otlp/http' })).toBe(1);
    await expectAlive();
  });

  it('bounds the message of its answer', async () => {
    const { port, consumer } = await startReceiver();
    consumer.answer = async () => ({
      acceptedLogRecords: 0,
      rejectedLogRecords: 1,
      errorMessage: '💥'.repeat(100_000),
    });
    const { body } = await send({ port, headers: json, body: oneJson });
    const { errorMessage } = JSON.parse(body.toString()).partialSuccess;
    expect(errorMessage).toHaveLength(1024);
    expect(errorMessage.endsWith('…')).toBe(true);
  });
});

describe('OtlpHttpReceiver, refusals', () => {
  it.each([
    ['truncated JSON', json, Buffer.from('{"resourceLogs":[{"scopeLogs":['), /^request body: expected JSON, found: /],
    ['JSON of another shape', json, Buffer.from('[1]'), /^request body: expected a JSON object, found an array\.$/],
    [
      'JSON nested 10,000 deep',
      json,
      Buffer.from(deepJson(10_000)),
      /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.body: expected at most 256 levels/,
    ],
    [
      'protobuf nested 10,000 deep',
      {},
      deeplyNestedRequest(10_000),
      /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.body: expected at most 256 levels/,
    ],
    ['wrong protobuf', {}, Buffer.from('not protobuf at all'), /^ExportLogsServiceRequest: expected /],
    [
      'damaged gzip',
      { 'content-encoding': 'gzip' },
      Buffer.from('not gzip'),
      /^request body: expected gzip, found: incorrect header check\.$/,
    ],
    [
      'truncated gzip',
      { 'content-encoding': 'gzip' },
      gzipSync(one).subarray(0, 20),
      /^request body: expected gzip, found: unexpected end of file\.$/,
    ],
    [
      'truncated zstd',
      { 'content-encoding': 'zstd' },
      zstdCompressSync(one).subarray(0, 8),
      /^request body: expected zstd, found: /,
    ],
  ])('answers %s with 400 and a Status, and goes on', async (_name, headers, body, message) => {
    const { port, refused, expectAlive } = await startReceiver();
    const answer = await send({ port, headers, body });
    expect(answer.status).toBe(400);
    const status = headers === json ? JSON.parse(answer.body.toString()) : decodeMessage('Status', answer.body);
    expect(status.code).toBe(3);
    expect(status.message).toMatch(message);
    expect(answer.headers['content-type']).toBe(headers === json ? 'application/json' : 'application/x-protobuf');
    expect(refused('bad_data')).toBe(1);
    await expectAlive();
  });

  it('names the field in a BadRequest detail', async () => {
    const { port } = await startReceiver();
    const { body } = await send({ port, headers: json, body: Buffer.from('{"resourceLogs":7}') });
    expect(JSON.parse(body.toString())).toEqual({
      code: 3,
      message: 'resourceLogs: expected an array, found 7.',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'resourceLogs', description: 'expected an array, found 7.' }],
        },
      ],
    });
    const [detail] = decodeMessage('Status', (await send({ port, body: Buffer.from([0x0a, 0x05]) })).body).details as {
      type_url: string;
      typeUrl: string;
      value: Buffer;
    }[];
    expect(detail!.typeUrl).toBe('type.googleapis.com/google.rpc.BadRequest');
    expect(decodeMessage('BadRequest', detail!.value)).toEqual({
      fieldViolations: [{ field: 'resourceLogs[0]', description: 'expected 5 bytes at offset 2, found 0.' }],
    });
  });

  it('answers an empty body that claims gzip 400, and counts what came of a damaged one', async () => {
    const { port, refused, telemetry } = await startReceiver();
    const headers = { 'content-encoding': 'gzip' };
    const empty = await send({ port, headers, body: Buffer.alloc(0) });
    expect(empty.status).toBe(400);
    expect(decodeMessage('Status', empty.body).message).toBe(
      'request body: expected gzip, found: unexpected end of file.',
    );
    const damaged = gzipSync(one).subarray(0, -4);
    expect((await send({ port, headers, body: damaged })).status).toBe(400);
    expect(refused('bad_data')).toBe(2);
    const labels = { receiver: 'otlp/http' };
    expect(telemetry.counter('pintail_receiver_received_bytes_total', labels)).toBe(damaged.length);
    expect(telemetry.counter('pintail_receiver_decompressed_bytes_total', labels)).toBe(0);
  });

  it('answers other methods 405 with Allow, other paths 404, other types and encodings 415', async () => {
    const { port, refused } = await startReceiver();
    expect(await send({ port, method: 'GET' })).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await send({ port, path: '/v1/traces', body: one })).toMatchObject({ status: 404 });
    expect(await send({ port, path: '/', body: one })).toMatchObject({ status: 404 });
    expect(await send({ port, path: '/v1/logs?a=b', body: one })).toMatchObject({ status: 200 });
    const type = await send({ port, headers: { 'content-type': 'text/plain' }, body: one });
    expect(type.status).toBe(415);
    expect(JSON.parse(type.body.toString()).message).toBe(
      'content-type: expected application/x-protobuf or application/json, found "text/plain".',
    );
    const encoding = await send({ port, headers: { 'content-encoding': 'snappy' }, body: one });
    expect(encoding).toMatchObject({ status: 415, headers: { 'accept-encoding': 'gzip, zstd, deflate, identity' } });
    expect(decodeMessage('Status', encoding.body).message).toBe(
      'content-encoding: expected gzip, zstd, deflate or identity, found "snappy".',
    );
    expect([refused('wrong_method'), refused('unknown_path'), refused('unsupported_content_type')]).toEqual([1, 2, 1]);
    expect(refused('unsupported_encoding')).toBe(1);
  });

  it('lets in whom the service lets in', async () => {
    const authorize = (header: string | undefined) =>
      header === 'Bearer good' ? {} : header === 'Bearer other' ? 'forbidden' : 'unauthenticated';
    const { port, consumer, refused } = await startReceiver({ authorize });
    const answer = await send({ port, headers: json, body: oneJson });
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      code: 16,
      message: 'authorization: expected "Bearer" and a known token, found another or none.',
    });
    expect((await send({ port, headers: { authorization: 'Bearer other' }, body: one })).status).toBe(403);
    expect(consumer.batches).toHaveLength(0);
    expect((await send({ port, headers: { authorization: 'Bearer good' }, body: one })).status).toBe(200);
    expect([refused('unauthenticated'), refused('forbidden')]).toEqual([1, 1]);
  });

  it('passes on when the next stage wants the request again', async () => {
    const { port, consumer, telemetry, expectAlive } = await startReceiver();
    const { answer } = consumer;
    consumer.answer = async () => {
      throw new RetryableError('disk full.', 2300);
    };
    const refusedAnswer = await send({ port, headers: json, body: oneJson });
    expect(refusedAnswer).toMatchObject({ status: 503, headers: { 'retry-after': '3' } });
    expect(JSON.parse(refusedAnswer.body.toString())).toEqual({
      code: 14,
      message: 'disk full.',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2.300s' }],
    });
    expect(
      telemetry.counter('pintail_receiver_refused_log_records_total', { receiver: 'otlp/http', reason: 'unavailable' }),
    ).toBe(1);
    consumer.answer = answer;
    await expectAlive();
  });

  it('passes on that the next stage will never take the request', async () => {
    const { port, consumer } = await startReceiver();
    consumer.answer = async () => {
      throw new PermanentError('no such cluster.');
    };
    const answer = await send({ port, body: one });
    expect(answer.status).toBe(400);
    expect(decodeMessage('Status', answer.body)).toEqual({ code: 3, message: 'no such cluster.' });
  });

  it('lets the sender keep its data when we have a bug, and logs it', async () => {
    const { port, consumer, telemetry, refused } = await startReceiver();
    consumer.answer = async () => {
      throw new TypeError('secret detail');
    };
    const answer = await send({ port, body: one });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '30' } });
    expect(answer.body.toString('latin1')).not.toContain('secret detail');
    expect(refused('internal')).toBe(1);
    expect(telemetry.lines).toMatchObject([{ level: 'error', fields: { err: expect.any(TypeError) } }]);
  });
});

describe('OtlpHttpReceiver, bounds', () => {
  it('stops a gzip bomb of 200 MB at its limit', async () => {
    const { port, telemetry, refused, expectAlive } = await startReceiver();
    const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE));
    // What lies about from before, these 200 MB among it, would hide what the request takes when it goes meanwhile.
    globalThis.gc!();
    const before = process.memoryUsage().arrayBuffers;
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers);
    }, 1);
    const answer = await send({ port, headers: { 'content-encoding': 'gzip' }, body: bomb });
    clearInterval(watch);
    expect(answer.status).toBe(413);
    expect(decodeMessage('Status', answer.body)).toEqual({
      code: 8,
      message: "request body after decompression: expected at most 67108864 bytes (the receiver's limit), found more.",
    });
    expect(peak - before).toBeLessThan(100 * MEBIBYTE);
    expect(refused('too_large')).toBe(1);
    expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver: 'otlp/http' })).toBe(0);
    await expectAlive();
  });

  it('takes a request of exactly the limit and refuses one byte more', async () => {
    const { port } = await startReceiver({ maxRequestBytes: one.length });
    expect((await send({ port, body: one })).status).toBe(200);
    expect(
      (await send({ port, headers: { 'content-encoding': 'identity', 'transfer-encoding': 'chunked' }, body: one }))
        .status,
    ).toBe(200);
    const more = encodeLogs([{ body: { stringValue: 'one!' } }]);
    expect((await send({ port, body: more })).status).toBe(413);
    expect((await send({ port, headers: { 'transfer-encoding': 'chunked' }, body: more })).status).toBe(413);
  });

  it('refuses more log records than its limit, which a kilobyte of gzip can hold by the million', async () => {
    const { port, refused } = await startReceiver({ maxRecordsPerRequest: 1000 });
    const headers = { 'content-encoding': 'gzip' };
    const records = (count: number) => gzipSync(encodeLogs(Array(count).fill({})));
    expect((await send({ port, headers, body: records(1000) })).status).toBe(200);
    expect((await send({ port, headers, body: records(1001) })).status).toBe(413);
    expect(refused('too_large')).toBe(1);
  });

  it('tells a sender who announces too much before the bytes come', async () => {
    const { port } = await startReceiver();
    const head =
      'POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n';
    expect(await sendRaw(port, head, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('tells the sender beyond its bound on requests when to come back', async () => {
    const { port, consumer, refused } = await startReceiver({ maxConcurrentRequests: 1 });
    let free = () => {};
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    let reached = () => {};
    const asked = new Promise<void>((resolve) => {
      reached = resolve;
    });
    consumer.answer = async (batch) => {
      reached();
      await held;
      return acceptAll(batch);
    };
    const first = send({ port, body: one });
    await asked;
    const second = await send({ port, headers: json, body: oneJson });
    expect(second).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(JSON.parse(second.body.toString()).message).toBe(
      'receiver busy: 1 requests (max_concurrent_requests) are in hand.',
    );
    expect(refused('busy')).toBe(1);
    // What no waiting would help is said at once.
    expect((await send({ port, headers: { 'content-encoding': 'snappy' }, body: one })).status).toBe(415);
    free();
    expect((await first).status).toBe(200);
    expect((await send({ port, body: one })).status).toBe(200);
  });

  it('counts decompressed bytes of all requests against its bound', async () => {
    const { port, consumer, telemetry, refused, expectAlive } = await startReceiver({ maxInFlightBytes: 300_000 });
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
    consumer.answer = async (batch) => {
      reached();
      await held;
      return acceptAll(batch);
    };
    const message = encodeLogs([{ body: { stringValue: 'x'.repeat(200_000) } }]);
    const call = { port, headers: { 'content-encoding': 'gzip' }, body: gzipSync(message) };
    const first = send(call);
    await asked;
    expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver: 'otlp/http' })).toBe(
      message.length + call.body.length,
    );
    expect((await send(call)).status).toBe(429);
    expect(refused('busy')).toBe(1);
    free();
    expect((await first).status).toBe(200);
    await expectAlive();
  });

  it('does not ask a sender to come back with what alone is over that bound', async () => {
    const { port } = await startReceiver({ maxInFlightBytes: 100_000 });
    const body = gzipSync(encodeLogs([{ body: { stringValue: 'x'.repeat(200_000) } }]));
    expect((await send({ port, headers: { 'content-encoding': 'gzip' }, body })).status).toBe(413);
  });

  it('tells the sender whose turn does not come when to come back', async () => {
    const { port, consumer, refused, telemetry } = await startReceiver({ maxConcurrentConsumes: 1, maxWaitMs: 50 });
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
    consumer.answer = async (batch) => {
      reached();
      await held;
      return acceptAll(batch);
    };
    const first = send({ port, body: one });
    await asked;
    expect(await send({ port, body: one })).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    expect(refused('busy')).toBe(1);
    free();
    expect((await first).status).toBe(200);
    expect(consumer.batches).toHaveLength(1);
    expect(telemetry.counter('pintail_receiver_received_log_records_total', { receiver: 'otlp/http' })).toBe(1);
  });

  it('gives up on a body that does not come, so that the sender may retry', async () => {
    const { port, refused, expectAlive } = await startReceiver({ requestTimeoutMs: 50 });
    const head = 'POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{';
    const answer = await sendRaw(port, head, '}');
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*retry-after: 1\r\n.*expected all of it within 50 ms, found 1 bytes\./s);
    expect(refused('timeout')).toBe(1);
    await expectAlive();
  });

  it('answers a sender that has half-closed its connection', async () => {
    const { port } = await startReceiver();
    const head = `POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${oneJson.length}\r\n\r\n`;
    expect(await sendRaw(port, head + oneJson.toString(), undefined, true)).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('forgets a sender that goes away in the middle of a body', async () => {
    const { port, telemetry, consumer, expectAlive } = await startReceiver();
    const inHand = () => telemetry.gauge('pintail_receiver_in_flight_requests', { receiver: 'otlp/http' });
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      'POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"a"',
    );
    await expect.poll(inHand).toBe(1);
    socket.destroy();
    await expect.poll(inHand).toBe(0);
    expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver: 'otlp/http' })).toBe(0);
    expect(consumer.batches).toHaveLength(0);
    await expectAlive();
  });

  it('answers what is no HTTP with 400 and closes', async () => {
    const { port, refused, expectAlive } = await startReceiver();
    expect(await sendRaw(port, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(refused('bad_data')).toBe(1);
    await expectAlive();
  });
});

function deepJson(depth: number): string {
  const body = `${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}`;
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${body}}]}]}]}`;
}
