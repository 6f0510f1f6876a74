import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadContent } from '../../../src/detect/content/load-content.ts';
import { compileDetection } from '../../../src/detect/run/compile-detection.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pintail-app-'));
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

const load = (macros: string | null = null) => loadContent({ paths: [folder], macros });

/** As contentctl writes one, disabled as it ships. */
const stanza = (name: string, more = '') => `[ESCU - ${name} - Rule]
action.escu = 0
action.escu.search_type = detection
action.escu.modification_date = 2026-03-10
description = Finds a thing.
action.risk = 1
action.risk.param._risk_message = $user$ did it from $src_ip$
action.risk.param._risk = [{"risk_object_field": "user", "risk_object_type": "user", "risk_score": 20}, {"threat_object_field": "src_ip", "threat_object_type": "ip_address"}]
action.risk.param._risk_score = 0
action.risk.param.verbose = 0
cron_schedule = 0 * * * *
dispatch.earliest_time = -70m@m
dispatch.latest_time = -10m@m
action.correlationsearch.enabled = 1
action.correlationsearch.label = ESCU - ${name} - Rule
action.correlationsearch.annotations = {"analytic_story": ["Kubernetes Security"], "cis20": ["CIS 10"], "confidence": 70, "mitre_attack": ["T1204"], "nist": ["DE.AE"], "kill_chain_phases": ["Installation"]}
alert.digest_mode = 1
disabled = true
enableSched = 1
counttype = number of events
relation = greater than
quantity = 0
realtime_schedule = 0
search = dataset=kube_audit verb=create \\
| stats count by user.username \\
| rename user.username AS user
${more}`;

