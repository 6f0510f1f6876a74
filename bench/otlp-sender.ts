/** Sends prepared requests, one at a time per connection, as a Collector's exporter consumer does. */

import { Agent, request } from 'node:http';
import { type ClientHttp2Session, connect } from 'node:http2';

/** Resolves once acknowledged; rejects with the refusal in words. */
export interface OtlpSender {
  send(payload: Buffer): Promise<void>;
  close(): void;
}

/** A refusal that OTLP lets senders retry. */
export class RetryableRefusal extends Error {
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Where a protocol over HTTP goes; any body of a 200 is an acknowledgement. */
export interface HttpTarget {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export const httpTargets: Readonly<Record<'http' | 'hec' | 'webhook', HttpTarget>> = {
  http: { path: '/v1/logs', headers: { 'content-type': 'application/x-protobuf' } },
  hec: { path: '/services/collector/event', headers: { 'content-type': 'application/json' } },
  webhook: { path: '/k8s-audit', headers: { 'content-type': 'application/json' } },
};

/** One kept HTTP/1.1 connection. */
export function httpSender(host: string, port: number, target: HttpTarget): OtlpSender {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { ...target.headers, 'content-encoding': 'gzip' };
  return {
    send: (payload) =>
      new Promise((resolve, reject) => {
        const call = request(
          {
            host,
            port,
            agent,
            method: 'POST',
            path: target.path,
            headers: { ...headers, 'content-length': payload.length },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const status = response.statusCode ?? 0;
              const body = Buffer.concat(chunks);
              // The Collector answers with an empty partial success, two bytes.
              if (status === 200 && (body.length <= 2 || target !== httpTargets.http)) resolve();
              else if (status === 429 || status === 503) {
                const seconds = Number(response.headers['retry-after'] ?? 1);
                reject(new RetryableRefusal(`HTTP ${status}: ${body.toString('latin1')}`, seconds * 1000));
              } else reject(new Error(`HTTP ${status}: ${body.toString('latin1')}`));
            });
            response.on('error', reject);
          },
        );
        call.on('error', reject);
        call.end(payload);
      }),
    close: () => agent.destroy(),
  };
}

/** One HTTP/2 connection; payloads are framed here, so that the client's gzip does not share the measured cores. */
export function grpcSender(host: string, port: number): OtlpSender {
  const session: ClientHttp2Session = connect(`http://${host}:${port}`);
  session.on('error', () => session.destroy());
  const headers = {
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    'content-type': 'application/grpc',
    'grpc-encoding': 'gzip',
    te: 'trailers',
  };
  return {
    send: (payload) =>
      new Promise((resolve, reject) => {
        const frame = Buffer.allocUnsafe(payload.length + 5);
        frame.writeUInt8(1, 0);
        frame.writeUInt32BE(payload.length, 1);
        payload.copy(frame, 5);
        const stream = session.request(headers);
        let status: string | undefined;
        let message = '';
        const read = (received: Readonly<Record<string, unknown>>): void => {
          if (received['grpc-status'] === undefined) return;
          status = String(received['grpc-status']);
          message = String(received['grpc-message'] ?? '');
        };
        stream.on('response', read);
        stream.on('trailers', read);
        stream.on('error', reject);
        stream.on('close', () => {
          if (status === '0') resolve();
          else if (status === '14') reject(new RetryableRefusal(`gRPC 14: ${message}`, 1000));
          else reject(new Error(`gRPC ${status ?? 'without status'}: ${message}`));
        });
        stream.resume();
        stream.end(frame);
      }),
    close: () => session.destroy(),
  };
}
