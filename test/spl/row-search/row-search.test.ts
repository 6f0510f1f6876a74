/**
 * Single events judged by search expressions: cases from docs/spl.md, and random expressions against the same search
 * compiled and run on the store. PINTAIL_SEED chooses others (`random`: new ones each time), PINTAIL_CASES how many.
 */
import { describe, expect, test } from 'vitest';
import type { AttributeMap, NormalizedBatch } from '../../../src/component.ts';
import { auditEventRow, logEventRow } from '../../../src/service/event-rows.ts';
import { silentLogger, silentMetrics } from '../../../src/service/silence.ts';
import { parseFieldRule } from '../../../src/spl/field-rule.ts';
import { compile, compileRowSearch, DEFAULT_LIMITS, type EventRow, type MacroTable } from '../../../src/spl/index.ts';
import { MOST_BRACKETS } from '../../../src/spl/row-search/json-weight.ts';
import { type DuckdbEventStore, openEventStore } from '../../../src/store/event-store.ts';
import { logRecord, recordBatch } from '../../support/log-records.ts';
import { normalize } from '../../support/normalize.ts';
import { Random, seedFrom } from '../../support/spl-differential/random.ts';
import { randomEvents, TEXTS } from '../../support/spl-differential/random-events.ts';
import { EVENT_FIELDS } from '../../support/spl-differential/random-fields.ts';
import { randomSearchTerms } from '../../support/spl-differential/random-terms.ts';
import { seed } from '../../support/spl-differential/seed.ts';

const MACROS: MacroTable = new Map([
  ['kube_audit', { definition: 'dataset=kube_audit', arguments: [] }],
  ['probes', { definition: 'requestURI IN (/healthz*, /readyz*, /livez*)', arguments: [] }],
]);

function rowsOf(bodies: readonly (string | object)[], attributes: AttributeMap = {}): readonly EventRow[] {
  const records = bodies.map((body) =>
    logRecord(typeof body === 'string' ? body : JSON.stringify(body), { attributes }),
  );
  const batch = normalize(recordBatch(records, { 'k8s.cluster.name': 'prod' }), { arrivalMicros: 1 });
  return eventRows(batch);
}

function eventRows({ audit, logs }: NormalizedBatch): readonly EventRow[] {
  return [...audit.map(auditEventRow), ...logs.map(logEventRow)];
}

function matching(search: string, rows: readonly EventRow[]): readonly number[] {
  const compiled = compileRowSearch({ name: 'test', text: search }, { macros: MACROS });
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
  return rows.flatMap((row, index) => (compiled.matches(row) ? [index] : []));
}

const event = (fields: object): object => ({
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  auditID: 'an-id',
  stage: 'ResponseComplete',
  level: 'Metadata',
  ...fields,
});

