import { describe, expect, it, test } from 'vitest';
import { readObjectKeys } from '../../src/normalize/object-keys.ts';
import { chooseSeed } from '../support/seed.ts';

const list = (...keys: string[]) => ` ${keys.join(' ')} `;

describe('readObjectKeys', () => {
  it('gives the last letters, digits, _ and - of each key, each once', () => {
    const event = {
      verb: 'create',
      requestObject: {
        spec: { 'a.b/host-Path': [{ name: 'x', value: '"quoted": ' }, { name: 'y' }], _k8s_: 1 },
        data: { 'key: "z"': 1, '': 2, ключ: 3, 'ключ-x': 4, 'end.': 5 },
      },
    };
    expect(readObjectKeys(JSON.stringify(event))).toBe(
      list('-x', '_k8s_', 'data', 'host-Path', 'name', 'spec', 'value'),
    );
  });

  it('begins with the first object, and reads what follows it too', () => {
    const text = '{"kind":"Event","requestObject":{"a":1},"responseObject":{"b":2},"stage":"Panic"}';
    expect(readObjectKeys(text)).toBe(list('a', 'b', 'responseObject', 'stage'));
    expect(readObjectKeys('{"verb":"get","responseObject":null}')).toBe(' ');
  });

  it('sees the keys of repeated objects, which a parser drops', () => {
    expect(readObjectKeys('{"requestObject":{"a":1},"requestObject":{"b":1,"b":{"c":2}}}')).toBe(
      list('a', 'b', 'c', 'requestObject'),
    );
  });

  it('takes the letter of an escape for both: part of the key and not', () => {
    expect(readObjectKeys(String.raw`{"requestObject":{"a\nb":1,"c\\td":2,"e\"f":3}}`)).toBe(
      list('b', 'd', 'f', 'nb', 'td'),
    );
  });

  it.each([
    ['an escape that may hide letters', String.raw`{"requestObject":{"mess\u0061ge":1}}`],
    ['one before the object', String.raw`{"request\u004fbject":{},"requestObject":{"a":1}}`],
    ['space before the colon', '{"requestObject":{"a" :1}}'],
    ['no object by that name', '{"kind":"Event"}'],
    ['more than 512 keys', `{"requestObject":{${Array.from({ length: 600 }, (_, n) => `"k${n}":1`).join()}}}`],
    [
      'more than 4,096 characters',
      `{"requestObject":{${Array.from({ length: 400 }, (_, n) => `"a-long-key-${n}":1`).join()}}}`,
    ],
  ])('says nothing where there is %s', (_case, text) => {
    expect(readObjectKeys(text)).toBeNull();
  });

  it('reads a value of a megabyte like any other', () => {
    expect(readObjectKeys(`{"requestObject":{"a":"${'x'.repeat(1_000_000)}","b":1}}`)).toBe(list('a', 'b'));
  });
});

const seed = chooseSeed(1);
let state = seed;
const random = (bound: number): number => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return Math.floor((state / 0x8000_0000) * bound);
};
const LETTERS = [
  'a',
  'b',
  'n',
  't',
  'Z',
  '0',
  '_',
  '-',
  '.',
  '/',
  ' ',
  ':',
  '"',
  '\\',
  '\n',
  '\t',
  '\b',
  'é',
  '🦆',
  '{',
  '}',
  ',',
];
const word = (): string => Array.from({ length: random(6) }, () => LETTERS[random(LETTERS.length)]).join('');

/** An object's text, its keys repeated now and then, and all of them. */
function randomObject(depth: number, keys: Set<string>): string {
  const members = Array.from({ length: random(5) }, () => {
    const key = word();
    keys.add(key);
    const value = depth > 0 && random(2) === 0 ? randomObject(depth - 1, keys) : JSON.stringify(word());
    return `${JSON.stringify(key)}:${random(3) === 0 ? `[${value},${value}]` : value}`;
  });
  return `{${members.join(random(2) === 0 ? ',' : ' ,\n ')}}`;
}

test(`lists the end of every key of random objects (PINTAIL_SEED=${seed})`, () => {
  let listed = 0;
  for (let round = 0; round < 3000; round++) {
    const keys = new Set<string>();
    const text = `{"requestObject":${randomObject(3, keys)},"verb":"x","responseObject":${randomObject(2, keys)}}`;
    const found = readObjectKeys(text);
    if (found === null) continue;
    const missing = [...keys]
      .flatMap((key) => /[A-Za-z0-9_-]+$/.exec(key) ?? [])
      .filter((end) => !found.includes(` ${end} `));
    expect(missing, text).toEqual([]);
    listed += 1;
  }
  expect(listed).toBeGreaterThan(1000);
});
