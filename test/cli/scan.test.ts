import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registerScan } from '../../src/cli/scan.ts';
import { auditEvent } from '../support/running-service.ts';
import { runCommand } from './run-command.ts';

async function scanLines(lines: readonly string[], format: string) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-scan-'));
  const file = join(folder.path, 'audit.log');
  await writeFile(file, `${lines.join('\n')}\n`);
  return { file, ...(await runCommand(registerScan, 'scan', file, '--format', format)) };
}

test.each(['ndjson', 'csv', 'json', 'table'])('says how much it read beside its findings, in %s', async (format) => {
  const ended = await scanLines([JSON.stringify(auditEvent())], format);
  expect(ended).toMatchObject({
    status: 0,
    stderr: 'Read 1 audit events and 0 other records (0 of them unreadable).\n',
  });
  expect(ended.stdout).not.toContain('Read ');
});

test.each(['ndjson', 'table'])('a broken log does not look like a clean one, in %s', async (format) => {
  const cut = Array.from({ length: 5 }, () => JSON.stringify(auditEvent()).slice(0, 300));
  const { status, stderr, file } = await scanLines(cut, format);
  expect(status).toBe(1);
  expect(stderr).toContain('Read 0 audit events and 5 other records (5 of them unreadable).\n');
  expect(stderr).toContain(
    `scan: 5 records that should be audit events were not searched; the first: ${file}: audit event: expected whole JSON, found its end after 300 characters.\n`,
  );
});
