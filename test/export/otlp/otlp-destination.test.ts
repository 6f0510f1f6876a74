import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OutboundEvent, PermanentError, RetryableError } from '../../../src/component.ts';
import { type Destination, DoubtfulError } from '../../../src/export/destination.ts';
import { createOtlpDestination } from '../../../src/export/otlp/otlp-destination.ts';
import { DEFAULT_SPLUNK_TARGETS, type OtlpExporterSettings } from '../../../src/export/otlp/settings.ts';
import { type PrintableEvent, parsePayload, printPayload } from '../../../src/export/payload.ts';
import { DEFAULT_BATCH, DEFAULT_RETRY } from '../../../src/export/settings.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  encodeMessage,
  type GrpcReceiver,
  type HttpReceiver,
  type Receiver,
  startGrpcReceiver,
  startHttpReceiver,
} from '../../support/otlp-logs-receiver.ts';

const clock = new ManualClock(Date.UTC(2026, 0, 2, 3, 4, 5));
const never = new AbortController().signal;
let open: (Destination | Receiver)[] = [];

afterEach(async () => {
  for (const one of open) await one.close();
  open = [];
});

async function connect(
  receiver: { readonly endpoint: string },
  protocol: OtlpExporterSettings['protocol'],
  overrides: Partial<OtlpExporterSettings> = {},
): Promise<Destination> {
  const settings: OtlpExporterSettings = {
    name: 'otlp',
    endpoint: receiver.endpoint,
    protocol,
    headers: { 'x-tenant': 'blue' },
    compression: 'gzip',
    timeoutMs: 20_000,
    retry: DEFAULT_RETRY,
    batch: DEFAULT_BATCH,
    hostName: 'pintail-0',
    splunk: DEFAULT_SPLUNK_TARGETS,
    ...overrides,
  };
  const destination = createOtlpDestination(settings, clock);
  await destination.open();
  open.push(destination);
  return destination;
}

function event(overrides: Partial<OutboundEvent> = {}): PrintableEvent {
  return parsePayload(
    printPayload({
      eventId: 'e1',
      kind: 'risk',
      time: 1_700_000_000.25,
      source: 'Secret Reading Spree',
      severityNumber: 13,
      body: 'secrets read by ada',
      attributes: { risk_object: 'ada', risk_score: 49, ratio: 0.5, 'user.groups{}': ['dev', 'ops'], allowed: true },
      ...overrides,
    }),
  );
}

async function failure(delivery: Promise<unknown>): Promise<Error> {
  return delivery.then(
    () => {
      throw new Error('expected a failure, found a delivery');
    },
    (error: Error) => error,
  );
}

