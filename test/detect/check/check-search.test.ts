import { describe, expect, test } from 'vitest';
import { checkContent } from '../../../src/detect/check/check-content.ts';
import type { SearchCheck } from '../../../src/detect/check/report.ts';
import type { Content } from '../../../src/detect/content/load-content.ts';
import type { Detection } from '../../../src/detect/detection.ts';

const detection = (search: string, more: Partial<Detection> = {}): Detection => ({
  file: 'content/a.yml',
  name: 'A',
  slug: 'a',
  id: 'id',
  version: '1',
  type: 'Anomaly',
  searchName: null,
  date: null,
  status: null,
  description: '',
  search,
  searchOrigin: { line: 5, column: 11, indent: 0 },
  schedule: { cron: '0 * * * *', earliest: '-70m@m', latest: '-10m@m' },
  riskRule: null,
  emission: { risk: false, finding: false },
  analyticStories: [],
  mitreAttackIds: [],
  securityDomain: null,
  annotations: {},
  strictSplunk: null,
  tests: [],
  doubtfulKeys: [],
  ...more,
});

const content = (detections: readonly Detection[], unscheduled: readonly Detection[] = []): Content => ({
  detections,
  unscheduled,
  macros: new Map([
    ['audit', { name: 'audit', arguments: [], definition: 'dataset=kube_audit', file: 'm.yml' }],
    ['gke', { name: 'gke', arguments: [], definition: 'dataset=gke', file: 'm.yml' }],
  ]),
  lookups: new Map(),
  fieldRules: [],
  fieldSettings: [],
  problems: [],
  notes: [],
});

const check = (loaded: Content) =>
  checkContent(loaded, { events: null, strictSplunk: false, timeZone: 'UTC', from: 0 });

async function checkOne(search: string, more: Partial<Detection> = {}): Promise<SearchCheck> {
  const { searches } = await check(content([detection(search, more)]));
  return searches[0]!;
}

/** The suspicions as [code, the text at its place]. */
async function suspicionsOf(
  search: string,
  more: Partial<Detection> = {},
): Promise<readonly (readonly [string, string])[]> {
  const { suspicions, compiles, refusals } = await checkOne(search, more);
  expect(refusals).toEqual([]);
  expect(compiles).toBe(true);
  return suspicions.map(({ code, place }) => [code, search.slice(place.column - 11).split(/[\s,)]/)[0] ?? '']);
}

describe('a search', () => {
  test.each([
    ['`audit` verb=get | table verb | appendpipe [stats count by verb] | fields verb', ['verb']],
    ['`audit` | appendpipe [stats count by userAgent] | table verb', ['userAgent', 'verb']],
    ["`audit` | foreach user.username level [eval <<FIELD>>=lower('<<FIELD>>')] | table verb", ['verb']],
    ["`audit` | foreach verb [eval seen='<<FIELD>>'] | table seen", ['verb']],
    ['`audit` | search [search dataset=kube_audit verb=delete | table auditID] | table verb', ['auditID', 'verb']],
  ])('reads in %s what each part needs', async (search, fields) => {
    const { reads } = await checkOne(search);
    expect(reads[0]?.fields).toEqual(fields);
  });

  test('that is refused for several reasons names each, with its line and column in the file', async () => {
    const { refusals } = await checkOne('`audit` verb=get\n| frob\n| rex "(?=a)" | head no', {
      searchOrigin: { line: 5, column: 5, indent: 4 },
    });
    expect(refusals.map(({ code, place }) => [code, place.line, place.column])).toEqual([
      ['SPL202', 6, 7],
      ['SPL313', 7, 11],
      ['SPL205', 7, 26],
    ]);
  });

  test('that compiles names what it reads and how', async () => {
    expect(
      await checkOne(
        '`audit` verb=create requestObject.kind=Pod | rename user.username AS user | stats count values(verb) by user',
      ),
    ).toMatchObject({
      compiles: true,
      refusals: [],
      commands: ['search', 'rename', 'stats'],
      reads: [
        {
          dataset: 'kube_audit',
          fields: ['requestObject.kind', 'user.username', 'verb'],
          extracted: [],
          everything: false,
        },
      ],
      suspicions: [],
      windows: { cron: '0 * * * *', longestGap: 0, longestOverlap: 0 },
      data: null,
    });
  });

  test('that shows whole events reads everything', async () => {
    expect((await checkOne('`audit` verb=create')).reads).toMatchObject([{ fields: ['verb'], everything: true }]);
  });

  test('that takes fields out of a text does not ask the data for them', async () => {
    const { reads } = await checkOne(
      'dataset=aks category=kube-audit | spath input=properties.log | search verb=get | table verb',
    );
    expect(reads).toEqual([
      { dataset: 'aks', fields: ['category', 'properties.log'], extracted: ['verb'], everything: false },
    ]);
    const captured = await checkOne('dataset=logs | rex "user=(?<who>\\w+)" | stats count by who');
    expect(captured.reads[0]?.fields).toEqual(['_raw']);
  });

  test('that is refused says why and where in its file', async () => {
    expect(
      await checkOne('`audit` verb=get\n| nosuchcommand', { searchOrigin: { line: 5, column: 3, indent: 2 } }),
    ).toMatchObject({
      compiles: false,
      refusals: [{ code: 'SPL202', place: { file: 'content/a.yml', line: 6, column: 5 } }],
      reads: [],
    });
  });

  test('over metrics is refused by the name of mstats', async () => {
    const { refusals } = await checkOne(
      '| mstats avg(process.*) as process.* where index=k8s_metrics by host.name span=10s | eval a=1',
    );
    expect(refusals).toMatchObject([{ code: 'SPL203', message: expect.stringMatching(/^mstats: /) }]);
  });

  test('of an investigation compiles as if its inputs were given', async () => {
    const search = '`audit` | search user.username=$user$ | stats count by verb';
    const { searches } = await check(content([], [detection(search, { type: 'Investigation' })]));
    expect(searches[0]).toMatchObject({ compiles: true, inputs: ['user'], windows: null });
  });
});

