/** Requests that are broken as HTTP/1.1: the answer is one all the same, or the connection ends. */
import { sendRaw } from '../../receive/otlp/support/http-client.ts';
import type { Dice } from './dice.ts';

/** Resolves to all that came back, '' where nothing did. */
export function sendBrokenHttp(dice: Dice, port: number, path: string): Promise<string> {
  const head = (lines: string) => `POST ${path} HTTP/1.1\r\nHost: x\r\n${lines}\r\n`;
  const sendBytes = (bytes: string, halfClose = true) => sendRaw(port, bytes, undefined, halfClose).catch(() => '');
  switch (dice.below(8)) {
    case 0: // a header flood
      return sendBytes(head('X-Flood: aaaaaaaaaaaaaaaa\r\n'.repeat(2000)), false);
    case 1: // half-closed in the middle of the body
      return sendBytes(`${head('Content-Length: 1000\r\n')}{"event":`);
    case 2: // a slow body
      return sendBytes(`${head('Content-Length: 1000\r\n')}{`, false);
    case 3:
      return sendBytes(`${head('Transfer-Encoding: chunked\r\n')}zz\r\n`);
    case 4:
      return sendBytes(`${head('Content-Length: -1\r\n')}x`);
    case 5: // two lengths: whoever believes the other one sees a second request in it
      return sendBytes(`${head('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n')}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`);
    case 6: // one header without end
      return sendBytes(head(`X-Long: ${'a'.repeat(100_000)}\r\n`), false);
    default:
      return sendBytes('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n');
  }
}
