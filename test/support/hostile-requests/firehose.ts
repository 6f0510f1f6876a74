/** Hostile requests in Firehose's form; every answer must be one that Firehose reads. */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { send } from '../../receive/otlp/support/http-client.ts';
import type { Attack } from './attack.ts';
import { prepareBody } from './damage.ts';
import type { Dice } from './dice.ts';
import { oddValues } from './odd-values.ts';

/** Against a door that needs no token. */
export const attackFirehose: Attack = async (dice, { port, limitBytes, lines, agent }) => {
  const id = `request-${dice.below(1000)}`;
  const { headers, ...prepared } = prepareBody(dice, firehoseBody(dice, lines, limitBytes), limitBytes);
  const answer = await send({
    port,
    agent,
    path: '/firehose',
    ...prepared,
    headers: { ...headers, 'x-amz-firehose-request-id': id },
  });
  expect(answer.headers['content-type']).toBe('application/json');
  const body = JSON.parse(answer.body.toString()) as Readonly<Record<string, unknown>>;
  expect([body.requestId, Number.isSafeInteger(body.timestamp)]).toEqual([id, true]);
  // On a busy machine it may be told to come back, with a hint when.
  if (answer.status === 503) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  else expect([200, 400, 415]).toContain(answer.status);
  if (answer.status === 200) expect(body).not.toHaveProperty('errorMessage');
  else expect(String(body.errorMessage)).toMatch(/expected/);
  return String(answer.status);
};

function firehoseBody(dice: Dice, lines: readonly string[], limitBytes: number): string {
  const records = Array.from({ length: dice.below(6) }, () => firehoseRecord(dice, lines, limitBytes));
  const body = `{"requestId":"x","timestamp":1,"records":[${records.join(',')}]}`;
  return dice.below(10) === 0 ? body.replace(/"records":\[.*\]/s, `"records":${dice.pick(oddValues)}`) : body;
}

function firehoseRecord(dice: Dice, lines: readonly string[], limitBytes: number): string {
  const text = dice.below(5) === 0 ? dice.pick(oddValues) : dice.pick(lines);
  const packed = gzipSync(dice.below(20) === 0 ? Buffer.alloc(limitBytes, 'a') : text);
  switch (dice.below(8)) {
    case 0:
      return dice.pick(oddValues);
    case 1:
      return `{"data":${dice.pick(oddValues)}}`;
    case 2:
      return JSON.stringify({ data: text });
    case 3:
      packed.fill(dice.below(256), dice.below(packed.length));
      return JSON.stringify({ data: packed.toString('base64') });
    case 4:
      return JSON.stringify({ data: Buffer.from(text).toString('base64') });
    default:
      return JSON.stringify({ data: packed.toString('base64') });
  }
}
