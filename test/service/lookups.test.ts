import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SqlRow } from '../../src/component.ts';
import { checkFiles } from '../../src/service/check-content.ts';
import { scanFiles } from '../../src/service/scan-files.ts';
import { testDetections } from '../../src/service/test-detections.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-lookups-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(path: string, text: string): Promise<string> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

/** An access line as the ingress controller writes it. */
const access = (request: string) =>
  `203.0.113.9 - - [10/Nov/2026:12:00:00 +0000] "${request}" 200 512 "-" "curl/8.1" 180 0.004 [shop-web-80] [] 10.0.0.5:8080 512 0.004 200 0f1e2d3c`;

async function scan(detection: string, events: string): Promise<readonly SqlRow[]> {
  const found: SqlRow[] = [];
  await scanFiles(
    {
      files: [events],
      detectionPaths: [detection],
      metadata: { sourcetype: 'kube:container:controller', host: 'ingress-1' },
      window: {},
      strictSplunk: false,
      onProblem(message) {
        throw new Error(message);
      },
    },
    async ({ detections, run }) => {
      for (const compiled of detections) {
        await run(compiled, async (stream) => {
          for await (const rows of stream.chunks()) found.push(...rows);
        });
      }
    },
  );
  return found;
}

const ownDetection = `name: Forbidden Path
id: an-id
type: Hunting
search: dataset=logs | rex "\\"(?<request>[^\\"]*)\\"" | lookup paths path AS request OUTPUT kind | search kind=yes | table request kind
tests:
- name: finds it
  attack_data:
  - data: ../access.log
    sourcetype: kube:container:controller
`;

async function writeOwnContent(): Promise<{ readonly detection: string; readonly events: string }> {
  await write('macros/m.yml', 'name: m\ndefinition: x\n');
  await write(
    'lookups/paths.yml',
    'name: paths\nfilename: paths.csv\nmatch_type: WILDCARD(path)\ncase_sensitive_match: false\nmin_matches: 1\ndefault_match: no\n',
  );
  await write('lookups/paths.csv', 'path, kind\n*/etc/shadow*, yes\n');
  return {
    detection: await write('detections/forbidden_path.yml', ownDetection),
    events: await write(
      'access.log',
      `${[access('GET /a?f=/ETC/shadow HTTP/1.1'), access('GET /index.html HTTP/1.1')].join('\n')}\n`,
    ),
  };
}

test('a scan finds what a lookup of the content names', async () => {
  const { detection, events } = await writeOwnContent();
  expect(await scan(detection, events)).toEqual([{ request: 'GET /a?f=/ETC/shadow HTTP/1.1', kind: ['yes'] }]);
});

test("a detection's own test has the lookups, and check says that it compiles", async () => {
  const { detection, events } = await writeOwnContent();
  const { problems, results } = await testDetections({ paths: [detection], strictSplunk: false });
  expect(problems).toEqual([]);
  for await (const { outcome, message } of results) expect([outcome, message]).toEqual(['passed', '']);
  const report = await checkFiles({
    paths: [folder],
    strictSplunk: false,
    events: { kind: 'files', files: [events], database: undefined, metadata: {} },
    onProblem(message) {
      throw new Error(message);
    },
  });
  expect(report.totals).toMatchObject({ searches: 1, compile: 1, refused: 0, blind: 0 });
  expect(report.notes).toEqual([]);
});

const escu = process.env.PINTAIL_ESCU;

test.skipIf(escu === undefined)('the published search for local file inclusion finds it in an access log', async () => {
  const events = await write(
    'access.log',
    [access('GET /view?f=../../apache2/logs/access.log HTTP/1.1'), access('GET /index.html HTTP/1.1')].join('\n'),
  );
  const rows = await scan(join(escu ?? '', 'detections/cloud/kubernetes_nginx_ingress_lfi.yml'), events);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    src_ip: '203.0.113.9',
    http_method: 'GET',
    url: '/view?f=../../apache2/logs/access.log',
    host: 'ingress-1',
    proxy: 'shop-web-80',
    count: 1,
  });
});
