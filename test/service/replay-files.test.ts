import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RetryableError } from '../../src/component.ts';
import { replayFiles } from '../../src/service/replay-files.ts';
import { startHttpReceiver } from '../support/otlp-logs-receiver.ts';

test('waits no longer than its patience where the service asks for more than a timer can hold', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-replay-'));
  const events = join(folder.path, 'audit.log');
  await writeFile(events, '{"kind":"Event","apiVersion":"audit.k8s.io/v1","stageTimestamp":"2026-03-01T00:00:00Z"}\n');
  await using receiver = await startHttpReceiver();
  receiver.answer = (response) => response.writeHead(503, { 'Retry-After': '99999999' }).end();
  const waits: string[] = [];
  const replay = replayFiles({
    files: [events],
    to: receiver.endpoint,
    metadata: {},
    patienceMs: 500,
    onProblem: (message) => expect.unreachable(message),
    onWait: (message) => waits.push(message),
  });
  await expect(replay).rejects.toThrow(RetryableError);
  expect(waits).toEqual([expect.stringContaining('answered 503')]);
  expect(receiver.requests.length).toBeLessThanOrEqual(2);
});
