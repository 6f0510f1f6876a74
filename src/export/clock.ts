/**
 * Time as the exporters see it, so that a test can turn it by hand.
 */
import { setTimeout } from 'node:timers/promises';

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers hold 31 bits; a longer one would fire at once. Whoever sleeps looks again afterwards. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await setTimeout(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal });
    } catch (error: unknown) {
      if (!signal.aborted) throw error;
    }
  },
};
