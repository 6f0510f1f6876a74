import { once } from 'node:events';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/index.ts';
import { GrpcSessions } from '../../../src/receive/otlp/grpc-sessions.ts';

const keepalive = 'time: 24d, timeout: 24d, max_connection_age: 22d, max_connection_age_grace: 24d';

it('keeps a connection whose age and pings are the longest that the configuration allows', async () => {
  const config = parseConfig(
    `receivers: { otlp: { protocols: { grpc: { keepalive: { ${keepalive} } } } } }`,
    'test',
    {},
  );
  const settings = config.receivers.otlp?.grpc?.keepalive;
  if (settings === undefined) throw new Error('expected a gRPC receiver');
  const overflows: Error[] = [];
  const note = (warning: Error) => void (warning.name === 'TimeoutOverflowWarning' && overflows.push(warning));
  process.on('warning', note);
  const sessions = new GrpcSessions(settings, () => 1 - Number.EPSILON);
  const server = createServer().on('session', (session) => sessions.add(session));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const heard: string[] = [];
  client.on('goaway', () => heard.push('goaway')).on('ping', () => heard.push('ping'));
  try {
    await once(client, 'connect');
    await new Promise<void>((resolve, reject) => client.ping((error) => (error === null ? resolve() : reject(error))));
    expect(sessions.size).toBe(1);
    expect(overflows).toEqual([]);
    expect(heard).toEqual([]);
  } finally {
    process.off('warning', note);
    client.destroy();
    sessions.destroy();
    server.close();
  }
});
