/**
 * A storage directory that is damaged, taken or full: what was acknowledged and is intact is there, what is not is
 * named, and the service goes on without a person.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { status as grpcStatus } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import { auditEvents } from '../support/audit-events.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { announceSeed } from '../support/seed.ts';
import { runToEnd } from './support/child-process.ts';
import { eventually } from './support/eventually.ts';
import { encodeLogs, exportOverGrpc, postLogs } from './support/otlp-client.ts';
import { mainFile, type PintailService, preparePintail, repository, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

let nextSeed = announceSeed('damaged storage');

/** Nothing leaves the spool before the service is killed; detections would ask for it. */
const spoolOnly = { storage: { load_interval: '1h' }, detections: { paths: [] } };

test('a torn last segment: the tail that nobody was told of is cut off, everything before it is loaded', async () => {
  const before = await startPintail({ folder: await temporaryFolder(), ...spoolOnly });
  const lines = someEvents(50);
  for (const line of lines) expect(await deliver(before, line)).toBe(200);
  await before.kill();
  const segment = (await segmentsOf(before)).at(-1)!;
  // The first bytes of a batch, as a power failure in the middle of a write leaves them.
  await appendFile(segment, (await readFile(segment)).subarray(0, 40));

  const service = await startPintail({ folder: await temporaryFolder(), storage: { directory: before.dataFolder } });
  expect(await storedEvents(service, lines.length)).toEqual([...lines].sort());
  expect(service.output()).toContain('cut off a torn tail that was never acknowledged');
  expect(await readdir(join(before.dataFolder, 'quarantine'))).toEqual([]);
});

test('a segment damaged in its middle is put aside and told, and all but the damaged batch is loaded', async () => {
  const before = await startPintail({ folder: await temporaryFolder(), ...spoolOnly });
  const lines = someEvents(50);
  for (const line of lines) expect(await deliver(before, line)).toBe(200);
  await before.kill();
  const victim = firstOfItsRequest(lines, 20);
  const segment = (await segmentsOf(before)).at(-1)!;
  const bytes = await readFile(segment);
  const at = bytes.indexOf(auditIdOf(victim));
  expect(at).toBeGreaterThan(0);
  bytes[at] = bytes[at]! ^ 0x01;
  await writeFile(segment, bytes);

  const service = await startPintail({ folder: await temporaryFolder(), storage: { directory: before.dataFolder } });
  const rest = lines.filter((line) => line !== victim);
  expect(await storedEvents(service, rest.length)).toEqual([...rest].sort());
  expect(await readdir(join(before.dataFolder, 'quarantine'))).toHaveLength(1);
  expect((await service.metrics()).get('pintail_store_quarantined_segments_total{reason="damaged"}')).toBe(1);
  expect(service.output()).toContain('the segment was put aside, its intact batches are loaded');
});

test('a second service on the same directory ends with the name of the first, which goes on', async () => {
  const first = await startPintail({ folder: await temporaryFolder() });
  const second = await preparePintail({
    folder: await temporaryFolder(),
    storage: { directory: first.dataFolder },
  });
  const ended = await runToEnd({
    name: 'the second pintail serve',
    command: process.execPath,
    args: [mainFile, 'serve', '--config', second.configFile],
    cwd: repository,
    withinMs: 60_000,
  });
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain(`held by process ${first.pid()} on `);
  expect(ended.stderr).toContain('Stop that process or choose another storage.directory.');
  const [line = ''] = someEvents(1);
  expect(await deliver(first, line)).toBe(200);
  expect(await storedEvents(first, 1)).toEqual([line]);
});

