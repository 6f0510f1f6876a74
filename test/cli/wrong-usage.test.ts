import { existsSync } from 'node:fs';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { registerCheck } from '../../src/cli/check.ts';
import { UsageError } from '../../src/cli/command.ts';
import { registerDeadLetters } from '../../src/cli/dead-letters.ts';
import { registerDoctor } from '../../src/cli/doctor.ts';
import { registerReplay } from '../../src/cli/replay.ts';
import { registerScan } from '../../src/cli/scan.ts';
import { registerSearch } from '../../src/cli/search.ts';
import { registerSql } from '../../src/cli/sql.ts';
import { runCommand } from './run-command.ts';

const temporary = () => mkdtempDisposable(join(tmpdir(), 'pintail-usage-'));

describe('wrong usage is told before any file is read', () => {
  test.each([
    ['--earliest', 'yesterday'],
    ['--latest', '2026-13-01'],
    ['--now', '-70x'],
  ])('of %s with %s, which is no time', async (option, time) => {
    const ended = runCommand(registerSql, 'sql', 'select 1', '--file', '/nowhere', option, time);
    await expect(ended).rejects.toThrow(CommanderError);
    await expect(ended).rejects.toThrow(time);
  });

  test('of replay with the address of no receiver', async () => {
    for (const to of ['127.0.0.1:4318', 'ftp://host', 'http://']) {
      const ended = runCommand(registerReplay, 'replay', '/nowhere', '--to', to);
      await expect(ended).rejects.toThrow(CommanderError);
      await expect(ended).rejects.toThrow('Expected http://…, https://…, grpc://… or grpcs://….');
    }
  });

  test.each([
    [registerSql, ['sql', 'select 1']],
    [registerSearch, ['search', 'x']],
    [registerCheck, ['check', '/nowhere']],
    [registerDoctor, ['doctor']],
    [registerDeadLetters, ['dead-letters']],
  ] as const)('of %o with the address of no service', async (register, argv) => {
    for (const server of ['127.0.0.1:8080', 'localhost:8080', 'grpc://host', 'http://']) {
      const ended = runCommand(register, ...argv, '--server', server);
      await expect(ended).rejects.toThrow(CommanderError);
      await expect(ended).rejects.toThrow('Expected http://… or https://….');
    }
  });

  test('of replay with a time that is none', async () => {
    const ended = runCommand(registerReplay, 'replay', '/nowhere', '--shift-to', 'soon');
    await expect(ended).rejects.toThrow(CommanderError);
  });

  test('of replay with a rate that no timer can keep', async () => {
    for (const rate of ['0', '0.0000001', 'fast']) {
      const ended = runCommand(registerReplay, 'replay', '/nowhere', '--rate', rate);
      await expect(ended).rejects.toThrow(CommanderError);
      await expect(ended).rejects.toThrow(/Expected (?:a number above 0|at least 0\.000001)/);
    }
  });

  test('of sql without a query', async () => {
    const ended = runCommand(registerSql, 'sql', ' \n', '--file', '/nowhere');
    await expect(ended).rejects.toThrow(new UsageError('sql: expected a query, found an empty text.'));
  });
});

test('a database that is only read must be there: a wrong path makes no empty one', async () => {
  await using folder = await temporary();
  const database = join(folder.path, 'data');
  const ended = runCommand(registerSql, 'sql', 'select count(*) from kube_audit', '--db', database);
  await expect(ended).rejects.toThrow('expected a storage directory, found no pintail.duckdb in it.');
  expect(existsSync(database)).toBe(false);
});

test('scan says that a folder holds no detection', async () => {
  await using folder = await temporary();
  const events = join(folder.path, 'audit.log');
  await writeFile(events, '{"kind":"Event","apiVersion":"audit.k8s.io/v1","stageTimestamp":"2026-03-01T00:00:00Z"}\n');
  const ended = await runCommand(registerScan, 'scan', events, '--detections', folder.path);
  expect(ended.status).toBe(1);
  expect(ended.stderr).toContain(`scan: expected detections in ${folder.path}, found none.`);
});
