/** Fields that content makes of events: rules of props.conf over real rows, the results worked out by hand. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  compile,
  type FieldRuleSource,
  type LookupTable,
  type LookupTables,
  readFieldRules,
} from '../../src/spl/index.ts';
import { type EventTables, openEventTables } from '../support/golden-events.ts';

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
});
afterAll(() => tables.close());

const LOG = (raw: unknown, more: object = {}) => ({
  raw: raw as string,
  sourcetype: 'app',
  time: 1_700_000_000,
  ...more,
});

beforeEach(async () => {
  await tables.clear();
  await tables.setWindow({ now: 1_700_000_100 });
});

/** `[stanza, key, text]` each. */
type Setting = readonly [string, string, string];

const TRANSFORMS = new Map([
  ['by_number', new Map([['REGEX', '(\\w+) -> (\\w+)'], ['FORMAT', 'from::$1 to::$2']])],
  ['from_source', new Map([['REGEX', '/var/log/(?<part>\\w+)'], ['SOURCE_KEY', 'source']])],
  ['many', new Map([['REGEX', '(?<v>\\d)'], ['MV_ADD', 'true']])],
]); // biome-ignore format: a flat table

function sourcesOf(settings: readonly Setting[]): readonly FieldRuleSource[] {
  return settings.map(([stanza, key, text], index) => ({
    stanza,
    key,
    text,
    transforms: TRANSFORMS,
    place: `props.conf:${index + 1}`,
  }));
}

async function find(spl: string, settings: readonly Setting[], lookups: LookupTables = new Map()) {
  const { rules, refused } = readFieldRules(sourcesOf(settings), lookups);
  expect(refused).toEqual([]);
  const result = compile(
    { name: 'test', text: spl },
    { macros: new Map(), strict: false, window: { kind: 'session' }, fieldRules: rules, lookups },
  );
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return tables.query(result.sql);
}

describe('an alias', () => {
  test('is made of the events of its sourcetype only', async () => {
    await tables.addLogs([
      LOG({ a: 'x' }),
      LOG({ a: 'y' }, { sourcetype: 'APP' }),
      LOG({ a: 'z' }, { sourcetype: null }),
    ]);
    expect(await find('dataset=logs | table a b', [['app', 'FIELDALIAS-one', 'a AS b']])).toEqual(
      expect.arrayContaining([{ a: 'x', b: 'x' }, { a: 'y' }, { a: 'z' }]),
    );
  });

  test('with AS takes the place of a field of that name, also where there is nothing to take', async () => {
    await tables.addLogs([LOG({ a: 'x', b: 'own' }), LOG({ b: 'lonely' })]);
    const rows = await find('dataset=logs | eval c="c" | table b c', [['app', 'FIELDALIAS-one', 'a AS b']]);
    expect(rows).toEqual(expect.arrayContaining([{ b: 'x', c: 'c' }, { c: 'c' }]));
  });

  test('with ASNEW leaves what is there', async () => {
    await tables.addLogs([LOG({ a: 'x', b: 'own' }), LOG({ b: 'lonely' }), LOG({ a: 'new' })]);
    const rows = await find('dataset=logs | table b', [['app', 'FIELDALIAS-one', 'a ASNEW b "a" ASNEW "c d"']]);
    expect(rows.map(({ b }) => b).sort()).toEqual(['lonely', 'new', 'own']);
  });

  test('can be searched for, of several values too', async () => {
    await tables.addLogs([LOG({ ips: ['192.0.2.1', '192.0.2.2'] }), LOG({ ips: ['192.0.2.3'] })]);
    const rows = await find('dataset=logs src="192.0.2.2" | table src', [['app', 'FIELDALIAS-one', 'ips{} AS src']]);
    expect(rows).toEqual([{ src: ['192.0.2.1', '192.0.2.2'] }]);
  });
});

