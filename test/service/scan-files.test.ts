/** `scan` over a file of events. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SqlRow } from '../../src/component.ts';
import { scanFiles } from '../../src/service/scan-files.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-scan-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('shows the columns that a split makes as columns', async () => {
  const events = ['get', 'get', 'list'].map((verb, index) =>
    JSON.stringify({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Metadata',
      auditID: `a-${index}`,
      stage: 'ResponseComplete',
      requestURI: '/api/v1/pods',
      verb,
      user: { username: 'eve' },
      stageTimestamp: '2026-01-02T03:04:05.000000Z',
    }),
  );
  await writeFile(join(folder, 'audit.log'), `${events.join('\n')}\n`);
  await writeFile(
    join(folder, 'verbs.yml'),
    'name: Verbs\nid: 8b3b3f9e-4a5a-4f2e-9a49-0f2f6b0d7f11\nversion: 1\ntype: Hunting\ndescription: d\nsearch: dataset=kube_audit | chart count by stage verb\n',
  );
  const found: { columns: readonly string[]; rows: readonly SqlRow[] }[] = [];
  const problems: string[] = [];
  await scanFiles(
    {
      files: [join(folder, 'audit.log')],
      detectionPaths: [join(folder, 'verbs.yml')],
      metadata: {},
      window: {},
      strictSplunk: false,
      onProblem: (message) => problems.push(message),
    },
    async ({ detections, run }) => {
      for (const detection of detections) {
        await run(detection, async (stream) => {
          const rows: SqlRow[] = [];
          for await (const chunk of stream.chunks()) rows.push(...chunk);
          found.push({ columns: stream.columns.map(({ name }) => name), rows });
        });
      }
    },
  );
  expect(problems).toEqual([]);
  expect(found).toEqual([
    {
      columns: ['stage', 'get', 'list'],
      rows: [{ stage: 'ResponseComplete', get: 2, list: 1 }],
    },
  ]);
});
