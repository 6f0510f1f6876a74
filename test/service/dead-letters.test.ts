import { describe, expect, test } from 'vitest';
import { startService } from '../support/running-service.ts';

const EXPORTER =
  'exporters: { otlp: { endpoint: "http://127.0.0.1:9", retry_on_failure: { initial_interval: 1h, max_interval: 1h } } }';

async function withDeadLetters() {
  const running = await startService(EXPORTER);
  await running.service.database.write((connection) =>
    connection.run(
      `insert into outbox (sequence, event_id, destination, payload, payload_bytes, enqueued_at, attempts, last_error, status) values
        (101, 'a', 'otlp', '{"body":"first"}', 2, timestamp '2026-11-02 09:00:00', 1, 'index not allowed', 'dead'),
        (102, 'b', 'otlp', '{"body":"second"}', 2, timestamp '2026-11-02 09:00:01', 1, null, 'dead'),
        (103, 'c', 'webhook', '{}', 2, timestamp '2026-11-02 09:00:02', 1, 'gone', 'dead')`,
    ),
  );
  return running;
}

describe('dead letters', () => {
  test('are listed with their reason, the oldest first, and by exporter', async () => {
    const { api } = await withDeadLetters();
    expect(await (await api('/api/v1/dead-letters?limit=2')).json()).toEqual({
      items: [
        {
          exporter: 'otlp',
          eventId: 'a',
          enqueuedAt: '2026-11-02T09:00:00.000Z',
          attempts: 1,
          reason: 'index not allowed',
          event: { body: 'first' },
        },
        {
          exporter: 'otlp',
          eventId: 'b',
          enqueuedAt: '2026-11-02T09:00:01.000Z',
          attempts: 1,
          reason: null,
          event: { body: 'second' },
        },
      ],
      complete: false,
    });
    const ofWebhook = (await (await api('/api/v1/dead-letters?exporter=webhook')).json()) as {
      items: { eventId: string }[];
    };
    expect(ofWebhook.items.map(({ eventId }) => eventId)).toEqual(['c']);
  });

  test('are put back in line by exporter, and only those', async () => {
    const { api, service } = await withDeadLetters();
    const answer = await api('/api/v1/dead-letters/retry?exporter=otlp', { method: 'POST' });
    expect(await answer.json()).toEqual({ retried: 2 });
    const rows = await service.database.read({ share: 'service' }, (connection) =>
      connection.query('select event_id, status from outbox order by sequence'),
    );
    expect(rows.map(({ event_id, status }) => `${event_id} ${status}`)).toEqual(['a pending', 'b pending', 'c dead']);
  });

  test('of an exporter that is not configured stay, and so says the answer', async () => {
    const { api } = await withDeadLetters();
    const answer = await api('/api/v1/dead-letters/retry?exporter=webhook', { method: 'POST' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: 'exporter: expected one of otlp, found "webhook".' });
  });

  test('want the scope admin', async () => {
    const token = (name: string) => `${name}-token-for-a-test`;
    const running = await startService('', '', [
      `{ token: ${token('hunt')}, scopes: [hunt] }`,
      `{ token: ${token('admin')}, scopes: [admin] }`,
    ]);
    const status = async (path: string, method: string, name: string) =>
      (await running.api(path, { method, headers: { authorization: `Bearer ${token(name)}` } })).status;
    expect(await status('/api/v1/dead-letters', 'GET', 'hunt')).toBe(403);
    expect(await status('/api/v1/dead-letters/retry?exporter=x', 'POST', 'hunt')).toBe(403);
    expect(await status('/api/v1/dead-letters', 'GET', 'admin')).toBe(200);
    expect(await status('/api/v1/doctor', 'GET', 'hunt')).toBe(200);
    expect((await running.api('/api/v1/doctor')).status).toBe(401);
  });
});
