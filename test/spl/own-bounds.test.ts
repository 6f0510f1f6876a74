import { expect, test } from 'vitest';
import { compile } from '../../src/spl/index.ts';

function ownBounds(text: string) {
  const macros = new Map([['recent', { arguments: [], definition: 'earliest=-3h@h latest=-1h@h' }]]);
  const result = compile({ name: 'test', text }, { macros, strict: false, window: { kind: 'session' } });
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.ownBounds;
}

test.each([
  ['none', 'verb=delete | table verb', [{ earliest: null, latest: null }]],
  ['both, of a macro', '`recent` verb=delete | table verb', [{ earliest: '-3h@h', latest: '-1h@h' }]],
  ['one', 'earliest=0 | table verb', [{ earliest: '0', latest: null }]],
  [
    'those of every search within it, like ones once',
    'a | append [search earliest=-1h b | append [search latest=now c]] | join verb [search earliest=-1h d | stats count by verb] | table verb',
    [
      { earliest: null, latest: null },
      { earliest: '-1h', latest: null },
      { earliest: null, latest: 'now' },
    ],
  ],
  [
    'those of a subsearch among the terms',
    'verb=get [search earliest=-1d@d a | fields verb] | table verb',
    [
      { earliest: '-1d@d', latest: null },
      { earliest: null, latest: null },
    ],
  ],
  [
    'those of union',
    '| union [search latest=-1h a] [search earliest=-2h b] | table verb',
    [
      { earliest: null, latest: '-1h' },
      { earliest: '-2h', latest: null },
    ],
  ],
  ['nothing where no events are read', '| makeresults | eval a=1 | table a', []],
])('a search reports the times that it sets: %s', (_which, text, expected) => {
  const sorted = (bounds: readonly object[]) => bounds.map((one) => JSON.stringify(one)).sort();
  expect(sorted(ownBounds(text))).toEqual(sorted(expected));
});
