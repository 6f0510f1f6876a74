/** The published Kubernetes searches, where a checkout of them is at hand: PINTAIL_ESCU names its folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compile, type LookupTables, type MacroDefinition, renderDiagnostic } from '../../src/spl/index.ts';
import { type EventTables, openEventTables } from '../support/golden-events.ts';

const FOLDER = process.env.PINTAIL_ESCU;

/** What is refused today, and why. Metric searches (mstats) are left out: there is no table for them yet. */
const REFUSED: Readonly<Record<string, string>> = {
  'amazon_eks_kubernetes_activity_by_src_ip.yml': 'SPL316', // $src_ip$
  'gcp_kubernetes_activity_by_src_ip.yml': 'SPL316',
};

/** The one lookup that these searches name, as its definition has it. */
const LOOKUPS: LookupTables = new Map([
  [
    'local_file_inclusion_paths',
    {
      table: 'lookup_local_file_inclusion_paths',
      columns: ['local_file_inclusion_paths', 'lfi_path'],
      matchTypes: [{ kind: 'wildcard', field: 'local_file_inclusion_paths' }],
      caseSensitive: false,
      minMatches: 1,
      maxMatches: 1000,
      defaultMatch: 'false',
    },
  ],
]);

interface Published {
  readonly name: string;
  readonly search: string;
}

function readSearches(): readonly Published[] {
  if (FOLDER === undefined) return [];
  return ['detections/cloud', 'detections/deprecated', 'investigations'].flatMap((part) => {
    const folder = `${FOLDER}/${part}`;
    if (!existsSync(folder)) return [];
    return readdirSync(folder).map((name) => ({
      name,
      search: String(parse(readFileSync(`${folder}/${name}`, 'utf8')).search),
    }));
  });
}

function readMacros(): ReadonlyMap<string, MacroDefinition> {
  const shared = JSON.parse(readFileSync(new URL('./golden/macros.json', import.meta.url), 'utf8')) as Record<
    string,
    string | MacroDefinition
  >;
  return new Map(
    Object.entries(shared).map(([name, macro]) => [
      name,
      typeof macro === 'string' ? { definition: macro, arguments: [] } : macro,
    ]),
  );
}

describe.skipIf(FOLDER === undefined)('the published Kubernetes searches', () => {
  const searches = readSearches().filter(({ search }) => !search.includes('mstats'));
  let tables: EventTables;
  beforeAll(async () => {
    tables = await openEventTables();
    for (const { table, columns } of LOOKUPS.values()) await tables.setLookup(table, columns, []);
  });
  afterAll(() => tables.close());

  test('are there', () => {
    expect(searches.length).toBeGreaterThan(40);
  });

  test.each(searches.map(({ name, search }) => [name, search] as const))('%s', async (name, text) => {
    const source = { name, text };
    for (const strict of [false, true]) {
      const result = compile(source, { macros: readMacros(), strict, window: { kind: 'session' }, lookups: LOOKUPS });
      const codes = result.ok ? [] : result.diagnostics.map(({ code }) => code);
      expect(
        codes,
        result.ok ? '' : result.diagnostics.map((item) => renderDiagnostic(item, source)).join('\n'),
      ).toEqual(REFUSED[name] === undefined ? [] : [REFUSED[name]]);
      if (result.ok) expect(await tables.query(result.sql)).toEqual([]);
    }
  });
});