describe('a calculated field', () => {
  test('reads aliases and extracted fields, and of other calculated fields what was there before', async () => {
    await tables.addLogs([LOG({ a: '2', b: 'own' })]);
    const rows = await find('dataset=logs | table sum b seen', [
      ['app', 'FIELDALIAS-one', 'a AS n'],
      ['app', 'EVAL-sum', 'n + 1'],
      ['app', 'EVAL-b', 'upper(b)'],
      ['app', 'EVAL-seen', 'b'],
    ]);
    // Of other sourcetypes the field is what their events hold, which is text.
    expect(rows).toEqual([{ sum: '3', b: 'OWN', seen: 'own' }]);
  });

  test('that comes to nothing takes the field away, but not from other events', async () => {
    await tables.addLogs([LOG({ a: 'x', k: '1' }), LOG({ a: 'y', k: '2' }, { sourcetype: 'other' })]);
    const rows = await find('dataset=logs | table k a | sort k', [['app', 'EVAL-a', 'null()']]);
    expect(rows).toEqual([{ k: '1' }, { a: 'y', k: '2' }]);
  });
});

describe('an extraction', () => {
  test('takes named groups out of the text, before the event has fields of its own', async () => {
    await tables.addLogs([LOG('user=eve pod=web-1'), LOG('user=bob'), LOG('nothing')]);
    const rows = await find('dataset=logs user=* | table user pod | sort user', [
      ['app', 'EXTRACT-b', 'pod=(?<pod>\\S+)'],
      ['app', 'EXTRACT-a', 'user=(?<user>\\S+)'],
    ]);
    expect(rows).toEqual([{ user: 'bob' }, { user: 'eve', pod: 'web-1' }]);
  });

  test('by several keys counts in their order, and those by transforms come behind', async () => {
    await tables.addLogs([LOG('x=first y=second a -> b')]);
    const rows = await find('dataset=logs | table v from to part', [
      ['app', 'EXTRACT-2', 'y=(?<v>\\w+)'],
      ['app', 'EXTRACT-1', 'x=(?<v>\\w+)'],
      ['app', 'REPORT-0', 'by_number'],
    ]);
    expect(rows).toEqual([{ v: 'first', from: 'a', to: 'b' }]);
  });

  test('may read other metadata than the text', async () => {
    await tables.addLogs([LOG('x', { source: '/var/log/pods/a.log', host: 'node-7' })]);
    const rows = await find('dataset=logs | table part number', [
      ['app', 'REPORT-a', 'from_source'],
      ['app', 'EXTRACT-host', '(?<number>\\d+) in host'],
    ]);
    expect(rows).toEqual([{ part: 'pods', number: '7' }]);
  });
});

const OWNERS: LookupTable = {
  table: 'lookup_owners',
  columns: ['pod', 'zone', 'owner', 'team'],
  matchTypes: [],
  caseSensitive: false,
  minMatches: 0,
  maxMatches: 1,
  defaultMatch: null,
};
const LOOKUPS: LookupTables = new Map([
  ['owners', OWNERS],
  ['all_owners', { ...OWNERS, maxMatches: 10 }],
  ['known_owners', { ...OWNERS, minMatches: 1, defaultMatch: 'nobody' }],
  ['owners_of_pods', { ...OWNERS, matchTypes: [{ kind: 'wildcard', field: 'pod' }] }],
  ['networks', { ...OWNERS, matchTypes: [{ kind: 'cidr', field: 'zone' }] }],
]);

