/** One run at a time over one window of one detection: a run by hand and a scheduled one would each miss what the other wrote. */
import type { LedgerRun } from './run-ledger.ts';

export class WindowTurns {
  /** The last run that has or waits for the turn, settled once it is over. */
  readonly #last = new Map<string, Promise<void>>();

  /** Starts the work once every run over the same window that came before is over. */
  async take<T>({ detection, window }: Pick<LedgerRun, 'detection' | 'window'>, work: () => Promise<T>): Promise<T> {
    const key = JSON.stringify([detection, window.earliest, window.latest]);
    const before = this.#last.get(key);
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    this.#last.set(key, over);
    try {
      await before;
      return await work();
    } finally {
      end();
      if (this.#last.get(key) === over) this.#last.delete(key);
    }
  }
}
