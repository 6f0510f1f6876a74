/** A search with several errors: each «marked» place is reported, in the order of the text, and nothing else. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/spl/index.ts';

const MACROS = new Map([['known', { definition: 'dataset=kube_audit', arguments: [] }]]);

interface Case {
  readonly claim: string;
  readonly marked: string;
  readonly codes: readonly string[];
}

const CASES: readonly Case[] = [
  {
    claim: 'the commands behind one that nobody knows are read',
    marked: 'verb=get | «frobnicate» a b | «mstats» x | rex «"(?<a>b)(?=c)"» | head «no»',
    codes: ['SPL202', 'SPL203', 'SPL313', 'SPL205'],
  },
  {
    claim: 'pipes in quotes and brackets end no command',
    marked: 'verb=get | «frobnicate» "a | b" [search x | head] | «frob»',
    codes: ['SPL202', 'SPL202'],
  },
  {
    claim: 'a first search that cannot be read hides nothing behind it',
    marked: 'verb=«(» | «frob»',
    codes: ['SPL201', 'SPL202'],
  },
  {
    claim: 'within a subsearch each command counts, and so do those behind it',
    marked: 'x | append [search y | «frob» | eval z=«nope»(1)] | «frob2» | eval a=«nope»(2)',
    codes: ['SPL202', 'SPL301', 'SPL202', 'SPL301'],
  },
  {
    claim: 'a subsearch of which nothing can be read leaves the rest',
    marked: 'x | append [«stats count»] | appendpipe [«frob»] | «frob2»',
    codes: ['SPL208', 'SPL202', 'SPL202'],
  },
  {
    claim: 'every macro that nobody defined is named',
    marked: '«`first`» verb=get | `known` | «`second(1)`»',
    codes: ['SPL101', 'SPL101'],
  },
  {
    claim: 'what follows from a command that was passed over is no error of its own',
    marked: 'verb=get | «frob» | table user.* | search word | eventstats count by sourceIPs{}',
    codes: ['SPL202'],
  },
  {
    claim: 'a quote that is not closed ends the reading, and what was found before it stays',
    marked: 'verb=get | «frob» | eval x=«"»open | frob2',
    codes: ['SPL202', 'SPL104'],
  },
  {
    claim: 'lookups that nobody defined are named beside commands',
    marked: 'verb=get | lookup «owners» name | «frob» | lookup «teams» name',
    codes: ['SPL318', 'SPL202', 'SPL318'],
  },
];

function run(text: string) {
  const result = compile({ name: 'test', text }, { macros: MACROS, strict: false, window: { kind: 'session' } });
  return result.ok ? [] : result.diagnostics;
}

describe('of a search with several errors', () => {
  test.each(CASES.map((item) => [item.claim, item] as const))('%s', (_, { marked, codes }) => {
    const text = marked.replace(/[«»]/g, '');
    const places = [...marked.matchAll(/«([^»]*)»/g)].map(([, place]) => place);
    const found = run(text).map(({ code, span }) => [code, text.slice(span.start, span.end)]);
    expect(found).toEqual(codes.map((code, index) => [code, places[index]]));
  });

  test('at most twenty are reported', () => {
    expect(run(`verb=get ${'| frob '.repeat(50)}`)).toHaveLength(20);
  });

  test('one that a macro has twice is reported once, at its call', () => {
    const macros = new Map([['bad', { definition: 'frob | frob', arguments: [] }]]);
    const text = 'verb=get | `bad`';
    const result = compile({ name: 'test', text }, { macros, strict: false, window: { kind: 'session' } });
    expect(result.ok ? [] : result.diagnostics.map(({ span }) => text.slice(span.start, span.end))).toEqual(['`bad`']);
  });
});

test('a search that writes is refused where it may only read', () => {
  const lookups = new Map([
    ['seen', { table: 'lookup_seen', columns: ['verb'], matchTypes: [], caseSensitive: true, minMatches: 0, maxMatches: 1, defaultMatch: null }],
  ]); // biome-ignore format: one line
  const text = 'x | table verb | outputlookup seen';
  const context = { macros: MACROS, strict: false, window: { kind: 'session' }, lookups } as const;
  expect(compile({ name: 'test', text }, context)).toMatchObject({ ok: true, writes: { table: 'lookup_seen' } });
  const refused = compile({ name: 'test', text }, { ...context, readOnly: true });
  expect(refused).toMatchObject({
    ok: false,
    diagnostics: [
      { code: 'SPL316', message: 'outputlookup: expected a search that only reads, found one that writes.' },
    ],
  });
});