describe('a Splunk app', () => {
  test('gives a detection with everything that its stanza says', async () => {
    const file = await write('default/savedsearches.conf', stanza('Pod Created'));
    const { detections, problems } = await load();
    expect(problems).toEqual([]);
    expect(detections).toEqual([
      {
        file,
        name: 'Pod Created',
        slug: 'pod_created',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        version: '1',
        type: 'Anomaly',
        searchName: 'ESCU - Pod Created - Rule',
        date: '2026-03-10',
        status: null,
        description: 'Finds a thing.',
        search: 'dataset=kube_audit verb=create \n| stats count by user.username \n| rename user.username AS user',
        searchOrigin: { line: 24, column: 10, indent: 0 },
        schedule: { cron: '0 * * * *', earliest: '-70m@m', latest: '-10m@m' },
        riskRule: {
          message: '$user$ did it from $src_ip$',
          riskObjects: [{ field: 'user', type: 'user', score: 20 }],
          threatObjects: [{ field: 'src_ip', type: 'ip_address' }],
        },
        emission: { risk: true, finding: false },
        analyticStories: ['Kubernetes Security'],
        mitreAttackIds: ['T1204'],
        securityDomain: null,
        annotations: { cis20: ['CIS 10'], nist: ['DE.AE'], kill_chain_phases: ['Installation'] },
        strictSplunk: null,
        tests: [],
        doubtfulKeys: [],
      },
    ]);
  });

  test('runs what its author disabled and leaves out what a user disabled', async () => {
    await write('default/savedsearches.conf', `${stanza('One')}${stanza('Two')}${stanza('Three')}`);
    const local = await write(
      'local/savedsearches.conf',
      '[ESCU - One - Rule]\ndisabled = 0\n[ESCU - Two - Rule]\ndisabled = 1\n[ESCU - Three - Rule]\nenableSched = 0\n',
    );
    const { detections, problems, notes } = await load();
    expect(problems).toEqual([]);
    expect(detections.map(({ name }) => name)).toEqual(['One']);
    expect(notes).toEqual([
      { file: local, line: 4, message: '[ESCU - Two - Rule] is disabled here and was left out.' },
      { file: local, line: 6, message: '[ESCU - Three - Rule] is not scheduled here and was left out.' },
    ]);
  });

  test('lays local over default key by key, and places are in the file that said it', async () => {
    await write('default/savedsearches.conf', stanza('One'));
    const local = await write(
      'local/savedsearches.conf',
      '[ESCU - One - Rule]\ncron_schedule = */5 * * * *\nsearch = dataset=kube_audit | nosuchcommand\n',
    );
    const { detections, macros } = await load();
    expect(detections[0]).toMatchObject({ file: local, schedule: { cron: '*/5 * * * *', earliest: '-70m@m' } });
    const compiled = compileDetection(detections[0]!, { macros, strictSplunk: false, window: 'session' });
    expect(compiled.ok ? '' : compiled.error).toContain(`${local}:3:31`);
  });

  test('says what leaves by its actions: notable makes a finding', async () => {
    await write(
      'default/savedsearches.conf',
      stanza('One', 'action.notable = 1\naction.notable.param.security_domain = network\n'),
    );
    const { detections } = await load();
    expect(detections[0]).toMatchObject({
      type: 'TTP',
      emission: { risk: true, finding: true },
      securityDomain: 'network',
    });
  });

  test('takes the id and version that the metadata give', async () => {
    await write(
      'default/savedsearches.conf',
      stanza('One', 'action.correlationsearch.metadata = {"detection_id": "an-id", "detection_version": 7}\n'),
    );
    expect((await load()).detections[0]).toMatchObject({ id: 'an-id', version: '7' });
  });

  test('scores the one object of the form before _risk', async () => {
    const text = stanza('One')
      .replace(/^action\.risk\.param\._risk = .*\n/m, '')
      .replace('_risk_score = 0', '_risk_score = 35');
    await write(
      'default/savedsearches.conf',
      `${text}action.risk.param._risk_object = dest\naction.risk.param._risk_object_type = system\n`,
    );
    expect((await load()).detections[0]?.riskRule?.riskObjects).toEqual([{ field: 'dest', type: 'system', score: 35 }]);
  });

  test('names settings that have no effect here', async () => {
    const file = await write(
      'default/savedsearches.conf',
      stanza('One', 'alert.suppress = 1\nalert.suppress.period = 1h\n').replace('quantity = 0', 'quantity = 5'),
    );
    const { notes, detections } = await load();
    expect(detections).toHaveLength(1);
    expect(notes).toEqual([
      {
        file,
        line: 27,
        message:
          '[ESCU - One - Rule] alert.suppress is not applied: results are not throttled; a finding keeps its identity over its window instead.',
      },
      { file, line: 20, message: '[ESCU - One - Rule] counttype is not applied: every result row counts.' },
    ]);
  });

  test('leaves out saved searches that detect nothing, and says so', async () => {
    const file = await write(
      'default/savedsearches.conf',
      '[Weekly report]\nsearch = dataset=kube_audit | stats count\n',
    );
    const { detections, notes } = await load();
    expect(detections).toEqual([]);
    expect(notes).toEqual([
      {
        file,
        line: 1,
        message:
          '[Weekly report]: expected a risk or notable action or an ESCU search type, found none: it is no detection.',
      },
    ]);
  });

  test('keeps baselines and investigations apart, which run on no schedule', async () => {
    await write(
      'default/savedsearches.conf',
      '[ESCU - Learn]\naction.escu.search_type = support\ncron_schedule = 0 2 * * 0\ndispatch.earliest_time = -30d@d\ndispatch.latest_time = -1d@d\nsearch = dataset=kube_audit | stats count\n',
    );
    const { detections, unscheduled, notes } = await load();
    expect(detections).toEqual([]);
    expect(unscheduled.map(({ name, type }) => [name, type])).toEqual([['Learn', 'Baseline']]);
    expect(notes[0]?.message).toBe(
      'Learn is a baseline that fills no lookup: it is checked and compiled, but not run on a schedule.',
    );
  });

  test('disables one stanza for what is wrong in it, and names its line', async () => {
    const file = await write(
      'default/savedsearches.conf',
      `${stanza('Good')}${stanza('Json').replace('_risk = [', '_risk = {')}${stanza('Cron').replace('cron_schedule = 0 * * * *', 'cron_schedule = often')}${stanza('Empty').replace(/search = [\s\S]*$/, '')}`,
    );
    const { detections, problems } = await load();
    expect(detections.map(({ name }) => name)).toEqual(['Good']);
    expect(problems).toEqual([
      {
        file,
        line: 34,
        message: '[ESCU - Json - Rule] action.risk.param._risk: expected JSON, found text that is none.',
      },
      {
        file,
        line: 63,
        message: '[ESCU - Cron - Rule] cron_schedule: cron: expected five fields such as "0 * * * *", found "often".',
      },
      { file, line: 79, message: '[ESCU - Empty - Rule] search: expected an SPL search, found nothing.' },
    ]);
  });

  test('brings macros by name and number of arguments; the user’s own come before them', async () => {
    await write(
      'default/macros.conf',
      '[data]\ndefinition = dataset=kube_audit verb=get\n[two(2)]\nargs = a, b\ndefinition = $a$=1 OR $b$=2\n[off]\ndefinition = x\niseval = 1\n[bad(1)]\ndefinition = x\n',
    );
    const local = await write('local/macros.conf', '[data]\ndefinition = dataset=kube_audit verb=list\n');
    const own = await write('own.yaml.txt', 'macros:\n  data: { definition: dataset=kube_audit verb=watch }\n');
    const theirs = await load();
    expect(theirs.macros.get('data')).toMatchObject({ definition: 'dataset=kube_audit verb=list', file: local });
    expect(theirs.macros.get('two(2)')).toMatchObject({ name: 'two', arguments: ['a', 'b'] });
    expect(theirs.problems.map(({ line, message }) => [line, message])).toEqual([
      [
        8,
        '[off] iseval: expected a macro whose definition is SPL, found one that computes it, which is not supported.',
      ],
      [9, '[bad(1)] args: expected 1 argument names, found 0.'],
    ]);
    const mine = await load(own);
    expect(mine.macros.get('data')?.definition).toBe('dataset=kube_audit verb=watch');
    expect(mine.notes).toEqual([
      { file: local, line: null, message: `[data] is not applied: the macro of that name in ${own} comes before it.` },
    ]);
  });

  test('brings lookup definitions with their way of matching', async () => {
    const csv = await write('lookups/paths.csv', 'path, kind, net\n*/etc/*, yes\n');
    const file = await write(
      'default/transforms.conf',
      `[paths]
filename = paths.csv
match_type = WILDCARD(path), CIDR(net)
case_sensitive_match = false
min_matches = 1
default_match = false
[seen]
collection = seen_images
fields_list = _key, image, last_seen
[extraction]
REGEX = (?<a>x)
[temporal]
filename = paths.csv
time_field = t
[lost]
filename = lost.csv
`,
    );
    const { lookups, problems } = await load();
    expect([...lookups.values()].map(({ definition }) => definition)).toEqual([
      {
        name: 'paths',
        file,
        line: 1,
        source: { kind: 'csv', path: csv },
        fields: null,
        matchTypes: [
          { kind: 'wildcard', field: 'path' },
          { kind: 'cidr', field: 'net' },
        ],
        caseSensitive: false,
        minMatches: 1,
        maxMatches: 1000,
        defaultMatch: 'false',
      },
      {
        name: 'seen',
        file,
        line: 7,
        source: { kind: 'collection', name: 'seen_images' },
        fields: ['_key', 'image', 'last_seen'],
        matchTypes: [],
        caseSensitive: true,
        minMatches: 0,
        maxMatches: 1000,
        defaultMatch: null,
      },
    ]);
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [14, '[temporal] time_field: expected a lookup of a CSV or a collection without it; this kind is not supported.'],
      [15, `lost: expected its file ${join(folder, 'lookups/lost.csv')}, found nothing there.`],
    ]);
  });

  test('takes the fields that props.conf makes, and says of each setting that it cannot take why', async () => {
    await write(
      'default/transforms.conf',
      '[pods]\nREGEX = pod=(\\S+)\nFORMAT = pod_name::$1\n[split]\nDELIMS = ","\n',
    );
    const file = await write(
      'default/props.conf',
      `[kube:audit]
FIELDALIAS-src = sourceIPs{} AS src_ip user.username ASNEW user
EVAL-action = if(verb="get", "read", "write")
EVAL-broken = nope(1)
EXTRACT-pod = pod=(?<pod>\\S+) in (?P<where>\\w+)
EXTRACT-behind = (?<a>\\w)(?=x)
LOOKUP-a = table key OUTPUT one AS two, three
REPORT-x = pods
REPORT-y = pods, split
LINE_BREAKER = (\\n)
[rule::x]
EVAL-never = 1
[default]
SHOULD_LINEMERGE = false
`,
    );
    const { fieldRules, fieldSettings, notes } = await load();
    expect(fieldRules.map(({ key, fields }) => [key, fields.map(({ name }) => name)])).toEqual([
      ['FIELDALIAS-src', ['src_ip', 'user']],
      ['EVAL-action', ['action']],
      ['EXTRACT-pod', ['pod', 'where']],
      ['REPORT-x', ['pod_name']],
    ]);
    expect(fieldSettings.map(({ kind, key, makes, line }) => [kind, key, makes, line])).toEqual([
      ['eval', 'EVAL-broken', ['broken'], 4],
      ['extract', 'EXTRACT-behind', ['a'], 6],
      ['lookup', 'LOOKUP-a', ['two', 'three'], 7],
      ['report', 'REPORT-y', [], 9],
      ['eval', 'EVAL-never', ['never'], 12],
    ]);
    expect(notes.map(({ line, message }) => [line, message])).toEqual([
      [
        4,
        `[kube:audit] EVAL-broken is not applied: EVAL-broken of [kube:audit] (${file}:4): expression: expected a function, found "nope".`,
      ],
      [
        6,
        '[kube:audit] EXTRACT-behind is not applied: regular expression: expected what RE2 can match in linear time, found look-around.',
      ],
      [7, '[kube:audit] LOOKUP-a is not applied: LOOKUP-a: expected a lookup that the content defines, found "table".'],
      [
        9,
        '[kube:audit] REPORT-y is not applied: REPORT-y: expected a transform of REGEX, FORMAT and SOURCE_KEY, found DELIMS in [split].',
      ],
      [
        12,
        '[rule::x] EVAL-never is not applied: EVAL-never: expected a stanza of plain text, "..." and "*", found [rule::x].',
      ],
    ]);
  });

  test('makes those fields in its searches', async () => {
    await write('default/props.conf', '[kube:audit]\nFIELDALIAS-src = user.username AS actor\n');
    await write(
      'default/savedsearches.conf',
      stanza('One').replace('stats count by user.username', 'stats count by actor'),
    );
    const { detections, macros, fieldRules } = await load();
    const options = { macros, strictSplunk: false, window: 'session' } as const;
    const compiled = detections.map((detection) => compileDetection(detection, { ...options, fieldRules }));
    expect(compiled.map((one) => one.ok && one.sql.includes('"sourcetype" = \'kube:audit\''))).toEqual([true]);
  });

  test('looks its fields up in its own lookups, and the searches that read them say so', async () => {
    await write('lookups/owners.csv', 'name,owner\nweb,eve\n');
    await write('default/transforms.conf', '[owners]\nfilename = owners.csv\n');
    await write('default/props.conf', '[kube:audit]\nLOOKUP-o = owners name AS objectRef.name OUTPUTNEW owner\n');
    await write(
      'default/savedsearches.conf',
      stanza('One') + stanza('Two').replace('stats count by user.username', 'stats count by owner'),
    );
    const { detections, macros, lookups, fieldRules, notes } = await load();
    expect(notes.filter(({ message }) => message.includes('LOOKUP-o'))).toEqual([]);
    const options = { macros, lookups, fieldRules, strictSplunk: false, window: 'session' } as const;
    const compiled = detections.map((detection) => compileDetection(detection, options));
    expect(compiled.map((one) => one.ok && one.lookupTables)).toEqual([[], ['lookup_owners']]);
  });

  test('is found from its folder, one of its layers, or one of its files alone', async () => {
    const saved = await write('default/savedsearches.conf', stanza('One'));
    await write('default/macros.conf', '[data]\ndefinition = verb=get\n');
    for (const [path, macros] of [
      [folder, 1],
      [join(folder, 'default'), 1],
      [saved, 0],
    ] as const) {
      const content = await loadContent({ paths: [path], macros: null });
      expect([content.detections.length, content.macros.size]).toEqual([1, macros]);
    }
    const other = await write('default/inputs.conf', '[x]\n');
    expect((await loadContent({ paths: [other], macros: null })).problems[0]?.message).toBe(
      'file: expected one of macros.conf, savedsearches.conf, transforms.conf, props.conf, found "inputs.conf".',
    );
  });

  test('is bounded by the size of its files', async () => {
    await write('default/savedsearches.conf', stanza('One'));
    const { detections, problems } = await loadContent({ paths: [folder], macros: null, maxConfBytes: 100 });
    expect(detections).toEqual([]);
    expect(problems[0]?.message).toMatch(/^file: expected at most 100 bytes, found \d+\.$/);
  });
});

