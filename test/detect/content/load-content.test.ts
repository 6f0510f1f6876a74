import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadContent } from '../../../src/detect/content/load-content.ts';
import { slugOf } from '../../../src/detect/content/slug.ts';
import { compileDetection, sourceOf } from '../../../src/detect/run/compile-detection.ts';
import { locate } from '../../../src/spl/source.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-content-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return path;
}

const load = (paths: readonly string[] = [folder], macros: string | null = null) => loadContent({ paths, macros });

const detection = (name: string, more = '', search = '`kube_audit` verb=delete') => `name: ${name}
id: 00000000-0000-4000-8000-000000000001
version: 3
date: '2026-11-02'
status: production
type: Anomaly
description: Test.
search: '${search}'
tags:
  analytic_story: [Story]
  mitre_attack_id: [T1046]
  security_domain: network
${more}`;

describe('a detection', () => {
  test('a link that leads nowhere is reported and leaves the rest of its folder loaded', async () => {
    await write('good.yml', detection('Good'));
    await symlink('nowhere.yml', join(folder, 'dangling.yml'));
    await symlink('loop.yml', join(folder, 'loop.yml'));
    const content = await load();
    expect(content.detections.map(({ name }) => name)).toEqual(['Good']);
    expect(content.problems.map(({ file }) => file)).toEqual([join(folder, 'dangling.yml'), join(folder, 'loop.yml')]);
  });

  test('is read in the older layout, observables mapped as contentctl does', async () => {
    await write(
      'old.yml',
      `${detection('Old One')}  risk_score: 49
  message: $user$ from $src_ip$
  observable:
    - { name: user, type: User, role: [Victim] }
    - { name: owner, type: User Name, role: [Victim] }
    - { name: dest, type: Hostname, role: [Victim] }
    - { name: src_ip, type: IP Address, role: [Attacker] }
    - { name: tool, type: Process Name, role: [Attacker] }
    - { name: sum, type: File Hash, role: [Attacker] }
    - { name: link, type: URL String, role: [Attacker] }
    - { name: mark, type: Other Thing, role: [Attacker] }
    - { name: both, type: Endpoint, role: [Victim, Attacker] }
`,
    );
    const { detections, problems } = await load();
    expect(problems).toEqual([]);
    expect(detections[0]).toMatchObject({
      name: 'Old One',
      slug: 'old_one',
      version: '3',
      date: '2026-11-02',
      type: 'Anomaly',
      analyticStories: ['Story'],
      mitreAttackIds: ['T1046'],
      securityDomain: 'network',
      schedule: { cron: '0 * * * *', earliest: '-70m@m', latest: '-10m@m' },
      emission: { risk: true, finding: false },
    });
    expect(detections[0]?.riskRule).toEqual({
      message: '$user$ from $src_ip$',
      riskObjects: [
        { field: 'user', type: 'user', score: 49 },
        { field: 'owner', type: 'other', score: 49 },
        { field: 'dest', type: 'system', score: 49 },
        { field: 'both', type: 'system', score: 49 },
      ],
      threatObjects: [
        { field: 'src_ip', type: 'ip_address' },
        { field: 'tool', type: 'process' },
        { field: 'sum', type: 'file_name' },
        { field: 'link', type: 'url' },
        { field: 'mark', type: 'other thing' },
      ],
    });
  });

  test('is scored by impact and confidence where it names no score', async () => {
    await write(
      'a.yml',
      `${detection('A')}  impact: 70
  confidence: 70
  message: m
  observable: [{ name: user, type: User, role: [Victim] }]
`,
    );
    const { detections } = await load();
    expect(detections[0]?.riskRule?.riskObjects).toEqual([{ field: 'user', type: 'user', score: 49 }]);
  });

  test('is read in the newer layout', async () => {
    await write(
      'new.yml',
      detection(
        'New',
        `rba:
  message: Calls from $user$
  risk_objects:
    - { field: user, type: user, score: 20 }
  threat_objects:
    - { field: src_ip, type: ip_address }
`,
      ),
    );
    const { detections } = await load();
    expect(detections[0]?.riskRule).toEqual({
      message: 'Calls from $user$',
      riskObjects: [{ field: 'user', type: 'user', score: 20 }],
      threatObjects: [{ field: 'src_ip', type: 'ip_address' }],
    });
  });

  test('may bring its own schedule, strictness and emission', async () => {
    await write(
      'own.yml',
      detection(
        'Own',
        `deployment:
  scheduling: { cron_schedule: '*/5 * * * *', earliest_time: -5m@m, latest_time: '@m' }
pintail: { strict_splunk: true, emits: [finding] }
`,
      ),
    );
    const { detections } = await load();
    expect(detections[0]).toMatchObject({
      schedule: { cron: '*/5 * * * *', earliest: '-5m@m', latest: '@m' },
      strictSplunk: true,
      emission: { risk: false, finding: true },
    });
  });

  test('names its test data relative to its own file, and keeps addresses as they are', async () => {
    await write(
      'deep/a.yml',
      detection(
        'A',
        `tests:
  - name: One
    attack_data:
      - { data: events/match.ndjson, sourcetype: _json, source: kubernetes }
      - { data: 'https://example.org/attack.json', sourcetype: _json, source: kubernetes }
    expected: events/expected.json
`,
      ),
    );
    const { detections } = await load();
    expect(detections[0]?.tests[0]).toMatchObject({
      data: [
        { data: join(folder, 'deep/events/match.ndjson'), isLocal: true, sourcetype: '_json', source: 'kubernetes' },
        { data: 'https://example.org/attack.json', isLocal: false },
      ],
      expected: join(folder, 'deep/events/expected.json'),
    });
  });

  test('has a view name of lower-case letters, digits and single underscores', () => {
    expect(slugOf('Kubernetes AWS detect suspicious kubectl calls (CloudWatch)')).toBe(
      'kubernetes_aws_detect_suspicious_kubectl_calls_cloudwatch',
    );
    expect(slugOf('  7 -- Ünlauter Zugriff!')).toBe('7_nlauter_zugriff');
  });
});

