import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Database, type OutboundEvent, PermanentError, RetryableError } from '../../src/component.ts';
import { DELIVERED, DoubtfulError } from '../../src/export/destination.ts';
import { DurableOutbox, type DurableOutboxOptions } from '../../src/export/durable-outbox.ts';
import { DEFAULT_OUTBOX_SETTINGS, DEFAULT_RETRY } from '../../src/export/settings.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type RecordedTelemetry, recordTelemetry } from '../support/recorded-telemetry.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ScriptedDestination } from './scripted-destination.ts';

let database: TestDatabase;
let clock: ManualClock;
let telemetry: RecordedTelemetry;
let running: DurableOutbox[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  clock = new ManualClock();
  telemetry = recordTelemetry();
});

afterEach(async () => {
  for (const outbox of running) await outbox.shutdown();
  running = [];
  await database.close();
});

function event(eventId: string, attributes: OutboundEvent['attributes'] = {}): OutboundEvent {
  return { eventId, kind: 'risk', time: 1_700_000_000, source: 'Rule', severityNumber: 9, body: eventId, attributes };
}

function events(...ids: readonly string[]): readonly OutboundEvent[] {
  return ids.map((id) => event(id));
}

function build(
  destinations: readonly ScriptedDestination[],
  overrides: Partial<DurableOutboxOptions> = {},
): DurableOutbox {
  const outbox = new DurableOutbox({
    database,
    destinations,
    clock,
    random: () => 0.5,
    logger: telemetry.logger,
    metrics: telemetry.metrics,
    ...overrides,
  });
  running.push(outbox);
  return outbox;
}

async function put(outbox: DurableOutbox, added: readonly OutboundEvent[], into: Database = database): Promise<void> {
  await into.write((connection) => outbox.enqueue(connection, added));
  outbox.wake();
}

/** Resolves once every sender found its queue empty. */
async function idle(): Promise<void> {
  await clock.sleeping(DEFAULT_OUTBOX_SETTINGS.pollIntervalMs, DEFAULT_OUTBOX_SETTINGS.pollIntervalMs);
}

async function rows(): Promise<readonly unknown[]> {
  return database.query('select event_id, destination, status, attempts, last_error from outbox order by sequence');
}

describe('enqueue', () => {
  test('writes one row per event and destination, in order', async () => {
    const outbox = build([new ScriptedDestination('a'), new ScriptedDestination('b')]);
    await put(outbox, events('1', '2'));
    const found = await database.query('select event_id, destination from outbox order by sequence');
    expect(found).toEqual([
      { event_id: '1', destination: 'a' },
      { event_id: '1', destination: 'b' },
      { event_id: '2', destination: 'a' },
      { event_id: '2', destination: 'b' },
    ]);
  });

  test('leaves nothing behind when the caller’s transaction rolls back', async () => {
    const outbox = build([new ScriptedDestination('a')]);
    const failed = database.write(async (connection) => {
      await outbox.enqueue(connection, events('1'));
      throw new Error('the run failed');
    });
    await expect(failed).rejects.toThrow('the run failed');
    expect(await rows()).toEqual([]);
  });

  test('keeps one row for an event that comes twice, in one call or in two', async () => {
    const outbox = build([new ScriptedDestination('a')]);
    await put(outbox, events('1', '1', '2'));
    await put(outbox, events('2', '1', '3'));
    const found = await database.query('select event_id from outbox order by sequence');
    expect(found.map((row) => row.event_id)).toEqual(['1', '2', '3']);
  });

  test('keeps the order of many events', async () => {
    const outbox = build([new ScriptedDestination('a')]);
    const ids = Array.from({ length: 3_500 }, (_, index) => `event ${index}`);
    await put(outbox, events(...ids));
    const found = await database.query('select event_id from outbox order by sequence');
    expect(found.map((row) => row.event_id)).toEqual(ids);
  });

  test('writes nothing where no destination is configured', async () => {
    await put(build([]), events('1'));
    expect(await rows()).toEqual([]);
  });

  test('refuses, to be tried again, when a destination has too many events waiting', async () => {
    const settings = { ...DEFAULT_OUTBOX_SETTINGS, maxPendingEvents: 2 };
    const outbox = build([new ScriptedDestination('a')], { settings });
    await put(outbox, events('1', '2'));
    const refused = put(outbox, events('3'));
    await expect(refused).rejects.toBeInstanceOf(RetryableError);
    await expect(refused).rejects.toThrow('expected at most 2 events waiting for "a", found 2 and 1 new ones');
  });

  test('carries any value to the destination, in a form that every protocol can hold', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    const received: OutboundEvent[] = [];
    destination.answer = (batch) => {
      received.push(...batch);
      return DELIVERED;
    };
    await outbox.start();
    await put(outbox, [
      event('1', {
        quotes: `'"\\;--`,
        nul: 'a\u0000b',
        broken: 'x\ud800y',
        emoji: '🐦',
        gone: null,
        list: ['a', null, 3n, { deep: [1] }],
        empty: [],
        large: 9_007_199_254_740_993n,
        nan: Number.NaN,
        map: { a: 1n },
        'user.groups{}': ['x'],
        __proto__x: true,
      }),
    ]);
    await destination.until(() => received.length === 1);
    expect(received[0]!.attributes).toEqual({
      quotes: `'"\\;--`,
      nul: 'a\u0000b',
      broken: 'x\ufffdy',
      emoji: '🐦',
      list: ['a', 3, '{"deep":[1]}'],
      empty: [],
      large: '9007199254740993',
      nan: 'NaN',
      map: '{"a":"1"}',
      'user.groups{}': ['x'],
      __proto__x: true,
    });
  });

  test('fails on an event without a finite time, which is a bug of the caller', async () => {
    const outbox = build([new ScriptedDestination('a')]);
    await expect(put(outbox, [{ ...event('1'), time: Number.NaN }])).rejects.toThrow('expected a finite time');
  });
});

