/** Abuse of HTTP/2 itself: frames that are wrong, too many, or never followed by what they announce. */
import { connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { EXPORT } from '../../receive/otlp/support/grpc-client.ts';
import type { Dice } from './dice.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const END_HEADERS = 4;

/** How long a connection that the server leaves open is left to it. */
const PATIENCE_MS = 150;

/** Resolves once the connection is over; there is no answer to speak of. */
export async function abuseHttp2(dice: Dice, port: number): Promise<void> {
  const settings = frameOf(SETTINGS, 0, 0);
  switch (dice.below(10)) {
    case 0: // streams that are opened and given up at once
      return resetRapidly(port);
    case 1:
      return write(port, [PREFACE, settings, ...times(2000, () => frameOf(PING, 0, 0, Buffer.alloc(8)))]);
    case 2:
      return write(port, [PREFACE, ...times(2000, () => settings)]);
    case 3: {
      // Headers that go on without end.
      const piece = Buffer.concat([Buffer.from([0x00, 0x01, 0x61, 0x7f, 0x81, 0x1f]), Buffer.alloc(4000, 0x61)]);
      const frames = times(100, () => frameOf(CONTINUATION, 0, 1, piece));
      return write(port, [PREFACE, settings, frameOf(HEADERS, 0, 1, piece), ...frames]);
    }
    case 4: // a frame that announces more than may come
      return write(port, [PREFACE, settings, Buffer.from([0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1])]);
    case 5: // data on a stream that nobody opened
      return write(port, [PREFACE, settings, frameOf(DATA, 1, 1, Buffer.alloc(1000))]);
    case 6: // a window beyond 2^31
      return write(port, [PREFACE, settings, ...times(4, () => frameOf(WINDOW_UPDATE, 0, 0, Buffer.alloc(4, 0x7f)))]);
    case 7: // a header block that no decoder takes
      return write(port, [PREFACE, settings, frameOf(HEADERS, END_HEADERS, 1, randomBytes(dice, 100))]);
    case 8:
      return write(port, [PREFACE, settings, ...times(50, () => randomFrame(dice))]);
    default: // another protocol
      return write(port, [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')]);
  }
}

function resetRapidly(port: number): Promise<void> {
  return new Promise((resolve) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    session.on('error', () => session.destroy());
    session.on('close', resolve);
    session.on('connect', async () => {
      for (let stream = 0; stream < 100 && !session.closed; stream += 1) {
        const request = session.request({ ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc' });
        request.on('error', () => {});
        request.close(constants.NGHTTP2_CANCEL);
      }
      await delay(PATIENCE_MS);
      session.destroy();
    });
  });
}

function write(port: number, frames: readonly Buffer[]): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve());
    // What comes back is read, so that the server is not the one that waits.
    socket.resume();
    socket.write(Buffer.concat(frames));
  });
}

function frameOf(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function randomFrame(dice: Dice): Buffer {
  const type = dice.pick([DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION, 0x42]);
  return frameOf(type, dice.below(256), dice.below(8), randomBytes(dice, dice.below(64)));
}

function randomBytes(dice: Dice, length: number): Buffer {
  return Buffer.from(times(length, () => dice.below(256)));
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}