describe.each(['http/protobuf', 'grpc'] as const)('%s', (protocol) => {
  const start = async (): Promise<Receiver> => {
    const receiver = protocol === 'grpc' ? await startGrpcReceiver() : await startHttpReceiver();
    open.push(receiver);
    return receiver;
  };

  test('sends an event as a log record with its resource, name, times, severity, body and attributes', async () => {
    const receiver = await start();
    const destination = await connect(receiver, protocol);
    expect(await destination.deliver([event()], never)).toEqual({ refused: [] });
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]!.records).toEqual([
      {
        resource: {
          'service.name': 'pintail',
          'host.name': 'pintail-0',
          'com.splunk.index': 'risk',
          'com.splunk.sourcetype': 'pintail:risk',
          'com.splunk.source': 'Secret Reading Spree',
        },
        scope: 'pintail',
        eventName: 'pintail.risk_event',
        timeUnixNano: '1700000000250000000',
        observedTimeUnixNano: '1700000000250000000',
        severityNumber: 13,
        severityText: 'WARN',
        body: 'secrets read by ada',
        attributes: { risk_object: 'ada', risk_score: 49, ratio: 0.5, 'user.groups{}': ['dev', 'ops'], allowed: true },
        droppedAttributesCount: 0,
      },
    ]);
    expect(receiver.requests[0]!.headers).toMatchObject({ 'x-tenant': 'blue' });
  });

  test('files each kind where Enterprise Security looks, one resource per source, in order', async () => {
    const receiver = await start();
    const destination = await connect(receiver, protocol);
    const kinds = ['risk', 'finding', 'finding_revised', 'finding_withdrawn', 'incident'] as const;
    await destination.deliver(
      [...kinds.map((kind) => event({ kind })), event({ body: 'second' }), event({ source: 'Other' })],
      never,
    );
    const { records } = receiver.requests[0]!;
    expect(records.map((record) => [record.eventName, record.resource['com.splunk.index']])).toEqual([
      ['pintail.risk_event', 'risk'],
      ['pintail.risk_event', 'risk'],
      ['pintail.finding', 'notable'],
      ['pintail.finding_revised', 'notable'],
      ['pintail.finding_withdrawn', 'notable'],
      ['pintail.incident', 'notable'],
      ['pintail.risk_event', 'risk'],
    ]);
    expect(records.map((record) => record.body).slice(0, 2)).toEqual(['secrets read by ada', 'second']);
    expect(records.at(-1)!.resource['com.splunk.source']).toBe('Other');
  });

  test('sends every attribute, however many, and every time, however early', async () => {
    const receiver = await start();
    const destination = await connect(receiver, protocol, { compression: 'none' });
    const attributes = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`field ${index}`, index]));
    await destination.deliver([event({ attributes, time: 12.000001 }), event({ time: 4_102_444_800 })], never);
    const [early, late] = receiver.requests[0]!.records;
    expect(early!.attributes).toEqual(attributes);
    expect([early!.timeUnixNano, late!.timeUnixNano]).toEqual(['12000001000', '4102444800000000000']);
  });

  test('keeps a whole request whose answer rejects some of its records, with the reason', async () => {
    const receiver = await start();
    const answer = encodeMessage('Response', {
      partialSuccess: { rejectedLogRecords: 1, errorMessage: 'body too long' },
    });
    receiver.respond(answer);
    const destination = await connect(receiver, protocol);
    const reason = '1 of 2 log records in one request were rejected: body too long';
    expect(await destination.deliver([event(), event({ eventId: 'e2' })], never)).toEqual({
      refused: [
        { eventId: 'e1', reason },
        { eventId: 'e2', reason },
      ],
    });
  });

  test('takes an answer with a warning and no rejected record for a delivery', async () => {
    const receiver = await start();
    const answer = encodeMessage('Response', { partialSuccess: { errorMessage: 'be careful' } });
    receiver.respond(answer);
    const destination = await connect(receiver, protocol);
    expect(await destination.deliver([event()], never)).toEqual({ refused: [] });
  });

  test('asks to try again while nobody listens, and delivers once somebody does', async () => {
    const gone = await start();
    const port = Number(new URL(gone.endpoint).port);
    await gone.close();
    const destination = await connect(gone, protocol);
    const error = await failure(destination.deliver([event()], never));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).not.toBeInstanceOf(DoubtfulError);
    expect(error.message).toMatch(/otlp: .*127\.0\.0\.1/u);

    const back = protocol === 'grpc' ? await startGrpcReceiver(port) : await startHttpReceiver(port);
    open.push(back);
    expect(await destination.deliver([event()], never)).toEqual({ refused: [] });
    expect(back.requests).toHaveLength(1);
  });

  test('asks to try again where the answer does not come in time', async () => {
    const receiver = await start();
    receiver.respond('silence');
    const destination = await connect(receiver, protocol, { timeoutMs: 50 });
    const error = await failure(destination.deliver([event()], never));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(protocol === 'grpc' ? /DEADLINE_EXCEEDED/u : /no answer within 50 ms/u);
  });

  test('loses no event by a timeout that no timer can hold', async () => {
    const receiver = await start();
    const destination = await connect(receiver, protocol, { timeoutMs: 2 ** 33 });
    const outcome = await destination.deliver([event()], never).catch((error: unknown) => error);
    if (protocol === 'grpc') expect(outcome).toEqual({ refused: [] });
    else expect(outcome).toBeInstanceOf(RetryableError);
  });

  test('breaks off at once when told to', async () => {
    const receiver = await start();
    receiver.respond('silence');
    const stop = new AbortController();
    const destination = await connect(receiver, protocol);
    const delivery = failure(destination.deliver([event()], stop.signal));
    await receiver.received(1);
    stop.abort();
    expect(await delivery).toBeInstanceOf(RetryableError);
  });

  test('keeps secrets out of messages', async () => {
    const receiver = await start();
    await receiver.close();
    const endpoint = receiver.endpoint.replace('127', 'ada:hunter2@127');
    const destination = await connect({ endpoint }, protocol, { headers: { 'x-token': 'hunter2' } });
    const error = await failure(destination.deliver([event()], never));
    expect(error.message).toMatch(/127\.0\.0\.1/u);
    expect(error.message).not.toMatch(/hunter2/u);
    const broken = await failure(connect({ endpoint }, protocol, { headers: { 'x-token': 'hunter2\n' } }));
    expect(broken.message).toMatch(/x-token/u);
    expect(broken.message).not.toMatch(/hunter2/u);
  });

  test('does not open without its certificate files', async () => {
    const receiver = await start();
    const missing = connect(receiver, protocol, { tls: { caFile: '/nowhere/ca.pem' } });
    await expect(missing).rejects.toThrow(
      /^exporters\.otlp\.tls\.ca_file: expected a readable file, found ENOENT.*\/nowhere\/ca\.pem/u,
    );
    const half = connect(receiver, protocol, { tls: { certFile: '/nowhere/cert.pem' } });
    await expect(half).rejects.toThrow('exporters.otlp.tls: expected key_file beside cert_file, found none.');
  });
});

