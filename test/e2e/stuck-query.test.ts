/**
 * A hunt that no interrupt reaches ends the process, whatever threads are still at work in it: a supervisor starts it again,
 * and nothing that was acknowledged is lost.
 */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { auditEvents } from '../support/audit-events.ts';
import type { Ended } from './support/child-process.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, postLogs } from './support/otlp-client.ts';
import { type PintailService, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

/** Allowed, soon in its last step, and that is one call over one row, which is not left before it is done. */
const stuckQuery = `with numbers as (select list(i) as list from range(2000000) t(i))
  select len(list_distinct(list_transform(list, lambda x: md5(x::varchar)))) from numbers`;

const impatient = { query: { time_limit: '1s', stuck_after: '100ms' } };

/** The first process of a process namespace of its own, as in a container; needs no privileges. */
const asFirstProcess = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
const [unshare = '', ...unshareArgs] = asFirstProcess;
const canUnshare = spawnSync(unshare, [...unshareArgs, 'true']).status === 0;

test('a query that goes on after its interrupt ends the process by signal 9, and what was acknowledged is there again', async () => {
  const service = await startPintail({ folder: await temporaryFolder(), api: impatient });
  const lines = await deliver(service);
  expect(await endOfStuckQuery(service)).toMatchObject({ status: null, signal: 'SIGKILL' });
  expect(service.output()).toContain('a query did not stop when it was interrupted; the service ends');

  await service.start();
  const stored = await eventually({ what: 'the events are loaded', withinMs: 30_000 }, async () => {
    const rows = await service.sql('select _raw from kube_audit');
    return rows.length >= lines.length ? rows : undefined;
  });
  expect(stored.map(({ _raw }) => _raw).sort()).toEqual([...lines].sort());
});

test.skipIf(!canUnshare)(
  `the first process of a container ends with status 137${canUnshare ? '' : ' (skipped: expected user namespaces, found none)'}`,
  async () => {
    const service = await startPintail({ folder: await temporaryFolder(), api: impatient, within: asFirstProcess });
    expect(await endOfStuckQuery(service)).toMatchObject({ status: 137 });
    expect(service.output()).toContain('a query did not stop when it was interrupted; the service ends');
  },
);

async function deliver(service: PintailService): Promise<readonly string[]> {
  const lines = auditEvents({ seed: 1, count: 50, startMs: Date.now() });
  expect((await postLogs(service.httpEndpoint, encodeLogs(lines))).status).toBe(200);
  return lines;
}

async function endOfStuckQuery(service: PintailService): Promise<Ended> {
  const answer = service.query({ language: 'sql', query: stuckQuery }).then(
    async (response) => `${response.status} ${await response.text()}`,
    () => 'none',
  );
  const ended = await service.ended();
  expect(await answer).toBe('none');
  return ended;
}
