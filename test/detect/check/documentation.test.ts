import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('docs/check.md has a row for each suspicion, with its name', () => {
  const folder = new URL('../../../src/detect/check/', import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const text = sources.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
  const made = [...text.matchAll(/code: '(CHK\d+)',\s+name: '([a-z-]+)'/g)].map(([, code, name]) => `${code} ${name}`);
  const page = readFileSync(new URL('../../../docs/check.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (CHK\d+) \| ([a-z-]+) \|/gm)].map(([, code, name]) => `${code} ${name}`);
  expect(rows.length).toBeGreaterThan(10);
  expect([...new Set(made)].sort()).toEqual(rows);
});