describe('suspicions', () => {
  test('CHK101: a search that is another one, filter macros apart', async () => {
    const one = detection('`audit` verb=get | stats count by verb | `one_filter`', { name: 'One', slug: 'one' });
    const two = detection('`audit` verb=get | stats count by verb | `two_filter`', { name: 'Two', slug: 'two' });
    const three = detection('`audit` verb=get | stats count by  verb | `three_filter`', {
      name: 'Three',
      slug: 'three',
    });
    const { searches, totals } = await check(content([one, two, three]));
    expect(searches.map(({ suspicions }) => suspicions.map(({ code, message }) => [code, message]))).toEqual([
      [['CHK101', 'The search is the same as that of "Two", byte for byte, filter macros apart.']],
      [['CHK101', 'The search is the same as that of "One", byte for byte, filter macros apart.']],
      [],
    ]);
    expect(totals).toMatchObject({ searches: 3, compile: 3, refused: 0, suspicious: 2, blind: null });
  });

  test.each([
    // CHK102: a bare word after OR
    ['`audit` objectRef.resource=secrets OR configmaps verb=get', [['CHK102', 'configmaps']]],
    ['`audit` (objectRef.resource=secrets OR configmaps)', [['CHK102', 'configmaps']]],
    ['`audit` configmaps OR objectRef.resource=secrets', []],
    ['`audit` objectRef.resource=secrets OR *', []],
    ['`audit` objectRef.resource=secrets OR "two words"', []],
    ['`audit` verb=create OR verb=update', []],
    // CHK103: a dot for a colon
    ['`audit` user.username=system.anonymous', [['CHK103', 'user.username=system.anonymous']]],
    ['`audit` user.groups{} IN (system:masters, system.unauthenticated)', [['CHK103', 'system.unauthenticated']]],
    ['`audit` user.username=system:anonymous', []],
    ['`audit` userAgent=system.web', []],
    // CHK104: a field of another cloud's envelope
    ['`gke` category=kube-audit | stats count', [['CHK104', 'category=kube-audit']]],
    ['`audit` data.protoPayload.methodName=*', [['CHK104', 'data.protoPayload.methodName=*']]],
    ['dataset=aks category=kube-audit | spath input=properties.log | table verb', []],
    ['dataset=gke data.protoPayload.methodName=* | stats count', []],
    ['dataset=logs category=kube-audit | stats count', []],
    ['`audit` category=kube-audit | stats count', []],
    // CHK105: a value twice
    ['`audit` verb IN (get, list, GET)', [['CHK105', 'GET']]],
    ['`audit` verb IN (get, list)', []],
    // CHK106: made, not read, overwritten
    [
      '`audit` | rex field=requestURI "(?<kind_>\\w+)/(?<name_>\\w+)" | rename verb AS name_ | table name_ kind_',
      [['CHK106', 'verb']],
    ],
    ['`audit` | eval a=1 | rename verb AS a | table a', [['CHK106', 'verb']]],
    ['`audit` | eval a=1 | search a=1 | rename verb AS a | table a', []],
    ['`audit` | eval a=1 | stats count by a | rename count AS a', []],
    // CHK107: the event's own metadata overwritten
    ['`audit` | rename objectRef.name AS host | stats count by host', [['CHK107', 'objectRef.name']]],
    ['`audit` | stats count by objectRef.name | rename objectRef.name AS host', []],
    // CHK108: != on several values
    ['`audit` | stats values(verb) AS verbs by user.username | search verbs!=get', [['CHK108', 'verbs!=get']]],
    ['`audit` sourceIPs{}!=127.0.0.1', [['CHK108', 'sourceIPs{}!=127.0.0.1']]],
    ['`audit` NOT sourceIPs{}=127.0.0.1', []],
    ['`audit` verb!=get', []],
    ['`audit` | stats values(verb) AS verbs by user.username | stats count AS verbs | search verbs!=3', []],
    // CHK109: named after another statistic
    ['`audit` | stats avg(responseStatus.code) AS stdev_code by verb', [['CHK109', 'avg(responseStatus.code']]],
    ['`audit` | stats avg(responseStatus.code) AS avg_code count AS count_all by verb', []],
    // CHK110: the same field on both sides
    ["`audit` | stats count AS a by verb | eval r='a'/'a'", [['CHK110', "'a'/'a'"]]],
    ['`audit` | stats count AS a by verb | eval r=a/2, one=if(1=1, 2, 3)', []],
  ])('%s', async (search, expected) => {
    expect(await suspicionsOf(search)).toEqual(expected);
  });

  test('CHK111, CHK112 and CHK117: risk objects, message fields and threat objects that are no results', async () => {
    const riskRule = {
      message: '$user$ in $namespace$',
      riskObjects: [
        { field: 'user', type: 'user', score: 10 },
        { field: 'dest', type: 'system', score: 10 },
      ],
      threatObjects: [
        { field: 'user', type: 'user' },
        { field: 'src_ip', type: 'ip_address' },
      ],
    };
    const search = '`audit` | stats count by user.username | rename user.username AS user';
    const emission = { risk: true, finding: false };
    const { suspicions } = await checkOne(search, { riskRule, emission });
    expect(suspicions.map(({ code, message }) => [code, message])).toEqual([
      ['CHK111', 'The risk object dest is no field of the results, so it is never scored.'],
      ['CHK112', 'The risk message names $namespace$, which is no field of the results.'],
      ['CHK117', 'The threat object src_ip is no field of the results, so no risk event names it.'],
    ]);
    expect((await checkOne(search, { riskRule })).suspicions).toEqual([]);
  });

  test('CHK118: a key that has no effect, at its own line', async () => {
    const doubtfulKeys = [{ key: 'rab', suggestion: 'Did you mean "rba"?', line: 9 }];
    const { suspicions } = await checkOne('`audit` | stats count by verb', { doubtfulKeys });
    expect(suspicions).toEqual([
      {
        code: 'CHK118',
        name: 'unknown-key',
        message: 'rab is no key of a detection and has no effect. Did you mean "rba"?',
        place: { file: 'content/a.yml', line: 9, column: 1 },
      },
    ]);
  });

  test.each([
    ['Anomaly', true, ['CHK119']],
    ['TTP', true, ['CHK119']],
    ['Correlation', true, []],
    ['Anomaly', false, []],
  ] as const)('CHK119: %s, giving risk (%s), without a risk object', async (type, risk, expected) => {
    const emission = { risk, finding: false };
    const codes = async (riskRule: Detection['riskRule']) =>
      (await checkOne('`audit` | stats count by verb', { type, emission, riskRule })).suspicions.map(
        ({ code }) => code,
      );
    expect(await codes(null)).toEqual(expected);
    expect(await codes({ message: 'm', riskObjects: [], threatObjects: [] })).toEqual(expected);
    expect(
      await codes({ message: 'm', riskObjects: [{ field: 'verb', type: 'other', score: 0 }], threatObjects: [] }),
    ).toEqual([]);
  });

  test('CHK120 and CHK121: a score that takes risk away, and a type that Splunk does not have', async () => {
    const riskRule = {
      message: 'm',
      riskObjects: [
        { field: 'verb', type: 'user', score: -5 },
        { field: 'count', type: 'User', score: 5 },
      ],
      threatObjects: [],
    };
    const emission = { risk: true, finding: false };
    const { suspicions } = await checkOne('`audit` | stats count by verb', { riskRule, emission });
    expect(suspicions.map(({ code, message }) => [code, message])).toEqual([
      ['CHK120', 'The risk object verb has the score -5: each result takes risk away from it.'],
      ['CHK121', 'The risk object count has the type "User"; Splunk\'s Risk data model has user, system, other.'],
    ]);
  });

  test('CHK113 and CHK114: windows that leave time out or cover it twice', async () => {
    const schedule = (cron: string, earliest: string, latest: string) => ({ schedule: { cron, earliest, latest } });
    const search = '`audit` | stats count by verb';
    const gap = await checkOne(search, schedule('*/30 * * * *', '-20m@m', '@m'));
    expect(gap.windows).toMatchObject({ longestGap: 600, longestOverlap: 0 });
    expect(gap.suspicions.map(({ code, message }) => [code, message])).toEqual([
      ['CHK113', 'Windows leave out up to 600 s between two runs (cron "*/30 * * * *" with -20m@m to @m).'],
    ]);
    const overlap = await checkOne(search, schedule('0 * * * *', '-90m@m', '@m'));
    expect(overlap.suspicions.map(({ code }) => code)).toEqual(['CHK114']);
    expect(overlap.windows?.longestOverlap).toBe(1800);
  });

  test('CHK113 and CHK114: go by the times that parts of the search set', async () => {
    const gap = await checkOne('`audit` earliest=-30m@m latest=@m | stats count by verb');
    expect(gap.suspicions.map(({ code, message }) => [code, message])).toEqual([
      [
        'CHK113',
        'Windows leave out up to 1800 s between two runs (cron "0 * * * *" with -70m@m to -10m@m, and the times that the search sets).',
      ],
    ]);
    const overlap = await checkOne('`audit` | append [search `audit` earliest=-100m@m] | stats count by verb');
    expect(overlap.windows).toMatchObject({ longestGap: 0, longestOverlap: 1800 });
    const tiled = await checkOne('`audit` earliest=-1h@h latest=@h | stats count by verb', {
      schedule: { cron: '5 * * * *', earliest: '-1d', latest: 'now' },
    });
    expect(tiled.suspicions).toEqual([]);
  });
});

