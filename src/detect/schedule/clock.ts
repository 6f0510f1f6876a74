/** Time as the scheduler sees it, passed in so that tests can step it. */
export interface Clock {
  /** Epoch seconds, with fraction. */
  now(): number;
  /** Calls back once, when `now()` has reached the time; soon, where it has already. Returns a function that cancels. */
  at(epochSeconds: number, callback: () => void): () => void;
  /**
   * Calls back, soon, each time the clock was set back by more than `setBackTolerance`: what waits for a time that it
   * showed before may wait for very long. Returns a function that ends it.
   */
  onSetBack(callback: () => void): () => void;
}

/**
 * Seconds by which a clock may go back without having been wrong: NTP's small steps. No schedule is finer than this, so at
 * most one window of a detection was run too early.
 */
export const setBackTolerance = 60;

/** Longest sleep at a stretch: after a suspended machine or a clock that was set, this is how late a time is noticed. */
const longestSleepMs = 30_000;

class SystemClock implements Clock {
  #newest = Number.NEGATIVE_INFINITY;
  readonly #listeners = new Set<() => void>();
  #watch: NodeJS.Timeout | undefined;

  now(): number {
    const now = Date.now() / 1000;
    if (now < this.#newest - setBackTolerance) {
      this.#newest = now;
      for (const listener of this.#listeners) queueMicrotask(listener);
    }
    this.#newest = Math.max(this.#newest, now);
    return now;
  }

  at(epochSeconds: number, callback: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const arm = () => {
      const wait = (epochSeconds - this.now()) * 1000;
      timer = setTimeout(wait > longestSleepMs ? arm : fire, Math.max(0, Math.min(wait, longestSleepMs)));
    };
    // Timers may fire a millisecond early.
    const fire = () => (this.now() < epochSeconds ? arm() : callback());
    arm();
    return () => clearTimeout(timer);
  }

  onSetBack(callback: () => void): () => void {
    const listener = () => callback();
    this.#listeners.add(listener);
    this.#watch ??= setInterval(() => this.now(), longestSleepMs).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#watch);
      this.#watch = undefined;
    };
  }
}

export const systemClock: Clock = new SystemClock();