describe('an event', () => {
  const rows = rowsOf([
    event({ verb: 'get', requestURI: '/healthz?verbose', user: { username: 'system:anonymous', groups: ['a', 'B'] } }),
    event({
      verb: 'LIST',
      requestURI: '/api/v1/pods',
      sourceIPs: ['10.1.2.3', '2001:db8::7'],
      responseStatus: { code: 403 },
    }),
    JSON.stringify(
      event({ verb: 'create', requestObject: { 'a.b': 'dotted', a: { b: 'nested' }, list: [1, { x: 'y' }] } }),
    ).replace('"list"', '"n":1e5,"list"'),
    'klog text with the word Forbidden-here',
  ]);

  test.each<[string, readonly number[]]>([
    ['verb=get', [0]],
    ['verb=list', [1]],
    ['verb=l*t', [1]],
    ['verb!=get', [1, 2]],
    ['NOT verb=get', [1, 2, 3]],
    ['verb=*', [0, 1, 2]],
    ['verb!=*', []],
    ['`probes`', [0]],
    ['`kube_audit` NOT `probes`', [1, 2]],
    ['dataset=logs', [3]],
    ['dataset=eks verb=*', []],
    ['verb=get OR verb=create requestObject.n=*', [2]],
    ['user.groups{}=b', [0]],
    ['user.groups{}!=b', [0]],
    ['NOT user.groups{}=b', [1, 2, 3]],
    ['sourceIPs{}=10.0.0.0/8', [1]],
    ['sourceIPs{} IN (192.168.0.0/16, 2001:db8::/32)', [1]],
    ['responseStatus.code>=400', [1]],
    ['responseStatus.code=403', [1]],
    ['responseStatus.code<1000', [1]],
    ['requestObject.a.b=dotted', [2]],
    ['requestObject.n=100000.0', [2]],
    ['requestObject.n>99999', [2]],
    ['requestObject.list{}=1', [2]],
    ['requestObject.list{}.x=y', [2]],
    ['verb<h', [0, 2]],
    ['forbidden', [3]],
    ['forbidde', []],
    ['forbidde*', [3]],
    ['"the word"', [3]],
    ['cluster=PROD', [0, 1, 2, 3]],
    ['*', [0, 1, 2, 3]],
  ])('%s', (search, expected) => {
    expect(matching(search, rows)).toEqual(expected);
  });

  test('of a cloud is found by its dataset and the names of its add-on', () => {
    const inner = event({ verb: 'list', user: { username: 'eve' } });
    const batch = normalize(
      recordBatch([logRecord(JSON.stringify(inner))], { 'com.splunk.sourcetype': 'aws:cloudwatchlogs:eks' }),
      { arrivalMicros: 1 },
    );
    const eks = eventRows(batch);
    expect(matching('dataset=eks src_user=eve action=list', eks)).toEqual([0]);
    expect(matching('dataset=aks', eks)).toEqual([]);
  });

  test('that is a line of text has the fields that it writes as key=value', () => {
    const lines = rowsOf([
      '(user=root k8s.ns=default msg="a user=eve b") user=x',
      '["user=root"]',
      '[1] user=root',
      'user=',
    ]);
    expect(matching('dataset=logs user=root', lines)).toEqual([0, 2]);
    expect(matching('dataset=logs k8s_ns=default msg="a user=eve b"', lines)).toEqual([0]);
    expect(matching('dataset=logs NOT user=*', lines)).toEqual([1, 3]);
  });

  test('whose JSON cannot be read matches no search that looks into it, and others as ever', () => {
    const broken = rowsOf(['{"level":"Metadata","verb":"get"']);
    expect(matching('requestObject.x=y', broken)).toEqual([]);
    expect(matching('NOT requestObject.x=y', broken)).toEqual([]);
    expect(matching('verb=get OR level', broken)).toEqual([]);
    expect(matching('dataset=logs level', broken)).toEqual([0]);
  });

  test('whose JSON is too heavy to be read counts as one that cannot', () => {
    const heavy = rowsOf([`{"a":[${'{},'.repeat(MOST_BRACKETS)}0]}`]);
    expect(matching('NOT requestObject.x=y', heavy)).toEqual([]);
    expect(matching('dataset=logs a', heavy)).toEqual([0]);
  });
});

describe('refused by name', () => {
  test.each<[string, string, string]>([
    ['«verb=get | «stats count»', 'SPL320', 'search: expected a search expression, found the command "stats".'],
    ['| «inputlookup owners»', 'SPL320', 'search: expected a search expression, found the command "inputlookup".'],
    ['verb=get «earliest=-1h»', 'SPL320', 'earliest: expected a condition on the event, found a bound on time, which an event at the door does not have.'],
    ['verb=get «[search verb=list | table verb]»', 'SPL320', 'search: expected a condition on one event, found a subsearch, which would look at others.'],
    ['«_time>5»', 'SPL320', 'search: expected a field of the event, found _time, which may differ between two copies of one event.'],
    ['a OR «dataset=eks»', 'SPL307', 'dataset: expected at the top of the first search, found elsewhere.'],
    ['verb<«g*»', 'SPL205', 'search: expected a value to compare with, found the wildcard "g*".'],
    ['«`nobody`»', 'SPL101', 'macro "nobody": expected the name of a macro, found none of that name.'],
    ['«»', 'SPL206', 'search: expected a search expression, found nothing.'],
  ])('%s', (marked, code, message) => {
    const start = marked.lastIndexOf('«');
    const text = marked.replace(/[«»]/g, '');
    const end = marked.indexOf('»') - (marked.split('«').length - 1);
    const compiled = compileRowSearch({ name: 'test', text }, { macros: MACROS });
    const before = marked.slice(0, start).split('«').length - 1;
    expect(compiled).toMatchObject({
      ok: false,
      diagnostics: [{ code, message, span: { start: start - before, end } }],
    });
  }); // biome-ignore format: a flat table

  test('a field that the content makes of events', () => {
    const rule = parseFieldRule(
      {
        stanza: 'kube:audit',
        key: 'EVAL-actor',
        text: "'user.username'",
        transforms: new Map(),
        place: 'props.conf:3',
      },
      DEFAULT_LIMITS,
    );
    const compiled = (text: string) => compileRowSearch({ name: 'test', text }, { macros: MACROS, fieldRules: [rule] });
    expect(compiled('verb=get NOT actor=alice')).toMatchObject({
      diagnostics: [
        {
          code: 'SPL320',
          message:
            'search: expected fields of the event itself, found "actor", which [kube:audit] makes (props.conf:3).',
        },
      ],
    });
    expect(compiled('verb=get')).toMatchObject({ ok: true });
  });

  test('a search that matches everything says so', () => {
    const compiled = (text: string) => compileRowSearch({ name: 'test', text }, { macros: MACROS });
    expect(compiled('*')).toMatchObject({ matchesEverything: true });
    expect(compiled('`no_such_filter`')).toMatchObject({ matchesEverything: true });
    expect(compiled('`kube_audit`')).toMatchObject({ matchesEverything: false });
    expect(compiled('* verb=get')).toMatchObject({ matchesEverything: false });
  });
});