test('CHK115: a field that only props.conf would make', async () => {
  const loaded: Content = {
    ...content([detection('`audit` src_user=ana | stats count by verb')]),
    fieldSettings: [
      {
        stanza: 'kube:audit',
        kind: 'alias',
        key: 'FIELDALIAS-user',
        text: 'user.username AS src_user user.uid AS unread',
        makes: ['src_user', 'unread'],
        transforms: new Map(),
        file: 'props.conf',
        line: 2,
      },
    ],
  };
  expect((await check(loaded)).searches[0]?.suspicions.map(({ code, message }) => [code, message])).toEqual([
    ['CHK115', 'src_user is made by FIELDALIAS-user of [kube:audit] (props.conf:2), which is not applied here.'],
  ]);
});

describe('CHK116: volume rules', () => {
  const named = async (search: string, ...rules: readonly [string, number][]) => {
    const { searches } = await checkContent(content([detection(search)]), {
      events: null,
      strictSplunk: false,
      timeZone: 'UTC',
      from: 0,
      volumeRules: rules.map(([text, keptShare], index) => ({ name: `rule ${index + 1}`, search: text, keptShare })),
    });
    return searches[0]?.suspicions.filter(({ code }) => code === 'CHK116').map(({ message }) => message);
  };

  test('are named that may leave out what the search looks at', async () => {
    expect(
      await named('`audit` verb IN (get, list) | stats count by user.username', ['verb=watch', 0], ['verb=l*', 0.1]),
    ).toEqual(['The volume rule "rule 2" keeps 10 % of events that this search may look at: verb=l*.']);
    expect(await named('`audit` | search verb=get | stats count by user.username', ['verb=watch', 0])).toEqual([]);
    expect(await named('`audit` | stats count by user.username', ['`audit` verb=watch', 0])).toHaveLength(1);
  });

  test('are not named behind a rule that decides on all of these events, nor where they keep everything', async () => {
    const search = '`audit` verb=get | stats count by user.username';
    expect(await named(search, ['verb=g*', 1], ['`audit`', 0])).toEqual([]);
    expect(await named(search, ['verb=g*', 0], ['`audit`', 0])).toHaveLength(1);
  });
});

test('totals count per folder and per reason', async () => {
  const one = detection('`audit`', { file: 'x/one.yml', name: 'One', slug: 'one' });
  const two = detection('| mstats count', { file: 'y/two.yml', name: 'Two', slug: 'two' });
  const three = detection('| mstats count', { file: 'y/three.yml', name: 'Three', slug: 'three' });
  const { folders, refusals } = await check(content([one, two, three]));
  expect(folders.map(({ folder, searches, compile, refused }) => [folder, searches, compile, refused])).toEqual([
    ['x', 1, 1, 0],
    ['y', 2, 0, 2],
  ]);
  expect(refusals).toEqual([{ reason: expect.stringContaining('mstats'), searches: 2 }]);
});
