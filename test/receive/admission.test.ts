import { describe, expect, it } from 'vitest';
import { Admission } from '../../src/receive/admission.ts';
import { type Refusal, RefusedError } from '../../src/receive/refusal.ts';

const limits = { maxConcurrentRequests: 10, maxInFlightBytes: 10, maxConcurrentConsumes: 2, maxWaitMs: 10_000 };

function refusal(work: () => unknown): Refusal {
  try {
    work();
  } catch (error: unknown) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
  throw new Error('was admitted');
}

describe('Admission', () => {
  it('admits up to its bound and again after a release', () => {
    const admission = new Admission({ ...limits, maxConcurrentRequests: 2 }, () => 0);
    const first = admission.enter();
    admission.enter();
    expect(refusal(() => admission.enter()).reason).toBe('busy');
    first.release();
    admission.enter();
    expect(admission.requests).toBe(2);
  });

  it('gives back what a request holds once, however often it is released', () => {
    const admission = new Admission({ ...limits, maxConcurrentRequests: 2 }, () => 0);
    const other = admission.enter();
    other.reserve(3);
    const ticket = admission.enter();
    ticket.reserve(4);
    ticket.reserve(2);
    expect(admission.bytes).toBe(9);
    ticket.release();
    ticket.release();
    expect([admission.requests, admission.bytes]).toEqual([1, 3]);
  });

  it('tells bytes that do not fit now from bytes that never will', () => {
    const admission = new Admission({ ...limits, maxConcurrentRequests: 2 }, () => 0);
    admission.enter().reserve(6);
    const ticket = admission.enter();
    ticket.reserve(4);
    expect(refusal(() => ticket.reserve(1))).toMatchObject({
      reason: 'busy',
      message: 'receiver busy: 10 bytes (max_in_flight_size) are in hand.',
    });
    expect(refusal(() => ticket.reserve(7)).reason).toBe('too_large');
    expect(admission.bytes).toBe(10);
  });

  it('hints at the time that requests take of late, between one second and thirty', () => {
    let now = 0;
    const admission = new Admission({ ...limits, maxConcurrentRequests: 1 }, () => now);
    const take = (durationMs: number) => {
      const ticket = admission.enter();
      const hint = refusal(() => admission.enter()).retryAfterMs;
      now += durationMs;
      ticket.release();
      return hint;
    };
    expect(take(4000)).toBe(1000); // Nothing is known yet.
    for (let count = 0; count < 200; count += 1) take(4000);
    expect(take(4000)).toBeGreaterThan(3900);
    for (let count = 0; count < 200; count += 1) take(100_000);
    expect(take(1)).toBe(30_000);
  });

  it('is unavailable once closed, and opens again', () => {
    const admission = new Admission({ ...limits, maxConcurrentRequests: 1 }, () => 0);
    admission.close();
    expect(refusal(() => admission.enter())).toMatchObject({ reason: 'unavailable', retryAfterMs: 5000 });
    admission.open();
    admission.enter();
  });

  it('gives turns in the order of coming, as many at a time as its bound', async () => {
    const admission = new Admission(limits, () => 0);
    const tickets = [0, 1, 2, 3].map(() => admission.enter());
    const turns: number[] = [];
    const waits = tickets.map((ticket, index) => ticket.waitForTurn().then(() => turns.push(index)));
    await Promise.all(waits.slice(0, 2));
    expect(turns).toEqual([0, 1]);
    tickets[1]!.release();
    await waits[2];
    expect(turns).toEqual([0, 1, 2]);
    tickets[0]!.release();
    await waits[3];
    tickets[2]!.release();
    tickets[3]!.release();
    await admission.enter().waitForTurn();
  });

  it('does not let a request wait for its turn too long, and gives the turn to the next', async () => {
    const admission = new Admission({ ...limits, maxConcurrentConsumes: 1, maxWaitMs: 5 }, () => 0);
    const first = admission.enter();
    await first.waitForTurn();
    const second = admission.enter();
    await expect(second.waitForTurn()).rejects.toMatchObject({
      refusal: { reason: 'busy', message: 'receiver busy: no turn came within 5 ms.', retryAfterMs: 1000 },
    });
    second.release();
    first.release();
    await admission.enter().waitForTurn();
  });

  it('gives two requests of any size their turn at once, and more while they are small together', async () => {
    const admission = new Admission({ ...limits, maxInFlightBytes: 2 ** 30, maxConcurrentConsumes: 5 }, () => 0);
    const turns: string[] = [];
    const arrive = (name: string, bytes: number) => {
      const ticket = admission.enter();
      ticket.reserve(bytes);
      void ticket.waitForTurn().then(() => turns.push(name));
      return ticket;
    };
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    const large = [arrive('large 1', 8_000_000), arrive('large 2', 8_000_000)];
    arrive('large 3', 8_000_000);
    const small = arrive('small 1', 1000);
    await settled();
    expect(turns).toEqual(['large 1', 'large 2']);
    // The next large one goes first, though the small one would fit sooner.
    large[0]?.release();
    await settled();
    expect(turns.slice(2)).toEqual(['large 3']);
    large[1]?.release();
    await settled();
    expect(turns.slice(3)).toEqual(['small 1']);
    small.release();
    await settled();
    expect(admission.bytes).toBe(8_000_000);
  });

  it('gives small requests turns up to the bound on their number', async () => {
    const admission = new Admission({ ...limits, maxInFlightBytes: 2 ** 30, maxConcurrentConsumes: 5 }, () => 0);
    let turns = 0;
    const tickets = Array.from({ length: 8 }, () => admission.enter());
    const waits = tickets.map((ticket) => {
      ticket.reserve(1000);
      return ticket.waitForTurn().then(() => {
        turns += 1;
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(turns).toBe(5);
    for (const ticket of tickets.slice(0, 3)) ticket.release();
    await Promise.all(waits);
    expect(turns).toBe(8);
  });
});
