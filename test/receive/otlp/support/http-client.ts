import { Agent, request } from 'node:http';
import { connect } from 'node:net';

export interface HttpResult {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpCall {
  readonly port: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Keeps connections for further requests; left out: a connection of its own. */
  readonly agent?: Agent;
}

/** One request. A kept connection that the server has closed meanwhile is replaced. */
export function send(call: HttpCall): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    const agent = call.agent ?? new Agent();
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: call.port,
        agent,
        method: call.method ?? 'POST',
        path: call.path ?? '/v1/logs',
        headers: { 'content-type': 'application/x-protobuf', ...call.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if (call.agent === undefined) agent.destroy();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', (error) => {
      if (outgoing.reusedSocket) send(call).then(resolve, reject);
      else reject(error);
    });
    outgoing.end(call.body);
  });
}

/** Writes bytes as they are; resolves to all that came back once the server closed, or once `until` is in it. */
export function sendRaw(port: number, bytes: string | Buffer, until?: string, halfClose = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      if (until !== undefined && received.includes(until)) {
        socket.destroy();
        resolve(received);
      }
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(received);
    });
    socket.on('error', reject);
    socket.write(bytes);
    if (halfClose) socket.end();
  });
}
