/** Reads every folder of test/spl/golden; its README.md says what is in them. UPDATE_GOLDEN=1 rewrites plan.txt and query.sql. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, type MacroDefinition, renderDiagnostic } from '../../src/spl/index.ts';
import {
  type EventTables,
  type Json,
  openEventTables,
  type Place,
  type StoredColumns,
} from '../support/golden-events.ts';
import { compareGolden } from '../support/golden-file.ts';
import { type GoldenLookups, lookupTables } from '../support/golden-lookups.ts';
import { spreadRows } from '../support/spread-rows.ts';

const GOLDEN = new URL('./golden/', import.meta.url);

interface Options {
  readonly strict?: boolean;
  readonly earliest?: number;
  readonly latest?: number;
  readonly now?: number;
  readonly geo?: Readonly<Record<string, Place>>;
  readonly ordered?: boolean;
  readonly subset?: boolean;
  readonly warnings?: readonly string[];
  readonly lookups?: GoldenLookups;
  readonly macros?: Readonly<Record<string, string | MacroDefinition>>;
}

type Row = Readonly<Record<string, Json>>;

const cases = readdirSync(GOLDEN, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
});
afterAll(() => tables.close());

describe('golden cases', () => {
  test.each(cases)('%s', async (name) => {
    const golden = openCase(name);
    const options = (golden.json('options.json') ?? {}) as Options;
    const source = { name: `${name}/search.spl`, text: golden.text('search.spl').trimEnd() };
    const result = compile(source, {
      macros: macroTable(options),
      strict: options.strict ?? false,
      window: { kind: 'session' },
      lookups: lookupTables(options.lookups),
    });
    const refusals = golden.json('diagnostics.json') as readonly { code: string; text: string }[] | undefined;
    if (refusals !== undefined) {
      if (result.ok) throw new Error(`${name}: expected a refusal, found SQL.`);
      const found = result.diagnostics.map(({ code, span }) => ({
        code,
        text: source.text.slice(span.start, span.end),
      }));
      expect(found).toEqual(refusals);
      return;
    }
    if (!result.ok) throw new Error(result.diagnostics.map((item) => renderDiagnostic(item, source)).join('\n'));
    expect(result.warnings.map(({ code }) => code)).toEqual(options.warnings ?? []);
    expect(result.writes).toEqual(golden.json('writes.json'));
    golden.compare('query.sql', `${result.sql}\n`);
    golden.compare('plan.txt', result.plan);

    await tables.clear();
    await tables.addAuditEvents(
      golden.lines('events.ndjson'),
      golden.json('records.json') as StoredColumns[] | undefined,
    );
    await tables.addLogs(golden.lines('logs.ndjson').map((line) => JSON.parse(line)));
    for (const [lookup, { columns, rows }] of Object.entries(options.lookups ?? {})) {
      await tables.setLookup(`lookup_${lookup}`, columns, rows);
    }
    await tables.setPlaces(options.geo ?? {});
    await tables.setWindow({ now: 1_700_000_000, ...windowOf(options) });
    const rows = spreadRows(await tables.query(result.sql), result.spread);
    const expected = golden.json('rows.json') as readonly Row[];
    if (options.subset !== true && result.spread === undefined) {
      const fields = new Set(result.fields.map((field) => field.name));
      for (const row of expected) for (const field of Object.keys(row)) expect(fields).toContain(field);
    }
    const found = options.subset === true ? rows.map((row) => pick(row, expected)) : rows;
    const [left, right] = options.ordered === true ? [found, expected] : [sorted(found), sorted(expected)];
    expect(left.map(rounded)).toEqual(right.map(rounded));
    if (!result.sql.includes('object_keys')) return;
    // The same of events that an older version stored.
    await tables.run('update kube_audit set has_objects = null, object_keys = null');
    expect(spreadRows(await tables.query(result.sql), result.spread)).toEqual(rows);
  });
});

function openCase(name: string) {
  const folder = new URL(`${name}/`, GOLDEN);
  const text = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
  const has = (file: string): boolean => existsSync(new URL(file, folder));
  return {
    text,
    json: (file: string): unknown => (has(file) ? JSON.parse(text(file)) : undefined),
    lines: (file: string): readonly string[] =>
      has(file)
        ? text(file)
            .split('\n')
            .filter((line) => line !== '')
        : [],
    compare: (file: string, found: string): void => compareGolden(new URL(file, folder), `${name}/${file}`, found),
  };
}

function macroTable(options: Options): ReadonlyMap<string, MacroDefinition> {
  const shared = JSON.parse(readFileSync(new URL('macros.json', GOLDEN), 'utf8')) as NonNullable<Options['macros']>;
  return new Map(
    Object.entries({ ...shared, ...options.macros }).map(([name, macro]) => [
      name,
      typeof macro === 'string' ? { definition: macro, arguments: [] } : macro,
    ]),
  );
}

function windowOf({ earliest, latest, now }: Options) {
  return Object.fromEntries(Object.entries({ earliest, latest, now }).filter(([, value]) => value !== undefined));
}

function pick(row: Row, expected: readonly Row[]): Row {
  const names = new Set(expected.flatMap((item) => Object.keys(item)));
  return Object.fromEntries(Object.entries(row).filter(([field]) => names.has(field)));
}

function sorted(rows: readonly Row[]): readonly Row[] {
  const key = (row: Row): string =>
    JSON.stringify(Object.entries(rounded(row)).sort(([one], [other]) => (one < other ? -1 : 1)));
  return [...rows].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Numbers to 9 significant digits behind the first: both sides went through floating point. */
function rounded(row: Row): Row {
  return JSON.parse(JSON.stringify(row), (_, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(15)) : value,
  ) as Row;
}
