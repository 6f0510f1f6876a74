import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventTables, openEventTables } from '../support/golden-events.ts';
import { search } from '../support/spl-search.ts';

/** Five events, one second apart, in the order of their arrival; the newest is e. */
const EVENTS = [
  { id: 'a', n: '10', kind: 'x', tags: ['p', 'q'], ip: '10.0.0.9', text: 'user=bob code=7' },
  { id: 'b', n: '9', kind: 'y', tags: ['q'], ip: '10.0.0.10', text: 'user=eve' },
  { id: 'c', n: 'word', kind: 'x', tags: ['q', 'q', 'r'], text: 'nothing here' },
  { id: 'd', kind: 'x', ip: 'host', n: '-1.5' },
  { id: 'e', n: '10', kind: 'y', City: 'Atlantis' },
];
const START = 1_700_000_000;

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
  await tables.addLogs(EVENTS.map((raw, index) => ({ raw, time: START + index, sourcetype: 'json' })));
  // Same time as e, arrived later: newer.
  await tables.addLogs([{ raw: 'plain text, not JSON: Error 7', time: START + 4, sourcetype: 'text' }]);
  await tables.setWindow({ now: START + 100 });
});
afterAll(() => tables.close());

const rows = (text: string, strict = false) => search(tables, `dataset=logs ${text}`, { strict });
const column = async (text: string, name: string) => (await rows(text)).map((row) => row[name]);
const ids = (text: string) => column(`${text} | table id`, 'id');

describe('search', () => {
  test.each([
    ['binds OR tighter than AND', 'id=a OR id=b kind=y', ['b']],
    ['reads terms side by side as AND', 'kind=x n=10', ['a']],
    ['keeps brackets together', '(id=a n=10) OR id=c', ['c', 'a']],
    ['compares without regard to case', 'id=A', ['a']],
    ['knows wildcards, quoted or not', 'n="*or*"', ['c']],
    ['matches * where the field exists', 'ip=*', ['d', 'b', 'a']],
    ['does not match != where the field is missing', 'ip!=host', ['b', 'a']],
    ['matches NOT where the field is missing', 'NOT ip=host id=*', ['e', 'c', 'b', 'a']],
    ['never matches !=*', 'ip!=*', []],
    ['matches NOT field=* where it is missing', 'NOT ip=* id=*', ['e', 'c']],
    ['compares equality as text', 'n=10.0', []],
    ['compares order as numbers where both are', 'n>9.5', ['e', 'c', 'a']],
    ['compares order as text where the value is none', 'n<9.5 n!=word', ['d', 'b']],
    ['takes any member', 'tags{}=p', ['a']],
    ['takes any member that differs', 'tags{}!=q', ['c', 'a']],
    ['negates the whole field with NOT', 'NOT tags{}=q id=*', ['e', 'd']],
    ['knows IN with wildcards, commas or blanks', 'id IN (a, "B" x*)', ['b', 'a']],
    ['knows networks', 'ip=10.0.0.8/30', ['b', 'a']],
    ['finds words at token boundaries', 'eve', ['b']],
    ['does not find parts of words', 'ev', []],
    ['finds parts of words with a wildcard', 'ev*', ['b']],
    ['finds parts of words between wildcards', '*o*b*', ['a']],
    ['joins words with a wildcard only up to a major breaker', '"us*r=e*"', ['b']],
    ['finds words whatever their case', '"NOTHING HERE"', ['c']],
    ['negates a word', 'NOT user id=*', ['e', 'd', 'c']],
    ['looks for lower-case operators as words', 'nothing here', ['c']],
    ['negates a bracket', 'NOT (kind=x OR kind=y) id=*', []],
  ])('%s', async (_, text, expected) => {
    expect(await ids(text)).toEqual(expected);
  });

  test('finds a phrase in text that is no JSON, which has no fields', async () => {
    expect(await rows('"not json" | table sourcetype id')).toEqual([{ sourcetype: 'text' }]);
  });

  test('reads both tables where no dataset is bound', async () => {
    expect(await search(tables, 'sourcetype=text | stats count')).toEqual([{ count: 1 }]);
    expect(await search(tables, '| search * | stats count')).toEqual([{ count: 6 }]);
  });

  test('keeps to the window, half-open, and lets the search override it', async () => {
    await tables.setWindow({ earliest: START + 1, latest: START + 3, now: START + 100 });
    expect(await ids('id=*')).toEqual(['c', 'b']);
    expect(await ids('id=* earliest=-100s latest=-98s')).toEqual(['b', 'a']);
    expect(await ids(`id=* earliest=${START}`)).toEqual(['c', 'b', 'a']);
    await tables.setWindow({ now: START + 100 });
  });
});

