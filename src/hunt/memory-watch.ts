/**
 * Keeps queries within the memory of the process. DuckDB's own limit does not count what aggregates build (`list`,
 * `string_agg`, `list_concat` of millions), so the process's resident size is looked at while queries run, and the
 * youngest one that has grown it is stopped.
 */
import { QueryStopped } from './problem.ts';

export interface ProcessMemory {
  readonly limitBytes: number;
  /** Resident bytes now. */
  readonly read: () => number;
}

const LOOK_EVERY_MS = 50;
/** A stopped query gives its memory back within this time, before another is stopped for it. */
const PAUSE_MS = 1000;
/** A process that was over its limit before does not make every small query guilty. */
const LEAST_GROWTH_BYTES = 64 * 1_048_576;

interface Watched {
  readonly stop: AbortController;
  readonly before: number;
}

export class MemoryWatch {
  readonly #memory: ProcessMemory;
  /** In the order of starting. */
  readonly #running = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #lastStopMs = Number.NEGATIVE_INFINITY;

  constructor(memory: ProcessMemory) {
    this.#memory = memory;
  }

  /** Watches one query until `end`; `stop` is aborted with QueryStopped where it must go. */
  begin(stop: AbortController): { end(): void } {
    const watched = { stop, before: this.#memory.read() };
    this.#running.add(watched);
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS);
    return {
      end: () => {
        this.#running.delete(watched);
        if (this.#running.size > 0) return;
        clearInterval(this.#timer);
        this.#timer = undefined;
      },
    };
  }

  #look(): void {
    const { limitBytes } = this.#memory;
    const resident = this.#memory.read();
    const now = performance.now();
    if (resident <= limitBytes || now - this.#lastStopMs < PAUSE_MS) return;
    const youngest = [...this.#running].findLast(
      ({ stop, before }) => !stop.signal.aborted && resident - before > LEAST_GROWTH_BYTES,
    );
    if (youngest === undefined) return;
    this.#lastStopMs = now;
    const message = `query: expected the process to stay within ${limitBytes} bytes (storage.memory_limit), found ${resident}, ${resident - youngest.before} more than when this query began. Aggregate less at once: a shorter time, fewer groups, LIMIT.`;
    youngest.stop.abort(new QueryStopped('memory limit', message));
  }
}
