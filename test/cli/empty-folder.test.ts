/** Commands in a folder that has nothing: what is taken from the package there, and what is not. */
import { execFile } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');

async function pintail(...args: readonly string[]) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'pintail-empty-'));
  await writeFile(join(folder.path, 'none.log'), '');
  return await new Promise<{ status: number | string | null | undefined; stdout: string; stderr: string }>((done) => {
    const command = [join(repository, 'src/main.ts'), ...args];
    execFile(process.execPath, command, { cwd: folder.path }, (error, stdout, stderr) =>
      done({ status: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

test.each([
  ['compile', 'test'],
  ['test', 'src'],
  ['check', '#mine'],
  ['check', 'config'],
])('%s %s does not take what the package has under that name', async (command, path) => {
  const { status, stdout, stderr } = await pintail(command, path);
  expect(status).toBe(1);
  expect(stdout + stderr).toMatch(/expected to exist,\s+found nothing there/);
});

test('the defaults are those of the package, and it is told where they were written', async () => {
  const written = await pintail('compile', 'config/detections');
  expect(written.status).toBe(0);
  expect(written.stdout.match(/create or replace view/g)).toHaveLength(5);
  const own = join(repository, 'config/detections');
  expect(written.stderr).toBe(`config/detections: found nothing there, so what ships with Pintail is taken: ${own}\n`);

  const left = await pintail('scan', 'none.log');
  expect([left.status, left.stderr]).toEqual([0, 'Read 0 audit events and 0 other records (0 of them unreadable).\n']);
});
