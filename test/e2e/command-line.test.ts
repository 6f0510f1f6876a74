/** The commands as people and scripts run them: real processes, real files, exit status and what is printed where. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { auditEvents } from '../support/audit-events.ts';
import { type Ended, runToEnd } from './support/child-process.ts';
import { eventually } from './support/eventually.ts';
import { mainFile, repository, startPintail } from './support/pintail-service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const corpora = process.env.PINTAIL_CORPORA;
const demoEvents = join(repository, 'config/demo/shop-audit.ndjson');
const detections = join(repository, 'config/detections');

describe('through npm', () => {
  test('npm run -s pintail -- scan prints one JSON object per finding in a pipe', async () => {
    const ended = await runToEnd({
      name: 'npm run -s pintail -- scan',
      command: 'npm',
      args: ['run', '-s', 'pintail', '--', 'scan', demoEvents],
      cwd: repository,
      withinMs: 120_000,
    });
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    const findings = jsonLines(ended);
    expect(findings.length).toBeGreaterThan(0);
    for (const finding of findings) {
      expect(finding).toMatchObject({ detection: expect.stringMatching(/./), fields: expect.any(Object) });
    }
  });
});

describe('scan', () => {
  test('a log without anything to find ends with status 0 and prints only what was read', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'quiet.ndjson');
    await writeFile(file, auditEvents({ seed: 3, count: 400, startMs: Date.now() - 600_000 }).join('\n'));
    const ended = await pintail('scan', file);
    expect(ended).toMatchObject({
      status: 0,
      stdout: '',
      stderr: 'Read 400 audit events and 0 other records (0 of them unreadable).\n',
    });
  });

  test('reads gzip and standard input', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'quiet.ndjson.gz');
    const text = auditEvents({ seed: 4, count: 50, startMs: Date.now() - 600_000 }).join('\n');
    await writeFile(file, gzipSync(text));
    expect(await pintail('scan', file)).toMatchObject({ status: 0 });
    const piped = await runToEnd({
      name: 'pintail scan -',
      command: process.execPath,
      args: [mainFile, 'scan', '-'],
      cwd: repository,
      input: text,
      withinMs: 60_000,
    });
    expect(piped, piped.stderr).toMatchObject({ status: 0 });
  });

  test('a file that is not there ends with status 1, naming it, without a stack trace', async () => {
    const ended = await pintail('scan', '/nowhere/audit.log');
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('/nowhere/audit.log');
    expectNoStackTrace(ended);
  });

  test('no file at all is wrong usage', async () => {
    expect(await pintail('scan')).toMatchObject({ status: 2, stdout: '' });
  });

  test('a reader that goes away early is no error', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'events.ndjson');
    await writeFile(file, auditEvents({ seed: 5, count: 20_000, startMs: Date.now() - 600_000 }).join('\n'));
    const status = await new Promise<number | null>((resolve) => {
      const shell = `"${process.execPath}" "${mainFile}" sql 'select _raw from kube_audit' --file "${file}" | head -n 1 >/dev/null; exit "\${PIPESTATUS[0]}"`;
      spawn('bash', ['-c', shell], { cwd: repository, stdio: 'ignore' }).once('close', resolve);
    });
    expect(status).toBe(0);
  });

  const files = corpora === undefined ? [] : corpusFiles(corpora);
  test.skipIf(corpora === undefined).each(corpora === undefined ? ['(PINTAIL_CORPORA is not set)'] : files)(
    'ends with findings or none over %s',
    async (file) => {
      const ended = await pintail('scan', join(corpora ?? '', file));
      // What cannot be read is named on standard error and gives status 1; a detection that does not compile or
      // run has no excuse.
      const problems = ended.stderr.replace(/^Read \d+ audit events and .*\n/m, '');
      expect(ended.status, ended.stderr).toBe(problems === '' ? 0 : 1);
      expect(ended.stderr).not.toMatch(/error\[SPL/);
      expectNoStackTrace(ended);
      for (const finding of jsonLines(ended)) {
        expect(finding).toMatchObject({ detection: expect.stringMatching(/./), fields: expect.any(Object) });
      }
    },
  );
});

describe('search', () => {
  test('prints rows keyed by the names that SPL gives', async () => {
    const ended = await pintail('search', '`kube_audit` | stats count by verb', '--file', demoEvents);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    const rows = jsonLines(ended);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toEqual({ verb: expect.any(String), count: expect.any(Number) });
  });

  test('prints a column for each value of the field that timechart splits by', async () => {
    const search = '`kube_audit` | timechart span=1h limit=2 count by verb';
    const ended = await pintail('search', search, '--file', demoEvents, '--format', 'csv');
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    const [head, ...rows] = ended.stdout.trimEnd().split('\n');
    expect(head).toMatch(/^_time,[a-z]+,[a-z]+,OTHER$/);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) expect(row).toMatch(/^\d+,\d+,\d+,\d+$/);
  });

  test('a syntax error ends with status 1 and a caret picture on standard error', async () => {
    const ended = await pintail('search', '`kube_audit` | stats count by | where', '--file', demoEvents);
    expect(ended).toMatchObject({ status: 1, stdout: '' });
    expect(ended.stderr).toMatch(/error\[SPL\d+\]/);
    expect(ended.stderr).toMatch(/\^/);
    expectNoStackTrace(ended);
  });

  test('neither --file nor --server is wrong usage', async () => {
    expect(await pintail('search', '`kube_audit`')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('sql', () => {
  test('prints rows as ndjson, json and csv', async () => {
    const query = 'select count(*)::INTEGER as events from kube_audit';
    const asNdjson = await pintail('sql', query, '--file', demoEvents);
    expect(asNdjson, asNdjson.stderr).toMatchObject({ status: 0 });
    const [row] = jsonLines(asNdjson);
    expect(row).toEqual({ events: expect.any(Number) });
    const asJson = await pintail('sql', query, '--file', demoEvents, '--format', 'json');
    expect(JSON.parse(asJson.stdout)).toEqual([row]);
    const asCsv = await pintail('sql', query, '--file', demoEvents, '--format', 'csv');
    expect(asCsv.stdout.split(/\r?\n/).slice(0, 2)).toEqual(['events', String(row!.events)]);
  });

  test('wrong SQL ends with status 1 and says what is wrong', async () => {
    const ended = await pintail('sql', 'selec 1', '--file', demoEvents);
    expect(ended).toMatchObject({ status: 1, stdout: '' });
    expect(ended.stderr).toMatch(/selec/);
    expectNoStackTrace(ended);
  });

  test("a detection's view works on a running service", async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    const ended = await pintail(
      'sql',
      'select * from detection.kubernetes_access_scanning',
      '--server',
      service.apiUrl,
    );
    expect(ended, ended.stderr).toMatchObject({ status: 0, stdout: '' });
  });

  test('replay sends recorded events to a running service, once however often it is run', async () => {
    const service = await startPintail({ folder: await temporaryFolder() });
    for (let run = 0; run < 2; run += 1) {
      const ended = await pintail('replay', demoEvents, '--to', service.httpEndpoint);
      expect(ended, ended.stderr).toMatchObject({ status: 0 });
    }
    const [inFile] = jsonLines(
      await pintail('sql', 'select count(*)::INTEGER as events from kube_audit', '--file', demoEvents),
    );
    await eventually({ what: 'replayed events are queryable', withinMs: 10_000 }, async () => {
      const [row] = await service.sql('select count(*)::INTEGER as events from kube_audit');
      return row!.events === inFile!.events ? true : undefined;
    });
  });
});

describe('compile', () => {
  test('prints the SQL of every shipped detection', async () => {
    const ended = await pintail('compile', detections);
    expect(ended, ended.stderr).toMatchObject({ status: 0 });
    expect(ended.stdout).toContain('kubernetes_access_scanning');
    expect(ended.stdout).toMatch(/select/i);
  });

  test('what does not compile gives status 1 and its reason', async () => {
    const ended = await pintail('compile', '--spl', '`kube_audit` | transmogrify');
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('transmogrify');
    expectNoStackTrace(ended);
  });
});

describe('test', () => {
  test('every shipped detection holds against its own events', async () => {
    const ended = await pintail('test', detections);
    expect(ended, ended.stdout + ended.stderr).toMatchObject({ status: 0 });
  });
});

test('an unknown command is wrong usage and names it', async () => {
  const ended = await pintail('serv');
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain('serv');
});

function pintail(...args: readonly string[]): Promise<Ended> {
  return runToEnd({
    name: `pintail ${args.join(' ')}`,
    command: process.execPath,
    args: [mainFile, ...args],
    cwd: repository,
    withinMs: 120_000,
  });
}

/** Standard output as JSON objects, one per line. */
function jsonLines(ended: Ended): readonly Readonly<Record<string, unknown>>[] {
  return ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function expectNoStackTrace(ended: Ended): void {
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/^\s+at .*(:\d+:\d+\)?|<anonymous>)$/m);
  expect(ended.stderr).not.toContain('this is a bug');
}

/** Everything in the corpora that is meant as input, by its path below them. */
function corpusFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(PROVENANCE|README|labels\.json)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
