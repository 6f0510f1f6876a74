/** Text that tries to be something else on its way through SPL, SQL and DuckDB. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quoteIdentifier, quoteText } from '../../src/spl/quote.ts';
import { type EventTables, openEventTables } from '../support/golden-events.ts';
import { randomNumbers } from '../support/random-numbers.ts';
import { chooseSeed } from '../support/seed.ts';
import { compileSearch, search, sqlOf } from '../support/spl-search.ts';

const HOSTILE = [
  '',
  "'",
  "''",
  '"',
  '""',
  '\\',
  '\\\\',
  "\\'",
  '\\"',
  "'; drop table kube_audit; --",
  '"; drop table kube_audit; --',
  '/* x */ -- y',
  '$$x$$',
  '$1 $name$ ?',
  '%_*',
  'select',
  'a\nb\r\n\tc',
  '\u0000',
  'a\u0000b',
  "\u0000'\u0000",
  'é ß İ 漢字 🦆 👩‍👩‍👧',
  '\u202e\u200b\ufeff',
  "E'\\x41'",
  "U&'\\0041'",
  '{}[]().{}',
  '`x`',
  ';',
  '|',
  "x' || chr(65) || '",
];

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
});
afterAll(() => tables.close());

describe('the quoting functions', () => {
  test.each(HOSTILE.map((text) => [JSON.stringify(text), text]))('carry %s byte for byte', async (_, text) => {
    const [row] = await tables.query(`select ${quoteText(text)} as x, strlen(${quoteText(text)}) as bytes`);
    expect(row).toEqual({ x: text, bytes: Buffer.byteLength(text) });
    if (text.includes('\0') || text === '') return;
    const [named] = await tables.query(
      `select ${quoteIdentifier('y')} as ${quoteIdentifier(text)} from (select 1 as y)`,
    );
    expect(named).toEqual({ [text]: 1 });
  });

  test('carry 100 KB', async () => {
    const text = HOSTILE.join('').repeat(700);
    expect(text.length).toBeGreaterThan(100_000);
    const [row] = await tables.query(`select ${quoteText(text)} as x`);
    expect(row?.x === text).toBe(true);
  });

  test('make lone surrogates U+FFFD, since they have no UTF-8 form', async () => {
    expect(await tables.query(`select ${quoteText('a\ud800b')} as x`)).toEqual([{ x: 'a\ufffdb' }]);
  });

  test('refuse an identifier that no database can hold', () => {
    expect(() => quoteIdentifier('a\0b')).toThrow('without NUL');
  });
});

describe('hostile text in a search', () => {
  beforeAll(async () => {
    await tables.addLogs(HOSTILE.map((text, index) => ({ raw: { i: index, text, [`k${text}`]: 'here' } })));
  });

  const withoutTokens = (text: string): string => text.replace(/(?<!\$)(\$+)([A-Za-z_]\w*)\1(?!\$)/g, '$$$1$2$1$$');
  const written = (text: string): string => `"${withoutTokens(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

  test.each(HOSTILE.map((text, index) => [JSON.stringify(text), text, index] as const))(
    'finds exactly the event that holds %s',
    async (_, text, index) => {
      expect(await search(tables, `dataset=logs | where text=${written(text)} | table i`)).toEqual([
        { i: String(index) },
      ]);
      const [row] = await search(tables, `dataset=logs i=${index} | eval x=${written(text)} | table x`);
      expect(row?.x).toBe(text);
      // In `search` a * is a wildcard and case does not count, so the event is among the found.
      const found = await search(tables, `dataset=logs text=${written(text)} | table i`);
      expect(found).toContainEqual({ i: String(index) });
    },
  );

  test.each(
    HOSTILE.filter((text) => !text.includes('*')).map((text, index) => [JSON.stringify(text), text, index] as const),
  )('reads the field named with %s, or refuses its name', async (_, text) => {
    const name = withoutTokens(`k${text}`).replaceAll('\\', '\\\\').replaceAll("'", "\\'");
    const result = compileSearch(`dataset=logs | where isnotnull('${name}') | stats count`);
    if (!result.ok) {
      expect(result.diagnostics.map(({ code }) => code)).toEqual([text.includes('`') ? 'SPL101' : 'SPL115']);
      return;
    }
    const [row] = await tables.query(result.sql);
    // A name with {} asks for the members of arrays.
    expect(row).toEqual({ count: text.includes('{}') ? 0 : 1 });
  });

  test('names results as they are written', async () => {
    const name = 'count "of"; drop table logs; -- \'x\'';
    expect(await search(tables, `dataset=logs i=0 | stats count as ${written(name)}`)).toEqual([{ [name]: 1 }]);
  });

  test('refuses a result whose name holds NUL', () => {
    const result = compileSearch('dataset=logs | stats count as "a\0b"');
    expect(result.ok ? [] : result.diagnostics.map(({ code }) => code)).toEqual(['SPL317']);
  });

  test('leaves the tables where they are', async () => {
    expect(await tables.query('select count(*) as n from logs')).toEqual([{ n: HOSTILE.length }]);
  });
});

