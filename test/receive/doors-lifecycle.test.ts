/** The life of the HEC and the audit webhook receiver: the same claims as for the OTLP receivers. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AuditWebhookReceiver } from '../../src/receive/audit-webhook/audit-webhook-receiver.ts';
import { HecReceiver } from '../../src/receive/hec/hec-receiver.ts';
import type { ListenerSettings } from '../../src/receive/listener-settings.ts';
import { send } from './otlp/support/http-client.ts';
import { acceptAll, RecordingConsumer } from './otlp/support/recording-consumer.ts';
import { RecordingTelemetry } from './otlp/support/recording-telemetry.ts';

const doors = [
  { Receiver: HecReceiver, path: '/services/collector', body: Buffer.from('{"event":"one"}') },
  { Receiver: AuditWebhookReceiver, path: '/k8s-audit', body: Buffer.from('{"auditID":"a","stage":"Panic"}') },
] as const;

const file = (name: string) => join(import.meta.dirname, 'otlp/fixtures/tls', name);
const tls = { certFile: file('server.pem'), keyFile: file('server.key.pem') };

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

describe.each(doors)('$Receiver.name', ({ Receiver, path, body }) => {
  const make = (settings: Partial<ListenerSettings> = {}, consumer = new RecordingConsumer()) =>
    new Receiver({ endpoint: '127.0.0.1:0', ...settings }, consumer, new RecordingTelemetry());
  const isTaken = async (port: number) => (await send({ port, path, body })).status === 200;

  it('shuts down before it was started', async () => {
    await make().shutdown();
  });

  it('accepts once started and no more once shut down', async () => {
    const receiver = make();
    await receiver.start();
    const { port } = receiver.address();
    expect(await isTaken(port)).toBe(true);
    await receiver.shutdown();
    expect(await accepts(port)).toBe(false);
    expect(() => receiver.address()).toThrow('not listening');
  });

  it('shuts down twice, also at the same time, and starts again', async () => {
    const receiver = make();
    await receiver.start();
    await expect(receiver.start()).rejects.toThrow('expected one start before shutdown, found two');
    await Promise.all([receiver.shutdown(), receiver.shutdown()]);
    await receiver.shutdown();
    await receiver.start();
    expect(await isTaken(receiver.address().port)).toBe(true);
    await receiver.shutdown();
  });

  it('refuses to start on an address that is taken, naming it', async () => {
    const first = make();
    await first.start();
    const { port } = first.address();
    await expect(make({ endpoint: `127.0.0.1:${port}` }).start()).rejects.toThrow(
      `endpoint "127.0.0.1:${port}": cannot listen: `,
    );
    await first.shutdown();
  });

  it('names a TLS file that cannot be read', async () => {
    const receiver = make({ tls: { certFile: '/no/such/cert.pem', keyFile: '/no/such/key.pem' } });
    await expect(receiver.start()).rejects.toThrow('tls.cert_file: expected a readable PEM file, found: ENOENT');
  });

  it('finishes a request in hand before its shutdown resolves', async () => {
    const consumer = new RecordingConsumer();
    const receiver = make({}, consumer);
    const { promise: held, resolve: free } = Promise.withResolvers<void>();
    const { promise: asked, resolve: reached } = Promise.withResolvers<void>();
    consumer.answer = async (batch) => {
      reached();
      await held;
      return acceptAll(batch);
    };
    await receiver.start();
    const answer = isTaken(receiver.address().port);
    await asked;
    let isDown = false;
    const down = receiver.shutdown().then(() => {
      isDown = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDown).toBe(false);
    free();
    await down;
    expect(await answer).toBe(true);
  });

  it('takes requests over TLS, with client certificates only from those who have one', async () => {
    const post = (port: number, identity: object): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const ca = readFileSync(file('authority.pem'));
        const call = request({ host: '127.0.0.1', port, path, method: 'POST', ca, agent: false, ...identity });
        call.on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        call.on('error', reject);
        call.end(body);
      });
    const own = { key: readFileSync(file('client.key.pem')), cert: readFileSync(file('client.pem')) };
    const open = make({ tls });
    await open.start();
    expect(await post(open.address().port, {})).toBe(200);
    await open.shutdown();
    const mutual = make({ tls: { ...tls, clientCaFile: file('authority.pem') } });
    await mutual.start();
    expect(await post(mutual.address().port, own)).toBe(200);
    await expect(post(mutual.address().port, {})).rejects.toThrow();
    await mutual.shutdown();
  });

  it('holds no bytes of a sender who went away', async () => {
    const telemetry = new RecordingTelemetry();
    const receiver = new Receiver({ endpoint: '127.0.0.1:0' }, new RecordingConsumer(), telemetry);
    await receiver.start();
    const socket = connect(receiver.address().port, '127.0.0.1');
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"event"`);
    const name = [...telemetry.gauges.keys()].find((key) => key.startsWith('pintail_receiver_in_flight_bytes'))!;
    while (telemetry.gauges.get(name)!() === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    while (telemetry.gauges.get(name)!() > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await isTaken(receiver.address().port)).toBe(true);
    await receiver.shutdown();
  });
});
