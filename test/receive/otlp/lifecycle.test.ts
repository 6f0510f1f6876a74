import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { OtlpGrpcReceiver } from '../../../src/receive/otlp/otlp-grpc-receiver.ts';
import { OtlpHttpReceiver } from '../../../src/receive/otlp/otlp-http-receiver.ts';
import type { OtlpReceiverSettings } from '../../../src/receive/otlp/settings.ts';
import { GrpcClient } from './support/grpc-client.ts';
import { send } from './support/http-client.ts';
import { encodeLogs } from './support/otlp-proto.ts';
import { acceptAll, RecordingConsumer } from './support/recording-consumer.ts';
import { RecordingTelemetry } from './support/recording-telemetry.ts';

const one = encodeLogs([{ body: { stringValue: 'one' } }]);

const receivers = [
  { Receiver: OtlpGrpcReceiver, isTaken: (port: number) => takenByGrpc(port) },
  {
    Receiver: OtlpHttpReceiver,
    isTaken: async (port: number) => (await send({ port, body: one })).status === 200,
  },
] as const;

async function takenByGrpc(port: number): Promise<boolean> {
  const client = new GrpcClient(port);
  const { code } = await client.export(one);
  client.close();
  return code === 0;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

describe.each(receivers)('$Receiver.name', ({ Receiver, isTaken }) => {
  const make = (settings: Partial<OtlpReceiverSettings> = {}, consumer = new RecordingConsumer()) =>
    new Receiver({ endpoint: '127.0.0.1:0', ...settings }, consumer, new RecordingTelemetry());

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
  });

  it('shuts down twice, also at the same time', async () => {
    const receiver = make();
    await receiver.start();
    await Promise.all([receiver.shutdown(), receiver.shutdown()]);
    await receiver.shutdown();
  });

  it('starts again after a shutdown', async () => {
    const receiver = make();
    await receiver.start();
    await receiver.shutdown();
    await receiver.start();
    expect(await isTaken(receiver.address().port)).toBe(true);
    await receiver.shutdown();
  });

  it('has no address while it does not listen', async () => {
    const receiver = make();
    expect(() => receiver.address()).toThrow('not listening');
    await receiver.start();
    await receiver.shutdown();
    expect(() => receiver.address()).toThrow('not listening');
  });

  it('refuses to start on an address that is taken, naming it, and can start later', async () => {
    const first = make();
    await first.start();
    const { port } = first.address();
    const second = make({ endpoint: `127.0.0.1:${port}` });
    await expect(second.start()).rejects.toThrow(`endpoint "127.0.0.1:${port}": cannot listen: `);
    await first.shutdown();
    await second.start();
    await second.shutdown();
  });

  it.each(['localhost', '127.0.0.1:', ':4317', '127.0.0.1:99999', '::1:4317'])(
    'refuses the endpoint "%s"',
    async (endpoint) => {
      await expect(make({ endpoint }).start()).rejects.toThrow(`endpoint: expected "host:port", found "${endpoint}".`);
    },
  );

  it('listens on IPv6', async () => {
    const receiver = make({ endpoint: '[::1]:0' });
    await receiver.start();
    expect(receiver.address()).toMatchObject({ address: '::1', family: 'IPv6' });
    await receiver.shutdown();
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
    expect(consumer.logRecords).toHaveLength(1);
  });
});