const PIECES = [
  'dataset=kube_audit', 'search', 'verb=get', 'user.groups{}="x*"', 'NOT', 'OR', 'AND', 'IN', '(', ')', '|', '|', '|', ',', '=', '!=', '<',
  'stats', 'count', 'values(', 'by', 'as', 'eval', 'x=', 'if(', 'where', 'rename', 'sourceIPs{}', 'table', '*', 'fillnull', 'iplocation',
  'spath', 'input=', 'sort', '-', 'head', '5', 'dedup', 'rex', '"(?<a>b)"', 'top', 'limit=3', '"', "'", '\\', '`', '```', '[', ']', '$x$',
  '1e5', '.5', '+', 'like', 'case(', 'mvmap(', 'true()', '\u0000', '🦆', '\n', 'a.b.c{}.d', '_time', 'earliest=-1h@h', 'bin', 'span=1h', 'convert',
  'ctime(', 'eventstats', 'mvexpand', 'makemv', 'fields', 'regex', 'x="(["', 'reverse', 'tail', 'searchmatch("', 'printf("%d",', 'json_object(', 'json_extract(', '"a{}.b{0}"', 'spath(', 'append [', 'timechart', 'per_hour(x)', 'mode(y)',
]; // biome-ignore format: a flat list

describe('random text', () => {
  const seed = chooseSeed();

  test(`gives SQL that DuckDB takes, or diagnostics within the text (PINTAIL_SEED=${seed})`, async () => {
    const random = randomNumbers(seed);
    let compiled = 0;
    for (let round = 0; round < 400; round += 1) {
      const length = 1 + Math.floor(random() * 14);
      const pieces = Array.from({ length }, () => PIECES[Math.floor(random() * PIECES.length)] ?? '');
      const text = pieces.join(random() < 0.8 ? ' ' : '');
      const result = compileSearch(text);
      if (result.ok) {
        compiled += 1;
        await tables.query(`explain ${result.sql}`).catch((error: unknown) => {
          throw new Error(`seed ${seed}: ${JSON.stringify(text)}\n${result.sql}`, { cause: error });
        });
      } else {
        for (const { span, message } of result.diagnostics) {
          expect(span.start, text).toBeGreaterThanOrEqual(0);
          expect(span.end, text).toBeLessThanOrEqual(text.length);
          expect(message).toMatch(/\.$/);
        }
      }
    }
    expect(compiled).toBeGreaterThan(5);
  });

  test('gives the same SQL for the same text', () => {
    const text = 'verb=get | iplocation sourceIPs{} | stats count by City | sort - count';
    expect(sqlOf(text)).toBe(sqlOf(text));
  });
});