describe('stats', () => {
  test('gives one row without BY, also of no rows', async () => {
    expect(await rows('id=none | stats count dc(n) values(n) sum(n)')).toEqual([{ count: 0, 'dc(n)': 0 }]);
  });

  test('gives no rows with BY of no rows', async () => {
    expect(await rows('id=none | stats count by kind')).toEqual([]);
  });

  test('drops rows without a BY field and sorts by the BY values', async () => {
    expect(await rows('| stats count by ip')).toEqual([
      { ip: '10.0.0.10', count: 1 },
      { ip: '10.0.0.9', count: 1 },
      { ip: 'host', count: 1 },
    ]);
  });

  test('counts a row once for each member, twice where a member is there twice', async () => {
    expect(await rows('| stats count values(tags{}) as all by tags{}')).toEqual([
      { 'tags{}': 'p', count: 1, all: ['p', 'q'] },
      { 'tags{}': 'q', count: 4, all: ['p', 'q', 'r'] },
      { 'tags{}': 'r', count: 1, all: ['q', 'r'] },
    ]);
    expect(await rows('| stats dedup_splitvals=t count by tags{}')).toEqual([
      { 'tags{}': 'p', count: 1 },
      { 'tags{}': 'q', count: 3 },
      { 'tags{}': 'r', count: 1 },
    ]);
  });

  test.each([
    ['count(n)', 5],
    ['count(tags{})', 6],
    ['count(eval(kind="x"))', 3],
    ['c', 6],
    ['dc(n)', 4],
    ['dc(tags{})', 3],
    ['values(n)', ['-1.5', '10', '9', 'word']],
    ['values(tags{})', ['p', 'q', 'r']],
    ['list(n)', ['10', '-1.5', 'word', '9', '10']],
    ['list(tags{})', ['q', 'q', 'r', 'q', 'p', 'q']],
    ['min(n)', '-1.5'],
    ['max(n)', 'word'],
    ['min(tags{})', 'p'],
    ['max(tags{})', 'r'],
    ['min(_time)', START],
    ['max(_time)', START + 4],
    ['sum(n)', 27.5],
    ['sum(tags{})', undefined],
    ['avg(n)', 6.875],
    ['mean(n)', 6.875],
    ['range(n)', 11.5],
    ['sumsq(n)', 283.25],
    ['median(n)', 9],
    ['perc50(n)', 9],
    ['p75(n)', 10],
    ['perc100(n)', 10],
    ['perc0(n)', -1.5],
    ['stdevp(eval(1))', 0],
    ['first(id)', 'e'],
    ['last(id)', 'a'],
    ['first(ip)', 'host'],
    ['earliest(id)', 'a'],
    ['latest(id)', 'e'],
    ['latest(tags{})', ['q', 'q', 'r']],
    ['earliest_time(ip)', START],
    ['latest_time(ip)', START + 3],
    ['avg(eval(if(kind="x", 4, null())))', 4],
    ['max(eval(len(id)))', 1],
  ])('%s', async (call, expected) => {
    expect(await column(`| stats ${call} as x`, 'x')).toEqual([expected]);
  });

  test('has the deviation of one value as 0 and knows the sample from the population', async () => {
    expect(await rows('id=a | stats stdev(n) as s var(n) as v')).toEqual([{ s: 0, v: 0 }]);
    const [row] = await rows('id IN (a, b) | stats stdev(n) as s var(n) as v stdevp(n) as sp varp(n) as vp');
    expect(row?.v).toBeCloseTo(0.5, 12);
    expect(row?.s).toBeCloseTo(Math.SQRT1_2, 12);
    expect(row?.sp).toBeCloseTo(0.5, 12);
    expect(row?.vp).toBeCloseTo(0.25, 12);
  });

  test('names what has no name by the call', async () => {
    expect(Object.keys((await rows('| stats count, values(n) dc(kind)'))[0] ?? {})).toEqual([
      'count',
      'values(n)',
      'dc(kind)',
    ]);
  });

  test('covers fields by wildcard once they are known', async () => {
    expect(await rows('| stats count as a_x dc(id) as a_y by kind | stats sum(a_*) as total_*')).toEqual([
      { total_x: 5, total_y: 5 },
    ]);
  });

  test('groups by numbers as numbers', async () => {
    expect(await rows('| eval big=if(n>5, 1, 0) | stats count by big')).toEqual([
      { big: 0, count: 2 },
      { big: 1, count: 4 },
    ]);
  });
});

