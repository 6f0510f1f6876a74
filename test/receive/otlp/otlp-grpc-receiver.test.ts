import { once } from 'node:events';
import { connect } from 'node:http2';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressionAlgorithms } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { PermanentError, RetryableError } from '../../../src/component.ts';
import { OtlpGrpcReceiver } from '../../../src/receive/otlp/otlp-grpc-receiver.ts';
import type { OtlpGrpcReceiverSettings } from '../../../src/receive/otlp/settings.ts';
import { exportAndLeave } from './support/go-client.ts';
import { callRaw, EXPORT, frame, GrpcClient, gzipOptions } from './support/grpc-client.ts';
import { sendRaw } from './support/http-client.ts';
import { decodeMessage, deeplyNestedRequest, encodeLogs } from './support/otlp-proto.ts';
import { acceptAll, RecordingConsumer } from './support/recording-consumer.ts';
import { RecordingTelemetry } from './support/recording-telemetry.ts';

const MEBIBYTE = 1024 * 1024;
const INVALID_ARGUMENT = '3';
const one = encodeLogs([{ body: { stringValue: 'one' } }]);

const stops: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function startReceiver(settings: Partial<OtlpGrpcReceiverSettings> = {}) {
  const consumer = new RecordingConsumer();
  const telemetry = new RecordingTelemetry();
  const receiver = new OtlpGrpcReceiver({ endpoint: '127.0.0.1:0', ...settings }, consumer, telemetry);
  await receiver.start();
  stops.push(() => receiver.shutdown());
  const { port } = receiver.address();
  const client = new GrpcClient(port);
  stops.push(() => client.close());
  const refused = (reason: string) =>
    telemetry.counter('pintail_receiver_refused_requests_total', { receiver: 'otlp/grpc', reason });
  /** The service goes on: a good call on the same connection is taken. */
  const expectAlive = async () => {
    const before = consumer.logRecords.length;
    expect(await client.export(one)).toMatchObject({ code: 0 });
    expect(consumer.logRecords.length).toBe(before + 1);
  };
  return { receiver, consumer, telemetry, port, client, refused, expectAlive };
}

/** A consumer that waits: `asked` resolves once it is reached, `free` lets it answer. */
function hold(consumer: RecordingConsumer) {
  const { promise: held, resolve: free } = Promise.withResolvers<void>();
  const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
  consumer.answer = async (batch) => {
    reached();
    await held;
    return acceptAll(batch);
  };
  return { asked, free };
}

describe('OtlpGrpcReceiver, success', () => {
  it('takes a request and answers an empty ExportLogsServiceResponse', async () => {
    const { client, consumer } = await startReceiver({ cluster: 'prod' });
    expect(await client.export(one)).toEqual({ code: 0, message: '', response: Buffer.alloc(0) });
    expect(consumer.batches).toMatchObject([{ receiver: 'otlp/grpc', cluster: 'prod' }]);
    expect(consumer.logRecords).toMatchObject([{ body: 'one' }]);
  });

  it.each([
    ['gzip', gzipOptions],
    ['deflate', { 'grpc.default_compression_algorithm': compressionAlgorithms.deflate }],
  ])('takes %s from grpc-js', async (_name, options) => {
    const { port, consumer } = await startReceiver();
    const client = new GrpcClient(port, options);
    stops.push(() => client.close());
    expect(await client.export(one)).toMatchObject({ code: 0 });
    expect(consumer.logRecords).toMatchObject([{ body: 'one' }]);
  });

  it('takes zstd, and an uncompressed message on a call that may compress', async () => {
    const { port, consumer } = await startReceiver();
    const headers = { 'grpc-encoding': 'zstd' };
    expect(await callRaw(port, { headers, frames: [frame(zstdCompressSync(one), 1)] })).toMatchObject({
      'grpc-status': '0',
    });
    expect(await callRaw(port, { headers, frames: [frame(one)] })).toMatchObject({ 'grpc-status': '0' });
    expect(consumer.logRecords).toHaveLength(2);
  });

  it('takes an empty request', async () => {
    const { client, consumer } = await startReceiver();
    expect(await client.export(Buffer.alloc(0))).toMatchObject({ code: 0 });
    expect(consumer.batches).toHaveLength(0);
  });

  it('takes a message that comes byte by byte', async () => {
    const { port, consumer } = await startReceiver();
    const frames = [...frame(one)].map((byte) => Buffer.from([byte]));
    expect(await callRaw(port, { frames })).toMatchObject({ ':status': '200', 'grpc-status': '0' });
    expect(consumer.logRecords).toMatchObject([{ body: 'one' }]);
  });

  it('takes many calls at a time on one connection', async () => {
    const { client, consumer } = await startReceiver();
    const results = await Promise.all(Array.from({ length: 50 }, () => client.export(one)));
    expect(results.every(({ code }) => code === 0)).toBe(true);
    expect(consumer.logRecords).toHaveLength(50);
  });

  it('takes a message of many windows', async () => {
    const { client, consumer } = await startReceiver();
    const text = 'x'.repeat(20 * MEBIBYTE);
    expect(await client.export(encodeLogs([{ body: { stringValue: text } }]))).toMatchObject({ code: 0 });
    expect(consumer.logRecords[0]!.body).toBe(text);
  });

  it('answers only once the next stage has kept the records', async () => {
    const { client, consumer } = await startReceiver();
    const { asked, free } = hold(consumer);
    let isAnswered = false;
    const answer = client.export(one).then((result) => {
      isAnswered = true;
      return result;
    });
    await asked;
    expect(await client.export(one, '/no.Such/Method')).toMatchObject({ code: 12 });
    expect(isAnswered).toBe(false);
    free();
    expect(await answer).toMatchObject({ code: 0 });
  });

  it('passes on partial success', async () => {
    const { client, consumer } = await startReceiver();
    consumer.answer = async () => ({
      acceptedLogRecords: 1,
      rejectedLogRecords: 2,
      errorMessage: 'record 3: too odd.',
    });
    const { response } = await client.export(one);
    expect(decodeMessage('ExportLogsServiceResponse', response!)).toEqual({
      partialSuccess: { rejectedLogRecords: '2', errorMessage: 'record 3: too odd.' },
    });
  });
});