describe('text without end', () => {
  test.each([
    ['brackets', `${'('.repeat(60_000)}`, 'SPL113'],
    ['NOT', `${'NOT '.repeat(20_000)}x`, 'SPL113'],
    ['brackets in an expression', `x | where ${'('.repeat(60_000)}`, 'SPL113'],
    ['minus signs', `x | where ${'-'.repeat(60_000)}1`, 'SPL113'],
    ['sums', `x | eval y=${'1+'.repeat(20_000)}1`, 'SPL113'],
    ['conversions', `x | eval y=${'tonumber(tostring('.repeat(30)}1${'))'.repeat(30)}`, 'SPL116'],
    ['comparisons', `x | where ${'if('.repeat(60)}a=b${', 1, 2)=c'.repeat(60)}`, 'SPL113'],
    ['chains in calls', `x | eval y=${'abs('.repeat(90)}1${`${'-1'.repeat(100)})`.repeat(90)}`, 'SPL113'],
    ['terms', 'a '.repeat(60_000), 'SPL112'],
    ['commands', `x ${'| head '.repeat(5_000)}`, 'SPL114'],
    ['assignments that read one another', `x | eval ${'y=y.y, '.repeat(5_000)}z=y`, 'SPL114'],
    ['fields', `x | table ${Array.from({ length: 5_000 }, (_, index) => `f${index}`).join(' ')}`, 'SPL117'],
    ['dots', `x | table ${'a.'.repeat(40)}a`, 'SPL115'],
    ['groups in groups', `x | regex y="${'('.repeat(20_000)}${')'.repeat(20_000)}"`, 'SPL313'],
    [
      'groups with names',
      `x | rex "${Array.from({ length: 1_000 }, (_, index) => `(?<g${index}>a)`).join('')}"`,
      'SPL313',
    ],
    ['steps of a path to change', `x | eval y=json_set(z, "${'a.'.repeat(3_000)}a", 1)`, 'SPL113'],
    ['changes of a document', `x | eval y=json_set(z${', "a", 1'.repeat(3_000)})`, 'SPL303'],
    [
      'BY fields with several values',
      `x | stats count by ${Array.from({ length: 1_500 }, (_, index) => `a${index}{}`).join(' ')}`,
      'SPL117',
    ],
    ['arrays in a name', `x | table a${'{}.b'.repeat(5_000)}`, 'SPL113'],
    [
      'names with dots',
      `x | table ${Array.from({ length: 300 }, (_, index) => `a${index}${'.b'.repeat(10)}`).join(' ')}`,
      'SPL115',
    ],
    ['everything', 'x'.repeat(300_000), 'SPL110'],
  ])('%s are refused', (_, text, code) => {
    const result = compileSearch(text);
    expect(result.ok ? [] : result.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  test.each([
    [
      'macros that double',
      'SPL111',
      [
        ['a', '`b``b`'],
        ['b', '`c``c`'],
        ['c', '`d``d`'],
        ['d', 'x'.repeat(200_000)],
      ],
    ],
    ['a macro that uses itself', 'SPL103', [['a', 'x `a`']]],
  ] as const)('%s are refused', (_, code, definitions) => {
    const macros = new Map(definitions.map(([name, definition]) => [name, { definition, arguments: [] }]));
    const result = compileSearch('`a`', { macros });
    expect(result.ok ? [] : result.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });

  test('a chain of a thousand renames keeps what the first one named', async () => {
    const steps = Array.from({ length: 1_000 }, (_, index) => `f${index} AS f${index + 1}`).join(', ');
    const text = `| makeresults format=csv data="f0,z\na,b" | rename ${steps}`;
    expect(await search(tables, text)).toEqual([{ f1000: 'a', z: 'b' }]);
  });

  test('changes of a document lie in the values of others, and run', async () => {
    const nested = `${'json_set("{}", "a.b.c", '.repeat(20)}1${')'.repeat(20)}`;
    const [row] = await search(tables, `dataset=logs i=0 | eval x=${nested} | table x`);
    expect(row?.x).toBe(`${'{"a":{"b":{"c":'.repeat(20)}1${'}}}'.repeat(20)}`);
  });

  test('a long list of values compiles and runs', async () => {
    const values = Array.from({ length: 2_000 }, (_, index) => `user-${index}`).join(', ');
    expect(await search(tables, `dataset=logs text IN (${values}) | stats count`)).toEqual([{ count: 0 }]);
  });
});
