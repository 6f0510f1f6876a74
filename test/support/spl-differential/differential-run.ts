/** One search over one set of events, both ways; and the smallest case that still differs. */
import { compile } from '../../../src/spl/index.ts';
import type { EventTables, Place } from '../golden-events.ts';
import { type GoldenLookups, lookupTables, storedLookups } from '../golden-lookups.ts';
import { interpret, parseSearch, Refusal } from '../spl-interpreter/interpret.ts';
import { spreadRows } from '../spread-rows.ts';
import { differencesOf } from './compare-rows.ts';
import { FINDS_FIELDS } from './made-command.ts';
import type { EventSet } from './random-events.ts';
import { storedEvents, storedLogs } from './stored-events.ts';

export const NOW = 1_700_000_000;

export const PLACES: Readonly<Record<string, Place>> = {
  '10.0.0.7': { City: 'Berlin', Country: 'Germany', Region: 'Berlin', lat: 52.5, lon: 13.25 },
  '203.0.113.9': { City: null, Country: 'Japan', Region: null, lat: 35, lon: 139.5 },
  '2001:db8::7': { City: 'Paris', Country: 'France', Region: 'Ile-de-France', lat: 48.75, lon: 2.25 },
};

export type Outcome =
  | { readonly kind: 'same'; readonly rows: number }
  | { readonly kind: 'refused'; readonly by: 'compiler' | 'interpreter'; readonly reason: string }
  | { readonly kind: 'different'; readonly differences: readonly string[] };

export interface DifferentialCase {
  readonly commands: readonly string[];
  readonly events: EventSet;
  readonly lookups: GoldenLookups;
  readonly strict: boolean;
}

/** The tables must hold the events. */
export async function runCase(found: DifferentialCase, tables: EventTables): Promise<Outcome> {
  const { commands, events, lookups, strict } = found;
  const text = commands.join('\n| ');
  const compiled = compile(
    { name: 'random', text },
    { macros: new Map(), strict, window: { kind: 'session' }, lookups: lookupTables(lookups) },
  );
  if (!compiled.ok) {
    const [first] = compiled.diagnostics;
    return { kind: 'refused', by: 'compiler', reason: `${first?.code} ${first?.message}` };
  }
  let interpreted: ReturnType<typeof interpret>;
  try {
    const stored = [...storedEvents(events.lines, events.columns), ...storedLogs(events.logs)];
    interpreted = interpret(parseSearch(text, new Map()), stored, {
      now: NOW,
      geo: PLACES,
      strict,
      lookups: storedLookups(lookups),
    });
  } catch (error: unknown) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: 'refused', by: 'interpreter', reason: error.message };
  }
  const fixed = compiled.fields.map(({ name }) => name).filter((name) => name !== compiled.spread);
  // The columns that the interpreter finds; the compiler's are compared where a row has one.
  const cells = compiled.spread === undefined ? [] : interpreted.flatMap((row) => row.names());
  const names = [...new Set([...fixed, ...cells])];
  try {
    const rows = spreadRows(await tables.query(compiled.sql), compiled.spread);
    const mine = interpreted.map((row) => new Map(names.map((name) => [name, row.get(name)])));
    const surplus = [...new Set(interpreted.flatMap((row) => row.names()))].filter((name) => !names.includes(name));
    const differences = [
      ...(surplus.length > 0 && isFixed(commands) ? [`fields only the interpreter has: ${surplus.join(', ')}`] : []),
      ...differencesOf(mine, rows, names, true),
    ];
    return differences.length === 0 ? { kind: 'same', rows: rows.length } : { kind: 'different', differences };
  } catch (error: unknown) {
    return { kind: 'different', differences: [`DuckDB: ${error instanceof Error ? error.message : String(error)}`] };
  }
}

/** Some command says which fields there are, and none behind it finds more. */
function isFixed(commands: readonly string[]): boolean {
  const settled = commands.findLastIndex((command) => /^(?:stats|table|top|rare|timechart|format)\b/.test(command));
  return settled > commands.findLastIndex((command) => FINDS_FIELDS.test(command));
}

export async function load(
  { events, lookups }: Pick<DifferentialCase, 'events' | 'lookups'>,
  tables: EventTables,
): Promise<void> {
  await tables.clear();
  await tables.addAuditEvents(events.lines, events.columns);
  await tables.addLogs(events.logs);
  for (const [name, { columns, rows }] of Object.entries(lookups)) {
    await tables.setLookup(`lookup_${name}`, columns, rows);
  }
}

/** Leaves out commands, events and their parts as long as the two ways still differ. Leaves the tables with its events. */
export async function shrink(found: DifferentialCase, tables: EventTables): Promise<DifferentialCase> {
  let best = found;
  const stillDiffers = async (candidate: DifferentialCase): Promise<boolean> => {
    // Events that end as events show other fields: another difference than the one that was found.
    if (isFixed(found.commands) && !isFixed(candidate.commands)) return false;
    await load(candidate, tables);
    return (await runCase(candidate, tables)).kind === 'different';
  };
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smaller(best)) {
      if (!(await stillDiffers(candidate))) continue;
      best = candidate;
      isSmaller = true;
      break;
    }
  }
  await load(best, tables);
  return best;
}

function* smaller(found: DifferentialCase): Generator<DifferentialCase> {
  const { commands, events } = found;
  for (let size = Math.ceil(events.lines.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < events.lines.length; at += size) {
      const kept = <T>(items: readonly T[]): readonly T[] =>
        items.filter((_, index) => index < at || index >= at + size);
      yield { ...found, events: { ...events, lines: kept(events.lines), columns: kept(events.columns) } };
    }
  }
  for (let at = 0; at < events.logs.length; at += 1) {
    yield { ...found, events: { ...events, logs: events.logs.filter((_, index) => index !== at) } };
  }
  for (let at = 1; at < commands.length; at += 1) {
    yield { ...found, commands: commands.filter((_, index) => index !== at) };
  }
  const [first = '', ...rest] = commands;
  const [dataset = ''] = first.split(' ');
  if (first !== dataset) yield { ...found, commands: [dataset, ...rest] };
  if (events.columns.some((columns) => Object.keys(columns).length > 0)) {
    yield { ...found, events: { ...events, columns: events.lines.map(() => ({})) } };
  }
  for (const [name, lookup] of Object.entries(found.lookups)) {
    for (const index of lookup.rows.keys()) {
      const rows = lookup.rows.filter((_, other) => other !== index);
      yield { ...found, lookups: { ...found.lookups, [name]: { ...lookup, rows } } };
    }
  }
  for (const [index, line] of events.lines.entries()) {
    for (const smallerLine of withoutParts(JSON.parse(line))) {
      yield { ...found, events: { ...events, lines: events.lines.with(index, JSON.stringify(smallerLine)) } };
    }
  }
}

function* withoutParts(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) yield value.filter((_, index) => index !== at);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    const { [key]: _, ...rest } = value as Record<string, unknown>;
    yield rest;
    for (const part of withoutParts(member)) yield { ...value, [key]: part };
  }
}