describe('eventstats', () => {
  test('puts the results beside every row; without the BY field there is none', async () => {
    expect(await rows('| eventstats count as same by kind | table id same')).toEqual([
      {},
      { id: 'e', same: 2 },
      { id: 'd', same: 3 },
      { id: 'c', same: 3 },
      { id: 'b', same: 2 },
      { id: 'a', same: 3 },
    ]);
    expect(await column('| eventstats max(n) as top | table top', 'top')).toEqual(Array(6).fill('word'));
  });
});

describe('mvcombine', () => {
  test('says with delim what nomv puts between the values, beyond rename too', async () => {
    const combined = await rows(
      'id IN (a, c, d) | table kind id | mvcombine delim=" + " id | rename id as who | nomv who',
    );
    expect(combined).toEqual([{ kind: 'x', who: 'd + c + a' }]);
  });
});

describe('fillnull', () => {
  test('fills what the result has, and not what no row has', async () => {
    expect(await rows('id IN (d, e) | fillnull | table id ip nope')).toEqual([
      { id: 'e', ip: '0' },
      { id: 'd', ip: 'host' },
    ]);
  });

  test('fills and makes the fields it is given', async () => {
    expect(await rows('id=e | fillnull value=none ip nope tags{} | table id ip nope tags{}')).toEqual([
      { id: 'e', ip: 'none', nope: 'none', 'tags{}': ['none'] },
    ]);
  });

  test('keeps numbers numbers where the value is one', async () => {
    expect(await rows('id=e | eval x=null(), y=len(ip) | fillnull x y | table x y')).toEqual([{ x: '0', y: 0 }]);
  });
});

describe('rename', () => {
  test('overwrites, with nothing where there is nothing', async () => {
    expect(await rows('id IN (c, d) | rename ip as n | table id n ip')).toEqual([{ id: 'd', n: 'host' }, { id: 'c' }]);
  });

  test('empties a target whose source does not exist', async () => {
    expect(await rows('id=a | stats count by n kind | rename nope as n | table n kind')).toEqual([{ kind: 'x' }]);
  });

  test('goes left to right', async () => {
    expect(await rows('id=a | rename id as x, x as y | table id x y')).toEqual([{ y: 'a' }]);
  });

  test('carries wildcards over', async () => {
    expect(await rows('id=a | stats count by n kind | rename * as f_* | rename f_count as "the count"')).toEqual([
      { f_n: '10', f_kind: 'x', 'the count': 1 },
    ]);
  });

  test('carries wildcards over on events, for the names that are asked for', async () => {
    await tables.addLogs([
      { raw: { id: 'w1', object: { name: 'n1', kind: 'Pod' }, kind: 'outer', name: 'old' }, time: START + 60 },
      { raw: { id: 'w2', name: 'old', note: 'stays' }, time: START + 61 },
    ]);
    const renamed = await rows('id=w* | rename object.* AS * | table id name kind note object.name');
    await tables.run('delete from logs where _raw like \'%"w_"%\'');
    expect(renamed).toEqual([
      { id: 'w2', note: 'stays' },
      { id: 'w1', name: 'n1', kind: 'Pod' },
    ]);
  });

  test('keeps a field apart from another that differs in case', async () => {
    expect(await rows('id=a | rename n as Kind | eval both=Kind.kind | table both')).toEqual([{ both: '10x' }]);
  });
});

