import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { registerCheck } from '../../src/cli/check.ts';
import { UsageError } from '../../src/cli/command.ts';
import type { Report } from '../../src/detect/index.ts';
import { runCommand } from './run-command.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-check-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const check = (...argv: string[]) => runCommand(registerCheck, 'check', ...argv);

const detection = (name: string, search: string) => `name: ${name}\nid: an-id\ntype: Hunting\nsearch: '${search}'\n`;

describe('check', () => {
  test('ends with 0 where everything compiles, suspicions or not', async () => {
    await writeFile(
      join(folder, 'a.yml'),
      detection('A', '`kube_audit` verb=get OR list | stats count by user.username'),
    );
    const { status, stdout, stderr } = await check(folder);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('  ok       A\n           reads      kube_audit: user.username, verb\n');
    expect(stdout).toContain('suspicious CHK102 "list" stands alone');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('1 searches: 1 compile, 0 refused, 1 suspicious');
  });

  test('names volume rules of a configuration, and refuses one that the service would', async () => {
    await writeFile(join(folder, 'a.yml'), detection('A', '`kube_audit` verb=get | stats count by user.username'));
    const config = join(folder, 'pintail.yaml');
    await writeFile(config, 'volume: { rules: [ { name: reads, search: "verb IN (get, list)", action: drop } ] }');
    const { status, stdout } = await check(join(folder, 'a.yml'), '--config', config);
    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain('suspicious CHK116 The volume rule "reads" drops');
    const { stdout: json } = await check(join(folder, 'a.yml'), '--config', config, '--format', 'json');
    expect((JSON.parse(json) as Report).searches[0]?.suspicions.map(({ name }) => name)).toEqual(['volume-rule']);
    await writeFile(config, 'volume: { rules: [ { name: reads, search: "* | head 1", action: drop } ] }');
    await expect(check(join(folder, 'a.yml'), '--config', config)).rejects.toThrow('volume.rules[0] "reads"');
  });

  test('ends with 1 where a search is refused, with its reason and place', async () => {
    await writeFile(join(folder, 'a.yml'), detection('A', '| mstats avg(cpu) where index=m'));
    const { status, stdout } = await check(folder);
    expect(status).toBe(1);
    expect(stdout).toMatch(/ {2}refused {2}A\n {11}why {8}SPL203 mstats: /);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/a\.yml:4:\d+\)/);
    expect(stdout).toMatch(/Refused:\n {4}1 {2}SPL203 mstats: /);
  });

  test('ends with 1 where a file cannot be taken, and checks the others', async () => {
    await writeFile(join(folder, 'a.yml'), detection('A', '`kube_audit` | stats count'));
    await writeFile(join(folder, 'b.yml'), 'name: B\n');
    const { status, stdout } = await check(folder);
    expect(status).toBe(1);
    expect(stdout).toContain('  ok       A\n');
    expect(stdout).toMatch(/problem {2}\S*b\.yml:1: id: expected/);
  });

  test('ends with 1 where the data cannot feed a search, and says so', async () => {
    await writeFile(join(folder, 'a.yml'), detection('A', '`aws_cloudwatchlogs_eks` verb=get | stats count'));
    const events = join(folder, 'events.ndjson');
    await writeFile(events, '{"message":"nothing of the kind"}\n');
    const { status, stdout } = await check(join(folder, 'a.yml'), '--file', events);
    expect(status).toBe(1);
    expect(stdout).toContain('blind      There is no event of dataset=eks.');
    expect(stdout).toContain('1 blind on this data');
  });

  test('gives JSON with the whole report', async () => {
    await writeFile(join(folder, 'a.yml'), detection('A', '`kube_audit` verb=get | stats count by user.username'));
    const { status, stdout } = await check(folder, '--format', 'json');
    expect(status).toBe(0);
    const report = JSON.parse(stdout) as Report;
    expect(report).toEqual({
      searches: [
        {
          name: 'A',
          view: 'a',
          file: join(folder, 'a.yml'),
          type: 'Hunting',
          status: null,
          compiles: true,
          refusals: [],
          warnings: [],
          commands: ['search', 'stats'],
          reads: [{ dataset: 'kube_audit', fields: ['user.username', 'verb'], extracted: [], everything: false }],
          inputs: [],
          usesIpLocation: false,
          suspicions: [],
          windows: { cron: '0 * * * *', earliest: '-70m@m', latest: '-10m@m', longestGap: 0, longestOverlap: 0 },
          data: null,
        },
      ],
      totals: { searches: 1, compile: 1, refused: 0, suspicious: 0, blind: null, strictDiffers: null },
      folders: [{ folder, searches: 1, compile: 1, refused: 0, suspicious: 0, blind: null, strictDiffers: null }],
      refusals: [],
      problems: [],
      notes: [],
    });
  });

  test('keeps to 100 columns except for a word that is longer', async () => {
    const fields = Array.from({ length: 60 }, (_, index) => `requestObject.field_${index}`).join(' ');
    await writeFile(
      join(folder, 'a.yml'),
      detection('A', `\`kube_audit\` verb=get OR list | stats count by ${fields}`),
    );
    const { stdout } = await check(folder);
    const long = stdout
      .split('\n')
      .filter((line) => line.length > 100 && /\S\s+\S/.test(line.trim()) && !line.includes(folder));
    expect(long).toEqual([]);
  });

  test('prints nothing that a terminal would obey', async () => {
    await writeFile(join(folder, 'a.yml'), 'name: "A\\u001b[31m"\nid: i\ntype: Hunting\nsearch: "`kube_audit`"\n');
    expect((await check(folder)).stdout).toContain('A\\x1b[31m');
  });

  test('names a folder without searches', async () => {
    expect(await check(folder)).toMatchObject({
      status: 1,
      stderr: `check: expected detections in ${folder}, found none.\n`,
    });
  });

  test('refuses another format, and events from two places', async () => {
    await expect(check(folder, '--format', 'csv')).rejects.toThrow(UsageError);
    await expect(check(folder, '--file', 'a', '--server', 'http://x')).rejects.toThrow(UsageError);
  });
});

