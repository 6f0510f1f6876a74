import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerCheck } from '../../src/cli/check.ts';
import { type RegisterCommand, UsageError } from '../../src/cli/command.ts';
import { registerScan } from '../../src/cli/scan.ts';
import { registerSearch } from '../../src/cli/search.ts';
import { registerSql } from '../../src/cli/sql.ts';
import { registerTest } from '../../src/cli/test.ts';
import { geoDatabaseOf } from '../support/geo-database.ts';
import { runCommand } from './run-command.ts';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pintail-geo-'));
  writeFileSync(at('own.mmdb'), geoDatabaseOf({ city: 'Ownville', countryCode: 'DE', region: 'Here' }));
  const event = {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: 'a-1',
    stage: 'ResponseComplete',
    requestURI: '/api/v1/pods',
    verb: 'list',
    user: { username: 'eve' },
    sourceIPs: ['192.0.2.1'],
    stageTimestamp: '2026-01-02T03:04:05.000000Z',
  };
  writeFileSync(at('audit.log'), `${JSON.stringify(event)}\n`);
  writeFileSync(
    at('places.yml'),
    `name: Places
id: 8b3b3f9e-4a5a-4f2e-9a49-0f2f6b0d7f11
type: Hunting
search: '\`kube_audit\` | iplocation sourceIPs{} | search City=Ownville | stats count by City'
tests:
- name: the place of the event is known
  attack_data:
  - data: audit.log
    source: kube
`,
  );
  writeFileSync(at('pintail.yaml'), `storage: { geo_database: ${JSON.stringify(at('own.mmdb'))} }`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const located = '`kube_audit` | iplocation sourceIPs{} | table City';

/** A command line without its option, and what it prints where the database is used. */
const commands: readonly (readonly [string, RegisterCommand, () => readonly string[], string])[] = [
  ['search', registerSearch, () => [located, '--file', at('audit.log')], '{"City":["Ownville"]}'],
  [
    'sql',
    registerSql,
    () => [`select spl_iplocation('192.0.2.1')."City" as city`, '--file', at('audit.log')],
    '{"city":"Ownville"}',
  ],
  ['scan', registerScan, () => [at('audit.log'), '--detections', at('places.yml')], '"City":"Ownville"'],
  ['test', registerTest, () => [at('places.yml')], '1 passed, 0 failed'],
  ['check', registerCheck, () => [at('places.yml'), '--file', at('audit.log')], '0 blind'],
];

describe.each(commands)('%s', (name, register, line, expected) => {
  test('looks addresses up in the database of --geo-database', async () => {
    const { status, stdout, stderr } = await runCommand(register, name, ...line(), '--geo-database', at('own.mmdb'));
    expect(stderr).toBe(name === 'scan' ? 'Read 1 audit events and 0 other records (0 of them unreadable).\n' : '');
    expect(stdout).toContain(expected);
    expect(status).toBe(0);
  });

  test('names a database that is not there, and how to name another', async () => {
    const ended = await runCommand(register, name, ...line(), '--geo-database', '/nowhere/geo').then(
      ({ stdout, stderr }) => stdout + stderr,
      String,
    );
    const words = ended.replace(/\s+/g, ' ');
    expect(words).toContain('found none at "/nowhere/geo" (ENOENT)');
    expect(words).toContain('storage.geo_database in the configuration of a service, --geo-database for a command');
  });
});

test.each([
  ['test', registerTest, () => [at('places.yml')], '1 passed, 0 failed'],
  ['check', registerCheck, () => [at('places.yml'), '--file', at('audit.log')], '0 blind'],
] as const)('%s takes the database of its --config where it is given none', async (name, register, line, expected) => {
  const { stdout } = await runCommand(register, name, ...line(), '--config', at('pintail.yaml'));
  expect(stdout).toContain(expected);
});

test('a service has one of its own: beside --server it is wrong usage', async () => {
  const beside = ['--server', 'http://127.0.0.1:9', '--geo-database', 'own.mmdb'];
  for (const [name, register, argv] of [
    ['search', registerSearch, [located]],
    ['sql', registerSql, ['select 1']],
    ['check', registerCheck, [at('places.yml')]],
  ] as const) {
    await expect(runCommand(register, name, ...argv, ...beside)).rejects.toThrow(
      new UsageError(
        '--geo-database: expected no --server; a service has that of its configuration (storage.geo_database).',
      ),
    );
  }
});