describe('order', () => {
  test('is newest first, and of equal times the later arrival first', async () => {
    expect(await column('| table sourcetype id', 'id')).toEqual([undefined, 'e', 'd', 'c', 'b', 'a']);
  });

  test.each([
    ['sort n', ['d', 'b', 'e', 'a', 'c']],
    ['sort - n', ['e', 'a', 'b', 'd', 'c']],
    ['sort kind -n', ['a', 'd', 'c', 'e', 'b']],
    ['sort -kind n', ['b', 'e', 'd', 'a', 'c']],
    ['sort - kind n', ['e', 'b', 'a', 'd', 'c']],
    ['sort str(n)', ['d', 'e', 'a', 'b', 'c']],
    ['sort ip', ['a', 'b', 'd', 'e', 'c']],
    ['sort 2 id', ['a', 'b']],
    ['sort limit=1 -id', ['e']],
    ['sort 0 num(n)', ['d', 'b', 'e', 'a', 'c']],
    ['head 2', ['e', 'd']],
    ['head limit=1', ['e']],
    ['tail 2', ['a', 'b']],
    ['reverse', ['a', 'b', 'c', 'd', 'e']],
    ['sort id | head 3 | reverse', ['c', 'b', 'a']],
    ['sort n | eval n=1', ['d', 'b', 'e', 'a', 'c']],
    ['sort n | fields - n', ['d', 'b', 'e', 'a', 'c']],
    ['dedup kind', ['e', 'd']],
    ['dedup 2 kind', ['e', 'd', 'c', 'b']],
    ['dedup n', ['e', 'd', 'c', 'b']],
    ['dedup ip', ['d', 'b', 'a']],
    ['dedup ip keepempty=true', ['e', 'd', 'c', 'b', 'a']],
    ['dedup tags{}', ['c', 'b', 'a']],
    ['dedup kind sortby id', ['a', 'b']],
    ['dedup kind sortby -n', ['e', 'a']],
  ])('%s', async (command, expected) => {
    expect(await ids(`id=* | ${command}`)).toEqual(expected);
  });
});

describe('top and rare', () => {
  test('give counts and shares of all rows that have the fields', async () => {
    expect(await rows('| top kind')).toEqual([
      { kind: 'x', count: 3, percent: 60 },
      { kind: 'y', count: 2, percent: 40 },
    ]);
    expect(await rows('| rare limit=1 tags{}')).toEqual([{ 'tags{}': 'p', count: 1, percent: 16.666667 }]);
    expect(await rows('| top 1 n by kind')).toEqual([
      { n: '-1.5', kind: 'x', count: 1, percent: 33.333333 },
      { n: '10', kind: 'y', count: 1, percent: 50 },
    ]);
    expect(await rows('| top limit=0 showperc=f countfield=times kind')).toEqual([
      { kind: 'x', times: 3 },
      { kind: 'y', times: 2 },
    ]);
  });
});

describe('fields and table', () => {
  test('fields keeps _time and _raw', async () => {
    const [row] = await rows('id=a | fields id');
    expect(Object.keys(row ?? {}).sort()).toEqual(['_raw', '_time', 'id']);
  });

  test('fields - drops by wildcard, and what it dropped is gone', async () => {
    expect(await rows('id=a | fields - k* | table id kind n')).toEqual([{ id: 'a', n: '10' }]);
  });

  test('fields with a wildcard keeps what later commands name', async () => {
    expect(await rows('id=a | fields i* | table id ip n')).toEqual([{ id: 'a', ip: '10.0.0.9' }]);
  });

  test('table covers known fields by wildcard', async () => {
    expect(await rows('id=a | stats count by id ip n | table i* count')).toEqual([
      { id: 'a', ip: '10.0.0.9', count: 1 },
    ]);
  });
});

describe('rex and regex', () => {
  test('rex leaves a field as it was where nothing matches', async () => {
    expect(
      await rows('id IN (a, b, c) | rex field=text "user=(?<kind>\\w+)(?: code=(?P<code>\\d))?" | table id kind code'),
    ).toEqual([
      { id: 'c', kind: 'x' },
      { id: 'b', kind: 'eve' },
      { id: 'a', kind: 'bob', code: '7' },
    ]);
  });

  test('rex reads _raw by default and takes several matches with max_match', async () => {
    expect(await rows('sourcetype=text | rex "(?<number>\\d)" | table number')).toEqual([{ number: '7' }]);
    expect(await rows('id=a | rex field=text max_match=0 "(?<key>\\w+)=" | table key')).toEqual([
      { key: ['user', 'code'] },
    ]);
    expect(await rows('id=a | rex field=text max_match=1 "(?<key>\\w+)=" | table key')).toEqual([{ key: 'user' }]);
  });

  test('rex tries every member of a field with several values', async () => {
    expect(await rows('id=c | rex field=tags{} "(?<tag>[q])" | table tag')).toEqual([{ tag: ['q', 'q'] }]);
  });

  test('rex replaces in sed mode', async () => {
    expect(await rows('id=a | rex field=text mode=sed "s/(\\w+)=/\\1:/g" | table text')).toEqual([
      { text: 'user:bob code:7' },
    ]);
    expect(await rows('id=a | rex field=text mode=sed "s/o/0/" | table text')).toEqual([{ text: 'user=b0b code=7' }]);
  });

  test('regex keeps what matches; negated, also what is missing', async () => {
    expect(await ids('id=* | regex n="^\\d+$"')).toEqual(['e', 'b', 'a']);
    expect(await ids('id=* | regex ip!="^10"')).toEqual(['e', 'd', 'c']);
    expect(await ids('id=* | regex tags{}="p"')).toEqual(['a']);
  });
});