describe('delivery', () => {
  test('hands events over in order and takes them out of the table', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    await outbox.start();
    await put(outbox, events('1', '2'));
    await put(outbox, events('3'));
    await destination.until(() => destination.confirmed.length === 3);
    await idle();
    expect(destination.confirmed).toEqual(['1', '2', '3']);
    expect(await rows()).toEqual([]);
    expect(telemetry.value('pintail_exporter_sent_events_total{exporter="a"}')).toBe(3);
  });

  test('goes by the sequence, not by where the rows happen to lie', async () => {
    const destination = new ScriptedDestination('a', { batch: { maxEvents: 1, maxBytes: 1_000 } });
    const outbox = build([destination]);
    await put(outbox, events('1', '2', '3'));
    await database.write((connection) => connection.run('update outbox set sequence = 10 - sequence'));
    await outbox.start();
    await destination.until(() => destination.confirmed.length === 3);
    expect(destination.confirmed).toEqual(['3', '2', '1']);
  });

  test('sends what an earlier process left', async () => {
    await put(build([new ScriptedDestination('a')]), events('1'));
    const destination = new ScriptedDestination('a');
    await build([destination]).start();
    await destination.until(() => destination.confirmed.length === 1);
  });

  test('does not send again what was delivered before', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    await outbox.start();
    await put(outbox, events('1'));
    await destination.until(() => destination.confirmed.length === 1);
    await idle();
    await put(outbox, events('1', '2'));
    await destination.until(() => destination.confirmed.length === 2);
    expect(destination.attempts).toEqual([['1'], ['2']]);
  });

  test('looks at the table without being woken', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    await outbox.start();
    await idle();
    await database.write((connection) => outbox.enqueue(connection, events('1')));
    clock.advance(DEFAULT_OUTBOX_SETTINGS.pollIntervalMs);
    await destination.until(() => destination.confirmed.length === 1);
  });

  test('bounds a batch by events and by bytes, and lets one large event go alone', async () => {
    const batch = { maxEvents: 3, maxBytes: 1_000 };
    const destination = new ScriptedDestination('a', { batch });
    const outbox = build([destination]);
    const large = event('large', { text: 'x'.repeat(2_000) });
    await put(outbox, [...events('1', '2', '3', '4'), large, ...events('5')]);
    await outbox.start();
    await destination.until(() => destination.confirmed.length === 6);
    expect(destination.attempts).toEqual([['1', '2', '3'], ['4'], ['large'], ['5']]);
  });

  test('one destination that is down does not hold up another', async () => {
    const down = new ScriptedDestination('down');
    const up = new ScriptedDestination('up');
    down.answer = () => {
      throw new RetryableError('connection refused', 0);
    };
    const outbox = build([down, up]);
    await outbox.start();
    await put(outbox, events('1', '2'));
    await up.until(() => up.confirmed.length === 2);
    await clock.sleeping(1_000, 1_000);
    expect(down.confirmed).toEqual([]);
  });

  test('delivers again, with the same ids, what was delivered but could not be taken out before a crash', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pintail-outbox-'));
    try {
      const first = await openTestDatabase(join(folder, 'outbox.duckdb'));
      const delivered = new ScriptedDestination('a');
      let isDelivering = false;
      delivered.answer = () => {
        isDelivering = true;
        return DELIVERED;
      };
      const dying: Database = {
        read: first.read,
        write: (work) => (isDelivering ? Promise.reject(new Error('the process died here')) : first.write(work)),
      };
      const before = build([delivered], { database: dying });
      await put(before, events('1', '2'), first);
      await before.start();
      await clock.sleeping(1_000, 1_000);
      await before.shutdown();
      await first.close();
      expect(delivered.confirmed).toEqual(['1', '2']);

      const second = await openTestDatabase(join(folder, 'outbox.duckdb'));
      const again = new ScriptedDestination('a');
      const after = build([again], { database: second });
      await after.start();
      await again.until(() => again.confirmed.length === 2);
      await after.shutdown();
      expect(again.confirmed).toEqual(['1', '2']);
      expect(await second.query('from outbox')).toEqual([]);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('retry', () => {
  test('waits longer after each failure, up to the limit, and keeps the order', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = () => {
      throw new RetryableError('connection refused', 0);
    };
    await put(outbox, events('1', '2'));
    await outbox.start();
    for (const waitMs of [1_000, 1_500, 2_250, 3_375]) {
      await clock.sleeping(waitMs, waitMs);
      clock.advance(waitMs);
    }
    await clock.sleeping(5_062, 5_063);
    expect(await rows()).toEqual(
      ['1', '2'].map((id) => ({
        event_id: id,
        destination: 'a',
        status: 'pending',
        attempts: 5,
        last_error: 'connection refused',
      })),
    );
    destination.answer = () => DELIVERED;
    clock.advance(5_063);
    await destination.until(() => destination.confirmed.length === 2);
    expect(destination.confirmed).toEqual(['1', '2']);
  });

  test('waits as long as the other side asks, also when new events come in', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = () => {
      throw new RetryableError('busy', 7_000);
    };
    await put(outbox, events('1'));
    await outbox.start();
    await clock.sleeping(7_000, 7_000);
    await put(outbox, events('2'));
    clock.advance(6_999);
    expect(destination.attempts).toEqual([['1']]);
    destination.answer = () => DELIVERED;
    clock.advance(1);
    await destination.until(() => destination.confirmed.length === 2);
  });

  test('does not let the other side ask for more than the limit', async () => {
    const retry = { ...DEFAULT_RETRY, maxRetryAfterMs: 60_000 };
    const destination = new ScriptedDestination('a', { retry });
    const outbox = build([destination]);
    destination.answer = () => {
      throw new RetryableError('come back next year', 31_536_000_000);
    };
    await put(outbox, events('1'));
    await outbox.start();
    expect(await clock.sleeping(60_000, 60_000)).toBe(60_000);
  });

  test('keeps to the wait across a restart', async () => {
    const destination = new ScriptedDestination('a');
    destination.answer = () => {
      throw new RetryableError('busy', 7_000);
    };
    const outbox = build([destination]);
    await put(outbox, events('1'));
    await outbox.start();
    await clock.sleeping(7_000, 7_000);
    await outbox.shutdown();
    clock.advance(3_000);
    await outbox.start();
    expect(await clock.sleeping(1, 7_000)).toBe(4_000);
  });

  test('lives through a failure of the database', async () => {
    let failures = 2;
    // The senders' reads have no name of their own; the count at start does.
    const flaky: Database = {
      read: (options, work) => {
        if (failures > 0 && work.name === '') {
          failures -= 1;
          return Promise.reject(new Error('disk gone'));
        }
        return database.read(options, work);
      },
      write: database.write,
    };
    const destination = new ScriptedDestination('a');
    const outbox = build([destination], { database: flaky });
    await put(outbox, events('1'));
    await outbox.start();
    await clock.sleeping(1_000, 1_000);
    clock.advance(1_000);
    await clock.sleeping(1_500, 1_500);
    clock.advance(1_500);
    await destination.until(() => destination.confirmed.length === 1);
  });
});

