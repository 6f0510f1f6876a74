import { expect, test } from 'vitest';
import { startService } from '../support/running-service.ts';

test('an event with the escape of a lone surrogate is one row, through the webhook in a list and through OTLP as text', async () => {
  const { service, send, sql } = await startService();
  const event = String.raw`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","stage":"ResponseComplete","verb":"get","userAgent":"\ud83d \ud83d\ude00","stageTimestamp":"2026-11-13T18:34:10.000000Z"}`;
  const answer = await fetch(`http://${service.addresses.auditWebhook}/k8s-audit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${event}]}`,
  });
  expect(answer.status).toBe(200);
  await send([event], { cluster: 'other' });
  const row = { _raw: event, event: event.replace('\\ud83d', '\\ufffd'), userAgent: '\ufffd \u{1f600}' };
  const stored = 'select _raw, event, "userAgent" from kube_audit';
  expect(await sql(stored)).toEqual([row, row]);
  // Of the same cluster it is a copy.
  await send([event]);
  expect(await sql(stored)).toEqual([row, row]);
});
