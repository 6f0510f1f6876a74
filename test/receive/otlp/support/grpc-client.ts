import { type ClientHttp2Session, connect, constants, type SecureClientSessionOptions } from 'node:http2';
import {
  Client,
  type ClientOptions,
  compressionAlgorithms,
  credentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { decodeMessage } from './otlp-proto.ts';

export const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

export interface GrpcResult {
  readonly code: number;
  readonly message: string;
  /** The answer, where the code is 0. */
  readonly response?: Buffer;
  /** google.rpc.Status of grpc-status-details-bin. */
  readonly status?: Record<string, unknown>;
}

/** grpc-js, as a user's SDK would have it. */
export class GrpcClient {
  readonly #client: Client;

  constructor(port: number, options: ClientOptions = {}, channel = credentials.createInsecure()) {
    this.#client = new Client(`127.0.0.1:${port}`, channel, {
      'grpc.max_send_message_length': -1,
      'grpc.enable_retries': 0,
      ...options,
    });
  }

  export(message: Buffer, path = EXPORT): Promise<GrpcResult> {
    return new Promise((resolve) => {
      const identity = (bytes: Buffer) => bytes;
      const deadline = Date.now() + 20_000;
      this.#client.makeUnaryRequest(
        path,
        identity,
        identity,
        message,
        new Metadata(),
        { deadline },
        (error, response) => {
          resolve(error === null ? { code: 0, message: '', response: response! } : failed(error));
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}

export const gzipOptions: ClientOptions = { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip };

function failed(error: ServiceError): GrpcResult {
  const [details] = error.metadata.get('grpc-status-details-bin');
  return {
    code: error.code,
    message: error.details,
    ...(details instanceof Buffer ? { status: decodeMessage('Status', details) } : {}),
  };
}

export interface RawCall {
  readonly headers?: Readonly<Record<string, string>>;
  /** Written as they are; the stream is ended unless `leaveOpen`. */
  readonly frames: readonly Buffer[];
  readonly leaveOpen?: boolean;
}

/** `callOn` on a connection of its own, over TLS where `tls` is given. */
export async function callRaw(
  port: number,
  call: RawCall,
  tls?: SecureClientSessionOptions,
): Promise<Record<string, string>> {
  const session = connect(`${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`, tls);
  session.on('error', () => session.destroy());
  try {
    return await callOn(session, call);
  } finally {
    session.destroy();
  }
}

/** One HTTP/2 stream with any headers and bytes; resolves to headers and trailers together. */
export async function callOn(session: ClientHttp2Session, call: RawCall): Promise<Record<string, string>> {
  const answer: Record<string, string> = {};
  const keep = (headers: object) => {
    for (const [name, value] of Object.entries(headers)) answer[name] = String(value);
  };
  const stream = session.request({
    ':method': 'POST',
    ':path': EXPORT,
    'content-type': 'application/grpc',
    te: 'trailers',
    ...call.headers,
  });
  stream.on('response', keep);
  stream.on('trailers', keep);
  stream.resume();
  for (const frame of call.frames) stream.write(frame);
  if (call.leaveOpen !== true) stream.end();
  await new Promise<void>((resolve, reject) => {
    stream.on('end', resolve);
    // What breaks the connection breaks the stream too.
    stream.on('error', reject);
    stream.on('close', resolve);
  });
  if (call.leaveOpen === true) stream.close(constants.NGHTTP2_CANCEL);
  return answer;
}

/** Length-Prefixed-Message. */
export function frame(message: Buffer, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag, 0);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}
