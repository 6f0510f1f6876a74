/** `check` against a running service, as a process of its own. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Report } from '../../src/detect/index.ts';
import { runToEnd } from './support/child-process.ts';
import { eventually } from './support/eventually.ts';
import { mainFile, repository, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const demoEvents = join(repository, 'config/demo/shop-audit.ndjson');
const detections = join(repository, 'config/detections');

const pintail = (...args: string[]) =>
  runToEnd({
    name: `pintail ${args.join(' ')}`,
    command: process.execPath,
    args: [mainFile, ...args],
    cwd: repository,
    withinMs: 120_000,
  });

test('check says the same of events in a service and of the same events in a file', async () => {
  const service = await startPintail({ folder: await temporaryFolder() });
  const replayed = await pintail('replay', demoEvents, '--to', service.httpEndpoint);
  expect(replayed, replayed.stderr).toMatchObject({ status: 0 });
  const inFile = await pintail('check', detections, '--file', demoEvents, '--format', 'json');
  const fromFile = JSON.parse(inFile.stdout) as Report;
  const events = Math.max(...fromFile.searches.map(({ data }) => data?.events ?? 0));
  expect(events).toBeGreaterThan(0);
  await eventually({ what: 'replayed events are queryable', withinMs: 10_000 }, async () => {
    const [row] = await service.sql('select count(*)::INTEGER as events from kube_audit');
    return row?.events === events ? true : undefined;
  });
  const inService = await pintail('check', detections, '--server', service.apiUrl, '--format', 'json');
  expect(inService.status, inService.stderr).toBe(inFile.status);
  expect(JSON.parse(inService.stdout)).toEqual(fromFile);
});