describe('an automatic lookup', () => {
  beforeEach(async () => {
    await tables.setLookup('lookup_owners', OWNERS.columns, [
      ['web-1', 'a', 'eve', 'red'],
      ['web-1', 'b', 'bob', null],
      ['db-*', 'a', 'dba', 'blue'],
      [null, '10.0.0.0/8', 'net', null],
    ]);
  });

  test('adds the columns of the row that matches, to events of its stanza alone', async () => {
    await tables.addLogs([
      LOG({ p: 'WEB-1', k: '1' }),
      LOG({ p: 'web-1', k: '2' }, { sourcetype: 'other' }),
      LOG({ p: 'x', k: '3' }),
    ]);
    const rows = await find(
      'dataset=logs | table k owner crew | sort k',
      [['app', 'LOOKUP-a', 'owners pod AS p OUTPUT owner, team AS crew']],
      LOOKUPS,
    );
    expect(rows).toEqual([{ k: '1', owner: 'eve', crew: 'red' }, { k: '2' }, { k: '3' }]);
  });

  test('can be searched for, counted by and compared with a subsearch', async () => {
    await tables.addLogs([LOG({ p: 'web-1' }), LOG({ p: 'web-1' }), LOG({ p: 'x' })]);
    const setting: Setting = ['app', 'LOOKUP-a', 'owners pod AS p OUTPUT owner'];
    expect(await find('dataset=logs owner=EVE | stats count by owner', [setting], LOOKUPS)).toEqual([
      { owner: 'eve', count: 2 },
    ]);
    expect(await find('owner=* | stats count', [setting], LOOKUPS)).toEqual([{ count: 2 }]);
    const compared = 'dataset=logs [makeresults | eval owner="eve" | fields owner] | stats count';
    expect(await find(compared, [setting], LOOKUPS)).toEqual([{ count: 2 }]);
  });

  test('comes behind aliases and calculated fields, which do not see it', async () => {
    await tables.addLogs([LOG({ p: 'web' })]);
    const rows = await find(
      'dataset=logs | table name owner seen',
      [
        ['app', 'FIELDALIAS-a', 'p AS q'],
        ['app', 'EVAL-name', 'q . "-1"'],
        ['app', 'EVAL-seen', 'coalesce(owner, "none")'],
        ['app', 'LOOKUP-a', 'owners pod AS name OUTPUT owner'],
      ],
      LOOKUPS,
    );
    expect(rows).toEqual([{ name: 'web-1', owner: 'eve', seen: 'none' }]);
  });

  test('with OUTPUT writes over and clears, with OUTPUTNEW fills; an event without the key keeps what it has', async () => {
    await tables.addLogs([
      LOG({ p: 'web-1', owner: 'own', k: '1' }),
      LOG({ p: 'x', owner: 'own', k: '2' }),
      LOG({ owner: 'own', k: '3' }),
      LOG({ p: 'web-1', k: '4' }),
    ]);
    const owners = async (mode: string) => {
      const setting: Setting = ['app', 'LOOKUP-a', `owners pod as p ${mode} owner`];
      const rows = await find('dataset=logs | table k owner | sort k', [setting], LOOKUPS);
      return rows.map(({ owner }) => owner);
    };
    expect(await owners('OUTPUT')).toEqual(['eve', undefined, 'own', 'eve']);
    expect(await owners('outputnew')).toEqual(['own', 'own', 'own', 'eve']);
  });

  test('without OUTPUT adds every column that is no key', async () => {
    await tables.addLogs([LOG({ pod: 'web-1', zone: 'b' })]);
    const rows = await find('dataset=logs | table owner team zone', [['app', 'LOOKUP-a', 'owners pod zone']], LOOKUPS);
    expect(rows).toEqual([{ owner: 'bob', zone: 'b' }]);
  });

  test('matches as its definition says', async () => {
    await tables.addLogs([LOG({ pod: 'db-7', zone: '10.1.2.3', k: '1' }), LOG({ pod: 'web-1', zone: 'z', k: '2' })]);
    const found = async (lookup: string, key: string) => {
      const rows = await find(
        'dataset=logs | table k owner | sort k',
        [['app', 'LOOKUP-a', `${lookup} ${key} OUTPUT owner`]],
        LOOKUPS,
      );
      return rows.map(({ owner }) => owner);
    };
    expect(await found('owners_of_pods', 'pod')).toEqual(['dba', 'eve']);
    expect(await found('networks', 'zone')).toEqual(['net', undefined]);
    expect(await found('known_owners', 'pod')).toEqual(['nobody', 'eve']);
    expect(await found('all_owners', 'pod')).toEqual([undefined, ['eve', 'bob']]);
  });

  test('of one name: the later by key sees what the earlier left', async () => {
    await tables.addLogs([
      LOG({ pod: 'web-1', zone: '10.0.0.1', k: '1' }),
      LOG({ pod: 'x', zone: '10.0.0.1', k: '2' }),
    ]);
    const rows = await find(
      'dataset=logs | table k owner | sort k',
      [
        ['app', 'LOOKUP-b', 'networks zone OUTPUTNEW owner'],
        ['app', 'LOOKUP-a', 'owners pod OUTPUT owner'],
      ],
      LOOKUPS,
    );
    expect(rows).toEqual([
      { k: '1', owner: 'eve' },
      { k: '2', owner: 'net' },
    ]);
  });

  test('of audit events reads their typed fields', async () => {
    const event = { kind: 'Event', verb: 'get', auditID: 'a', stage: 'ResponseComplete', objectRef: { name: 'web-1' } };
    await tables.addAuditEvents([JSON.stringify(event)], [{ sourcetype: 'kube:audit' }]);
    const setting: Setting = ['kube:audit', 'LOOKUP-a', 'owners pod AS objectRef.name OUTPUT owner AS "the owner"'];
    const rows = await find('dataset=kube_audit "the owner"=eve | table verb "the owner"', [setting], LOOKUPS);
    expect(rows).toEqual([{ verb: 'get', 'the owner': 'eve' }]);
  });

  test.each<[string, Setting[], string]>([
    ['whose table nobody defines', [['app', 'LOOKUP-a', 'nope a OUTPUT b']], 'LOOKUP-a: expected a lookup that the content defines, found "nope".'],
    ['without a key', [['app', 'LOOKUP-a', 'owners OUTPUT owner']], 'LOOKUP-a: expected a column of "owners" to match by, found none.'],
    ['without outputs', [['app', 'LOOKUP-a', 'owners pod OUTPUT']], 'LOOKUP-a: expected a column behind OUTPUT, found none.'],
    ['with half a pair', [['app', 'LOOKUP-a', 'owners pod AS']], 'LOOKUP-a: expected <column> AS <field>, found half of it.'],
    ['of a column that is not there', [['app', 'LOOKUP-a', 'owners pod OUTPUT x']], 'LOOKUP-a: expected a column of "owners" (pod, zone, owner, team), found "x".'],
    ['of one name twice', [['app', 'LOOKUP-a', 'owners pod OUTPUT owner AS x team AS x']], 'LOOKUP-a: expected each name once, found "x" twice.'],
    ['by a field with several values', [['app', 'LOOKUP-a', 'owners pod AS a{} OUTPUT owner']], 'LOOKUP-a of [app] (props.conf:1): expected a key with one value, found "a{}", which may hold several.'],
    ['that writes metadata', [['app', 'LOOKUP-a', 'owners pod OUTPUT owner AS host']], 'LOOKUP-a: expected a field of its own, found "host", which every event has.'],
    ['that reads another', [['app', 'LOOKUP-a', 'owners pod OUTPUT owner'], ['source::x', 'LOOKUP-b', 'owners pod AS owner OUTPUT team']], 'LOOKUP-b: expected keys that no other lookup makes, found "owner" between it and LOOKUP-a of [app].'],
  ])('is refused: %s', (_, settings, reason) => {
    expect(readFieldRules(sourcesOf(settings), LOOKUPS).refused.at(-1)?.reason).toBe(reason);
  }); // biome-ignore format: a flat table
});

