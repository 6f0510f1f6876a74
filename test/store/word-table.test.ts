import { describe, expect, test } from 'vitest';
import { WordTable } from '../../src/store/parquet/word-table.ts';

/** The words in their places, out of the dictionary's page. */
function wordsOf(table: WordTable): readonly string[] {
  const { bytes } = table;
  const words: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at);
    words.push(bytes.toString('utf8', at + 4, end));
    at = end;
  }
  return words;
}

function placeOfBytes(table: WordTable, word: string): number {
  const source = Buffer.from(`<${word}>`);
  return table.placeOfBytes(source, 1, source.length - 1);
}

describe('a word has one place', () => {
  test('whether it comes as text or as bytes', () => {
    const table = new WordTable();
    expect(['get', 'é', '', 'get'].map((word) => table.placeOf(word))).toEqual([0, 1, 2, 0]);
    expect(['', 'list', 'é', 'get'].map((word) => placeOfBytes(table, word))).toEqual([2, 3, 1, 0]);
    expect(['list', 'list', 'watch'].map((word) => table.placeOf(word))).toEqual([3, 3, 4]);
    expect(wordsOf(table)).toEqual(['get', 'é', '', 'list', 'watch']);
  });

  test('among as many as there are', () => {
    const table = new WordTable();
    const words = Array.from({ length: 20_000 }, (_item, at) => `word ${at}`);
    const first = words.map((word) => placeOfBytes(table, word));
    const kept = wordsOf(table);
    expect(first.map((place) => kept[place])).toEqual(words);
    expect(words.every((word) => kept[placeOfBytes(table, word)] === word)).toBe(true);
    expect(words.every((word) => kept[table.placeOf(word)] === word)).toBe(true);
    // A word may stand there twice where too many others have its hash, which these hardly do.
    expect(table.size).toBeLessThan(words.length + 10);
  });

  test('also among words that were made to have one hash under any seed', () => {
    const pieces = ['d68d4353da8fdd93', '2e2f6448da8f2c58'].map((hex) => Buffer.from(hex, 'hex').toString());
    const words = Array.from({ length: 64 }, (_item, n) =>
      Array.from({ length: 6 }, (_bit, at) => pieces[(n >> at) & 1]).join(''),
    );
    const table = new WordTable();
    for (const place of [table.placeOf, placeOfBytes.bind(null, table)]) {
      const places = words.map((word) => place.call(table, word));
      const kept = wordsOf(table);
      expect(places.map((at) => kept[at])).toEqual(words);
    }
    // Those beyond the first two are not looked for: each comes once more.
    expect(table.size).toBe(64 + 62);
  });

  test('until the table is cleared', () => {
    const table = new WordTable();
    table.placeOf('a');
    placeOfBytes(table, 'b');
    table.clear(1024);
    expect(table.size).toBe(0);
    expect([placeOfBytes(table, 'b'), table.placeOf('a')]).toEqual([0, 1]);
    expect(wordsOf(table)).toEqual(['b', 'a']);
  });
});

test('lone surrogates in a text are U+FFFD in the table', () => {
  const table = new WordTable();
  expect([table.placeOf('\ud800'), placeOfBytes(table, '\ufffd')]).toEqual([0, 0]);
});
