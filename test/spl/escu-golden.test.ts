/**
 * The published Kubernetes searches over our own events: every folder of test/spl/escu-golden names a search in `escu.json`, which is
 * read from the checkout that PINTAIL_ESCU names, and holds its plan, its SQL and the rows that it must find. Its README.md says what is
 * in a folder. UPDATE_GOLDEN=1 rewrites plan.txt and query.sql.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Content, loadContent } from '../../src/detect/index.ts';
import { compile, type LookupTables, renderDiagnostic } from '../../src/spl/index.ts';
import {
  type EventTables,
  type Json,
  openEventTables,
  type Place,
  type StoredColumns,
} from '../support/golden-events.ts';
import { compareGolden } from '../support/golden-file.ts';

const FOLDER = process.env.PINTAIL_ESCU;
const GOLDEN = new URL('./escu-golden/', import.meta.url);
const MACROS = fileURLToPath(new URL('../../config/macros.yaml', import.meta.url));

type Row = Readonly<Record<string, Json>>;

interface Reference {
  /** Of the search's file, within the checkout. */
  readonly file: string;
  /** What a dashboard would put in the place of `$name$`. */
  readonly tokens?: Readonly<Record<string, string>>;
}

interface Options {
  readonly strict?: boolean;
  readonly geo?: Readonly<Record<string, Place>>;
  readonly ordered?: boolean;
}

const cases = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

test('the README says which cases hold which published search', () => {
  const byFile = Map.groupBy(cases, (name) => readReference(name).file);
  const rows = [...byFile].map(([file, names]) => `| \`${file}\` | ${names.map((name) => `\`${name}\``).join(' ')} |`);
  const readme = readFileSync(new URL('README.md', GOLDEN), 'utf8');
  expect(readme.split('\n').filter((line) => /^\| `\w+\//.test(line))).toEqual(rows.sort());
});

describe.skipIf(FOLDER === undefined)('the published searches over our own events', () => {
  let tables: EventTables;
  let content: Content;
  let lookups: LookupTables;
  beforeAll(async () => {
    tables = await openEventTables();
    content = await loadContent({ paths: [String(FOLDER)], macros: MACROS });
    lookups = await createLookups(tables, content);
  });
  afterAll(() => tables.close());

  test('cover every search of the checkout that reads no metrics', () => {
    const covered = new Set(cases.map((name) => readReference(name).file));
    const published = ['detections/cloud', 'detections/deprecated', 'investigations']
      .filter((folder) => existsSync(`${FOLDER}/${folder}`))
      .flatMap((folder) => readdirSync(`${FOLDER}/${folder}`).map((file) => `${folder}/${file}`))
      .filter((file) => /kubernetes/.test(file) && !readSearch({ file }).includes('mstats'));
    expect(published.length).toBeGreaterThan(0);
    expect(published.filter((file) => !covered.has(file))).toEqual([]);
  });

  test.each(cases)('%s', async (name) => {
    const reference = readReference(name);
    const options = readJson<Options>(name, 'options.json') ?? {};
    const source = { name: reference.file, text: readSearch(reference) };
    const result = compile(source, {
      macros: content.macros,
      strict: options.strict ?? false,
      window: { kind: 'session' },
      lookups,
    });
    if (!result.ok) throw new Error(result.diagnostics.map((item) => renderDiagnostic(item, source)).join('\n'));
    compareGolden(new URL(`${name}/query.sql`, GOLDEN), `${name}/query.sql`, `${result.sql}\n`);
    compareGolden(new URL(`${name}/plan.txt`, GOLDEN), `${name}/plan.txt`, result.plan);

    await tables.clear();
    await tables.addAuditEvents(
      readLines(name, 'events.ndjson'),
      readJson<readonly StoredColumns[]>(name, 'records.json'),
    );
    await tables.addLogs(readLines(name, 'logs.ndjson').map((line) => JSON.parse(line)));
    await tables.setPlaces(options.geo ?? {});
    await tables.setWindow({ now: 1_700_000_000 });
    const found = await tables.query(result.sql);
    const expected = readJson<readonly Row[]>(name, 'rows.json');
    if (expected === undefined) throw new Error(`${name}: expected rows.json, found none.`);
    const fields = result.fields.map((field) => field.name);
    for (const row of expected) for (const field of Object.keys(row)) expect(fields).toContain(field);
    if (options.ordered === true) expect(found).toEqual(expected);
    else expect(inOneOrder(found)).toEqual(inOneOrder(expected));
  });
});

/** Tables for the lookups that the cases' searches name. */
async function createLookups(tables: EventTables, content: Content): Promise<LookupTables> {
  const searches = cases.map((name) => readSearch(readReference(name)));
  for (const [name, { table, columns, rows }] of content.lookups) {
    if (searches.some((text) => text.includes(`lookup ${name} `))) await tables.setLookup(table, columns, rows);
  }
  return content.lookups;
}

function readReference(name: string): Reference {
  const reference = readJson<Reference>(name, 'escu.json');
  if (reference === undefined) throw new Error(`${name}: expected escu.json, found none.`);
  return reference;
}

function readSearch({ file, tokens = {} }: Reference): string {
  const { search } = parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as { readonly search: unknown };
  return Object.entries(tokens).reduce((text, [name, value]) => text.replaceAll(`$${name}$`, value), String(search));
}

function readText(name: string, file: string): string | undefined {
  const path = new URL(`${name}/${file}`, GOLDEN);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function readJson<T>(name: string, file: string): T | undefined {
  const text = readText(name, file);
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

function readLines(name: string, file: string): readonly string[] {
  return (readText(name, file) ?? '').split('\n').filter((line) => line !== '');
}

function inOneOrder(rows: readonly Row[]): readonly Row[] {
  const key = (row: Row): string =>
    JSON.stringify(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)));
  return [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}