/** Runs a command in a mount namespace of its own, where `folder` is a file system of that size; needs no privileges. */
function withSmallDisk(folder: string, size: string): readonly string[] {
  const mount = `mount -t tmpfs -o size=${size} tmpfs "$0" && exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mount, folder];
}

const probe = mkdtempSync(join(tmpdir(), 'pintail-disk-'));
const [unshare = '', ...probeArgs] = withSmallDisk(probe, '1m');
const canMount = spawnSync(unshare, [...probeArgs, 'true']).status === 0;
rmSync(probe, { recursive: true });

test.skipIf(!canMount)(
  `a full disk refuses for the time being at both doors, and is over by itself once there is room${canMount ? '' : ' (skipped: expected user namespaces, found none)'}`,
  async () => {
    const folder = await temporaryFolder();
    const dataFolder = join(folder, 'data');
    await mkdir(dataFolder);
    const service = await startPintail({
      folder,
      storage: { min_free_disk: '8MiB' },
      within: withSmallDisk(dataFolder, '64m'),
    });
    // The same folder as the service sees it.
    const ballast = `/proc/${service.pid()}/root${dataFolder}/ballast`;
    await writeFile(ballast, Buffer.alloc(30 * 2 ** 20));
    const acknowledged: string[] = [];
    const refused: string[] = [];
    // Random texts: the tables hardly shrink them.
    const random = randomNumbers(nextSeed++);
    const letter = (): string => Math.floor(random() * 36).toString(36);
    let batches = 0;
    const deliverBatch = async (): Promise<boolean> => {
      const lines = auditEvents({ seed: nextSeed++, count: 200, startMs: Date.now() }).map((line) =>
        line.replace('{', `{"padding":"${Array.from({ length: 2000 }, letter).join('')}",`),
      );
      batches += 1;
      const payload = encodeLogs(lines);
      if (batches % 2 === 0) {
        const answer = await exportOverGrpc(service.grpcEndpoint, payload);
        if (answer.code === grpcStatus.OK) acknowledged.push(...lines);
        else refused.push(`${answer.code} ${answer.details}`);
        return answer.code === grpcStatus.OK;
      }
      const answer = await postLogs(service.httpEndpoint, payload);
      const retryAfter = answer.headers.get('retry-after');
      if (answer.status === 200) acknowledged.push(...lines);
      else refused.push(`${answer.status} ${Number(retryAfter) >= 1 ? 'with a hint' : 'without a hint'}`);
      return answer.status === 200;
    };
    await eventually({ what: 'the disk is full at both doors', withinMs: 60_000, everyMs: 10 }, async () => {
      await deliverBatch();
      return refused.length >= 10 ? true : undefined;
    });
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(refused.filter((answer) => !/^503 with a hint$|^14 .*(?:bytes free on the disk|disk)/.test(answer))).toEqual(
      [],
    );
    expect(service.isAlive()).toBe(true);

    await rm(ballast);
    await eventually({ what: 'it takes records again', withinMs: 60_000, everyMs: 500 }, async () =>
      (await deliverBatch()) ? true : undefined,
    );
    expect(await storedEvents(service, acknowledged.length)).toEqual([...acknowledged].sort());
    expect(service.output()).not.toContain('put aside');
  },
);

function someEvents(count: number): readonly string[] {
  return auditEvents({ seed: nextSeed++, count, startMs: Date.now() - 60_000 });
}

/** The first line from `from` on that opens a request: the stages of a request share its auditID. */
function firstOfItsRequest(lines: readonly string[], from: number): string {
  const ids = lines.map(auditIdOf);
  return lines[ids.findIndex((id, at) => at >= from && ids.indexOf(id) === at)]!;
}

function auditIdOf(line: string): string {
  return (JSON.parse(line) as { readonly auditID: string }).auditID;
}

/** One request with one record; its HTTP status. */
async function deliver(service: PintailService, line: string): Promise<number> {
  return (await postLogs(service.httpEndpoint, encodeLogs([line]))).status;
}

/** Spool segments with something in them, oldest first. */
async function segmentsOf(service: PintailService): Promise<readonly string[]> {
  const folder = join(service.dataFolder, 'spool');
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}

/** Every audit event's text, sorted, once there are `count`. */
async function storedEvents(service: PintailService, count: number): Promise<readonly unknown[]> {
  await eventually({ what: `${count} rows in kube_audit`, withinMs: 60_000, everyMs: 100 }, async () => {
    const [row] = await service.sql('select count(*)::INTEGER as rows from kube_audit');
    return Number(row!.rows) >= count ? true : undefined;
  });
  return (await service.sql('select _raw from kube_audit')).map((row) => row._raw).sort();
}
