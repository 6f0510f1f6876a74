import { describe, expect, it, test } from 'vitest';
import { RecordSplitter } from '../../../src/receive/file/record-splitter.ts';
import { randomNumbers } from '../../support/random-numbers.ts';
import { chooseSeed } from '../../support/seed.ts';

interface Split {
  /** `line: text` of each record. */
  readonly records: readonly string[];
  readonly tooLong: readonly number[];
}

function split(text: string, options: { chunkBytes?: number; maxRecordBytes?: number } = {}): Split {
  const records: string[] = [];
  const tooLong: number[] = [];
  const splitter = new RecordSplitter(
    { record: (record, line) => records.push(`${line}: ${record}`), tooLong: (line) => tooLong.push(line) },
    options.maxRecordBytes ?? 1_000_000,
  );
  const bytes = Buffer.from(text);
  const size = options.chunkBytes ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
  splitter.end();
  return { records, tooLong };
}

/** Every way of cutting the bytes into chunks of one size must give the same records. */
function recordsOf(text: string): readonly string[] {
  const { records } = split(text);
  for (const chunkBytes of [1, 2, 3, 7, 64]) expect(split(text, { chunkBytes }).records).toEqual(records);
  return records;
}

describe('a record is', () => {
  test.each<[string, string, readonly string[]]>([
    ['a line of NDJSON', '{"a":1}\n{"b":2}\n', ['1: {"a":1}', '2: {"b":2}']],
    ['the last line without its newline', '{"a":1}\n{"b":2}', ['1: {"a":1}', '2: {"b":2}']],
    ['a line with Windows’ ending', '{"a":1}\r\n{"b":2}\r\n', ['1: {"a":1}', '2: {"b":2}']],
    ['a line with blanks around it', ' \t{"a" : 1} \n\n\n  {"b":2}\t\n', ['1: {"a" : 1}', '4: {"b":2}']],
    ['a line of plain text', 'I0505 trace\n{"a":1}\n} end', ['1: I0505 trace', '2: {"a":1}', '3: } end']],
    [
      'a line of text that starts like JSON',
      '{a} b\n{"a":1} b\n[info] c\n[1] d',
      ['1: {a} b', '2: {"a":1} b', '3: [info] c', '4: [1] d'],
    ],
    ['a pretty-printed document', '{\n  "a": [\n    {"b": "}"}\n  ]\n}\n', ['1: {\n  "a": [\n    {"b": "}"}\n  ]\n}']],
    [
      'each of several pretty-printed documents',
      '{\n"a": 1\n}\n{\n"b": 2\n}\n',
      ['1: {\n"a": 1\n}', '4: {\n"b": 2\n}'],
    ],
    ['each document of a line', '{"a":1}{"b":"}{"} {"c":3}', ['1: {"a":1}', '1: {"b":"}{"}', '1: {"c":3}']],
    ['each element of an array', '[{"a":1},{"b":[1,2]},\n{"c":3}]', ['1: {"a":1}', '1: {"b":[1,2]}', '2: {"c":3}']],
    [
      'each element of a pretty-printed array',
      '[\n  {\n    "a": 1\n  },\n  {}\n]\n',
      ['2: {\n    "a": 1\n  }', '5: {}'],
    ],
    ['each element of several arrays', '[{"a":1}]\n[{"b":2}]\n{"c":3}', ['1: {"a":1}', '2: {"b":2}', '3: {"c":3}']],
    [
      'a document whose objects start lines',
      '{"items":[\n{"a":1},\n{"b":2}\n]}\n{"c":3}',
      ['1: {"items":[\n{"a":1},\n{"b":2}\n]}', '5: {"c":3}'],
    ],
    [
      'a document with escaped quotes',
      '{"a":"\\"\\\\","b":"\\\\\\"}"}\n{}',
      ['1: {"a":"\\"\\\\","b":"\\\\\\"}"}', '2: {}'],
    ],
    ['nothing in an empty array', '[]\n[ ]', []],
    ['nothing in blank lines', '\n \r\n\t\n', []],
  ])('%s', (_, text, expected) => {
    expect(recordsOf(text)).toEqual(expected);
  });

  it('text in UTF-8, also where a chunk ends inside a character', () => {
    expect(recordsOf('{"a":"é😀"}\nü\n')).toEqual(['1: {"a":"é😀"}', '2: ü']);
  });
});

