/** The frames that Go's gRPC client sends, a Collector's exporter with it, from its first to its leave. */
import { connect, type Socket } from 'node:net';
import { EXPORT, frame } from './grpc-client.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const GOAWAY = 7;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;

/**
 * Connects, sends one request with `message` where it is given, takes leave once that is answered, and resolves to all
 * that the server said. Leave is a GOAWAY with the client's last own stream, or 2^31 - 1 where it had none.
 */
export async function exportAndLeave(port: number, message: Buffer | undefined): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const received = new ReceivedFrames(socket);
  socket.write(Buffer.concat([PREFACE, http2Frame(SETTINGS, 0, 0)]));
  await received.until((type, flags) => type === SETTINGS && (flags & ACK) !== 0);
  socket.write(http2Frame(SETTINGS, ACK, 0));
  if (message !== undefined) {
    socket.write(http2Frame(HEADERS, END_HEADERS, 1, requestHeaders()));
    socket.write(http2Frame(DATA, END_STREAM, 1, frame(message)));
    await received.until((type, flags) => type === HEADERS && (flags & END_STREAM) !== 0);
  }
  const leave = Buffer.alloc(8);
  leave.writeUInt32BE(message === undefined ? 2 ** 31 - 1 : 1, 0);
  socket.end(http2Frame(GOAWAY, 0, 0, Buffer.concat([leave, Buffer.from('client transport shutdown')])));
  return received.end;
}

class ReceivedFrames {
  readonly end: Promise<string>;
  #bytes = Buffer.alloc(0);
  #onBytes = (): void => {};

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#onBytes();
    });
    this.end = new Promise((resolve) => {
      socket.on('error', () => undefined);
      socket.on('end', () => socket.destroy());
      socket.on('close', () => resolve(this.#bytes.toString('latin1')));
    });
  }

  /** Resolves once a frame has come for which `isIt`; rejects where the connection ends before. */
  async until(isIt: (type: number, flags: number) => boolean): Promise<void> {
    const found = new Promise<boolean>((resolve) => {
      this.#onBytes = () => {
        if (this.#has(isIt)) resolve(true);
      };
      this.#onBytes();
    });
    if (!(await Promise.race([found, this.end.then(() => false)]))) {
      throw new Error('go client: expected an answer, found the end of the connection.');
    }
  }

  #has(isIt: (type: number, flags: number) => boolean): boolean {
    for (let at = 0; at + 9 <= this.#bytes.length; at += 9 + this.#bytes.readUIntBE(at, 3)) {
      if (isIt(this.#bytes.readUInt8(at + 3), this.#bytes.readUInt8(at + 4))) return true;
    }
    return false;
  }
}

function http2Frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK literals that are not indexed. */
function requestHeaders(): Buffer {
  const headers = {
    ':method': 'POST',
    ':scheme': 'http',
    ':path': EXPORT,
    ':authority': 'pintail',
    'content-type': 'application/grpc',
    te: 'trailers',
  };
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) => Buffer.concat([Buffer.from([0]), text(name), text(value)])),
  );
}
