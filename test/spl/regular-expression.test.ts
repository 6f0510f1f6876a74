import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePattern } from '../../src/spl/regular-expression.ts';
import { type EventTables, openEventTables } from '../support/golden-events.ts';
import { compileSearch, search } from '../support/spl-search.ts';

const NOWHERE = { start: 0, end: 0 };

describe('patterns', () => {
  test.each([
    ['a(?<x>b)(c)(?P<y>d)', 'a(b)(c)(d)', { x: 'a(b)(?:c)(?:d)', y: 'a(?:b)(?:c)(d)' }],
    ['[(](?<x>[^])])', '[(]([^\\])])', { x: '[(]([^\\])])' }],
    ['\\((?<x>\\d+)\\)', '\\((\\d+)\\)', { x: '\\((\\d+)\\)' }],
    ['(?i)[[:alpha:]](?:a|b)', '(?i)[[:alpha:]](?:a|b)', {}],
    ['\\Q(a)[b\\E+(?<x>c)\\Qd|', '\\(a\\)\\[b+(c)d\\|', { x: '\\(a\\)\\[b+(c)d\\|' }],
    ['\\p{L}+\\x{e9}+(?:a\\pN){500}', '\\p{L}+\\x{e9}+(?:a\\pN){500}', {}],
    ['a{600}(?:b){600}5{600}', 'a{600}(?:b){600}5{600}', {}],
    ['[\\b\\x{2000}-\\x{200a}a-z-\\d]\\é', '[\\x08\\x{2000}-\\x{200a}a-z-\\d]é', {}],
  ])('%s', (pattern, text, groups) => {
    const parsed = parsePattern(pattern, NOWHERE);
    expect(parsed.text).toBe(text);
    expect(Object.fromEntries(parsed.groups.map((group) => [group.name, group.pattern]))).toEqual(groups);
  });

  test.each([
    ['(?=a)', 'look-around'],
    ['(?!a)', 'look-around'],
    ['(?<=a)b', 'look-around'],
    ['(?<!a)b', 'look-around'],
    ['(?>a)', 'an atomic group'],
    ['(a)\\1', '"\\1"'],
    ['\\k<a>', '"\\k"'],
    ['\\Ka', '"\\K"'],
    ['a++', 'a possessive quantifier'],
    ['a*+', 'a possessive quantifier'],
    ['(?R)', 'a reference to a group'],
    ['(?x)a', 'the flags "x"'],
    ['(?<a>b)(?<a>c)', 'two groups named "a"'],
    ['a{2000}', 'a repetition of more than 1,000'],
    ['(?:a{40}b{2})?{3}', '"Invalid regular expression'],
    ['(?:x(?:a{40})+){26}', 'a repetition of more than 1,000'],
    ['[\\h]', '"\\h"'],
    ['a\\v', '"\\v"'],
    ['[^\\v]', '"\\v"'],
    ['\\p{Xan}', '"\\p{Xan}"'],
    ['\\xg', '"\\x"'],
    ['\\L', '"\\L"'],
    ['[a-\\d]', 'a range that ends in "\\d"'],
    ['[[:letter:]]', '"[:letter:]"'],
    ['(a', '"Invalid regular expression'],
    ['*a', '"Invalid regular expression'],
    ['[a', '"Invalid regular expression'],
  ])('%s is refused: %s', (pattern, what) => {
    expect(() => parsePattern(pattern, NOWHERE)).toThrow(what);
  });
});

describe('rex', () => {
  let tables: EventTables;
  beforeAll(async () => {
    tables = await openEventTables();
    await tables.addLogs([{ raw: 'a b c d e f g h i j k l' }, { raw: 'first\nsecond' }]);
  });
  afterAll(() => tables.close());

  test('takes more groups than the database can number', async () => {
    const names = [...'abcdefghijkl'];
    const pattern = names.map((name) => `(?<g_${name}>\\S)`).join(' ');
    const fields = names.map((name) => `g_${name}`).join(' ');
    expect(await search(tables, `dataset=logs "a b c" | rex "^${pattern}$" | table ${fields}`)).toEqual([
      Object.fromEntries(names.map((name) => [`g_${name}`, name])),
    ]);
  });

  test('does not let a dot match the end of a line', async () => {
    expect(await search(tables, 'dataset=logs second | rex "(?<line>.+)" | table line')).toEqual([{ line: 'first' }]);
  });

  test('wants a group with a name', () => {
    const result = compileSearch('x | rex "(a)"');
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toEqual(['SPL206']);
  });
});
