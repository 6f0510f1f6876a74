/** Hostile requests to the OTLP doors; every answer must be one that the OTLP specification has. */
import { type ClientHttp2Session, connect } from 'node:http2';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { callOn, frame } from '../../receive/otlp/support/grpc-client.ts';
import { send } from '../../receive/otlp/support/http-client.ts';
import {
  decodeMessage,
  deeplyNestedRequest,
  encodeMessage,
  logsRequest,
} from '../../receive/otlp/support/otlp-proto.ts';
import type { Attack } from './attack.ts';
import { sendBrokenHttp } from './broken-http.ts';
import { abuseHttp2 } from './broken-http2.ts';
import { bomb, damage, prepareBody } from './damage.ts';
import type { Dice } from './dice.ts';

const deepProtobuf = deeplyNestedRequest(10_000);
const deepJson = Buffer.from(
  `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${'{"arrayValue":{"values":['.repeat(2000)}${']}}'.repeat(2000)}}]}]}]}`,
);

export const attackOtlpHttp: Attack = async (dice, { port, limitBytes, lines, agent }) => {
  if (dice.below(100) === 0) {
    const answer = await sendBrokenHttp(dice, port, '/v1/logs');
    expect(answer).toMatch(/^$|^HTTP\/1\.1 (400|415|503) [\s\S]*"message":".*: expected /);
    return 'broken HTTP';
  }
  const request = randomRequest(dice, lines);
  const isJson = dice.below(2) === 0;
  const isDeep = dice.below(100) === 0;
  const plain = isJson ? Buffer.from(JSON.stringify(request)) : encodeMessage('ExportLogsServiceRequest', request);
  const { headers, body } = prepareBody(dice, isDeep ? (isJson ? deepJson : deepProtobuf) : plain, limitBytes);
  const type = isJson ? 'application/json' : 'application/x-protobuf';
  const answer = await send({ port, agent, headers: { 'content-type': type, ...headers }, body });
  // On a busy machine it may be told to come back, with a hint when.
  const isRetryable = answer.status === 429 || answer.status === 503;
  if (isRetryable) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  else expect([200, 400, 413, 415]).toContain(answer.status);
  expect(answer.headers['content-type']).toBe(type);
  const message = answer.status === 200 ? 'ExportLogsServiceResponse' : 'Status';
  const decoded = isJson ? JSON.parse(answer.body.toString()) : decodeMessage(message, answer.body);
  if (answer.status !== 200) expect(decoded.message).toMatch(isRetryable ? /: / : /: expected /);
  return String(answer.status);
};

export const attackOtlpGrpc: Attack = async (dice, { port, limitBytes, lines }) => {
  if (dice.below(100) === 0) {
    await abuseHttp2(dice, port);
    return 'broken HTTP/2';
  }
  const isZipped = dice.below(3) === 0;
  const isDeep = dice.below(100) === 0;
  let message = isDeep ? deepProtobuf : encodeMessage('ExportLogsServiceRequest', randomRequest(dice, lines));
  const damaged = dice.below(3); // the message, the compressed message, the frame
  if (damaged === 0) message = damage(dice, message);
  if (isZipped) message = dice.below(30) === 0 ? bomb(limitBytes) : gzipSync(message);
  if (damaged === 1) message = damage(dice, message);
  if (dice.below(200) === 0) message = Buffer.alloc(limitBytes + 1);
  if (dice.below(200) === 0) {
    // Half a message, and then nothing.
    const slow = await callOn(await sessionTo(port), {
      frames: [frame(Buffer.alloc(100)).subarray(0, 6)],
      leaveOpen: true,
    });
    expect(slow['grpc-status']).toBe('14');
    return 'slow';
  }
  let framed = frame(message, isZipped ? 1 : 0);
  if (damaged === 2) framed = damage(dice, framed);
  const headers = isZipped ? { 'grpc-encoding': dice.below(50) === 0 ? 'snappy' : 'gzip' } : {};
  const answer = await callOn(await sessionTo(port), { headers, frames: [framed] });
  const code = answer['grpc-status'] ?? '';
  expect(['0', '3', '8', '12', '14']).toContain(code);
  expect(answer[':status']).toBe('200');
  if (code !== '0') {
    const status = decodeMessage('Status', Buffer.from(answer['grpc-status-details-bin']!, 'base64'));
    const message = code === '14' ? /: / : /: expected /;
    expect(status).toMatchObject({ code: Number(code), message: expect.stringMatching(message) });
    // UNAVAILABLE carries RetryInfo.
    if (code === '14') expect(status).toHaveProperty('details.0.typeUrl', 'type.googleapis.com/google.rpc.RetryInfo');
  }
  return code;
};

const sessions = new Map<number, ClientHttp2Session>();

/** One connection for many calls, another where the server has ended it. */
async function sessionTo(port: number): Promise<ClientHttp2Session> {
  const open = sessions.get(port);
  if (open !== undefined && !open.closed && !open.destroyed) return open;
  const session = connect(`http://127.0.0.1:${port}`);
  // It ends with the server, and must not keep the test's process.
  session.unref();
  session.on('error', () => session.destroy());
  sessions.set(port, session);
  return session;
}

function randomRequest(dice: Dice, lines: readonly string[]): object {
  return logsRequest(
    dice.some(() => randomRecord(dice, lines)),
    dice.some(() => randomPair(dice, 0)),
  );
}

function randomRecord(dice: Dice, lines: readonly string[]): object {
  return {
    timeUnixNano: dice.pick(['0', '1790000000000000000', '18446744073709551615']),
    severityNumber: dice.below(25),
    body: dice.below(4) === 0 ? { stringValue: dice.pick(lines) } : randomValue(dice, 0),
    attributes: dice.some(() => randomPair(dice, 0)),
  };
}

function randomPair(dice: Dice, depth: number): object {
  return { key: dice.pick(['a', '', '__proto__', 'k8s.cluster.name']), value: randomValue(dice, depth) };
}

function randomValue(dice: Dice, depth: number): object {
  switch (dice.below(depth > 4 ? 6 : 8)) {
    case 0:
      return { stringValue: dice.pick(['', 'text', '{"kind":"Event"}', 'ü'.repeat(dice.below(300)), '\u0000']) };
    case 1:
      return { boolValue: dice.below(2) === 0 };
    case 2:
      return { intValue: dice.pick(['0', '-1', '9223372036854775807', '-9223372036854775808', '4503599627370497']) };
    case 3:
      return { doubleValue: dice.pick([0, -1.5, 1e300]) };
    case 4:
      return { bytesValue: Buffer.alloc(dice.below(20), dice.below(256)).toString('base64') };
    case 5:
      return {};
    case 6:
      return { arrayValue: { values: dice.some(() => randomValue(dice, depth + 1)) } };
    default:
      return { kvlistValue: { values: dice.some(() => randomPair(dice, depth + 1)) } };
  }
}