describe('a broken line does not swallow the good ones behind it', () => {
  const GOOD = '{"good":1}';

  test.each([
    ['cut inside a string', '{"a":"b'],
    ['cut behind a value', '{"a":{"b":1}'],
    ['cut behind a comma', '{"a":1,'],
    ['cut behind a bracket', '{"a":{'],
    ['cut behind a backslash', '{"a":"b\\'],
    ['of text with an open brace', '{ not JSON'],
    ['with a bracket too many', '{"a":1}}'],
  ])('%s', (_, broken) => {
    expect(recordsOf(`${GOOD}\n${broken}\n${GOOD}\n${GOOD}\n`)).toEqual([
      `1: ${GOOD}`,
      `2: ${broken}`,
      `3: ${GOOD}`,
      `4: ${GOOD}`,
    ]);
  });

  it('cut where a value may follow: the lines are handed on once the end shows it', () => {
    expect(recordsOf(`{"a":[\n${GOOD}\n${GOOD}\n`)).toEqual(['1: {"a":[', `2: ${GOOD}`, `3: ${GOOD}`]);
    expect(recordsOf(`{"a":\n${GOOD}\nklog\n${GOOD}\n`)).toEqual(['1: {"a":', `2: ${GOOD}`, '3: klog', `4: ${GOOD}`]);
  });

  it('at the very end is a record too', () => {
    expect(recordsOf(`${GOOD}\n{"a":[1,`)).toEqual([`1: ${GOOD}`, '2: {"a":[1,']);
  });
});

describe('a record longer than the bound', () => {
  const LONG = 'x'.repeat(200);

  test.each([
    ['a line of JSON', `{"a":"${LONG}"}`],
    ['a line of text', LONG],
    ['a document over several lines', `{\n"a":\n"${LONG}"\n}`],
    ['a document cut off', `{"a":"${LONG}`],
  ])('is left out and told once: %s', (_, long) => {
    for (const chunkBytes of [1, 10, 64, 10_000]) {
      const { records, tooLong } = split(`{"a":1}\n${long}\n{"b":2}\n`, { maxRecordBytes: 100, chunkBytes });
      expect(tooLong).toEqual([2]);
      expect(records.map((record) => record.replace(/^\d+: /, ''))).toEqual(['{"a":1}', '{"b":2}']);
    }
  });

  it('may be an array of any length, whose elements are the records', () => {
    const { records, tooLong } = split(`[${Array(1_000).fill('{"a":1}').join(',')}]`, {
      maxRecordBytes: 100,
      chunkBytes: 64,
    });
    expect([records.length, tooLong]).toEqual([1_000, []]);
  });

  it('is told from a broken line with good ones behind it, however many', () => {
    const { records, tooLong } = split(`{"a":[\n${'{"b":2}\n'.repeat(1_000)}`, { maxRecordBytes: 100, chunkBytes: 64 });
    expect([records.length, tooLong]).toEqual([1_001, []]);
  });

  it('is the end of it at 10 MB of brackets', () => {
    expect(split('['.repeat(10_000_000), { maxRecordBytes: 1_000_000, chunkBytes: 1 << 20 }).records).toEqual([]);
  });
});

it('loses no character of random input but white space, commas and brackets between records', () => {
  const seed = chooseSeed();
  const random = randomNumbers(seed);
  const pieces = ['{"a":1}', '{"a":', '"b"', '{', '}', '[', ']', ',', '\n', '\n', ' ', '\\', '"', 'text', '{"c":[{}]}'];
  for (let round = 0; round < 2_000; round++) {
    let text = '';
    for (let length = random() * 20; length > 0; length--) text += pieces[Math.floor(random() * pieces.length)] ?? '';
    const where = `PINTAIL_SEED=${seed}, round ${round}: ${JSON.stringify(text)}`;
    const whole = split(text).records;
    const kept = whole.map((record) => record.replace(/^\d+: /, '')).join('');
    const compact = (value: string): string => value.replace(/[\s,[\]]/g, '');
    expect(compact(kept), where).toBe(compact(text));
    for (const chunkBytes of [1, 5]) expect(split(text, { chunkBytes }).records, where).toEqual(whole);
  }
});