describe('the place of a search in its file', () => {
  test.each([
    ['a block scalar', 'search: |-\n    `kube_audit`\n    | nope x\n', 3, 7],
    ['a deeper block scalar', 'search: |2\n      `kube_audit`\n      | nope x\n', 3, 9],
    ['a plain scalar', 'search: kube | nope x\n', 1, 16],
    ['a quoted scalar', "search: 'kube | nope x'\n", 1, 17],
  ])('is exact for %s', async (_kind, search, line, column) => {
    await write('a.yml', `${search}${detection('A').replace(/^search.*\n/m, '')}`);
    const { detections, problems } = await load();
    expect(problems).toEqual([]);
    const found = detections[0]!;
    const place = locate(sourceOf(found), found.search.indexOf('nope'));
    expect([place.line, place.column]).toEqual([line, column]);
  });

  test('names keys that have no effect and nearly one that it lacks, not those that are for readers', async () => {
    await write(
      'a.yml',
      `${detection('Slips')}rab: {}
deploymnet:
  scheduling: {}
author: A
data_source: [Kubernetes Audit]
datamodel: []
drilldown_searches: []
how_to_implement: H
known_false_positives: K
references: []
tag: of my own
something_else: x
`,
    );
    const { detections, problems } = await load();
    expect(problems).toEqual([]);
    expect(detections[0]?.doubtfulKeys).toEqual([
      { key: 'rab', suggestion: 'Did you mean "rba"?', line: 13 },
      { key: 'deploymnet', suggestion: 'Did you mean "deployment"?', line: 14 },
    ]);
  });

  test('is what a diagnostic names', async () => {
    const file = await write('a.yml', detection('A', '', 'kube | nosuchcommand x'));
    const { detections, macros } = await load();
    const compiled = compileDetection(detections[0]!, { macros, strictSplunk: false, window: 'session' });
    expect(compiled.ok).toBe(false);
    if (!compiled.ok) expect(compiled.error).toContain(`${file}:8:`);
  });
});

