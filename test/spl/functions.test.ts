import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EventTables, type Json, openEventTables } from '../support/golden-events.ts';
import { search } from '../support/spl-search.ts';

/** One row; `n` is text that looks like a number, `m` a field with several values, `one` a list of one. */
const EVENT = JSON.stringify({
  n: '5',
  whole: 7,
  half: 2.5,
  t: 'abc',
  quoted: 'a"b',
  m: ['b', 'a', 'b', 'x=1'],
  nums: ['10', '9', 'x'],
  one: ['only'],
  when: '2023-11-14T22:13:20Z',
  path: 'a%20b',
  ip: '10.1.2.3',
});

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
  await tables.addLogs([{ raw: EVENT, time: 1_700_000_000 }]);
  await tables.setWindow({ now: 1_700_003_600 });
});
afterAll(() => tables.close());

async function evaluate(expression: string): Promise<Json | undefined> {
  const rows = await search(tables, `dataset=logs | eval x=${expression} | table x`);
  expect(rows).toHaveLength(1);
  return rows[0]?.x;
}

async function holds(condition: string): Promise<string | undefined> {
  const rows = await search(tables, `dataset=logs | eval x=if(${condition}, "yes", "no") | table x`);
  return rows[0]?.x as string | undefined;
}

describe('values', () => {
  test.each<readonly [string, Json | undefined]>([
    // Arithmetic: text that looks like a number is one, a literal in quotes never is.
    ['1 + 2 * 3', 7],
    ['n + 1', 6],
    ['n * half', 12.5],
    ['7 / 2', 3.5],
    ['-7 % 3', -1],
    ['1 / 0', undefined],
    ['n / (n - 5)', undefined],
    ['t + 1', undefined],
    ['n + "1"', undefined],
    ['"5" + 1', undefined],
    ['t + t', 'abcabc'],
    ['t + ":" + t', 'abc:abc'],
    ['n + n', '10'],
    ['n . t', '5abc'],
    ['1 + 2 . 3', '33'],
    ['half . ""', '2.5'],
    ['n . nothing', undefined],
    ['\'m{}\' . "x"', undefined],
    ['\'one{}\' . "!"', 'only!'],
    ['9007199254740992 * 1024', 2 ** 63],
    ['2147483647 * 2147483647', 2147483647 ** 2],
    ['-n', -5],
    // Choices.
    ['if(n=5, "five", "other")', 'five'],
    ['if(nothing=5, "a", "b")', 'b'],
    ['case(n=4, "four", n=5, "five")', 'five'],
    ['case(n=4, "four")', undefined],
    ['case(1=0, 1, true(), n)', '5'],
    ['coalesce(nothing, t)', 'abc'],
    ['coalesce(nothing, 1)', 1],
    ['nullif(t, "abc")', undefined],
    ['nullif(t, "ABC")', 'abc'],
    ['validate(n=5, "not five", n=6, "not six")', 'not six'],
    ['null()', undefined],
    // Text.
    ['len(t)', 3],
    ['len(quoted)', 3],
    ['upper(t)', 'ABC'],
    ["upper('m{}')", ['B', 'A', 'B', 'X=1']],
    ['substr(t, 2)', 'bc'],
    ['substr(t, 2, 1)', 'b'],
    ['substr(t, -2)', 'bc'],
    ['trim("  x ")', 'x'],
    ['trim("xxaxx", "x")', 'a'],
    ['ltrim("xxaxx", "x")', 'axx'],
    ['rtrim("xxaxx", "x")', 'xxa'],
    ['replace(t, "(b)", "[\\1]")', 'a[b]c'],
    ['replace("aaa", "a", "b")', 'bbb'],
    ['urldecode(path)', 'a b'],
    ['md5("a")', '0cc175b9c0f1b6a831c399e269772661'],
    ['sha1("a")', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
    ['sha256("a")', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['tostring(1234567.891, "commas")', '1,234,567.89'],
    ['tostring(1234567, "commas")', '1,234,567'],
    ['tostring(3661, "duration")', '01:01:01'],
    ['tostring(90061, "duration")', '1+01:01:01'],
    ['tostring(1=1)', 'True'],
    ['tostring(whole)', '7'],
    ['tonumber("0012")', 12],
    ['tonumber("12x")', undefined],
    // Numbers.
    ['round(2.5)', 3],
    ['round(-2.5)', -3],
    ['round(2.675, 2)', 2.68],
    ['round(1.005, 2)', 1.01],
    ['round(1234, -2)', 1200],
    ['floor(2.7) + ceil(2.1) + ceiling(0.5)', 6],
    ['abs(-3)', 3],
    ['sqrt(16)', 4],
    ['sqrt(-1)', undefined],
    ['pow(2, 10)', 1024],
    ['ln(0)', undefined],
    ['log(100)', 2],
    ['log(8, 2)', 3],
    ['exp(0)', 1],
    ['max(1, n, 3)', '5'],
    ['max(1, whole + 0, 3)', 7],
    ['min(4, n)', '4'],
    ['round(pi() * 10, 0)', 31],
    // Several values.
    ["mvcount('m{}')", 4],
    ['mvcount(t)', 1],
    ['mvcount(nothing)', undefined],
    ["mvindex('m{}', 0)", 'b'],
    ["mvindex('m{}', -1)", 'x=1'],
    ["mvindex('m{}', 9)", undefined],
    ["mvindex('m{}', 1, 2)", ['a', 'b']],
    ["mvindex('m{}', -2, -1)", ['b', 'x=1']],
    ['mvjoin(\'m{}\', ",")', 'b,a,b,x=1'],
    ["mvappend('one{}', t, nothing)", ['only', 'abc']],
    ["mvdedup('m{}')", ['b', 'a', 'x=1']],
    ["mvsort('nums{}')", ['10', '9', 'x']],
    ['mvfind(\'m{}\', "^x")', 3],
    ['mvfind(\'m{}\', "nope")', undefined],
    ["mvzip('one{}', t)", ['only,abc']],
    ["mvreverse('nums{}')", ['x', '9', '10']],
    ['mvreverse(t)', 'abc'],
    ['mvrange(1, 4)', ['1', '2', '3']],
    ['mvrange(1, 4, 1.5)', ['1', '2.5']],
    ['mvrange(3, 0, -1)', ['3', '2', '1']],
    ['mvrange(3, 3)', undefined],
    ['mvrange(3, 1)', undefined],
    ['mvrange(1, 3, 0)', undefined],
    ["mvrange(0, mvcount('nums{}'))", ['0', '1', '2']],
    ['mvrange(1, missing)', undefined],
    // 12 is 1100, 10 is 1010, 6 is 0110; beyond 2^53 - 1, below 0 and with a fraction there are no bits.
    ['bit_and(12, 10)', 8],
    ['bit_or(12, 10)', 14],
    ['bit_xor(12, 10)', 6],
    ['bit_and(12, 10, 6)', 0],
    ['bit_and(n, whole)', 5],
    ['bit_or(9007199254740991, 1)', 9007199254740991],
    ['bit_or(9007199254740992, 1)', undefined],
    ['bit_or(-1, 1)', undefined],
    ['bit_or(half, 1)', undefined],
    ['bit_or(t, 1)', undefined],
    ['ipmask("255.255.0.0", ip)', '10.1.0.0'],
    ['ipmask("0.255.0.255", ip)', '0.1.0.3'],
    ['ipmask("255.255.255.0", t)', undefined],
    ['ipmask("255.255.256.0", ip)', undefined],
    ['typeof(n)', 'Number'],
    ['typeof(half)', 'Number'],
    ['typeof(12)', 'Number'],
    ['typeof(t)', 'String'],
    ['typeof("12")', 'String'],
    ['typeof(1=2)', 'Boolean'],
    ['typeof(missing)', 'Invalid'],
    ['typeof(missing=2)', 'Invalid'],
    ["mvzip('m{}', 'nums{}', \":\")", ['b:10', 'a:9', 'b:x']],
    ['mvfilter(match(\'m{}\', "^[ab]$"))', ['b', 'a', 'b']],
    ['mvfilter(\'m{}\'="nope")', undefined],
    ["mvmap('nums{}', 'nums{}' * 2)", ['20', '18']],
    ['split("a,b,,c", ",")', ['a', 'b', '', 'c']],
    ['split("abc", "")', ['a', 'b', 'c']],
    // Time, in UTC.
    ['now()', 1_700_003_600],
    ['strftime(1700000000, "%Y-%m-%dT%H:%M:%S%z")', '2023-11-14T22:13:20+0000'],
    ['strftime(1700000000.25, "%F %T.%3N")', '2023-11-14 22:13:20.250'],
    ['strftime(1e30, "%Y")', undefined],
    ['strptime(when, "%Y-%m-%dT%H:%M:%SZ")', 1_700_000_000],
    ['strptime(t, "%Y")', undefined],
    ['relative_time(1700000000, "-1h@h")', 1_699_995_600],
    ['relative_time(1700000000, "@d")', 1_699_920_000],
    ['relative_time(1700000000, "@w0")', 1_699_747_200],
    ['relative_time(1700000000, "@w1")', 1_699_833_600],
    ['relative_time(1700000000, "-1mon@mon+2d")', 1_696_291_200],
  ])('%s', async (expression, expected) => {
    const found = await evaluate(expression);
    if (typeof expected === 'number') expect(found).toBeCloseTo(expected, 9);
    else expect(found).toEqual(expected);
  });
});

describe('conditions', () => {
  test.each([
    ['n=5', 'yes'],
    ['n="5"', 'yes'],
    ['n="5.0"', 'no'],
    ['n=5.0', 'yes'],
    ['t="ABC"', 'no'],
    ['t=5', 'no'],
    ['NOT t=5', 'yes'],
    ['NOT nothing=5', 'no'],
    ['n>10', 'no'],
    ['n>"10"', 'yes'],
    ['t>5', 'yes'],
    ['nothing!=1', 'no'],
    ['n!=4', 'yes'],
    ['n=5 AND t="x" OR t="abc"', 'yes'],
    ['t="abc" OR t="x" AND n=4', 'yes'],
    ['t="abc" XOR n=5', 'no'],
    ['\'m{}\'="a"', 'yes'],
    ['\'m{}\'!="a"', 'yes'],
    ['\'one{}\'!="only"', 'no'],
    ['t LIKE "a%"', 'yes'],
    ['like(t, "A%")', 'no'],
    ['like(t, "_b_")', 'yes'],
    ['t IN ("x", "abc")', 'yes'],
    ['in(n, 4, 5)', 'yes'],
    ['t NOT IN ("abc")', 'no'],
    ['match(t, "b")', 'yes'],
    ['match(t, "^b")', 'no'],
    ['match(\'m{}\', "^x=")', 'yes'],
    ['cidrmatch("10.0.0.0/8", ip)', 'yes'],
    ['cidrmatch("10.2.0.0/16", ip)', 'no'],
    ['isnull(nothing)', 'yes'],
    ['isnotnull(t)', 'yes'],
    ['isnum(n)', 'yes'],
    ['isnum(t)', 'no'],
    ['isstr(t)', 'yes'],
    ['true()', 'yes'],
    ['false() OR 1=1', 'yes'],
    ['tonumber("7")=whole', 'yes'],
  ])('%s', async (condition, expected) => {
    expect(await holds(condition)).toBe(expected);
  });

  test('where drops the row where a condition is unknown, negated or not', async () => {
    expect(await search(tables, 'dataset=logs | where nothing=1 | table t')).toEqual([]);
    expect(await search(tables, 'dataset=logs | where NOT nothing=1 | table t')).toEqual([]);
  });
});

test('mvrange refuses to make more values than memory is for', async () => {
  await expect(evaluate('mvrange(0, 100001)')).rejects.toThrow('mvrange(): expected at most 100000 values');
  expect(await evaluate('mvcount(mvrange(0, 100000))')).toBe(100_000);
});

test('typeof refuses a field that may hold several values', async () => {
  await expect(evaluate("typeof('m{}')")).rejects.toThrow('SPL315');
});
