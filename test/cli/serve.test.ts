import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';

const support = new URL('../support/failing-close.ts', import.meta.url);

test('serve ends with status 1 and says what failed where a part does not shut down', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-serve-'));
  const config = `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:0" } } } }
api: { endpoint: "127.0.0.1:0" }
storage: { directory: data }
exporters: { file: { path: risk.ndjson } }`;
  await writeFile(join(folder.path, 'pintail.yaml'), config);
  const main = join(import.meta.dirname, '../../src/main.ts');
  const preload = `data:text/javascript,${encodeURIComponent(`import { failClosing } from '${support}'; failClosing('risk.ndjson');`)}`;
  const child = spawn(process.execPath, ['--import', preload, main, 'serve', '--config', 'pintail.yaml'], {
    cwd: folder.path,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    if (line.includes('"ready"')) child.kill('SIGTERM');
  });
  expect(await ended).toEqual([1, null]);
  expect(lines.at(-1)).toBe(
    'pintail: exporters.file.path: expected to close "risk.ndjson", found: EDQUOT: disk quota exceeded, close.',
  );
  expect(readdirSync(join(folder.path, 'data'))).not.toContain('pintail.lock');
  expect(readdirSync(join(folder.path, 'data'))).not.toContain('pintail.duckdb.wal');
});