describe('http/protobuf answers', () => {
  let receiver: HttpReceiver;

  beforeEach(async () => {
    receiver = await startHttpReceiver();
    open.push(receiver);
  });

  async function answered(
    code: number,
    headers: Record<string, string> = {},
    body: string | Buffer = '',
  ): Promise<Error> {
    receiver.answer = (response) => response.writeHead(code, headers).end(body);
    const destination = await connect(receiver, 'http/protobuf');
    return failure(destination.deliver([event()], never));
  }

  test('go to /v1/logs behind the endpoint’s own path, compressed or not', async () => {
    for (const [path, compression] of [
      ['', 'gzip'],
      ['/otlp/', 'none'],
      ['/v1/logs', 'gzip'],
    ] as const) {
      const endpoint = `${receiver.endpoint}${path}`;
      const destination = await connect({ endpoint }, 'http/protobuf', { compression });
      await destination.deliver([event()], never);
    }
    expect(receiver.requests.map((request) => [request.path, request.headers['content-encoding']])).toEqual([
      ['/v1/logs', 'gzip'],
      ['/otlp/v1/logs', undefined],
      ['/v1/logs', 'gzip'],
    ]);
    expect(receiver.requests[0]!.headers['content-type']).toBe('application/x-protobuf');
  });

  test.each([
    ['7', 7_000],
    ['0', 0],
    ['Fri, 02 Jan 2026 03:04:25 GMT', 20_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', 0],
    ['soon', 0],
  ])('503 with Retry-After %s asks for %d ms', async (header, waitMs) => {
    const error = await answered(503, { 'Retry-After': header });
    expect(error).toBeInstanceOf(RetryableError);
    expect((error as RetryableError).retryAfterMs).toBe(waitMs);
  });

  test.each([429, 502, 503, 504])('%d is tried again', async (code) => {
    const error = await answered(code);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).not.toBeInstanceOf(DoubtfulError);
  });

  test.each([301, 401, 403, 404, 405, 415])('%d is tried again and points at the configuration', async (code) => {
    const error = await answered(code);
    expect(error).toBeInstanceOf(RetryableError);
    expect(error).not.toBeInstanceOf(DoubtfulError);
    expect(error.message).toBe(
      `otlp: ${receiver.endpoint}/v1/logs answered ${code}. Check endpoint and headers of the exporter.`,
    );
  });

  test.each([408, 500, 501])('%d is doubtful', async (code) => {
    expect(await answered(code)).toBeInstanceOf(DoubtfulError);
  });

  test.each([400, 413, 422])('%d is a refusal, with what the receiver said', async (code) => {
    const body = encodeMessage('Status', { code: 3, message: 'bad\nrecord' });
    const error = await answered(code, { 'Content-Type': 'application/x-protobuf' }, body);
    expect(error).toBeInstanceOf(PermanentError);
    expect(error.message).toBe(`otlp: ${receiver.endpoint}/v1/logs answered ${code}: bad record.`);
  });

  test('200 with a page that is no OTLP response is no delivery', async () => {
    const error = await answered(200, { 'Content-Type': 'text/html' }, '<h1>Welcome</h1>');
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/answered 200: <h1>Welcome<\/h1>\. Expected an OTLP response, found text\/html\./u);
    const garbled = await answered(200, { 'Content-Type': 'application/x-protobuf' }, Buffer.from([0x0a, 0xff]));
    expect(garbled).toBeInstanceOf(RetryableError);
  });

  test('200 with a JSON response is read as one', async () => {
    receiver.answer = (response) =>
      response.setHeader('Content-Type', 'application/json').end('{"partialSuccess":{"rejectedLogRecords":"1"}}');
    const destination = await connect(receiver, 'http/protobuf');
    expect((await destination.deliver([event()], never)).refused).toHaveLength(1);
  });

  test('a dropped connection is tried again', async () => {
    receiver.answer = (_response, _request, message) => message.socket.destroy();
    const destination = await connect(receiver, 'http/protobuf');
    const error = await failure(destination.deliver([event()], never));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/ECONNRESET/u);
  });

  test('a receiver that refuses a request before it was sent to its end is heard', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(413, { Connection: 'close' }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const destination = await connect({ endpoint }, 'http/protobuf', { compression: 'none' });
      const error = await failure(destination.deliver([event({ body: 'x'.repeat(32 * 1_048_576) })], never));
      expect(error).toBeInstanceOf(PermanentError);
    } finally {
      server.close();
    }
  });

  test('an endless answer is cut off and tried again', async () => {
    receiver.answer = (response) => {
      const chunk = Buffer.alloc(1_048_576);
      const write = (): void => {
        while (!response.destroyed && response.write(chunk));
        response.once('drain', write);
      };
      write();
    };
    const destination = await connect(receiver, 'http/protobuf');
    const error = await failure(destination.deliver([event()], never));
    expect(error).toBeInstanceOf(RetryableError);
    expect(error.message).toMatch(/more than 4194304 bytes/u);
  });

  test('a header that HTTP does not allow keeps the exporter from opening', async () => {
    await expect(connect(receiver, 'http/protobuf', { headers: { 'a b': 'c' } })).rejects.toThrow(/a b/u);
  });
});

