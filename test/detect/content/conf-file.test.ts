import { describe, expect, test } from 'vitest';
import { isTrue, layerConf, parseConf } from '../../../src/detect/content/conf-file.ts';
import { locate } from '../../../src/spl/source.ts';

const settings = (text: string, stanza: string) =>
  Object.fromEntries(
    [...(parseConf('a.conf', text).stanzas.get(stanza)?.settings ?? [])].map(([key, { value }]) => [key, value]),
  );

describe('a .conf file', () => {
  test('gives stanzas of keys and values, blanks around both trimmed', () => {
    expect(settings('[ one ]\n  key  =   a value  \nother=2\n', 'one')).toEqual({ key: 'a value', other: '2' });
  });

  test('ends a key at the first equals sign, so that a search may hold more', () => {
    expect(settings('[s]\nsearch = a=1 b!=2 | eval c=if(a==1, "x=y", "#")\n', 's')).toEqual({
      search: 'a=1 b!=2 | eval c=if(a==1, "x=y", "#")',
    });
  });

  test('takes # for a comment only at the beginning of a line', () => {
    expect(settings('# [no]\n[s]\n#a = 1\n   # b = 2 \\\nc = 3 # kept\n', 's')).toEqual({ c: '3 # kept' });
  });

  test('goes on behind a backslash at the very end of a line, whatever the next line looks like', () => {
    const text = '[s]\nsearch = one \\\n| two=2 \\\n# three \\\n[four]\nnext = \\ \n';
    expect(settings(text, 's')).toEqual({ search: 'one \n| two=2 \n# three \n[four]', next: '\\' });
  });

  test('survives a backslash at its end, a byte-order mark and Windows line ends', () => {
    expect(settings('\uFEFF[s]\r\na = 1\\\r\n2\r\nb = 3\\', 's')).toEqual({ a: '1\n2', b: '3\\' });
  });

  test('merges a stanza that comes twice; the later value of a key counts', () => {
    expect(settings('[s]\na = 1\nb = 1\n[t]\n[s]\na = 2\n', 's')).toEqual({ a: '2', b: '1' });
  });

  test('keeps brackets and slashes in the name of a stanza', () => {
    expect([...parseConf('a.conf', '[source::.../audit[12].log]\na = 1\n').stanzas.keys()]).toEqual([
      'source::.../audit[12].log',
    ]);
  });

  test('reports lines that say nothing, and takes the rest', () => {
    const { stanzas, problems } = parseConf('a.conf', '[s]\nnonsense\n[open\n= 1\na = 1\n');
    expect(problems).toEqual([
      { line: 2, message: 'line: expected key = value, found "nonsense".' },
      { line: 3, message: 'stanza: expected a closing "]", found "[open".' },
      { line: 4, message: 'line: expected key = value, found "= 1".' },
    ]);
    expect(stanzas.get('s')?.settings.get('a')?.value).toBe('1');
  });

  test('knows the place of every character of a value', () => {
    const text = '[s]\nother = 1\nsearch =  alpha \\\n  | beta \\\n| gamma\nempty = \\\n   delta\n';
    const found = parseConf('a.conf', text).stanzas.get('s');
    for (const [key, word] of [
      ['search', 'alpha'],
      ['search', 'beta'],
      ['search', 'gamma'],
      ['empty', 'delta'],
    ] as const) {
      const setting = found!.settings.get(key)!;
      const place = locate({ name: '', text: setting.value, ...setting.origin }, setting.value.indexOf(word));
      const line = text.split('\n').findIndex((candidate) => candidate.includes(word));
      expect([place.line, place.column]).toEqual([line + 1, text.split('\n')[line]!.indexOf(word) + 1]);
    }
  });
});

describe('layers', () => {
  test('lie over one another key by key, each setting with its own file', () => {
    const below = parseConf('default/a.conf', '[s]\na = 1\nb = 1\n[t]\na = 1\n');
    const above = parseConf('local/a.conf', '[s]\nb = 2\n[u]\na = 3\n');
    const layered = layerConf([below, above]);
    expect([...layered.keys()]).toEqual(['s', 't', 'u']);
    expect(layered.get('s')?.settings.get('a')).toMatchObject({ value: '1', file: 'default/a.conf', line: 2 });
    expect(layered.get('s')?.settings.get('b')).toMatchObject({ value: '2', file: 'local/a.conf', line: 2 });
  });

  test('give every stanza what stands in [default] or before the first stanza, unless it says otherwise', () => {
    const layered = layerConf([parseConf('a.conf', 'x = 1\n[default]\ny = 1\n[s]\ny = 2\n[t]\n')]);
    expect([...layered.keys()]).toEqual(['s', 't']);
    const text = (stanza: string, key: string) => layered.get(stanza)?.settings.get(key)?.value;
    expect([text('s', 'x'), text('s', 'y'), text('t', 'y')]).toEqual(['1', '2', '1']);
  });

  test.each([
    ['1', true],
    ['true', true],
    ['T', true],
    ['0', false],
    ['false', false],
    ['', false],
  ])('take %j for %j', (value, expected) => {
    expect(isTrue(layerConf([parseConf('a.conf', `[s]\na = ${value}\n`)]).get('s')!, 'a')).toBe(expected);
  });
});