describe('a checkout of security_content', () => {
  test('gives its baselines, investigations and lookups with its detections', async () => {
    const search = (name: string, type: string) =>
      `name: ${name}\nid: an-id\ntype: ${type}\nsearch: dataset=kube_audit\ntags: {}\n`;
    await write('detections/cloud/a.yml', search('A', 'Hunting'));
    await write('baselines/b.yml', search('B', 'Baseline'));
    await write('investigations/c.yml', search('C', 'Investigation'));
    await write('macros/m.yml', 'name: m\ndefinition: verb=get\n');
    await write(
      'lookups/l.yml',
      "name: l\nfilename: l.csv\ncase_sensitive_match: 'false'\nmin_matches: 1\ndefault_match: false\n",
    );
    await write('lookups/l.csv', 'a,b\n1,2\n');
    await write('lookups/new.yml', 'name: new_one\nlookup_type: csv\nmatch_type: [WILDCARD(a)]\n');
    await write('lookups/new.csv', 'a,b\n');
    await write('lookups/kv.yml', 'name: kv\nlookup_type: kvstore\nfields: [a, b]\n');
    await write('lookups/model.yml', 'name: model\nlookup_type: mlmodel\n');
    const { detections, unscheduled, lookups, problems } = await load();
    expect(problems.map(({ message }) => message)).toEqual(['model: expected filename or collection, found neither.']);
    expect(detections.map(({ name }) => name)).toEqual(['A']);
    expect(lookups.get('new_one')).toMatchObject({
      definition: { source: { kind: 'csv', path: join(folder, 'lookups/new.csv') } },
      matchTypes: [{ kind: 'wildcard', field: 'a' }],
    });
    expect(lookups.get('kv')).toMatchObject({
      definition: { source: { kind: 'collection', name: 'kv' } },
      columns: ['a', 'b'],
      rows: [],
    });
    expect(unscheduled.map(({ name, schedule }) => [name, schedule.cron])).toEqual([
      ['B', '10 0 * * *'],
      ['C', '0 * * * *'],
    ]);
    expect(lookups.get('l')).toMatchObject({ caseSensitive: false, minMatches: 1, defaultMatch: 'false' });
  });
});
