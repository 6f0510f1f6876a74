/** The code, the catalogue and docs/operations.md name the same metrics. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { METRICS } from '../../src/telemetry/metric-catalogue.ts';

const root = resolve(import.meta.dirname, '../..');
const known = Object.keys(METRICS).sort();

/** Of calls of Metrics, and of ReceiverMeter, which puts its names together. */
function usedInCode(): readonly string[] {
  const names = new Set<string>();
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (file.startsWith('src/telemetry/')) continue;
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/\b(?:add|observe|gauge)\(\s*'(pintail_\w+)'/g)) names.add(name);
    if (!file.startsWith('src/receive/')) continue;
    for (const [, what] of text.matchAll(/(?:meter|this)\.add\('(\w+)'/g)) names.add(`pintail_receiver_${what}_total`);
  }
  return [...names].sort();
}

test('every metric of the code is in the catalogue, and the other way round', () => {
  expect(usedInCode()).toEqual(known);
});

test('docs/operations.md has the table', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(pintail_\w+)` \| (\w+) \| ([^|]*) \| (.*) \|$/gm)];
  expect(rows.map(([, name = '', kind, labels, help]) => [name, { kind, labels: labels?.trim(), help }])).toEqual(
    Object.entries(METRICS).map(([name, { kind, labels, help }]) => [name, { kind, labels: labels.join(', '), help }]),
  );
});

test('alerts name metrics that there are', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const alerts = page.slice(page.indexOf('## Alerts'), page.indexOf('## Metrics'));
  const named = [...alerts.matchAll(/pintail_\w+/g)].map(([name]) => name.replace(/_bucket$/, ''));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !known.includes(name))).toEqual([]);
});

test('alerts on what happens while a service starts look at values before the first scrape', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  for (const name of [
    'store_quarantined_segments',
    'store_deleted_rows',
    'detection_windows_skipped',
    'detection_schedule_set_back',
  ]) {
    const [alert] = page.split('\n').filter((line) => line.includes(`increase(pintail_${name}_total`));
    expect(alert).toMatch(
      new RegExp(
        `or pintail_${name}_total\\S* > 0 and on \\(instance\\) time\\(\\) - process_start_time_seconds < 86400`,
      ),
    );
  }
});

test('every symptom of the doctor is explained', () => {
  const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
  const explained: readonly string[] = page.slice(page.indexOf('## Doctor')).match(/`[a-z]+(?:-[a-z…]+)+`/g) ?? [];
  const codes = globSync('src/service/doctor/*.ts', { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return [
      ...text.matchAll(/code: '([\w-]+)'|add\(\s*(?:'\w+'|severity), '([\w-]+)'|[?:] '([a-z]+(?:-[a-z]+)+)'/g),
    ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  });
  expect(codes.length).toBeGreaterThan(20);
  expect([...new Set(codes)].filter((code) => !explained.includes(`\`${code}\``))).toEqual([]);
});
