/** `$name$` in searches: put in as text, refused by name where it has no value. */
import { describe, expect, test } from 'vitest';
import { compile } from '../../src/spl/index.ts';

const MACROS = new Map([
  ['who(1)', { definition: 'user.username=$user$', arguments: ['user'] }],
  ['quoted(1)', { definition: 'user.username="a $user$"', arguments: ['user'] }],
  ['twice(2)', { definition: '(`who($one$)` OR `quoted("$two$")`) | eval one="$one$"', arguments: ['one', 'two'] }],
  ['name(1)', { definition: "'$name$'", arguments: ['name'] }],
  ['text(1)', { definition: 'searchmatch("user=$user$")', arguments: ['user'] }],
  ['unfilled', { definition: 'verb=$verb$', arguments: [] }],
]);

function run(text: string, tokens: Readonly<Record<string, string>> = {}) {
  const context = { macros: MACROS, strict: false, window: { kind: 'session' } } as const;
  return compile({ name: 'test', text }, { ...context, tokens: new Map(Object.entries(tokens)) });
}

/** The literals of the SQL, where it compiles. */
function literalsOf(text: string, tokens: Readonly<Record<string, string>>): readonly string[] {
  const result = run(text, tokens);
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join(' '));
  return [...result.sql.matchAll(/'((?:[^']|'')*)'/g)].map((match) => match[1] ?? '');
}

function firstCodeOf(text: string, tokens: Readonly<Record<string, string>>): string | undefined {
  const result = run(text, tokens);
  return result.ok ? undefined : result.diagnostics[0]?.code;
}

describe('a token with a value', () => {
  test.each([
    ['verb=$verb$ | table verb', 'get'],
    ['verb="$verb$" | table verb', 'get'],
    ['verb IN ($verb$, list) | table verb', 'get'],
    ['x | where verb=$verb$ | table verb', 'get'],
    ['x | eval v=if(verb="a $verb$", 1, 2) | table v', 'a get'],
  ])('is text in %s', (text, literal) => {
    expect(literalsOf(text, { verb: 'get' })).toContain(literal);
  });

  test.each(['1" OR verb="get', '1) | stats count', 'a\\', '`who(1)`', "o'clock", '[search x]'])(
    'of %j is never more than that text',
    (value) => {
      const plain = run('verb=$v$ | table verb', { v: 'x' });
      for (const text of ['verb=$v$ | table verb', 'verb="$v$" | table verb']) {
        const result = run(text, { v: value });
        expect(result).toMatchObject({ ok: true, commands: ['search', 'table'] });
        const literal = value.toLowerCase().replaceAll("'", "''");
        expect(result.ok && result.sql).toBe(plain.ok && plain.sql.replaceAll("'x'", `'${literal}'`));
      }
    },
  );

  test('may stand in the place of a name', () => {
    expect(run('x | stats count by $field$', { field: 'user.username' })).toMatchObject({
      ok: true,
      fields: [{ name: 'user.username' }, { name: 'count' }],
    });
  });
});

describe('a token in what a macro is given', () => {
  test.each<[string, string[]]>([
    ['`who($user$)` | table verb', ['eve']],
    ['`who("$user$")` | table verb', ['eve']],
    ['`who( $user$ )` | table verb', ['eve']],
    ['`quoted($user$)` | table verb', ['a eve']],
    ['`quoted("$user$, $user$")` | table verb', ['a eve, eve']],
    ['`quoted(x$user$)` | table verb', ['a xeve']],
    ['`twice($user$, b $user$)` | table one', ['eve', 'a b eve']],
    ['x | eval f=1 | where `name(f)`=$user$ | table f', ['eve']],
    ['`quoted($$user$$)` | table verb', ['a $user$']],
  ])('is text in %s', (text, literals) => {
    const found = literalsOf(text, { user: 'eve' });
    for (const literal of literals) expect(found).toContain(literal);
  });

  test.each(['1" OR verb="get', '1) | stats count', 'a\\', '`who(1)`', '$user$', 'x, y', ')', '[search x]'])(
    'of %j is never more than that text',
    (value) => {
      for (const call of ['`who($user$)`', '`who("$user$")`', '`quoted($user$)`', '`twice($user$,"$user$")`']) {
        const plain = run(`${call} | table verb`, { user: 'x-x' });
        const result = run(`${call} | table verb`, { user: value });
        expect(result).toMatchObject({ ok: true, commands: plain.ok && plain.commands });
        const literal = value.toLowerCase().replaceAll("'", "''");
        expect(result.ok && result.sql).toBe(plain.ok && plain.sql.replaceAll('x-x', literal));
      }
    },
  );

  test.each([
    ['x | eval a=`name($user$)`', "a' . b . 'c"],
    ['x | where `text($user$)`', 'a OR verb=get'],
    ['verb=a`who($user$)`b', 'eve'],
    ['`who(a$user$)`', 'eve'],
    ['`who($nobody$)`', 'eve'],
  ])('is refused where it would be read as SPL, or has no value: %s', (text, user) => {
    expect(firstCodeOf(text, { user })).toBe('SPL316');
  });

  test('is shown where it was written', () => {
    const text = '`twice(x, y)` OR `who($nobody$)`';
    const result = run(text);
    expect(!result.ok && result.diagnostics.map(({ span }) => text.slice(span.start, span.end))).toEqual(['$nobody$']);
  });
});

describe('a token is refused', () => {
  test.each([
    ['verb=«$verb$» | where user="«$who$»"', 'SPL316'],
    ['verb=a«$verb$»', 'SPL316'],
  ])('without a value, or within a word: %s', (marked) => {
    const text = marked.replace(/[«»]/g, '');
    const result = run(text, marked.includes('a«') ? { verb: 'get' } : {});
    const places = [...marked.matchAll(/«([^»]*)»/g)].map(([, place]) => place);
    expect(
      result.ok ? [] : result.diagnostics.map(({ code, span }) => [code, text.slice(span.start, span.end)]),
    ).toEqual(places.map((place) => ['SPL316', place]));
  });

  test('in a macro of its own', () => {
    expect(run('`unfilled`', { verb: 'get' })).toMatchObject({ ok: false, diagnostics: [{ code: 'SPL316' }] });
  });

  test.each([
    [`x | eval a='b"c' + $v$ + 'd"e'`, '1 | delete'],
    ["x=o'clock | eval y='a $v$'", "x' . b . 'c"],
    ['x | where searchmatch("user=$v$")', 'a OR verb=get'],
    ['x | transaction user startswith="verb=$v$"', 'a OR verb=get'],
    ['x | stats count by a | foreach a [eval b="$v$"]', '<<FIELD>>'],
  ])('where its value would be read as SPL: %s', (text, v) => {
    expect(firstCodeOf(text, { v })).toBe('SPL316');
  });
});

test('a dollar sign that begins no token is a dollar sign, and two stand for the one of a token', () => {
  expect(literalsOf('x | rex "(?<a>cost \\$5$)" | eval b="$$x$$ $ $$" | table a b', {})).toContain('$x$ $ $$');
});
