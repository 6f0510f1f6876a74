import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly scripts: Readonly<Record<string, string>>;
};

/** What `npm pack` would pack, without the build that comes before it. */
async function packedFiles(): Promise<readonly string[]> {
  const argv = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', argv, { cwd: root });
  const [packed] = JSON.parse(stdout) as { files: { path: string }[] }[];
  return packed?.files.map(({ path }) => path) ?? [];
}

test('the package holds what the program reads and people need, and none of its tests', async () => {
  const files = await packedFiles();
  for (const needed of [
    'config/detections/kubernetes_access_scanning.yml',
    'config/macros.yaml',
    'config/lookups/README.md',
    'config/demo/shop-audit.ndjson',
    'sql/migrations/0001_events.sql',
    'docs/check.md',
    'README.md',
    'LICENSE',
  ]) {
    expect(files).toContain(needed);
  }
  const folders = new Set(files.filter((path) => path.includes('/')).map((path) => path.split('/')[0] ?? ''));
  expect([...folders].filter((folder) => folder !== 'dist').sort()).toEqual(['config', 'docs', 'sql']);
});

test('its command is built before it is packed, into a folder that is packed', () => {
  expect(manifest.scripts.prepack).toBe('npm run build');
  expect(manifest.bin).toEqual({ pintail: 'dist/main.js' });
  expect(manifest.files).toContain('dist');
});