describe('stanzas', () => {
  test('name sources with "..." and "*", and hosts in any case', async () => {
    await tables.addLogs([
      LOG('1', { source: '/var/log/a/b.log' }),
      LOG('2', { source: '/var/log/b.log' }),
      LOG('3', { source: '/opt/b.log', host: 'NODE-1' }),
    ]);
    const rows = await find('dataset=logs | table _raw deep flat node | sort _raw', [
      ['source::/var/...', 'EVAL-deep', '"d"'],
      ['source::/var/log/*.log', 'EVAL-flat', '"f"'],
      ['host::node-*', 'EVAL-node', '"n"'],
    ]);
    expect(rows).toEqual([
      { _raw: '1', deep: 'd' },
      { _raw: '2', deep: 'd', flat: 'f' },
      { _raw: '3', node: 'n' },
    ]);
  });

  test('of one key: source before host before sourcetype', async () => {
    await tables.addLogs([LOG('1', { source: 's', host: 'h' }), LOG('2', { host: 'h' }), LOG('3')]);
    const rows = await find('dataset=logs | table _raw v | sort _raw', [
      ['app', 'EVAL-v', '"sourcetype"'],
      ['host::h', 'EVAL-v', '"host"'],
      ['source::s', 'EVAL-v', '"source"'],
    ]);
    expect(rows.map(({ v }) => v)).toEqual(['source', 'host', 'sourcetype']);
  });
});