describe('dead letters', () => {
  const refuse =
    (...bad: readonly string[]) =>
    (batch: readonly OutboundEvent[]) => {
      if (batch.some((one) => bad.includes(one.eventId))) throw new PermanentError('400: bad record');
      return DELIVERED;
    };

  test('only the event that is refused becomes one; the others arrive, in order', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = refuse('6');
    await put(outbox, events('1', '2', '3', '4', '5', '6', '7', '8', '9'));
    await outbox.start();
    await destination.until(() => destination.confirmed.length === 8);
    await idle();
    expect(destination.confirmed).toEqual(['1', '2', '3', '4', '5', '7', '8', '9']);
    expect(destination.attempts.map((batch) => batch.join(''))).toEqual([
      '123456789',
      '12345',
      '6789',
      '67',
      '6',
      '7',
      '89',
    ]);
    expect(await rows()).toEqual([
      { event_id: '6', destination: 'a', status: 'dead', attempts: 1, last_error: '400: bad record' },
    ]);
    expect(telemetry.value('pintail_exporter_dead_letters_total{exporter="a"}')).toBe(1);
    expect(telemetry.lines.filter((line) => line.level === 'error')).toHaveLength(1);
  });

  test('are shown by the gauge, not sent again, and not doubled by a repeated enqueue', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = refuse('1');
    await put(outbox, events('1'));
    await outbox.start();
    await idle();
    await put(outbox, events('1', '2'));
    await destination.until(() => destination.confirmed.length === 1);
    await outbox.shutdown();
    expect(destination.attempts).toEqual([['1'], ['2']]);
    expect(telemetry.value('pintail_exporter_dead_letters{exporter="a"}')).toBe(1);
    expect(telemetry.value('pintail_exporter_queue_size{exporter="a"}')).toBe(0);
  });

  test('can be put back in line', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = refuse('1');
    await put(outbox, events('1'));
    await outbox.start();
    await idle();
    destination.answer = () => DELIVERED;
    expect(await outbox.retryDeadLetters('a')).toBe(1);
    await destination.until(() => destination.confirmed.length === 1);
  });

  test('come of events that the other side took the batch without', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = () => ({ refused: [{ eventId: '2', reason: 'no such index' }] });
    await put(outbox, events('1', '2', '3'));
    await outbox.start();
    await idle();
    expect(destination.confirmed).toEqual(['1', '3']);
    expect(await rows()).toEqual([
      { event_id: '2', destination: 'a', status: 'dead', attempts: 1, last_error: 'no such index' },
    ]);
  });

  test('come of an event that keeps breaking the other side, after the allowed attempts', async () => {
    const retry = { ...DEFAULT_RETRY, maxDoubtfulAttempts: 3 };
    const destination = new ScriptedDestination('a', { retry });
    const outbox = build([destination]);
    destination.answer = (batch) => {
      if (batch.some((one) => one.eventId === '1')) throw new DoubtfulError('500: oops', 0);
      return DELIVERED;
    };
    await put(outbox, events('1', '2'));
    await outbox.start();
    for (const waitMs of [1_000, 1_500]) {
      await clock.sleeping(waitMs, waitMs);
      clock.advance(waitMs);
    }
    await destination.until(() => destination.confirmed.length === 1);
    await idle();
    expect(destination.attempts).toEqual([['1', '2'], ['1', '2'], ['1', '2'], ['1'], ['2']]);
    expect(await rows()).toMatchObject([{ event_id: '1', status: 'dead' }]);
  });

  test('come of a bug of ours, which is logged, and blocks nothing behind it', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    destination.answer = (batch) => {
      if (batch.some((one) => one.eventId === '1')) throw new TypeError('x is not a function');
      return DELIVERED;
    };
    await put(outbox, events('1', '2'));
    await outbox.start();
    await destination.until(() => destination.confirmed.length === 1);
    await idle();
    expect(await rows()).toMatchObject([{ event_id: '1', status: 'dead', last_error: 'x is not a function' }]);
    expect(telemetry.lines.filter((line) => line.message === 'exporter failed')).not.toHaveLength(0);
  });

  test('come of an event that could not be delivered for too long; younger ones wait on', async () => {
    const retry = { ...DEFAULT_RETRY, maxElapsedMs: 10_000 };
    const destination = new ScriptedDestination('a', { retry });
    const outbox = build([destination]);
    destination.answer = () => {
      throw new RetryableError('connection refused', 4_000);
    };
    await put(outbox, events('old'));
    clock.advance(9_000);
    await put(outbox, events('young'));
    await outbox.start();
    await clock.sleeping(4_000, 4_000);
    clock.advance(4_000);
    await clock.sleeping(4_000, 4_000);
    expect(await rows()).toMatchObject([
      {
        event_id: 'old',
        status: 'dead',
        last_error: 'not delivered within 10 s (max_elapsed_time): connection refused',
      },
      { event_id: 'young', status: 'pending', attempts: 2 },
    ]);
  });

  test.each([
    ['after their time', { deadLetterMemoryMs: 1_000, deliveredMemoryMs: 1_000 }, [], []],
    ['beyond their number, the oldest first', { maxDeadLetters: 1, maxDeliveredMemory: 1 }, ['3'], ['4']],
  ])('are forgotten %s, and so are deliveries', async (_when, limits, deadIds, deliveredIds) => {
    const destination = new ScriptedDestination('a', { batch: { maxEvents: 1, maxBytes: 1_000 } });
    const outbox = build([destination], { settings: { ...DEFAULT_OUTBOX_SETTINGS, ...limits } });
    destination.answer = refuse('1', '3');
    await put(outbox, events('1', '2', '3', '4'));
    await outbox.start();
    await idle();
    await clock.sleeping(3_600_000, 3_600_000);
    clock.advance(3_600_000);
    await clock.sleeping(3_600_000, 3_600_000);
    await outbox.shutdown();
    const ids = async (table: string) => (await database.query(`from ${table}`)).map((row) => row.event_id);
    expect(await ids('outbox')).toEqual(deadIds);
    expect(await ids('outbox_delivery')).toEqual(deliveredIds);
    expect(telemetry.value('pintail_exporter_dead_letters_expired_total')).toBe(2 - deadIds.length);
  });
});

