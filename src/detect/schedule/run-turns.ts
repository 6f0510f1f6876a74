/**
 * One run at a time over one window of one detection, and one into one lookup: each would miss what the other wrote between its
 * reading and its writing.
 */
import type { CompiledDetection } from '../run/compile-detection.ts';
import type { LedgerRun } from './run-ledger.ts';

export class RunTurns {
  /** The last run that has or waits for the turn, settled once it is over. */
  readonly #last = new Map<string, Promise<void>>();

  /** Starts the work once every run that came before and takes the same turns is over. */
  async take<T>(
    { detection, window }: Pick<LedgerRun, 'detection' | 'window'>,
    { writes }: Pick<CompiledDetection, 'writes'>,
    work: () => Promise<T>,
  ): Promise<T> {
    const key = writes?.table ?? JSON.stringify([detection, window.earliest, window.latest]);
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
