/** What a running service shows at `/metrics`. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { METRICS } from '../../src/telemetry/metric-catalogue.ts';
import { auditEvent, startService } from '../support/running-service.ts';

const root = resolve(import.meta.dirname, '../..');

/** Counters that the alerts of docs/operations.md look at. */
function alertedCounters(): readonly string[] {
  const page = readFileSync(resolve(root, 'docs/operations.md'), 'utf8');
  const alerts = page.slice(page.indexOf('## Alerts'), page.indexOf('## Metrics'));
  const names = new Set([...alerts.matchAll(/pintail_\w+/g)].map(([name]) => name));
  return [...names].filter((name) => METRICS[name]?.kind === 'counter');
}

test('every counter that an alert looks at is there at 0, before what it counts happens', async () => {
  const detections = JSON.stringify(resolve(root, 'config/detections'));
  const { api, send } = await startService(`detections: { paths: [${detections}] }`);
  await send([auditEvent()], { cluster: 'prod' });
  const lines = (await (await api('/metrics')).text()).split('\n');
  const counters = alertedCounters();
  expect(counters.length).toBeGreaterThan(8);
  const zero = (name: string) => lines.filter((line) => new RegExp(`^${name}(?:\\{.*\\})? 0$`).test(line));
  expect(counters.filter((name) => zero(name).length === 0)).toEqual([]);
  const reasons = zero('pintail_receiver_refused_requests_total').join(' ');
  for (const reason of ['unauthenticated', 'forbidden', 'bad_data', 'busy']) expect(reasons).toContain(`"${reason}"`);
});
