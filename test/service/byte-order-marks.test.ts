import { expect, test } from 'vitest';
import { startService } from '../support/running-service.ts';

const event = JSON.stringify({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: 'a-1',
  stage: 'ResponseComplete',
  verb: 'get',
  user: { username: '\ufeffadmin' },
  stageTimestamp: '2026-11-13T18:34:10Z',
});

test('texts that begin with a byte-order mark leave as they came', async () => {
  const { send, api, sql } = await startService();
  await send([`\ufeff${event}`, '\ufeff plain line']);
  expect(await sql('select _raw, event, "user".username as username from kube_audit')).toEqual([
    { _raw: `\ufeff${event}`, event, username: '\ufeffadmin' },
  ]);
  expect(await sql('select _raw from logs')).toEqual([{ _raw: '\ufeff plain line' }]);
  const answer = await api('/api/v1/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/csv' },
    body: JSON.stringify({ language: 'sql', query: 'select _raw from logs' }),
  });
  expect(Buffer.from(await answer.arrayBuffer()).toString('utf8')).toContain('\ufeff plain line');
});