describe('bad files', () => {
  test('disable themselves with file, line and reason; the others load', async () => {
    await write('good.yml', detection('Good'));
    await write('type.yml', detection('A').replace('Anomaly', 'Guess'));
    await write('nosearch.yml', detection('B').replace(/^search.*\n/m, ''));
    await write('yaml.yml', 'name: [unclosed\nid: x\n');
    await write('list.yml', '- one\n- two\n');
    await write('sql.yml', detection('C').replace(/^search: .*$/m, 'sql: select 1'));
    await write(
      'cron.yml',
      detection('D', "deployment:\n  scheduling: { cron_schedule: 'often', earliest_time: -1h, latest_time: now }\n"),
    );
    await write(
      'time.yml',
      detection(
        'E',
        "deployment:\n  scheduling:\n    cron_schedule: '0 * * * *'\n    earliest_time: yesterday\n    latest_time: now\n",
      ),
    );
    await write('top.yml', detection('T', "scheduling: { cron_schedule: '*/5 * * * *' }\n"));
    await write('key.yml', detection('F', 'pintail:\n  strict_splnk: true\n'));
    await write('half.yml', `${detection('H')}  message: no score\n`);
    await write('empty.yml', detection("'!!'"));
    const { detections, problems } = await load();
    expect(detections.map(({ name }) => name)).toEqual(['Good']);
    const byFile = Object.fromEntries(
      problems.map(({ file, line, message }) => [file.slice(folder.length + 1), [line, message]]),
    );
    expect(byFile).toEqual({
      'type.yml': [
        6,
        'type: expected one of "Anomaly"|"TTP"|"Correlation"|"Hunting"|"Baseline"|"Investigation", found "Guess".',
      ],
      'nosearch.yml': [1, 'search: expected string, found nothing.'],
      'yaml.yml': [expect.any(Number), expect.stringMatching(/^file: expected YAML, found: /)],
      'list.yml': [1, 'file: expected one YAML mapping, found something else.'],
      'sql.yml': [8, 'sql: expected the detection in SPL under "search", found SQL, which is not supported yet.'],
      'cron.yml': [
        14,
        'deployment.scheduling.cron_schedule: cron: expected five fields such as "0 * * * *", found "often".',
      ],
      'time.yml': [16, expect.stringContaining('deployment.scheduling.earliest_time: time: expected a modifier')],
      'top.yml': [13, expect.stringMatching(/^scheduling: expected .* under "deployment\.scheduling"/)],
      'key.yml': [14, 'pintail: expected known keys, found "strict_splnk".'],
      'half.yml': [10, expect.stringContaining('tags: expected risk_score, or impact and confidence')],
      'empty.yml': [1, 'name: expected a letter or digit, found "!!".'],
    });
  });

  test.each([
    [
      'search: |\n\tverb=get\n',
      2,
      'file: expected YAML, found: Block scalar values in collections must be indented. The line begins with a tab: indent with blanks.',
    ],
    [
      'tags:\n\tmessage: x\n',
      2,
      'file: expected YAML, found: Tabs are not allowed as indentation. The line begins with a tab: indent with blanks.',
    ],
    [
      'search: `kube_audit` verb=get\n',
      1,
      'file: expected YAML, found: Plain value cannot start with reserved character `. Put the value in quotes, or write "|" and the value indented on the lines below.',
    ],
    [
      'description: one: two\n',
      1,
      'file: expected YAML, found: Nested mappings are not allowed in compact mappings. A value that holds ": " stands in quotes.',
    ],
  ])('that are no YAML say what to do: %j', async (text, line, message) => {
    await write('a.yml', text);
    expect((await load()).problems).toMatchObject([{ line, message }]);
  });

  test('with a schedule that lacks a time say what is expected', async () => {
    await write(
      'a.yml',
      detection('A', "deployment:\n  scheduling: { cron_schedule: '0 * * * *', latest_time: now }\n"),
    );
    await write('b.yml', detection('B', 'tests: [{ name: t, now: [1] }]\n'));
    expect((await load()).problems.map(({ message }) => message)).toEqual([
      'deployment.scheduling.earliest_time: expected a text, number or date, found nothing.',
      'tests.0.now: expected a text, number or date, found [1].',
    ]);
  });

  test('of the same view name: the first loads, the later one is reported', async () => {
    const first = await write('a.yml', detection('Some Name'));
    await write('b.yml', detection('some-name'));
    const { detections, problems } = await load();
    expect(detections.map(({ name }) => name)).toEqual(['Some Name']);
    expect(problems).toEqual([
      {
        file: join(folder, 'b.yml'),
        line: 1,
        message: `name: expected a name of its own, found "some-name", whose view "some_name" belongs to ${first}.`,
      },
    ]);
  });

  test('that are too large or too many are refused by their bound', async () => {
    await write('a.yml', detection('A'));
    await write('b.yml', detection('B', `# ${'x'.repeat(2000)}\n`));
    const large = await loadContent({ paths: [folder], macros: null, maxFileBytes: 1000 });
    expect(large.problems[0]?.message).toMatch(/^file: expected at most 1000 bytes, found \d+\.$/);
    expect(large.detections.map(({ name }) => name)).toEqual(['A']);
    const many = await loadContent({ paths: [folder], macros: null, maxFiles: 1 });
    expect(many.problems).toEqual([
      { file: folder, line: null, message: 'folder: expected at most 1 content files, found more.' },
    ]);
  });

  test('that do not exist are reported', async () => {
    expect((await load([join(folder, 'nowhere')])).problems).toEqual([
      { file: join(folder, 'nowhere'), line: null, message: 'file: expected to exist, found nothing there.' },
    ]);
  });
});

