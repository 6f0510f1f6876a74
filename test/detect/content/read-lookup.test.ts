import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadContent } from '../../../src/detect/index.ts';

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

const load = (settings: { readonly maxLookupBytes?: number } = {}) =>
  loadContent({ paths: [], macros: null, lookups: folder, ...settings });

/** What is said of the one lookup that cannot be taken. */
async function problemOf(csv: string, yaml = ''): Promise<string | undefined> {
  await write('a.csv', csv);
  if (yaml !== '') await write('a.yml', `name: a\nfilename: a.csv\n${yaml}`);
  const { lookups, problems } = await load();
  expect([...lookups.keys()]).toEqual([]);
  expect(problems).toHaveLength(1);
  return problems[0]?.message;
}

describe('the folder of lookups', () => {
  test('makes a lookup of every CSV file, matched exactly where nothing says how', async () => {
    const path = await write('deep/owners.csv', 'name,team\nshop,red\n');
    const { lookups, problems, notes } = await load();
    expect([problems, notes]).toEqual([[], []]);
    expect(lookups.get('owners')).toMatchObject({
      definition: { name: 'owners', source: { kind: 'csv', path } },
      table: 'lookup_owners',
      columns: ['name', 'team'],
      rows: [['shop', 'red']],
      matchTypes: [],
      caseSensitive: true,
      minMatches: 0,
      maxMatches: 1000,
      defaultMatch: null,
    });
  });

  test('takes the definition beside the file, and then not the file on its own', async () => {
    await write('owners-2026.csv', 'name,team\nshop,red\n');
    await write('owners.yml', 'name: Who owns\nfilename: owners-2026.csv\nmatch_type: WILDCARD(name)\n');
    const { lookups } = await load();
    expect([...lookups.keys()]).toEqual(['Who owns']);
    expect(lookups.get('Who owns')).toMatchObject({
      table: 'lookup_who_owns',
      matchTypes: [{ kind: 'wildcard', field: 'name' }],
    });
  });

  test('comes before the lookups of the content', async () => {
    await write('content/detections/d.yml', 'name: D\nid: i\ntype: Hunting\nsearch: dataset=logs\n');
    await write('content/macros/m.yml', 'name: m\ndefinition: x\n');
    await write('content/lookups/owners.yml', 'name: owners\nfilename: owners.csv\n');
    await write('content/lookups/owners.csv', 'name\ntheirs\n');
    await write('mine/owners.csv', 'name\nmine\n');
    const { lookups } = await loadContent({
      paths: [join(folder, 'content')],
      macros: null,
      lookups: join(folder, 'mine'),
    });
    expect(lookups.get('owners')?.rows).toEqual([['mine']]);
  });

  test('need not be there', async () => {
    const { lookups, problems } = await loadContent({ paths: [], macros: null, lookups: join(folder, 'none') });
    expect([lookups.size, problems]).toEqual([0, []]);
  });
});

describe('a CSV file', () => {
  test('loses blanks around cells without quotes only, and reads empty cells and short rows as absent', async () => {
    await write('a.csv', '\uFEFFpath, kind ,note\r\n*/etc/passwd*, yes ,"  kept  "\r\n\r\nx,,\r\n"a ""b"", c"\r\n');
    const { lookups } = await load();
    expect(lookups.get('a')?.columns).toEqual(['path', 'kind', 'note']);
    expect(lookups.get('a')?.rows).toEqual([
      ['*/etc/passwd*', 'yes', '  kept  '],
      ['x', null, null],
      ['a "b", c', null, null],
    ]);
  });

  test('changes the hash with its rows and with its way of matching', async () => {
    const hashes = new Set<string | undefined>();
    const add = async () => hashes.add((await load()).lookups.get('a')?.hash);
    await write('a.csv', 'k,v\n1,2\n');
    await write('a.yml', 'name: a\nfilename: a.csv\n');
    await add();
    await add();
    expect(hashes.size).toBe(1);
    await write('a.csv', 'k,v\n1,3\n');
    await add();
    await write('a.yml', 'name: a\nfilename: a.csv\ncase_sensitive_match: false\n');
    await add();
    expect(hashes.size).toBe(3);
  });

  test.each([
    ['', '', 'file: expected a line with the names of the columns, found none.'],
    ['a,A\n1,2\n', '', 'column: expected names that differ in more than case and from _row, found "a" and "A".'],
    ['a,_row\n', '', 'column: expected names that differ in more than case and from _row, found "_row" and "_row".'],
    ['a,\n1,2\n', '', 'column: expected a name without * and NUL, found "".'],
    ['a,b\n1,2,3\n', '', 'row 1: expected at most 2 cells, found 3.'],
    ['a,b\n1,2\n', 'match_type: CIDR(net)\n', 'a: match_type: expected one of its columns (a, b), found "net".'],
    [
      'net,b\n10.0.0.0/8,2\n10.0.0.0/33,2\n',
      'match_type: CIDR(net)\n',
      'a: net, row 2: expected a network such as 10.0.0.0/8 or an address, found "10.0.0.0/33".',
    ],
    ['a,b\n', 'max_matches: 0\n', 'max_matches: expected a whole number from 1 to 1000, found "0".'],
    ['a,b\n', 'min_matches: 1001\n', 'min_matches: expected a whole number from 0 to 1000, found "1001".'],
  ])('is left out with its reason: %j %j', async (csv, yaml, message) => {
    expect(await problemOf(csv, yaml)).toBe(message);
  });

  test('is left out where a quote is not closed, with the reason', async () => {
    expect(await problemOf('a,b\n"1,2\n')).toMatch(/^file: expected CSV\. /);
  });

  test('is left out where it is larger than allowed', async () => {
    const path = await write('a.csv', 'a,b\n1,2\n');
    const { lookups, problems } = await load({ maxLookupBytes: 7 });
    expect(lookups.size).toBe(0);
    expect(problems).toEqual([{ file: path, line: null, message: 'file: expected at most 7 bytes, found 8.' }]);
  });

  test('is left out where its table belongs to another lookup', async () => {
    await write('a b.csv', 'a\n');
    await write('a-b.csv', 'a\n');
    const { lookups, problems } = await load();
    expect([...lookups.keys()]).toEqual(['a b']);
    expect(problems.map(({ message }) => message)).toEqual([
      'a-b: expected a name of its own, found one whose table lookup_a_b belongs to a b.',
    ]);
  });
});

test('a collection has the columns of its definition, each once, and no rows', async () => {
  await write('kv.yml', 'name: kv\ncollection: kv\nfields_list: key, avg:x, avg:x, stdev.y\n');
  await write('lost.yml', 'name: lost\ncollection: lost\n');
  const { lookups, problems } = await load();
  expect(lookups.get('kv')).toMatchObject({ columns: ['key', 'avg:x', 'stdev.y'], rows: [] });
  expect(problems.map(({ message }) => message)).toEqual([
    'lost: expected fields_list with the columns of the collection, found none.',
  ]);
});