describe('bin, makemv, mvexpand, convert', () => {
  test('bin floors times and makes ranges of numbers', async () => {
    expect(await rows('id=e | bin _time span=1m | table _time')).toEqual([{ _time: 1_699_999_980 }]);
    expect(await rows('id=e | bucket span=1d _time as day | table day')).toEqual([{ day: 1_699_920_000 }]);
    expect(await rows('id=e | bin _time span=1mon | table _time')).toEqual([{ _time: 1_698_796_800 }]);
    expect(await column('id=* | bin n span=5 | table n', 'n')).toEqual(['10-15', '-5-0', 'word', '5-10', '10-15']);
  });

  test('makemv splits and mvexpand takes apart', async () => {
    expect(await rows('id=a | makemv delim="=" text | table text')).toEqual([{ text: ['user', 'bob code', '7'] }]);
    expect(await rows('id IN (a, d) | mvexpand tags{} | table id tags{}')).toEqual([
      { id: 'd' },
      { id: 'a', 'tags{}': 'p' },
      { id: 'a', 'tags{}': 'q' },
    ]);
    expect(await rows('id=c | mvexpand tags{} limit=2 | table tags{}')).toEqual([{ 'tags{}': 'q' }, { 'tags{}': 'q' }]);
  });

  test('convert changes what fits and leaves the rest', async () => {
    expect(
      await rows('id=e | convert timeformat="%H:%M:%S" ctime(_time) ctime(kind) as k num(n) | table _time k n'),
    ).toEqual([{ _time: '22:13:24', k: 'y', n: 10 }]);
    expect(await rows('id=c | convert ctime(_time) num(n) mktime(kind) | table _time n kind')).toEqual([
      { _time: '11/14/2023 22:13:22', kind: 'x' },
    ]);
  });
});

describe('iplocation', () => {
  beforeAll(async () => {
    await tables.setPlaces({ '10.0.0.9': { City: 'Berlin', Country: 'Germany', lat: 52.5, lon: 13 } });
  });

  test('adds what is found, and leaves fields as they were where nothing is', async () => {
    expect(await rows('id IN (a, b, e) | iplocation ip | table id City Country Region')).toEqual([
      { id: 'e', City: 'Atlantis' },
      { id: 'b' },
      { id: 'a', City: 'Berlin', Country: 'Germany', Region: '' },
    ]);
  });

  test('gives coordinates as numbers where the data has no such field', async () => {
    expect(await rows('id=a | stats count by ip | iplocation ip | table lat lon')).toEqual([{ lat: 52.5, lon: 13 }]);
  });

  test('prefixes its fields', async () => {
    expect(await rows('id=a | iplocation prefix=src_ ip | table src_City City')).toEqual([{ src_City: 'Berlin' }]);
  });
});

describe('spath', () => {
  beforeAll(async () => {
    await tables.addLogs([
      {
        raw: { id: 's', log: '{"id":"inner","deep":{"list":[{"v":1},{"v":"two"}]},"a.b":"dotted","ok":true}' },
        time: START + 50,
      },
    ]);
  });

  test('extracts one path', async () => {
    expect(
      await rows(
        'id=s | spath input=log path=deep.list{}.v output=v | spath input=log deep | spath input=log path=nope output=id | table v deep id',
      ),
    ).toEqual([{ v: ['1', 'two'], deep: '{"list":[{"v":1},{"v":"two"}]}', id: 's' }]);
  });

  test('extracts everything, behind what the fields hold', async () => {
    expect(await rows('id=s | spath input=log | table id a.b ok deep.list{}.v')).toEqual([
      { id: ['s', 'inner'], 'a.b': ['dotted'], ok: ['true'], 'deep.list{}.v': ['1', 'two'] },
    ]);
  });
});
