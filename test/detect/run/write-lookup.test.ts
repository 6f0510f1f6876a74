/** Searches that end in outputlookup: what the table holds afterwards, worked out by hand, and what a kill leaves. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/component.ts';
import {
  type CompiledDetection,
  compileDetection,
  DetectionScheduler,
  dropOtherLookups,
  installLookups,
  installViews,
  type Lookup,
  writeLookup,
} from '../../../src/detect/index.ts';
import type { LookupWrite } from '../../../src/spl/index.ts';
import { DetectionBench, testDetection } from '../../support/detection-bench.ts';
import { SteppedClock } from '../../support/stepped-clock.ts';

let bench: DetectionBench;
beforeEach(async () => {
  bench = await DetectionBench.open();
});
afterEach(() => bench[Symbol.asyncDispose]());

function seen(columns: readonly string[] = ['user', 'count'], name = 'seen'): Lookup {
  const settings = { matchTypes: [], caseSensitive: true, minMatches: 0, maxMatches: 1000, defaultMatch: null };
  const source = { kind: 'collection', name } as const;
  return {
    ...settings,
    definition: { ...settings, name, file: '/lookups/seen.yml', line: 1, source, fields: columns },
    table: `lookup_${name}`,
    isCollection: true,
    columns,
    rows: [],
    hash: 'fixed',
  };
}

const write = (more: Partial<LookupWrite> = {}): LookupWrite => ({
  lookup: 'seen',
  table: 'lookup_seen',
  columns: ['user', 'count'].map((name) => ({ column: name, field: name })),
  mode: 'replace',
  key: null,
  overrideIfEmpty: true,
  maxRows: null,
  ...more,
});

const put = (what: LookupWrite, rows: Parameters<typeof writeLookup>[2]) =>
  bench.database.write((connection) => writeLookup(connection, what, rows));
const rowsOf = (table = 'lookup_seen') => bench.query(`from ${table} order by _row`);

describe('a table', () => {
  beforeEach(() => installLookups(bench.database, [seen()]));

  test('that is replaced holds the rows in their order, numbers as text, empty text as nothing', async () => {
    await put(write(), [{ user: 'old', count: 1 }]);
    await put(write(), [
      { user: 'eve', count: 3 },
      { user: '', count: 0.5 },
      { user: 'bob', count: null },
    ]);
    expect(await rowsOf()).toEqual([
      { _row: 1, user: 'eve', count: '3' },
      { _row: 2, user: null, count: '0.5' },
      { _row: 3, user: 'bob', count: null },
    ]);
  });

  test('is emptied by no rows, unless it is to stay', async () => {
    await put(write(), [{ user: 'eve', count: 1 }]);
    await put(write({ overrideIfEmpty: false }), []);
    expect(await rowsOf()).toHaveLength(1);
    await put(write(), []);
    expect(await rowsOf()).toEqual([]);
  });

  test('that is appended to keeps its rows before the new ones', async () => {
    await put(write(), [{ user: 'eve', count: 1 }]);
    await put(write({ mode: 'append' }), [{ user: 'bob', count: 2 }, { user: 'ann' }]);
    expect((await rowsOf()).map(({ _row, user }) => [_row, user])).toEqual([
      [1, 'eve'],
      [2, 'bob'],
      [3, 'ann'],
    ]);
  });

  test('with a key has one row of it, the last', async () => {
    await put(write(), [
      { user: 'eve', count: 1 },
      { user: 'bob', count: 1 },
    ]);
    await put(write({ mode: 'update', key: 'user' }), [
      { user: 'eve', count: 2 },
      { user: 'ann', count: 2 },
      { user: 'eve', count: 3 },
    ]);
    expect((await rowsOf()).map(({ user, count }) => [user, count])).toEqual([
      ['bob', '1'],
      ['ann', '2'],
      ['eve', '3'],
    ]);
  });

  test('takes as many rows as it is to, and many at once', async () => {
    const rows = Array.from({ length: 25_000 }, (_, index) => ({ user: `u${index}`, count: index }));
    await put(write({ maxRows: 2 }), rows);
    expect(await rowsOf()).toHaveLength(2);
    await put(write(), rows);
    expect((await rowsOf()).at(-1)).toEqual({ _row: 25_000, user: 'u24999', count: '24999' });
  });
});

test('what searches wrote into a collection stays over a restart, in the columns that it has then', async () => {
  await installLookups(bench.database, [seen(), seen(['k'], 'gone')]);
  await put(write(), [{ user: 'eve', count: 1 }]);
  await put(write({ table: 'lookup_gone', columns: [{ column: 'k', field: 'k' }] }), [{ k: 'kept' }]);
  const next = [seen(['count', 'new', 'user'])];
  await installLookups(bench.database, next);
  await dropOtherLookups(bench.database, next);
  expect(await rowsOf()).toEqual([{ _row: 1, count: '1', new: null, user: 'eve' }]);
  await installLookups(bench.database, [seen(['k'], 'gone')]);
  expect(await rowsOf('lookup_gone')).toEqual([{ _row: 1, k: 'kept' }]);
});

describe('a baseline on its schedule', () => {
  const clockAt = (time: string) => new SteppedClock(`2026-11-02T${time}:00Z`);
  const deleted = (time: string, user: string) => ({ time: `2026-11-02T${time}:00Z`, user, verb: 'delete' });

  async function compiled(ending: string): Promise<CompiledDetection> {
    const lookup = seen();
    await installLookups(bench.database, [lookup]);
    const search = `dataset=kube_audit verb=delete | stats count by user.username | rename user.username AS user ${ending}`;
    const found = compileDetection(testDetection({ type: 'Baseline', search }), {
      macros: new Map(),
      lookups: new Map([['seen', lookup]]),
      strictSplunk: false,
      window: 'detection',
    });
    if (!found.ok) throw new Error(found.error);
    await installViews(bench.database, [found]);
    return found;
  }

  function open(baseline: CompiledDetection, clock: SteppedClock): DetectionScheduler {
    return new DetectionScheduler({
      detections: [baseline],
      store: bench.store,
      outbox: bench,
      clock,
      logger: bench.logger,
      metrics: bench.metrics,
      settings: { catchUpSeconds: 86_400, retry: { initialSeconds: 30, maxSeconds: 60, maxAttempts: 100 } },
    });
  }

  const users = async () => (await rowsOf()).map(({ user, count }) => `${user} ${count}`);

  test('fills its lookup, makes no findings, and late rows do not run its window again', async () => {
    const clock = clockAt('09:30');
    await bench.load([deleted('09:00', 'eve'), deleted('09:10', 'eve'), deleted('09:20', 'bob')]);
    const scheduler = open(await compiled('| outputlookup append=t seen'), clock);
    await scheduler.start();
    clock.turnTo('2026-11-02T10:00:00Z');
    await scheduler.idle();
    await bench.load([deleted('09:05', 'late')]);
    clock.turnTo('2026-11-02T10:30:00Z');
    await scheduler.idle();
    await scheduler.shutdown();
    expect(await users()).toEqual(['bob 1', 'eve 2']);
    expect(await bench.ledger()).toEqual(['02 10:00 08:50-09:50 done r0 rows=2']);
    expect(await bench.query('select count(*)::int as n from finding')).toEqual([{ n: 0 }]);
    expect(bench.sent).toEqual([]);
  });

  test('that is killed while it writes has written nothing, and then everything once', async () => {
    const clock = clockAt('09:30');
    await bench.load([deleted('09:00', 'eve')]);
    const baseline = await compiled('| outputlookup append=t seen');
    const write = bench.database.write.bind(bench.database);
    let kills = 3;
    bench.database.write = <T>(work: (connection: Connection) => Promise<T>) =>
      write(async (connection) => {
        const result = await work(connection);
        const [row] = await connection.query('select count(*) as n from lookup_seen');
        // The rows are there, and the transaction dies before it commits.
        if (Number(row?.n) > 0 && kills-- > 0) throw new Error('killed');
        return result;
      });
    const first = open(baseline, clock);
    await first.start();
    clock.turnTo('2026-11-02T10:00:00Z');
    await first.idle();
    await first.shutdown();
    expect(await users()).toEqual([]);
    const second = open(baseline, clock);
    await second.start();
    for (let minute = 0; minute < 10; minute += 1) {
      clock.advance(60);
      await second.idle();
    }
    await second.shutdown();
    expect(kills).toBeLessThanOrEqual(0);
    expect(await users()).toEqual(['eve 1']);
  });

  test('after downtime leaves the newest window in a table that each run replaces', async () => {
    const clock = clockAt('09:30');
    const baseline = await compiled('| outputlookup seen');
    const before = open(baseline, clock);
    await before.start();
    await before.shutdown();
    await bench.load([deleted('09:00', 'first'), deleted('10:00', 'second'), deleted('11:00', 'third')]);
    clock.turnTo('2026-11-02T12:00:00Z');
    const scheduler = open(baseline, clock);
    await scheduler.start();
    await scheduler.idle();
    await scheduler.shutdown();
    expect((await bench.ledger()).map((line) => line.split(' ').slice(1, 4).join(' '))).toEqual([
      '10:00 08:50-09:50 done',
      '11:00 09:50-10:50 done',
      '12:00 10:50-11:50 done',
    ]);
    expect(await users()).toEqual(['third 1']);
  });

  test('that reads what it wrote adds every window to it', async () => {
    const clock = clockAt('09:30');
    const merging = '| inputlookup append=t seen | stats count by user | outputlookup seen';
    const baseline = await compiled(merging);
    const before = open(baseline, clock);
    await before.start();
    await before.shutdown();
    await bench.load([deleted('09:00', 'eve'), deleted('10:00', 'eve'), deleted('11:00', 'bob')]);
    clock.turnTo('2026-11-02T12:00:00Z');
    const scheduler = open(baseline, clock);
    await scheduler.start();
    await scheduler.idle();
    await scheduler.shutdown();
    // One row each, whichever window came first: eve's is of an event and of the row before, or of the row alone.
    expect((await rowsOf()).map(({ user }) => user)).toEqual(['bob', 'eve']);
  });
});