test('rules of audit events leave the typed fields typed', async () => {
  const event = { kind: 'Event', verb: 'get', auditID: 'a', stage: 'ResponseComplete', user: { username: 'eve' } };
  await tables.addAuditEvents([JSON.stringify(event)], [{ sourcetype: 'kube:audit' }]);
  const rows = await find('dataset=kube_audit actor=eve | fillnull | stats count by actor userAgent', [
    ['kube:audit', 'FIELDALIAS-a', 'user.username AS actor'],
  ]);
  expect(rows).toEqual([{ actor: 'eve', userAgent: '0', count: 1 }]);
});

describe('a rule is refused by name', () => {
  test.each<[string, Setting[], string]>([
    ['that replaces metadata', [['app', 'EVAL-host', '"x"']], 'EVAL-host: expected a field of its own, found "host", which every event has.'],
    ['whose alias is an alias', [['app', 'FIELDALIAS-a', 'a AS b'], ['app', 'FIELDALIAS-c', 'b AS c']], 'FIELDALIAS-c: expected one alias of a name, that reads no alias, found a chain by "b AS c".'],
    ['that gives one name twice', [['app', 'FIELDALIAS-a', 'a AS c b AS c']], 'FIELDALIAS-a: expected one alias of a name, that reads no alias, found a second one, "c".'],
    ['that is no alias', [['app', 'FIELDALIAS-a', 'a']], 'FIELDALIAS-a: expected <field> AS <name>, found "a".'],
    ['of a transform that nobody wrote', [['app', 'REPORT-a', 'nope']], 'REPORT-a: expected a stanza of transforms.conf, found no [nope].'],
    ['of a transform that collects', [['app', 'REPORT-a', 'many']], 'REPORT-a: expected a transform of REGEX, FORMAT and SOURCE_KEY, found MV_ADD in [many].'],
    ['without a named group', [['app', 'EXTRACT-a', 'x']], 'EXTRACT-a: expected a rule that makes a field, found none.'],
    ['that reads what is not there yet', [['app', 'EXTRACT-a', '(?<a>x) in b']], 'EXTRACT-a: expected to read _raw, source, sourcetype, host, index, found "b".'],
    ['that is a condition', [['app', 'EVAL-a', 'b=1']], 'EVAL-a of [app] (props.conf:1): expected a value, found a condition.'],
    ['with a rest', [['app', 'EVAL-a', '1 2']], 'expression: expected its end, found "2".'],
    ['for a sourcetype with a wildcard', [['app*', 'EVAL-a', '1']], 'EVAL-a: expected a sourcetype without wildcards, found [app*].'],
    ['for a source by a regular expression', [['source::a|b', 'EVAL-a', '1']], 'EVAL-a: expected a stanza of plain text, "..." and "*", found [source::a|b].'],
  ])('%s', (_, settings, reason) => {
    expect(readFieldRules(sourcesOf(settings)).refused.at(-1)?.reason).toBe(reason);
  }); // biome-ignore format: a flat table
});
