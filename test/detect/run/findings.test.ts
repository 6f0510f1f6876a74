import { describe, expect, test } from 'vitest';
import { compareRows } from '../../../src/detect/proof/compare-rows.ts';
import { compareFindings } from '../../../src/detect/run/compare-findings.ts';
import { canonicalJson, identifyFindings, toJson } from '../../../src/detect/run/identify-findings.ts';

const window = { earliest: 0, latest: 3600 };
const ids = (rows: Parameters<typeof identifyFindings>[2], keys: readonly string[] | null, detection = 'd') =>
  identifyFindings(detection, window, rows, keys).map(({ findingId }) => findingId);

describe('a finding’s id', () => {
  test('depends on its BY values, not on its counts or the order of the rows', () => {
    const a = { user: 'a', count: 1 };
    const b = { user: 'b', count: 2 };
    expect(new Set(ids([b, a], ['user']))).toEqual(new Set(ids([a, { ...b, count: 7 }], ['user'])));
  });

  test('depends on the whole row where nothing grouped it, and equal rows count', () => {
    const row = { user: 'a', count: 1 };
    const [first, second, third] = ids([row, row, { ...row, count: 2 }], null);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(ids([row], null)).toEqual([first]);
  });

  test('differs by detection and window', () => {
    const row = { user: 'a' };
    const other = identifyFindings('d', { earliest: 0, latest: 7200 }, [row], ['user']);
    expect(
      new Set([...ids([row], ['user']), ...ids([row], ['user'], 'e'), ...other.map((found) => found.findingId)]).size,
    ).toBe(3);
  });

  test('does not let the values of one field run into the next', () => {
    expect(ids([{ a: 'x,y', b: 'z' }], ['a', 'b'])).not.toEqual(ids([{ a: 'x', b: 'y,z' }], ['a', 'b']));
    expect(ids([{ a: '1' }], ['a'])).not.toEqual(ids([{ a: 1 }], ['a']));
    expect(ids([{ a: ['x', 'y'] }], ['a'])).not.toEqual(ids([{ a: '["x","y"]' }], ['a']));
  });
});

describe('JSON of a row', () => {
  test('keeps the digits of large integers and the order of its columns, and leaves absent fields out', () => {
    const [found] = identifyFindings('d', window, [{ z: 12345678901234567890n, gone: null, a: ['x'] }], null);
    expect(found?.json).toBe('{"z":12345678901234567890,"a":["x"]}');
    expect(toJson(Number.NaN)).toBe('"NaN"');
    expect(canonicalJson({ b: 1, a: { d: null, c: [true] } })).toBe('{"a":{"c":[true],"d":null},"b":1}');
  });
});

describe('a repeated run', () => {
  const stored = (findingId: string, json: string, isActive = true) => ({ findingId, json, isActive, revision: 3 });
  const found = (findingId: string, json: string) => ({ findingId, json, row: {} });

  test('changes nothing where the same is found', () => {
    expect(compareFindings([stored('a', '1')], [found('a', '1')])).toEqual([]);
  });

  test('adds, revises, withdraws, and takes a withdrawn finding up again', () => {
    const changes = compareFindings(
      [stored('changed', '1'), stored('gone', '1'), stored('back', '1', false), stored('away', '1', false)],
      [found('new', '1'), found('changed', '2'), found('back', '1')],
    );
    expect(changes).toEqual([
      { kind: 'finding', found: found('new', '1') },
      { kind: 'finding_revised', found: found('changed', '2'), revision: 4 },
      { kind: 'finding_revised', found: found('back', '1'), revision: 4 },
      { kind: 'finding_withdrawn', stored: stored('gone', '1'), revision: 4 },
    ]);
  });
});

describe('expected rows', () => {
  test('are compared by the fields that they name, in any order, each once', () => {
    expect(
      compareRows(
        [{ a: 1 }, { a: 2 }],
        [
          { a: 2, b: 'x' },
          { a: 1, b: 'y' },
        ],
      ),
    ).toEqual({ missing: [], surplus: [] });
    expect(compareRows([{ a: 1 }], [{ a: 1 }, { a: 1 }])).toEqual({ missing: [], surplus: [{ a: 1 }] });
    expect(compareRows([{ a: 1 }], [{ a: '1' }])).toEqual({ missing: [{ a: 1 }], surplus: [{ a: '1' }] });
    expect(compareRows([{ a: null }], [{ b: 1 }])).toEqual({ missing: [], surplus: [] });
    expect(compareRows([{ a: ['x'] }], [{ a: 'x' }])).toEqual({ missing: [{ a: ['x'] }], surplus: [{ a: 'x' }] });
  });

  test('are paired so that a general row does not take a special one’s partner', () => {
    expect(
      compareRows(
        [{ a: 1 }, { a: 1, b: 2 }],
        [
          { a: 1, b: 2 },
          { a: 1, b: 3 },
        ],
      ),
    ).toEqual({ missing: [], surplus: [] });
  });
});
