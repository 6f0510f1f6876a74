/** A clock that a test turns by hand, and that tells when something goes to sleep. */
interface Sleeper {
  readonly ms: number;
  readonly dueMs: number;
  readonly wake: () => void;
}

export class ManualClock {
  #now: number;
  #sleepers: Sleeper[] = [];
  #watchers: (() => void)[] = [];

  constructor(startMs = 1_700_000_000_000) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { ms, dueMs: this.#now + ms, wake };
      signal.addEventListener('abort', wake);
      this.#sleepers.push(sleeper);
      for (const watcher of this.#watchers.splice(0)) watcher();
    });
  }

  /** Moves time on and wakes whoever is due. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers.filter((one) => one.dueMs <= this.#now)) sleeper.wake();
  }

  /** Resolves to the length of a sleep within the bounds, now or as soon as there is one. */
  async sleeping(fromMs: number, toMs: number): Promise<number> {
    for (;;) {
      const found = this.#sleepers.find((sleeper) => sleeper.ms >= fromMs && sleeper.ms <= toMs);
      if (found !== undefined) return found.ms;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }
}
