import { describe, expect, test } from 'vitest';
import type { SqlColumn, SqlRow } from '../../src/component.ts';
import { createRowFormat, encodeJson, type RowFormatName } from '../../src/format/index.ts';

function print(name: RowFormatName, columns: readonly string[], ...chunks: (readonly SqlRow[])[]): string {
  const format = createRowFormat(name);
  const typed = columns.map((column): SqlColumn => ({ name: column, type: 'VARCHAR' }));
  return format.open(typed) + chunks.map((chunk) => format.rows(chunk)).join('') + format.close();
}

const rows: readonly SqlRow[] = [
  { 'user.username': 'ana', 'user.groups{}': ['a', 'b'], count: 3, note: null },
  { 'user.username': 'bob', 'user.groups{}': null, count: 18446744073709551615n, note: '' },
];
const columns = ['user.username', 'user.groups{}', 'count', 'note'];

describe('ndjson', () => {
  test('a row is one object in column order: missing fields absent, lists arrays, bigint digits', () => {
    expect(print('ndjson', columns, rows)).toBe(
      '{"user.username":"ana","user.groups{}":["a","b"],"count":3}\n' +
        '{"user.username":"bob","count":18446744073709551615,"note":""}\n',
    );
  });

  test('nothing is written for no rows', () => {
    expect(print('ndjson', columns, [])).toBe('');
  });

  test('a line stays one line whatever a text holds', () => {
    const text = 'a\nb\u2028c\u0000"\\\ud800';
    const line = print('ndjson', ['t'], [{ t: text }]);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({ t: text });
  });
});

describe('json', () => {
  test('is one array over all chunks', () => {
    const text = print('json', ['n'], [{ n: 1 }, { n: 2 }], [], [{ n: 3 }]);
    expect(JSON.parse(text)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test('no rows are an empty array', () => {
    expect(JSON.parse(print('json', ['n']))).toEqual([]);
  });

  test.each([
    [null, 'null'],
    [true, 'true'],
    [0.1, '0.1'],
    [1e21, '1e+21'],
    [-9007199254740993n, '-9007199254740993'],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
    [[1n, null, ['x']], '[1,null,["x"]]'],
    [{ a: 1, 'b"': { c: null } }, '{"a":1,"b\\"":{"c":null}}'],
  ])('%s is %s', (value, text) => {
    expect(encodeJson(value)).toBe(text);
    expect(() => JSON.parse(text)).not.toThrow();
  });

  test('a column named like a part of every object is only a column', () => {
    const row = Object.fromEntries([['__proto__', 'x']]) as SqlRow;
    expect(print('ndjson', ['__proto__', 'constructor'], [row])).toBe('{"__proto__":"x"}\n');
  });
});

describe('csv', () => {
  test('has a header, empty for missing, quotes for empty text, JSON for lists', () => {
    expect(print('csv', columns, rows)).toBe(
      'user.username,user.groups{},count,note\n' + 'ana,"[""a"",""b""]",3,\n' + 'bob,,18446744073709551615,""\n',
    );
  });

  test.each([
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['cr\rhere', '"cr\rhere"'],
    [' padded ', '" padded "'],
    ['plain', 'plain'],
    ['=HYPERLINK("http://x")', '"=HYPERLINK(""http://x"")"'],
    ['=1+1', '=1+1'],
  ])('%j becomes %s', (text, cell) => {
    expect(print('csv', ['t'], [{ t: text }])).toBe(`t\n${cell}\n`);
  });

  test('quotes a column name', () => {
    expect(print('csv', ['a,"b"'], [])).toBe('"a,""b"""\n');
  });
});
