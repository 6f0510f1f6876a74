/** Many random searches over random events; the first difference is shrunk and shown. */
import { type EventTables, openEventTables } from '../golden-events.ts';
import { type DifferentialCase, load, NOW, PLACES, runCase, shrink } from './differential-run.ts';
import { Random, seedFrom } from './random.ts';
import { randomEvents } from './random-events.ts';
import { randomLookups } from './random-lookups.ts';
import { randomSearch } from './random-search.ts';

export interface Totals {
  readonly cases: number;
  readonly compared: number;
  readonly withRows: number;
  readonly refusals: ReadonlyMap<string, number>;
  /** Shrunk and ready to read; empty where the two ways agree. */
  readonly failures: readonly string[];
}

const SEARCHES_PER_SET = 50;
const EVENTS_PER_SET = 16;
/** Databases at work side by side. */
const LANES = 2;

interface Progress {
  cases: number;
  compared: number;
  withRows: number;
  readonly refusals: Map<string, number>;
  readonly failures: string[];
}

/** Stops after `mostFailures`. */
export async function runDifferential(seed: number, cases: number, mostFailures = 1): Promise<Totals> {
  const progress: Progress = { cases: 0, compared: 0, withRows: 0, refusals: new Map(), failures: [] };
  const sets = Array.from({ length: Math.ceil(cases / SEARCHES_PER_SET) }, (_, set) => set).values();
  const lane = async (): Promise<void> => {
    const tables = await openEventTables();
    try {
      // A handful of rows: a second thread only costs.
      await tables.run('set threads = 1');
      await tables.setPlaces(PLACES);
      await tables.setWindow({ now: NOW });
      for (const set of sets) {
        const count = Math.min(SEARCHES_PER_SET, cases - set * SEARCHES_PER_SET);
        await runSet({ seed, set, count, mostFailures }, tables, progress);
      }
    } finally {
      tables.close();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return progress;
}

interface SetOfSearches {
  readonly seed: number;
  readonly set: number;
  readonly count: number;
  readonly mostFailures: number;
}

async function runSet(
  { seed, set, count, mostFailures }: SetOfSearches,
  tables: EventTables,
  progress: Progress,
): Promise<void> {
  const setRandom = new Random(seedFrom(seed, set));
  const events = randomEvents(setRandom, setRandom.below(EVENTS_PER_SET + 1));
  const lookups = randomLookups(setRandom);
  await load({ events, lookups }, tables);
  for (let index = 0; index < count && progress.failures.length < mostFailures; index += 1) {
    const random = new Random(seedFrom(seedFrom(seed, set), index + 1));
    const found: DifferentialCase = { ...randomSearch(random), events, lookups, strict: random.chance(0.3) };
    const outcome = await runCase(found, tables);
    progress.cases += 1;
    if (outcome.kind === 'refused') {
      const reason = `${outcome.by}: ${outcome.reason}`;
      progress.refusals.set(reason, (progress.refusals.get(reason) ?? 0) + 1);
    } else {
      progress.compared += 1;
      if (outcome.kind === 'same' && outcome.rows > 0) progress.withRows += 1;
    }
    if (outcome.kind !== 'different') continue;
    progress.failures.push(await describeFailure(found, tables, `seed ${seed}, set ${set}, search ${index}`));
    await load(found, tables);
  }
}

async function describeFailure(found: DifferentialCase, tables: EventTables, place: string): Promise<string> {
  const small = await shrink(found, tables);
  const outcome = await runCase(small, tables);
  const differences = outcome.kind === 'different' ? outcome.differences : ['no longer differs'];
  const records = small.events.columns.some((columns) => Object.keys(columns).length > 0)
    ? [`records: ${JSON.stringify(small.events.columns)}`]
    : [];
  return [
    `${place}${small.strict ? ', strict' : ''}`,
    small.commands.join('\n| '),
    ...small.events.lines,
    ...small.events.logs.map((row) => `log ${JSON.stringify(row)}`),
    ...records,
    ...Object.entries(small.lookups)
      .filter(([name]) => small.commands.some((command) => command.includes(name)))
      .map(([name, lookup]) => `lookup ${name}: ${JSON.stringify(lookup)}`),
    ...differences,
  ].join('\n');
}
