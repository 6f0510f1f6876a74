/** Runs that wait, in the order in which they are to run: live ones, then missed ones from the oldest on. */
import type { LedgerRun } from './run-ledger.ts';

export interface QueuedRun {
  readonly run: LedgerRun;
  /** The newest window of its detection, not one that was missed. */
  readonly isLive: boolean;
  /** Epoch seconds; not to be started before. */
  readonly notBefore: number;
}

export class RunQueue {
  /** Newest first, so that the oldest is at the end and `pop` is cheap. */
  readonly #live: QueuedRun[] = [];
  readonly #missed: QueuedRun[] = [];
  readonly #waiting: QueuedRun[] = [];

  get size(): number {
    return this.#live.length + this.#missed.length + this.#waiting.length;
  }

  /** Scheduled time of the oldest run that waits; null where none does. */
  get oldest(): number | null {
    const times = [this.#live.at(-1), this.#missed.at(-1), ...this.#waiting].flatMap((queued) =>
      queued === undefined ? [] : [queued.run.window.now],
    );
    return times.length === 0 ? null : Math.min(...times);
  }

  add(runs: readonly QueuedRun[], now: number): void {
    for (const queued of runs) this.#listFor(queued, now).push(queued);
    this.#live.sort(newestFirst);
    this.#missed.sort(newestFirst);
  }

  /** The next run to start, taken out; null where none may start yet. */
  take(now: number): QueuedRun | null {
    this.#releaseWaiting(now);
    return this.#live.pop() ?? this.#missed.pop() ?? null;
  }

  /** Takes runs out that are not to be run after all. */
  remove(runIds: ReadonlySet<string>): void {
    for (const list of [this.#live, this.#missed, this.#waiting]) {
      list.splice(0, list.length, ...list.filter(({ run }) => !runIds.has(run.runId)));
    }
  }

  /** After the clock was set back: no run waits longer than `longestWait` seconds from now on. */
  shortenWaits(now: number, longestWait: number): void {
    const shortened = this.#waiting.map((queued) => ({
      ...queued,
      notBefore: Math.min(queued.notBefore, now + longestWait),
    }));
    this.#waiting.splice(0, this.#waiting.length, ...shortened);
  }

  /** When the next run that must wait may start; null where none waits. */
  nextRelease(): number | null {
    if (this.#waiting.length === 0) return null;
    return this.#waiting.reduce((least, queued) => Math.min(least, queued.notBefore), Number.POSITIVE_INFINITY);
  }

  #releaseWaiting(now: number): void {
    const ready = this.#waiting.filter((queued) => queued.notBefore <= now);
    if (ready.length === 0) return;
    const others = this.#waiting.filter((queued) => queued.notBefore > now);
    this.#waiting.splice(0, this.#waiting.length, ...others);
    this.add(ready, now);
  }

  #listFor(queued: QueuedRun, now: number): QueuedRun[] {
    if (queued.notBefore > now) return this.#waiting;
    return queued.isLive ? this.#live : this.#missed;
  }
}

function newestFirst(a: QueuedRun, b: QueuedRun): number {
  return b.run.window.now - a.run.window.now;
}
