import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { credentials } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import type { Component } from '../../../src/component.ts';
import { OtlpGrpcReceiver } from '../../../src/receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../../../src/receive/otlp/otlp-http-receiver.ts';
import { GrpcClient } from './support/grpc-client.ts';
import { encodeLogs } from './support/otlp-proto.ts';
import { RecordingConsumer } from './support/recording-consumer.ts';
import { RecordingTelemetry } from './support/recording-telemetry.ts';

const file = (name: string) => join(import.meta.dirname, 'fixtures/tls', name);
const tls = { certFile: file('server.pem'), keyFile: file('server.key.pem') };
const mutual = { ...tls, clientCaFile: file('authority.pem') };
const authority = readFileSync(file('authority.pem'));
const client = { key: readFileSync(file('client.key.pem')), cert: readFileSync(file('client.pem')) };
const one = encodeLogs([{ body: { stringValue: 'one' } }]);

const running: Component[] = [];
afterEach(async () => {
  for (const component of running.splice(0)) await component.shutdown();
});

async function start(Receiver: typeof OtlpGrpcReceiver | typeof OtlpHttpReceiver, settings: typeof tls) {
  const receiver = new Receiver(
    { endpoint: '127.0.0.1:0', tls: settings },
    new RecordingConsumer(),
    new RecordingTelemetry(),
  );
  await receiver.start();
  running.push(receiver);
  return receiver.address().port;
}

function post(port: number, identity: Partial<typeof client>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf' };
    const call = request({
      host: '127.0.0.1',
      port,
      path: '/v1/logs',
      method: 'POST',
      headers,
      ca: authority,
      agent: false,
      ...identity,
    });
    call.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on('error', reject);
    call.end(one);
  });
}

async function exportOver(port: number, identity?: typeof client): Promise<number> {
  const channel = credentials.createSsl(authority, identity?.key ?? null, identity?.cert ?? null);
  const grpc = new GrpcClient(port, {}, channel);
  const { code } = await grpc.export(one);
  grpc.close();
  return code;
}

describe('TLS', () => {
  it('encrypts OTLP/HTTP', async () => {
    expect(await post(await start(OtlpHttpReceiver, tls), {})).toBe(200);
  });

  it('encrypts OTLP/gRPC', async () => {
    expect(await exportOver(await start(OtlpGrpcReceiver, tls))).toBe(0);
  });

  it('lets only known clients speak OTLP/HTTP where an authority for them is given', async () => {
    const port = await start(OtlpHttpReceiver, mutual);
    expect(await post(port, client)).toBe(200);
    await expect(post(port, {})).rejects.toThrow();
  });

  it('lets only known clients speak OTLP/gRPC where an authority for them is given', async () => {
    const port = await start(OtlpGrpcReceiver, mutual);
    expect(await exportOver(port, client)).toBe(0);
    expect(await exportOver(port)).toBe(14);
  });
});
