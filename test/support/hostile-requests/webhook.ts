/** Hostile requests to the audit webhook; every answer must be 200 or a refusal with its reason. */
import { expect } from 'vitest';
import { eventListOf } from '../../receive/audit-webhook/support/webhook-backend.ts';
import { send } from '../../receive/otlp/support/http-client.ts';
import type { Attack } from './attack.ts';
import { sendBrokenHttp } from './broken-http.ts';
import { prepareBody } from './damage.ts';
import type { Dice } from './dice.ts';
import { oddValues } from './odd-values.ts';

/** Against a door that needs no token. */
export const attackWebhook: Attack = async (dice, { port, limitBytes, lines, agent }) => {
  if (dice.below(100) === 0) {
    const answer = await sendBrokenHttp(dice, port, '/k8s-audit');
    expect(answer).toMatch(/^$|^HTTP\/1\.1 (400|503) [\s\S]*: expected /);
    return 'broken HTTP';
  }
  const prepared = prepareBody(dice, webhookBody(dice, lines), limitBytes);
  const { status, body, headers } = await send({ port, agent, path: '/k8s-audit', ...prepared });
  // On a busy machine it may be told to come back, with a hint when.
  if (status === 503) expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  else expect([200, 400, 413, 415]).toContain(status);
  if (status !== 503) expect(body.toString()).toMatch(status === 200 ? /^$/ : /: expected .*\.\n$/);
  return String(status);
};

function webhookBody(dice: Dice, lines: readonly string[]): string {
  const items = Array.from({ length: dice.below(6) }, () =>
    dice.below(5) === 0 ? dice.pick(oddValues) : dice.pick(lines),
  );
  switch (dice.below(8)) {
    case 0:
      return dice.pick(lines);
    case 1:
      return dice.pick(oddValues);
    case 2:
      return eventListOf(items).replace(/"items":\[.*\]/s, `"items":${dice.pick(oddValues)}`);
    default:
      return eventListOf(items);
  }
}
