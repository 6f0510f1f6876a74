/** The interpreter against the golden cases, whose rows were worked out by hand: who checks the compiler is checked too. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commandNames, functionNames, type MacroDefinition } from '../../src/spl/index.ts';
import { storedLookups } from '../support/golden-lookups.ts';
import { differencesOf } from '../support/spl-differential/compare-rows.ts';
import { storedEvents, storedLogs } from '../support/spl-differential/stored-events.ts';
import { evalFunctionNames } from '../support/spl-interpreter/eval-functions.ts';
import { interpret, parseSearch, Refusal } from '../support/spl-interpreter/interpret.ts';

const GOLDEN = new URL('./golden/', import.meta.url);

function read(name: string, file: string): string | undefined {
  const url = new URL(`${name}/${file}`, GOLDEN);
  return existsSync(url) ? readFileSync(url, 'utf8') : undefined;
}

function linesOf(name: string, file: string): readonly string[] {
  return (read(name, file) ?? '').split('\n').filter((line) => line !== '');
}

/** Cases that must be refused are the compiler's alone. */
const cases = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .filter(
    (name) => read(name, 'rows.json') !== undefined && !/\|\s*outputlookup\b/.test(read(name, 'search.spl') ?? ''),
  )
  .sort();

/** Functions that the interpreter does not read yet. */
const FUNCTIONS_NOT_READ: readonly string[] = [];

/** Commands that the interpreter refuses, each with an example. */
const COMMANDS_NOT_READ: Readonly<Record<string, string>> = {
  outputlookup: 'table verb | outputlookup known',
  return: 'return verb',
};

const SETTINGS = {
  now: 0,
  geo: {},
  strict: false,
  lookups: storedLookups({ known: { columns: ['verb', 'owner'], rows: [] } }),
};

describe('the interpreter', () => {
  test.each(cases)('finds the rows of %s', (name) => {
    const options = JSON.parse(read(name, 'options.json') ?? '{}');
    const shared = JSON.parse(readFileSync(new URL('macros.json', GOLDEN), 'utf8'));
    const macros = new Map<string, MacroDefinition>(
      Object.entries({ ...shared, ...options.macros }).map(([macro, written]) => [
        macro,
        typeof written === 'string' ? { definition: written, arguments: [] } : (written as MacroDefinition),
      ]),
    );
    const events = storedEvents(linesOf(name, 'events.ndjson'), JSON.parse(read(name, 'records.json') ?? '[]'));
    const logs = storedLogs(linesOf(name, 'logs.ndjson').map((line) => JSON.parse(line)));
    const search = parseSearch((read(name, 'search.spl') ?? '').trimEnd(), macros);
    const rows = interpret(search, [...events, ...logs], {
      ...(options.earliest === undefined ? {} : { earliest: options.earliest }),
      ...(options.latest === undefined ? {} : { latest: options.latest }),
      now: options.now ?? 1_700_000_000,
      geo: options.geo ?? {},
      strict: options.strict ?? false,
      lookups: storedLookups(options.lookups),
    });
    const expected = JSON.parse(read(name, 'rows.json') ?? '[]');
    const names: readonly string[] = [...new Set<string>(expected.flatMap((row: object) => Object.keys(row)))];
    const found = rows.map((row) => new Map(names.map((field) => [field, row.get(field)])));
    expect(differencesOf(found, expected, names, options.ordered === true)).toEqual([]);
    if (options.subset !== true)
      for (const row of rows) expect(names).toEqual(expect.arrayContaining([...row.names()]));
  });

  test('knows every function that the compiler knows', () => {
    const unknown = functionNames().filter((name) => !evalFunctionNames().includes(name));
    expect(unknown.sort()).toEqual([...FUNCTIONS_NOT_READ].sort());
    expect(evalFunctionNames().filter((name) => !functionNames().includes(name))).toEqual([]);
  });

  test('knows every command that the compiler knows, or refuses it by name', () => {
    const examples: Readonly<Record<string, string>> = {
      bin: 'bin span=1h _time', bucket: 'bucket span=1h _time', chart: 'chart count BY verb', convert: 'convert ctime(_time)', dedup: 'dedup verb', eval: 'eval a=1',
      eventstats: 'eventstats count', fields: 'fields verb', fillnull: 'fillnull', head: 'head', tail: 'tail', iplocation: 'iplocation ip',
      makemv: 'makemv verb', mvexpand: 'mvexpand verb', regex: 'regex verb="a"', rename: 'rename verb AS v', reverse: 'reverse',
      rex: 'rex "(?<a>a)"', search: 'search a=1', sort: 'sort verb', spath: 'spath', stats: 'stats count', table: 'table verb', top: 'top verb',
      rare: 'rare verb', where: 'where verb="a"', addtotals: 'table verb | addtotals', addcoltotals: 'table verb | addcoltotals', append: 'append [search dataset=kube_audit]',
      appendpipe: 'appendpipe [stats count]', fieldformat: 'fieldformat verb=upper(verb)', nomv: 'nomv verb', join: 'join verb [search dataset=kube_audit | table verb]', streamstats: 'streamstats count',
      timechart: 'timechart span=1h count', foreach: 'foreach verb [eval a=1]', transaction: 'transaction verb', replace: 'replace a WITH b IN verb', mvcombine: 'table verb | mvcombine verb',
      format: 'table verb | format', appendcols: 'appendcols [search dataset=kube_audit | table verb]', inputlookup: 'inputlookup append=t known',
      lookup: 'lookup known verb', union: 'union [search dataset=kube_audit]', makeresults: 'append [makeresults]',
      extract: 'extract', kv: 'kv', fromjson: 'fromjson verb', tojson: 'table verb | tojson',
      multisearch: 'append [multisearch [search dataset=kube_audit] [search dataset=kube_audit]]',
    }; // biome-ignore format: a flat table
    const unknown = commandNames().filter((name) => examples[name] === undefined);
    expect(unknown.sort()).toEqual(Object.keys(COMMANDS_NOT_READ).sort());
    for (const example of Object.values(COMMANDS_NOT_READ)) {
      const search = parseSearch(`dataset=kube_audit | ${example}`, new Map());
      const run = () => interpret(search, [{ time: 0, raw: '{}' }], SETTINGS);
      expect(run, example).toThrow(Refusal);
    }
    for (const example of Object.values(examples)) {
      const search = parseSearch(`dataset=kube_audit | ${example}`, new Map());
      const run = () => interpret(search, [{ time: 0, raw: '{}' }], SETTINGS);
      expect(run, example).not.toThrow();
    }
  });

  test('refuses what it does not know', () => {
    const search = parseSearch('dataset=unknown | head', new Map());
    expect(() => interpret(search, [], SETTINGS)).toThrow(Refusal);
  });
});