const cases = Number(process.env.PINTAIL_CASES ?? 400);
const BATCHES = 8;

describe(`random expressions match the events that the compiled search finds (PINTAIL_SEED=${seed})`, () => {
  test('over audit events and logs of every sort', async () => {
    let matched = 0;
    let compared = 0;
    for (let round = 0; round < BATCHES; round += 1) {
      const setRandom = new Random(seedFrom(seed, round));
      const batch = randomBatch(setRandom, round);
      // A store of its own: the cloud datasets know no attribute that could tell the rounds apart.
      const store = await storeOf(batch);
      for (let index = 0; index < cases / BATCHES; index += 1) {
        const random = new Random(seedFrom(seedFrom(seed, round), index + 1));
        const text = randomText(random);
        const [found, expected] = [matchingRaw(text, batch), await searchedRaw(text, store)];
        expect(found, `PINTAIL_SEED=${seed}, round ${round}, search ${index}: ${text}`).toEqual(expected);
        compared += 1;
        if (Array.isArray(found) && found.length > 0) matched += 1;
      }
      await store.shutdown();
    }
    expect(compared).toBe(Math.ceil(cases / BATCHES) * BATCHES);
    expect(matched).toBeGreaterThan(compared * 0.3);
  }, 120_000);

  test('over events that repeat a key: the first counts', async () => {
    const texts = [
      '{"a":"x","a":"y"}',
      '{"a":{"b":"x"},"c":1,"a":{"b":"y","d":"z"}}',
      '{"a":{},"a":{"b":"y"}}',
      '{"a":[{"b":"x","b":"y"},{"b":"z"}]}',
      '{"\\u0061":"x","a":"y"}',
      '{"n":1.50,"n":2,"s":"\\"n\\":3","q\\\\":"x","q\\\\":"y"}',
      '{"__proto__":"x","__proto__":"y","constructor":"x","a":": no key"}',
      '{"a" : "x" , "a":{"b":"y"}}',
      `{"a":"x","a":"y","deep":${'[{"k":'.repeat(200)}1${'}]'.repeat(200)}}`,
    ];
    const event = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"Panic","verb":"get",';
    const audit = `${event}"requestObject":{"a":"x"},"requestObject":{"a":"y","n":1},"annotations":{}}`;
    const { resourceLogs } = recordBatch([...texts, audit].map((text) => logRecord(text)));
    const batch = normalize({ receiver: 'test', resourceLogs }, { arrivalMicros: 1_700_000_000_000_000 });
    const store = await storeOf(batch);
    for (const name of ['a', 'a.b', 'a.d', 'a{}.b', 'n', 's', 'q\\', '__proto__', 'constructor', 'requestObject.a']) {
      for (const value of ['x', 'y', 'z', '1.5', '2', '*', '*no*']) {
        for (const text of [`"${name}"=${value}`, `NOT "${name}"=${value}`]) {
          expect([text, matchingRaw(text, batch)]).toEqual([text, await searchedRaw(text, store)]);
        }
      }
    }
    expect(matchingRaw('a=x', batch)).toHaveLength(4);
    expect(matchingRaw('a=y', batch)).toEqual([]);
    await store.shutdown();
  });

  const FIELDS = new Map([
    ...[...EVENT_FIELDS].filter(([name]) => name !== '_time'),
    ...['sourcetype', 'cloud', 'severity_number', 'severity_text', 'event_name', 'unreadable', 'body', 'service.name', 'alpha', 'user', 'a_b'].map(
      (name) => [name, 'one'] as const,
    ),
  ]); // biome-ignore format: a flat list

  function randomText(random: Random): string {
    const dataset = random.pick(['', '', 'dataset=kube_audit ', 'dataset=logs ', 'dataset=eks ', 'dataset=aks ']);
    const terms = randomSearchTerms(random, FIELDS, true);
    return `${dataset}${terms === '' ? 'verb=*' : terms}`;
  }

  function randomBatch(random: Random, round: number): NormalizedBatch {
    const events = randomEvents(random, 16);
    const audit = events.lines.map((line, index) => {
      const columns = events.columns[index] ?? {};
      const body = JSON.stringify({ apiVersion: 'audit.k8s.io/v1', auditID: `${round}-${index}`, ...JSON.parse(line) });
      return recordBatch([logRecord(body, { attributes: (columns.attributes ?? {}) as AttributeMap })], {
        ...(typeof columns.cluster === 'string' && { 'k8s.cluster.name': columns.cluster }),
        ...(typeof columns.sourcetype === 'string' && { 'com.splunk.sourcetype': columns.sourcetype }),
        ...(typeof columns.source === 'string' && { 'com.splunk.source': columns.source }),
        'service.name': random.pick(TEXTS),
      }).resourceLogs;
    });
    const logs = Array.from({ length: 8 }, () => {
      const form = random.below(3);
      const written = (): string =>
        random
          .some(1, 6, () => random.pick(['alpha', 'user', '=', '=', ' ', '"', '(', ')', '[', ',', 'a.b', '_']))
          .join('');
      const body =
        form === 0
          ? random.pick(TEXTS)
          : form === 1
            ? `${written()}alpha=${written()} user=${written()}`
            : JSON.stringify({
                verb: random.pick(TEXTS),
                requestObject: { n: random.pick([1, 1.5, 1e21, -0, 250]), list: TEXTS },
              });
      return recordBatch([
        logRecord(body, {
          attributes: { env: random.pick(TEXTS) },
          severityNumber: random.pick([0, 9, 17]),
          severityText: random.pick(['', 'INFO', 'Error']),
          eventName: random.pick(['', 'k8s.pod.killed']),
        }),
      ]).resourceLogs;
    });
    return normalize(
      { receiver: 'test', resourceLogs: [...audit, ...logs].flat() },
      { arrivalMicros: 1_700_000_000_000_000 },
    );
  }

  async function storeOf(batch: NormalizedBatch): Promise<DuckdbEventStore> {
    const store = await openEventStore(
      // A handful of rows: a second thread only costs.
      { directory: null, durable: false, threads: 1 },
      { logger: silentLogger, metrics: silentMetrics, clock: Date.now },
    );
    await store.loadDirect([batch]);
    return store;
  }

  /** The texts of events tell them apart: no two of a batch have the same. A code where the search is refused. */
  function matchingRaw(text: string, batch: NormalizedBatch): readonly string[] | string {
    const compiled = compileRowSearch({ name: 'random', text }, { macros: new Map() });
    if (!compiled.ok) return compiled.diagnostics[0]?.code ?? '';
    return eventRows(batch)
      .filter((row) => compiled.matches(row))
      .map(({ columns }) => String(columns._raw))
      .sort();
  }

  async function searchedRaw(text: string, store: DuckdbEventStore): Promise<readonly string[] | string> {
    const compiled = compile(
      { name: 'random', text: `${text} | table _raw` },
      { macros: new Map(), strict: true, window: { kind: 'session' } },
    );
    if (!compiled.ok) return compiled.diagnostics[0]?.code ?? '';
    const { sql } = compiled;
    const rows = await store.database.read({ share: 'service' }, (connection) => connection.query(sql));
    return rows.map(({ _raw }) => String(_raw)).sort();
  }
});