describe('grpc answers', () => {
  let receiver: GrpcReceiver;

  beforeEach(async () => {
    receiver = await startGrpcReceiver();
    open.push(receiver);
  });

  const retryInfo = (delay: object): Buffer =>
    encodeMessage('Status', {
      code: 14,
      message: 'busy',
      details: [
        { typeUrl: 'type.googleapis.com/google.rpc.BadRequest', value: Buffer.from([0x0a, 0x00]) },
        {
          typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
          value: encodeMessage('RetryInfo', { retryDelay: delay }),
        },
      ],
    });

  async function answered(code: status, details = '', rpcStatus?: Buffer): Promise<Error> {
    receiver.answer = () => ({ code, details, ...(rpcStatus && { status: rpcStatus }) });
    const destination = await connect(receiver, 'grpc');
    return failure(destination.deliver([event()], never));
  }

  test.each([
    [{ seconds: 3 }, 3_000],
    [{ nanos: 250_000_000 }, 250],
    [{}, 0],
  ])('UNAVAILABLE with RetryInfo %j asks for %d ms', async (delay, waitMs) => {
    const error = await answered(status.UNAVAILABLE, 'busy', retryInfo(delay));
    expect(error).toBeInstanceOf(RetryableError);
    expect((error as RetryableError).retryAfterMs).toBe(waitMs);
  });

  test.each(['CANCELLED', 'DEADLINE_EXCEEDED', 'ABORTED', 'OUT_OF_RANGE', 'UNAVAILABLE', 'DATA_LOSS'] as const)(
    '%s is tried again',
    async (name) => {
      const error = await answered(status[name], 'later');
      expect(error).toBeInstanceOf(RetryableError);
      expect(error).not.toBeInstanceOf(DoubtfulError);
      expect(error.message).toBe(`otlp: ${receiver.endpoint} answered ${name}: later.`);
    },
  );

  test.each(['UNAUTHENTICATED', 'PERMISSION_DENIED', 'UNIMPLEMENTED', 'NOT_FOUND'] as const)(
    '%s is tried again and points at the configuration',
    async (name) => {
      const error = await answered(status[name]);
      expect(error).toBeInstanceOf(RetryableError);
      expect(error.message).toMatch(/Check endpoint and headers of the exporter\.$/u);
    },
  );

  test.each(['INTERNAL', 'UNKNOWN'] as const)('%s is doubtful', async (name) => {
    expect(await answered(status[name])).toBeInstanceOf(DoubtfulError);
  });

  test.each(['INVALID_ARGUMENT', 'RESOURCE_EXHAUSTED', 'FAILED_PRECONDITION'] as const)(
    '%s is a refusal',
    async (name) => {
      expect(await answered(status[name])).toBeInstanceOf(PermanentError);
    },
  );

  test('RESOURCE_EXHAUSTED with RetryInfo is tried again', async () => {
    const error = await answered(status.RESOURCE_EXHAUSTED, 'slow down', retryInfo({ seconds: 1 }));
    expect(error).toBeInstanceOf(RetryableError);
    expect((error as RetryableError).retryAfterMs).toBe(1_000);
  });

  test('details that are no Status are passed over', async () => {
    const error = await answered(status.UNAVAILABLE, 'busy', Buffer.from([0x0a, 0xff, 0xff]));
    expect((error as RetryableError).retryAfterMs).toBe(0);
  });

  test('a message that is too large for the other side is a refusal', async () => {
    const destination = await connect(receiver, 'grpc', { compression: 'none' });
    const error = await failure(destination.deliver([event({ body: 'x'.repeat(5 * 1_048_576) })], never));
    expect(error).toBeInstanceOf(PermanentError);
  });

  test('headers that end in -bin carry the bytes that their base64 stands for', async () => {
    const destination = await connect(receiver, 'grpc', { headers: { 'x-key-bin': 'AAH/' } });
    await destination.deliver([event()], never);
    expect(receiver.requests[0]!.headers['x-key-bin']).toEqual(Buffer.from([0, 1, 255]));
  });
});