const escu = process.env.PINTAIL_ESCU;

test.skipIf(escu === undefined)('the Kubernetes searches of ESCU: only those over metrics may be refused', async () => {
  const { stdout } = await check(escu ?? '', '--format', 'json');
  const report = JSON.parse(stdout) as Report;
  expect(report.problems).toEqual([]);
  expect(report.totals.searches).toBe(62);
  const refusedBy = (pattern: RegExp) =>
    report.searches.filter(({ refusals }) => refusals.some(({ message }) => pattern.test(message)));
  expect(refusedBy(/^mstats: /)).toHaveLength(18);
  const others = report.searches.filter(
    ({ refusals }) => refusals.length > 0 && !refusals.some(({ message }) => /^mstats: /.test(message)),
  );
  // What is still to come besides metrics: this list only gets shorter.
  const missing: readonly string[] = [];
  expect(others.map(({ name }) => name).filter((name) => !missing.includes(name))).toEqual([]);
  expect(report.totals).toMatchObject({ compile: 44 - others.length, refused: 18 + others.length });
});

test.skipIf(escu === undefined)('what ESCU is known to have wrong is found, and nothing else', async () => {
  const { stdout } = await check(escu ?? '', '--format', 'json');
  const report = JSON.parse(stdout) as Report;
  const byCode = Map.groupBy(
    report.searches.flatMap(({ view, suspicions }) =>
      [...new Set(suspicions.map(({ code }) => code))].map((code) => ({ code, view })),
    ),
    ({ code }) => code,
  );
  const views = (code: string) => (byCode.get(code) ?? []).map(({ view }) => view).sort();
  expect(views('CHK101')).toEqual(['kubernetes_access_scanning', 'kubernetes_scanning_by_unauthenticated_ip_address']);
  expect(views('CHK102')).toEqual([
    'aws_eks_kubernetes_cluster_sensitive_object_access',
    'kubernetes_aws_detect_sensitive_role_access',
    'kubernetes_azure_detect_sensitive_object_access',
    'kubernetes_azure_detect_sensitive_role_access',
    'kubernetes_gcp_detect_rbac_authorizations_by_account',
    'kubernetes_gcp_detect_sensitive_object_access',
    'kubernetes_gcp_detect_sensitive_role_access',
  ]);
  expect(views('CHK103')).toEqual([
    'kubernetes_azure_active_service_accounts_by_pod_namespace',
    'kubernetes_azure_detect_sensitive_object_access',
  ]);
  expect(views('CHK104')).toEqual(['gcp_kubernetes_cluster_pod_scan_detection']);
  expect(views('CHK105')).toEqual(['kubernetes_scanner_image_pulling']);
  expect(views('CHK107')).toEqual(['kubernetes_scanner_image_pulling']);
  expect(['CHK111', 'CHK112', 'CHK113', 'CHK114', 'CHK117'].flatMap(views)).toEqual([]);
});