describe('life', () => {
  test('shuts down before start, twice, and starts again', async () => {
    const destination = new ScriptedDestination('a');
    const outbox = build([destination]);
    await outbox.shutdown();
    await outbox.start();
    await outbox.start();
    await outbox.shutdown();
    await outbox.shutdown();
    expect([destination.opened, destination.closed]).toEqual([1, 1]);
    await outbox.start();
    await put(outbox, events('1'));
    await destination.until(() => destination.confirmed.length === 1);
  });

  test('does not start where a destination cannot open, and closes the others', async () => {
    const good = new ScriptedDestination('good');
    const bad = new ScriptedDestination('bad');
    bad.open = async () => {
      throw new Error('no such certificate');
    };
    const outbox = build([good, bad]);
    await expect(outbox.start()).rejects.toThrow('no such certificate');
    expect(good.closed).toBe(1);
  });

  test('closes every destination where one fails to, and says which did', async () => {
    const bad = new ScriptedDestination('bad');
    const good = new ScriptedDestination('good');
    const worse = new ScriptedDestination('worse');
    for (const one of [bad, worse]) {
      one.close = async () => {
        throw new Error(`${one.name} does not close`);
      };
    }
    const outbox = build([bad, good, worse]);
    await outbox.start();
    await expect(outbox.shutdown()).rejects.toThrow('bad does not close\nworse does not close');
    expect(good.closed).toBe(1);

    worse.open = async () => {
      throw new Error('no such certificate');
    };
    await expect(outbox.start()).rejects.toThrow('no such certificate\nbad does not close\nworse does not close');
    expect(good.closed).toBe(2);
  });

  test('ends a wait at once, without the clock moving', async () => {
    const destination = new ScriptedDestination('a');
    destination.answer = () => {
      throw new RetryableError('busy', 3_000_000);
    };
    const outbox = build([destination]);
    await put(outbox, events('1'));
    await outbox.start();
    await clock.sleeping(3_000_000, 3_000_000);
    await outbox.shutdown();
    expect(await rows()).toMatchObject([{ event_id: '1', status: 'pending' }]);
  });

  test('lets a delivery under way finish and takes its events out', async () => {
    const destination = new ScriptedDestination('a');
    const { promise, resolve } = Promise.withResolvers<typeof DELIVERED>();
    destination.answer = () => promise;
    const outbox = build([destination]);
    await put(outbox, events('1'));
    await outbox.start();
    await destination.until(() => destination.attempts.length === 1);
    const stopped = outbox.shutdown();
    resolve(DELIVERED);
    await stopped;
    expect(await rows()).toEqual([]);
  });

  test('breaks off a delivery that takes too long; its events stay', async () => {
    const destination = new ScriptedDestination('a');
    destination.answer = (_batch, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const outbox = build([destination]);
    await put(outbox, events('1'));
    await outbox.start();
    await destination.until(() => destination.attempts.length === 1);
    const stopped = outbox.shutdown();
    clock.advance(await clock.sleeping(5_000, 5_000));
    await stopped;
    expect(await rows()).toMatchObject([{ event_id: '1', status: 'pending', attempts: 0 }]);
  });

  test('names the exporter that events wait for and that is no longer configured', async () => {
    await put(build([new ScriptedDestination('old')]), events('1', '2'));
    await build([new ScriptedDestination('new')]).start();
    expect(telemetry.lines).toContainEqual({
      level: 'warn',
      fields: { exporter: 'old', pending: 2, dead: 0 },
      message: 'events wait for an exporter that is not configured',
    });
  });

  test('refuses two exporters of one name', () => {
    expect(() => build([new ScriptedDestination('a'), new ScriptedDestination('a')])).toThrow(
      'expected one exporter named "a", found several',
    );
  });
});
