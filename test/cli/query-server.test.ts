import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registerDeadLetters } from '../../src/cli/dead-letters.ts';
import { registerSearch } from '../../src/cli/search.ts';
import { callServer } from '../../src/service/call-server.ts';
import { queryServer } from '../../src/service/query-server.ts';
import { auditEvent, startService } from '../support/running-service.ts';
import { runCommand } from './run-command.ts';

/** What `search` prints over a file and over a service that hold the same event. */
async function searchBoth(spl: string, format: string) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-search-'));
  const file = join(folder.path, 'audit.log');
  const event = auditEvent();
  await writeFile(file, `${JSON.stringify(event)}\n`);
  const running = await startService();
  await running.send([event]);
  const server = `http://${running.service.addresses.api}`;
  const run = (...from: string[]) => runCommand(registerSearch, 'search', spl, ...from, '--format', format);
  return { overFile: await run('--file', file), overServer: await run('--server', server) };
}

test.each(['ndjson', 'csv', 'json', 'table'])('search --server warns as search --file does, in %s', async (format) => {
  const { overFile, overServer } = await searchBoth('verb=list or verb=get | eval x=user.username', format);
  expect(overServer.stderr).toContain('warning[SPL401]');
  expect(overServer.stderr).toContain('Write OR.');
  expect(overServer.stderr).toContain('warning[SPL402]');
  expect({ ...overServer, stdout: '' }).toEqual({ ...overFile, stdout: '' });
});

test('search --server draws what it refuses as search --file does, each error with its place and help', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-search-'));
  const file = join(folder.path, 'audit.log');
  await writeFile(file, '');
  const { service } = await startService();
  const spl = '`kube_audit` | stats count by | wheer x=1';
  const refusalOf = async (...from: string[]): Promise<string> => {
    const ended = runCommand(registerSearch, 'search', spl, ...from);
    return ended.then(
      () => 'taken',
      (error: unknown) => String(error),
    );
  };
  const overServer = await refusalOf('--server', `http://${service.addresses.api}`);
  expect(overServer).toMatch(/error\[SPL206\].*--> search:1:.*\^.*error\[SPL202\].*Did you mean "where"/s);
  expect(overServer).toBe(await refusalOf('--file', file));
});

test('a token that is absent or wrong is told with the variable that gives it', async () => {
  const { service } = await startService('', '', [`{ token: ${'a'.repeat(32)}, scopes: [hunt] }`]);
  const server = `http://${service.addresses.api}`;
  await expect(runCommand(registerSearch, 'search', '*', '--server', server)).rejects.toThrow(
    'The environment variable PINTAIL_TOKEN gives the token and is not set.',
  );
  await expect(runCommand(registerDeadLetters, 'dead-letters', '--server', server)).rejects.toThrow(
    'The environment variable PINTAIL_TOKEN gives the token and is not set.',
  );
  const wrong = queryServer({ server, token: 'b'.repeat(32), language: 'sql', query: 'select 1' });
  await expect(wrong).rejects.toThrow('The token is that of the environment variable PINTAIL_TOKEN.');
  const scope = callServer({ server, token: 'a'.repeat(32), method: 'GET', path: '/api/v1/dead-letters' });
  await expect(scope).rejects.toThrow(/scope admin.*The token is that of the environment variable PINTAIL_TOKEN\./);
});