describe('OtlpGrpcReceiver, refusals', () => {
  it.each([
    ['wrong protobuf', [frame(Buffer.from('not protobuf at all'))], {}, /^ExportLogsServiceRequest: expected /],
    [
      'a body nested 10,000 deep',
      [frame(deeplyNestedRequest(10_000))],
      {},
      /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.body: expected at most 256 levels/,
    ],
    [
      'damaged gzip',
      [frame(Buffer.from('not gzip'), 1)],
      { 'grpc-encoding': 'gzip' },
      /^request body: expected gzip, found: incorrect header check\.$/,
    ],
    [
      'a compressed message without encoding',
      [frame(gzipSync(one), 1)],
      {},
      /^message: expected grpc-encoding with a compressed message, found none\.$/,
    ],
    ['an unknown flag', [frame(one, 7)], {}, /^message: expected compressed flag 0 or 1, found 7\.$/],
    ['no message', [], {}, /^message: expected its prefix of 5 bytes, found 0\.$/],
    ['half a prefix', [Buffer.from([0, 0])], {}, /^message: expected its prefix of 5 bytes, found 2\.$/],
    ['half a message', [frame(one).subarray(0, 9)], {}, /^message: expected one message of 15 bytes, found 4\.$/],
    ['two messages', [frame(one), frame(one)], {}, /^message: expected one message of 15 bytes, found more\.$/],
  ])('answers %s with INVALID_ARGUMENT, and goes on', async (_name, frames, headers, message) => {
    const { port, refused, expectAlive } = await startReceiver();
    const answer = await callRaw(port, { frames, headers });
    expect(answer).toMatchObject({ ':status': '200', 'grpc-status': INVALID_ARGUMENT });
    expect(decodeURI(answer['grpc-message']!)).toMatch(message);
    expect(refused('bad_data')).toBe(1);
    await expectAlive();
  });

  it('names the field in a BadRequest detail', async () => {
    const { client } = await startReceiver();
    const { code, message, status } = await client.export(Buffer.from([0x0a, 0x05]));
    expect({ code, message }).toEqual({ code: 3, message: 'resourceLogs[0]: expected 5 bytes at offset 2, found 0.' });
    const [detail] = status!.details as { typeUrl: string; value: Buffer }[];
    expect(detail!.typeUrl).toBe('type.googleapis.com/google.rpc.BadRequest');
    expect(decodeMessage('BadRequest', detail!.value)).toEqual({
      fieldViolations: [{ field: 'resourceLogs[0]', description: 'expected 5 bytes at offset 2, found 0.' }],
    });
  });

  it('answers unknown methods and encodings UNIMPLEMENTED, and what is no gRPC by HTTP status', async () => {
    const { client, port, refused } = await startReceiver();
    expect(await client.export(one, '/no.Such/Method')).toMatchObject({
      code: 12,
      message: `method: expected "${EXPORT}", found "/no.Such/Method".`,
    });
    const snappy = await callRaw(port, { headers: { 'grpc-encoding': 'snappy' }, frames: [frame(one, 1)] });
    expect(snappy).toMatchObject({ 'grpc-status': '12', 'grpc-accept-encoding': 'identity,gzip,zstd,deflate' });
    const json = await callRaw(port, { headers: { 'content-type': 'application/json' }, frames: [Buffer.from('{}')] });
    expect(json).toMatchObject({ ':status': '415' });
    expect(await callRaw(port, { headers: { ':method': 'GET' }, frames: [] })).toMatchObject({ ':status': '405' });
    expect(['unknown_path', 'unsupported_encoding', 'unsupported_content_type', 'wrong_method'].map(refused)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('lets in whom the service lets in', async () => {
    const authorize = (header: string | undefined) =>
      header === 'Bearer good' ? {} : header === 'Bearer other' ? 'forbidden' : 'unauthenticated';
    const { port, client, consumer } = await startReceiver({ authorize });
    expect(await client.export(one)).toMatchObject({
      code: 16,
      message: 'authorization: expected "Bearer" and a known token, found another or none.',
    });
    const call = (authorization: string) => callRaw(port, { headers: { authorization }, frames: [frame(one)] });
    expect(await call('Bearer other')).toMatchObject({ 'grpc-status': '7' });
    expect(consumer.batches).toHaveLength(0);
    expect(await call('Bearer good')).toMatchObject({ 'grpc-status': '0' });
  });

  it('passes on when the next stage wants the request again', async () => {
    const { client, consumer, refused } = await startReceiver();
    consumer.answer = async () => {
      throw new RetryableError('disk full: 0 % left – "später".', 2300);
    };
    const { code, message, status } = await client.export(one);
    expect({ code, message }).toEqual({ code: 14, message: 'disk full: 0 % left – "später".' });
    const [detail] = status!.details as { typeUrl: string; value: Buffer }[];
    expect(detail!.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(decodeMessage('RetryInfo', detail!.value)).toEqual({ retryDelay: { seconds: '2', nanos: 300_000_000 } });
    expect(refused('unavailable')).toBe(1);
  });

  it('passes on that the next stage will never take the request', async () => {
    const { client, consumer } = await startReceiver();
    consumer.answer = async () => {
      throw new PermanentError('no such cluster.');
    };
    expect(await client.export(one)).toMatchObject({ code: 3, message: 'no such cluster.' });
  });

  it('lets the sender keep its data when we have a bug, and logs it', async () => {
    const { client, consumer, telemetry } = await startReceiver();
    consumer.answer = async () => {
      throw new TypeError('secret detail');
    };
    const { code, message, status } = await client.export(one);
    expect(code).toBe(14);
    expect(message).not.toContain('secret detail');
    expect(status!.details).toMatchObject([{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo' }]);
    expect(telemetry.lines).toMatchObject([{ level: 'error', fields: { err: expect.any(TypeError) } }]);
  });
});

describe('OtlpGrpcReceiver, bounds', () => {
  it('stops a gzip bomb of 200 MB at its limit, without RetryInfo', async () => {
    const { port, refused, telemetry, expectAlive } = await startReceiver();
    const bomb = gzipSync(Buffer.alloc(200 * MEBIBYTE));
    const answer = await callRaw(port, { headers: { 'grpc-encoding': 'gzip' }, frames: [frame(bomb, 1)] });
    expect(answer['grpc-status']).toBe('8');
    expect(decodeMessage('Status', Buffer.from(answer['grpc-status-details-bin']!, 'base64'))).toEqual({
      code: 8,
      message: "request body after decompression: expected at most 67108864 bytes (the receiver's limit), found more.",
    });
    expect(refused('too_large')).toBe(1);
    expect(telemetry.gauge('pintail_receiver_in_flight_bytes', { receiver: 'otlp/grpc' })).toBe(0);
    await expectAlive();
  });

  it('takes a message of exactly the limit and refuses one byte more', async () => {
    const { client } = await startReceiver({ maxRequestBytes: one.length });
    expect(await client.export(one)).toMatchObject({ code: 0 });
    expect(await client.export(encodeLogs([{ body: { stringValue: 'one!' } }]))).toMatchObject({ code: 8 });
  });

  it('refuses more log records than its limit, without RetryInfo', async () => {
    const { client, refused } = await startReceiver({ maxRecordsPerRequest: 1000 });
    expect(await client.export(encodeLogs(Array(1000).fill({})))).toMatchObject({ code: 0 });
    const { code, status } = await client.export(encodeLogs(Array(1001).fill({})));
    const message = 'request: expected at most 1000 log records (max_records_per_request), found more.';
    expect({ code, status }).toEqual({ code: 8, status: { code: 8, message } });
    expect(refused('too_large')).toBe(1);
  });

  it('tells a sender who announces too much before the bytes come', async () => {
    const { port } = await startReceiver();
    const frames = [frame(Buffer.alloc(1), 0, 4_000_000_000)];
    expect(await callRaw(port, { frames, leaveOpen: true })).toMatchObject({ 'grpc-status': '8' });
  });

  it('refuses a large message while it is still being sent, and the connection goes on', async () => {
    const { client, expectAlive } = await startReceiver({ maxRequestBytes: 16 * 1024 });
    expect(await client.export(Buffer.alloc(8 * MEBIBYTE))).toMatchObject({ code: 8 });
    await expectAlive();
  });

  it('tells the sender beyond its bound on requests when to come back', async () => {
    const { client, consumer, refused } = await startReceiver({ maxConcurrentRequests: 1 });
    const { asked, free } = hold(consumer);
    const first = client.export(one);
    await asked;
    const { code, message, status } = await client.export(one);
    expect({ code, message }).toEqual({
      code: 14,
      message: 'receiver busy: 1 requests (max_concurrent_requests) are in hand.',
    });
    const [detail] = status!.details as { value: Buffer }[];
    expect(decodeMessage('RetryInfo', detail!.value)).toEqual({ retryDelay: { seconds: '1' } });
    expect(refused('busy')).toBe(1);
    free();
    expect(await first).toMatchObject({ code: 0 });
  });

  it('counts decompressed bytes of all calls against its bound', async () => {
    const { port, consumer, refused, expectAlive } = await startReceiver({ maxInFlightBytes: 300_000 });
    const client = new GrpcClient(port, gzipOptions);
    stops.push(() => client.close());
    const { asked, free } = hold(consumer);
    const message = encodeLogs([{ body: { stringValue: 'x'.repeat(200_000) } }]);
    const first = client.export(message);
    await asked;
    expect(await client.export(message)).toMatchObject({ code: 14 });
    expect(refused('busy')).toBe(1);
    free();
    expect(await first).toMatchObject({ code: 0 });
    await expectAlive();
  });

  it('does not begin the work of a caller that went away while it waited for its turn', async () => {
    const { port, client, consumer, telemetry, expectAlive } = await startReceiver({ maxConcurrentConsumes: 1 });
    const labels = { receiver: 'otlp/grpc' };
    const inHand = () => telemetry.gauge('pintail_receiver_in_flight_requests', labels);
    const { asked, free } = hold(consumer);
    const first = client.export(one);
    await asked;
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.end(frame(one));
    await expect.poll(() => telemetry.counter('pintail_receiver_received_bytes_total', labels)).toBe(2 * one.length);
    const connections = () => telemetry.gauge('pintail_receiver_connections', labels);
    expect(connections()).toBe(2);
    session.destroy();
    await expect.poll(connections).toBe(1);
    free();
    expect(await first).toMatchObject({ code: 0 });
    await expect.poll(inHand).toBe(0);
    expect(consumer.batches).toHaveLength(1);
    await expectAlive();
  });

  it('gives up on a message that does not come, so that the sender may retry', async () => {
    const { port, refused, expectAlive } = await startReceiver({ requestTimeoutMs: 50 });
    const frames = [frame(one).subarray(0, 9)];
    expect(await callRaw(port, { frames, leaveOpen: true })).toMatchObject({
      'grpc-status': '14',
      'grpc-message': encodeURI('message: expected all of it within 50 ms, found 9 bytes.'),
    });
    expect(refused('timeout')).toBe(1);
    await expectAlive();
  });

  it('forgets a caller that cancels or goes away', async () => {
    const { port, telemetry, consumer, expectAlive } = await startReceiver();
    const inHand = () => telemetry.gauge('pintail_receiver_in_flight_requests', { receiver: 'otlp/grpc' });
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const open = () => {
      const stream = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
      stream.on('error', () => {});
      stream.write(frame(one).subarray(0, 9));
      return stream;
    };
    const cancelled = open();
    await expect.poll(inHand).toBe(1);
    cancelled.close(8);
    await expect.poll(inHand).toBe(0);
    open();
    await expect.poll(inHand).toBe(1);
    session.destroy();
    await expect.poll(inHand).toBe(0);
    expect(consumer.batches).toHaveLength(0);
    await expectAlive();
  });

  it('survives a caller that goes away while its records are being kept', async () => {
    const { port, telemetry, consumer, expectAlive } = await startReceiver();
    const inHand = () => telemetry.gauge('pintail_receiver_in_flight_requests', { receiver: 'otlp/grpc' });
    const { asked, free } = hold(consumer);
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.end(frame(one));
    await asked;
    session.destroy();
    free();
    await expect.poll(inHand).toBe(0);
    await expectAlive();
  });

  it('survives what is no HTTP/2, and counts it', async () => {
    const { port, refused, expectAlive } = await startReceiver();
    await sendRaw(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await expect.poll(() => refused('bad_data')).toBe(1);
    await expectAlive();
  });

  it.each([
    ['after a call', one],
    ['without any call', undefined],
  ])("refuses nobody where Go's client, a Collector's, takes leave %s", async (_name, message) => {
    const { port, consumer, telemetry, refused, expectAlive } = await startReceiver();
    const connections = () => telemetry.gauge('pintail_receiver_connections', { receiver: 'otlp/grpc' });
    // What the engine thinks of such a leave is what makes it look as a broken client's.
    expect(await exportAndLeave(port, message)).toContain('GOAWAY: invalid last_stream_id');
    await expect.poll(connections).toBe(0);
    expect(consumer.logRecords).toHaveLength(message === undefined ? 0 : 1);
    expect(refused('bad_data')).toBe(0);
    await expectAlive();
  });
});

describe('OtlpGrpcReceiver, connections', () => {
  it('asks an old connection to go, and its calls still finish', async () => {
    const { port, consumer } = await startReceiver({ maxConnectionAgeMs: 50, maxConnectionAgeGraceMs: 10_000 });
    const { asked, free } = hold(consumer);
    const session = connect(`http://127.0.0.1:${port}`);
    const goaway = once(session, 'goaway');
    const stream = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
    const trailers = once(stream, 'trailers');
    stream.resume();
    stream.end(frame(one));
    await asked;
    expect((await goaway)[0]).toBe(0);
    free();
    expect((await trailers)[0]).toMatchObject({ 'grpc-status': '0' });
    await once(session, 'close');
  });

  it('ends an old connection whose calls do not finish in time', async () => {
    const { port, consumer } = await startReceiver({ maxConnectionAgeMs: 20, maxConnectionAgeGraceMs: 20 });
    const { free } = hold(consumer);
    const session = connect(`http://127.0.0.1:${port}`);
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
    stream.on('error', () => {});
    stream.end(frame(one));
    await once(session, 'close');
    free();
  });

  it('pings its connections and keeps those that answer', async () => {
    const { port, client, expectAlive } = await startReceiver({ keepaliveTimeMs: 20, keepaliveTimeoutMs: 10_000 });
    const session = connect(`http://127.0.0.1:${port}`);
    stops.push(() => session.destroy());
    await once(session, 'ping');
    await once(session, 'ping');
    expect(session.closed).toBe(false);
    expect(await client.export(one)).toMatchObject({ code: 0 });
    await expectAlive();
  });

  it('finishes the calls in hand at shutdown, and refuses new connections', async () => {
    const { receiver, client, consumer, port } = await startReceiver();
    const { asked, free } = hold(consumer);
    const answer = client.export(one);
    await asked;
    const down = receiver.shutdown();
    await expect.poll(() => new GrpcClient(port).export(one).then(({ code }) => code)).toBe(14);
    free();
    expect(await answer).toMatchObject({ code: 0 });
    await down;
  });

  it('cuts off calls that do not finish within the time for shutdown', async () => {
    const { receiver, client, consumer } = await startReceiver({ shutdownTimeoutMs: 50 });
    const { asked, free } = hold(consumer);
    const answer = client.export(one);
    await asked;
    await receiver.shutdown();
    expect((await answer).code).not.toBe(0);
    free();
  });
});
