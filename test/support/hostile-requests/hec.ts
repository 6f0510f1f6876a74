/** Hostile requests to the HEC door; every answer must be of Splunk's table. */
import { expect } from 'vitest';
import { send } from '../../receive/otlp/support/http-client.ts';
import type { Attack } from './attack.ts';
import { sendBrokenHttp } from './broken-http.ts';
import { prepareBody } from './damage.ts';
import type { Dice } from './dice.ts';
import { oddValues } from './odd-values.ts';

const ANSWERS = ['200 0', '400 5', '400 6', '400 12', '400 13', '400 15', '413 413', '415 415'];
const TOO_MANY_EVENTS = '{"event":1}'.repeat(501);

/** Against a door that takes at most 500 events and needs no token. */
export const attackHec: Attack = async (dice, { port, limitBytes, lines, agent }) => {
  if (dice.below(100) === 0) {
    const answer = await sendBrokenHttp(dice, port, '/services/collector');
    expect(answer).toMatch(/^$|^HTTP\/1\.1 (400|503) [\s\S]*\{"text":"[^"]+","code":\d+\}/);
    return 'broken HTTP';
  }
  const isRaw = dice.below(6) === 0;
  const path = isRaw ? '/services/collector/raw' : '/services/collector/event';
  const { headers, body } = prepareBody(
    dice,
    isRaw ? lines.slice(0, 4).join('\r\n') : hecBody(dice, lines),
    limitBytes,
  );
  if (dice.below(20) === 0) {
    headers.authorization = dice.pick(['', 'Splunk', 'Basic =', 'x'.repeat(5000), 'Bearer a b']);
  }
  const answer = await send({ port, agent, path, headers, body });
  const reply = JSON.parse(answer.body.toString()) as { readonly text: string; readonly code: number };
  const key = `${answer.status} ${reply.code}`;
  // On a busy machine it may be told to come back, with a hint when.
  if (key === '503 9') expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  else expect(ANSWERS).toContain(key);
  expect(reply.text).toMatch(/^[A-Z]/);
  return key;
};

function hecObject(dice: Dice, lines: readonly string[]): string {
  const members: string[] = [];
  const add = (key: string, good: () => string, share = 3) => {
    if (dice.below(4) >= share) return;
    members.push(`"${key}":${dice.below(8) === 0 ? dice.pick(oddValues) : good()}`);
  };
  add('time', () => String(1_790_000_000 + dice.below(1000) / 7));
  for (const key of ['host', 'source', 'sourcetype', 'index']) add(key, () => `"${dice.pick(['a', 'b', ''])}"`, 1);
  add('event', () => (dice.below(2) === 0 ? JSON.stringify(dice.pick(lines)) : dice.pick(lines)), 4);
  add('fields', () => `{"k8s.cluster.name":"c","n":${dice.below(9)},"l":["a"]}`, 2);
  add(dice.pick(['x', 'event', '__proto__', 'metric']), () => dice.pick(oddValues), 1);
  return `{${members.join(dice.below(40) === 0 ? dice.pick([' ', ';', ',,']) : ',')}}`;
}

function hecBody(dice: Dice, lines: readonly string[]): string {
  const objects = Array.from({ length: 1 + dice.below(4) }, () => hecObject(dice, lines));
  if (dice.below(40) === 0) return TOO_MANY_EVENTS;
  switch (dice.below(9)) {
    case 0:
      return `[${objects.join(',')}]`;
    case 1:
      return objects.join(',');
    case 2:
      return objects.join('\n') + dice.pick(['garbage', '}', ']', '[', '\0', '\ufeff']);
    default:
      return objects.join(dice.pick(['', '\n', ' \r\n']));
  }
}