describe('macros and schedules', () => {
  test('of a checkout are overridden by the user’s own', async () => {
    await write('content/detections/cloud/a.yml', detection('A'));
    await write('content/macros/one.yml', 'name: one\ndefinition: from content\n');
    await write('content/macros/two.yml', 'name: two\ndefinition: x($field$)\narguments: [field]\n');
    const user = await write('macros.yaml', 'macros:\n  one: { definition: from user }\n');
    const { macros, detections, problems } = await load([join(folder, 'content')], user);
    expect(problems).toEqual([]);
    expect(detections).toHaveLength(1);
    expect(macros.get('one')?.definition).toBe('from user');
    expect(macros.get('two(1)')).toMatchObject({ definition: 'x($field$)', arguments: ['field'] });
  });

  test('of a checkout are found for one of its files too', async () => {
    const file = await write('content/detections/cloud/a.yml', detection('A'));
    await write('content/macros/one.yml', 'name: one\ndefinition: from content\n');
    const { macros, detections } = await load([file]);
    expect(detections).toHaveLength(1);
    expect(macros.get('one')?.definition).toBe('from content');
  });

  test('of a checkout’s deployments give each type its schedule', async () => {
    await write('content/detections/a.yml', detection('A'));
    await write('content/macros/one.yml', 'name: one\ndefinition: x\n');
    await write(
      'content/deployments/anomaly.yml',
      `name: D\ntype: Anomaly\nscheduling: { cron_schedule: 7 * * * *, earliest_time: -1h@h, latest_time: '@h' }\n`,
    );
    const { detections } = await load([join(folder, 'content')]);
    expect(detections[0]?.schedule).toEqual({ cron: '7 * * * *', earliest: '-1h@h', latest: '@h' });
  });

  test('of the user must have as many arguments as their name says', async () => {
    const user = await write('macros.yaml', 'macros:\n  one(2):\n    arguments: [a]\n    definition: x\n');
    expect((await load([], user)).problems).toEqual([
      { file: user, line: 3, message: 'macros.one(2): expected 2 argument names, found 1.' },
    ]);
  });
});

test('files of a mounted ConfigMap, which are links, load once', async () => {
  await write('..2026_11_02/a.yml', detection('A'));
  await symlink('..2026_11_02', join(folder, '..data'));
  await symlink('..data/a.yml', join(folder, 'a.yml'));
  const { detections, problems } = await load();
  expect([detections.length, problems]).toEqual([1, []]);
});

test('a path given twice loads its detections once', async () => {
  const file = await write('a.yml', detection('A'));
  const { detections, problems } = await load([folder, file]);
  expect([detections.length, problems]).toEqual([1, []]);
});

const escu = process.env.PINTAIL_ESCU;

test.skipIf(escu === undefined)('every detection of a security_content checkout loads, without a problem', async () => {
  const { detections, unscheduled, lookups, problems, macros } = await load([escu ?? '']);
  expect(problems).toEqual([]);
  expect(detections.length).toBeGreaterThanOrEqual(56);
  expect(unscheduled.map(({ type }) => type)).not.toContain('Baseline');
  expect(unscheduled.length).toBeGreaterThanOrEqual(2);
  expect(lookups.size).toBeGreaterThanOrEqual(5);
  expect(macros.has('kube_audit')).toBe(true);
  expect(macros.has('security_content_ctime(1)')).toBe(true);
  expect(detections.every(({ type, riskRule }) => (type === 'Baseline') === (riskRule === null))).toBe(true);
});
