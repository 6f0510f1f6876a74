import { describe, expect, it, test } from 'vitest';
import {
  elements,
  identityText,
  type JsonNode,
  MOST_CONTAINERS,
  member,
  nodeOfValue,
  parseJson,
  splitDocuments,
} from '../../src/normalize/json-text.ts';

function nodeOf(text: string): JsonNode {
  const parsed = parseJson(text, 1_000);
  if ('problem' in parsed) throw new Error(`${parsed.problem.expected}, ${parsed.problem.found}`);
  return parsed.node;
}

function problemOf(text: string, maxNestingDepth = 1_000): string {
  const parsed = parseJson(text, maxNestingDepth);
  return 'problem' in parsed ? `expected ${parsed.problem.expected}, found ${parsed.problem.found}` : 'none';
}

describe('parseJson', () => {
  it('keeps the text as it came', () => {
    const text = ' {"a" : 1.50,\t"a":12345678901234567890}\n';
    expect(nodeOf(text).text).toBe(text);
  });

  it('parses behind a byte-order mark, which the text then lacks', () => {
    expect(nodeOf('\ufeff{"a":1}')).toMatchObject({ text: '{"a":1}', value: { a: 1 } });
  });

  test.each([
    ['{"a":"\\ud800"}', '{"a":"\\ufffd"}'],
    ['{"a":"\\uDC00x"}', '{"a":"\\ufffdx"}'],
    ['{"a":"\\ud83d\\ude00"}', '{"a":"\\ud83d\\ude00"}'],
    ['{"a":"\\ud83d\\ud83d\\ude00"}', '{"a":"\\ufffd\\ud83d\\ude00"}'],
    ['{"a":"\\\\ud800"}', '{"a":"\\\\ud800"}'],
    ['{"a":"\\u0000\\u00e9"}', '{"a":"\\u0000\\u00e9"}'],
  ])('writes %s as %s', (text, expected) => {
    expect(nodeOf(text).text).toBe(expected);
  });

  it('says where text ends too early', () => {
    expect(problemOf('{"a":"b')).toBe('expected whole JSON, found its end after 7 characters');
    expect(problemOf('{"a":1')).toBe('expected whole JSON, found its end after 6 characters');
    expect(problemOf('{"a":')).toBe('expected whole JSON, found its end after 5 characters');
  });

  it('says what stands where JSON was expected', () => {
    expect(problemOf('I0505 16:16:37.655912 1 trace.go:116] Trace')).toBe(
      'expected JSON, found "I0505 16:16:37.655912 1 " at character 0',
    );
    expect(problemOf('{"a":1,}')).toBe('expected JSON, found "}" at character 7');
    expect(problemOf('  ')).toBe('expected JSON, found an empty record');
  });

  it('refuses text that nests deeper than the bound, and says where', () => {
    expect(problemOf('[[[[]]]]', 3)).toBe('expected at most 3 nested levels of JSON, found more at character 3');
    expect(problemOf('[[["[[[["]]]', 3)).toBe('none');
    expect(problemOf('['.repeat(1_000_000), 20_000)).toBe(
      'expected at most 20000 nested levels of JSON, found more at character 20000',
    );
  });

  it('refuses text with more objects and lists than V8 has memory for, those in strings not counted', () => {
    const text = `["${'{'.repeat(99)}",${'{},'.repeat(MOST_CONTAINERS)}0]`;
    const at = text.lastIndexOf('{');
    expect(problemOf(text)).toBe(
      `expected at most ${MOST_CONTAINERS} objects and lists, found more at character ${at}`,
    );
  });

  it('parses 20,000 levels without overflowing the stack', () => {
    expect(problemOf('['.repeat(20_000) + ']'.repeat(20_000), 20_000)).toBe('none');
  });
});

describe('member', () => {
  it('gives the exact text of a value', () => {
    const node = nodeOf('{ "x" : "\\"}" , "items":[ 1, {"b":"]"} ] ,"n":-1.50e3 }');
    expect(member(node, 'items')?.text).toBe('[ 1, {"b":"]"} ]');
    expect(member(node, 'x')?.text).toBe('"\\"}"');
    expect(member(node, 'n')?.text).toBe('-1.50e3');
    expect(member(node, 'y')).toBeNull();
  });

  it('takes the last of repeated keys, as JSON.parse does, and reads escaped keys', () => {
    expect(member(nodeOf('{"a":1,"\\u0061":2}'), 'a')).toMatchObject({ text: '2', value: 2 });
  });

  it('does not find what only the prototype has', () => {
    expect(member(nodeOf('{}'), 'constructor')).toBeNull();
    expect(member(nodeOf('{"__proto__":{"a":1}}'), '__proto__')?.text).toBe('{"a":1}');
  });
});

describe('elements', () => {
  it('gives each element with its exact text', () => {
    expect(elements(nodeOf('[ {"a":1} , [2,3],"x,]", null ]')).map(({ text }) => text)).toEqual([
      '{"a":1}',
      '[2,3]',
      '"x,]"',
      'null',
    ]);
    expect(elements(nodeOf('[]'))).toEqual([]);
  });
});

describe('identityText', () => {
  it('is the text itself, or key-sorted JSON where it came as a map', () => {
    expect(identityText(nodeOf('{"b":1, "a":2}'))).toBe('{"b":1, "a":2}');
    const node = nodeOfValue({ b: { d: 1, c: 2 }, a: 2 });
    expect(node.text).toBe('{"b":{"d":1,"c":2},"a":2}');
    expect(identityText(node)).toBe('{"a":2,"b":{"c":2,"d":1}}');
    expect(identityText(member(node, 'b') ?? node)).toBe('{"c":2,"d":1}');
  });
});

describe('splitDocuments', () => {
  it('cuts documents with or without space between them', () => {
    expect(splitDocuments('{"a":1}\n{"b":"}{"} {"c":3}{}', 100)).toEqual(['{"a":1}', '{"b":"}{"}', '{"c":3}', '{}']);
  });

  it('gives what cannot be cut as the last piece', () => {
    expect(splitDocuments('{"a":1}\n{"b":', 100)).toEqual(['{"a":1}', '{"b":']);
    expect(splitDocuments('{"a":1} trailing', 100)).toEqual(['{"a":1}', 'trailing']);
  });
});
