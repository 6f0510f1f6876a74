/** One unary gRPC call on an HTTP/2 stream: its headers, its one message, and the three ways to answer it. */
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { BadDataError } from '../bad-data-error.ts';
import { collectBytes } from '../collect-bytes.ts';
import { COMPRESSIONS, type Compression } from '../decompress.ts';
import { type Refusal, RefusedError, shorten, tooLarge } from '../refusal.ts';
import { grpcTrailers } from './grpc-status.ts';

/** Length-Prefixed-Message: a flag byte and a 32-bit length before the message. */
const PREFIX_BYTES = 5;

const RESPONSE_HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': ['identity', ...COMPRESSIONS].join(','),
};

export interface ReadMessageOptions {
  readonly maxMessageBytes: number;
  readonly timeoutMs: number;
  readonly reserve: (bytes: number) => void;
}

export interface GrpcMessage {
  readonly bytes: Buffer;
  readonly isCompressed: boolean;
}

/** How messages of this call are compressed where their flag says so; throws a refusal for an unknown name. */
export function messageCompression(headers: IncomingHttpHeaders): Compression | undefined {
  const name = headers['grpc-encoding'] ?? 'identity';
  if (name === 'identity') return undefined;
  const compression = COMPRESSIONS.find((known) => known === name);
  if (compression !== undefined) return compression;
  throw new RefusedError({
    reason: 'unsupported_encoding',
    message: shorten(`grpc-encoding: expected ${COMPRESSIONS.join(', ')} or identity, found "${String(name)}".`),
  });
}

/** Reads the call's single message; refuses by its announced length before its bytes come. */
export async function readMessage(stream: ServerHttp2Stream, options: ReadMessageOptions): Promise<GrpcMessage> {
  const { maxMessageBytes } = options;
  const prefix = Buffer.alloc(PREFIX_BYTES);
  let messageBytes = 0;
  const frame = await collectBytes(stream, {
    what: 'message',
    limitBytes: maxMessageBytes + PREFIX_BYTES,
    timeoutMs: options.timeoutMs,
    reserve: options.reserve,
    inspect(chunk, offset) {
      if (offset < PREFIX_BYTES) {
        chunk.copy(prefix, offset, 0, PREFIX_BYTES - offset);
        if (offset + chunk.length < PREFIX_BYTES) return;
        messageBytes = prefix.readUInt32BE(1);
        if (messageBytes > maxMessageBytes) throw tooLarge('message', maxMessageBytes);
      }
      if (offset + chunk.length > PREFIX_BYTES + messageBytes) {
        throw new BadDataError('message', `expected one message of ${messageBytes} bytes, found more.`);
      }
    },
  });
  if (frame.length < PREFIX_BYTES) {
    throw new BadDataError('message', `expected its prefix of ${PREFIX_BYTES} bytes, found ${frame.length}.`);
  }
  if (frame.length !== PREFIX_BYTES + messageBytes) {
    const found = frame.length - PREFIX_BYTES;
    throw new BadDataError('message', `expected one message of ${messageBytes} bytes, found ${found}.`);
  }
  if (prefix.readUInt8(0) > 1) {
    throw new BadDataError('message', `expected compressed flag 0 or 1, found ${prefix.readUInt8(0)}.`);
  }
  return { bytes: frame.subarray(PREFIX_BYTES), isCompressed: prefix.readUInt8(0) === 1 };
}

export function sendResponse(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed || stream.closed) return;
  const frame = Buffer.alloc(PREFIX_BYTES + message.length);
  frame.writeUInt32BE(message.length, 1);
  message.copy(frame, PREFIX_BYTES);
  stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(frame);
}

/** Ends the call with a status and no response ("Trailers-Only"). */
export function sendRefusal(stream: ServerHttp2Stream, refusal: Refusal, discardBytes: number): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ...RESPONSE_HEADERS, ...grpcTrailers(refusal) }, { endStream: true });
  discardRest(stream, discardBytes);
}

/** Answers what is HTTP/2 but no gRPC call. */
export function sendHttpRefusal(stream: ServerHttp2Stream, status: 405 | 415, discardBytes: number): void {
  if (stream.destroyed || stream.closed) return;
  stream.respond({ ':status': status, ...(status === 405 ? { allow: 'POST' } : {}) }, { endStream: true });
  discardRest(stream, discardBytes);
}

/** Lets a sender that still writes come to its end, within bounds; then asks it to stop (RFC 9113, 8.1). */
function discardRest(stream: ServerHttp2Stream, discardBytes: number): void {
  const stop = (): void => {
    if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
  };
  const timer = setTimeout(stop, 5000);
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > discardBytes) stop();
  });
  stream.on('close', () => clearTimeout(timer));
  stream.resume();
}
