/**
 * The loader's connection. DuckDB executes a statement in its worker and in the thread that asked for it, and has only
 * one task for the statements of a load: where its worker takes that, the thread that asked spins until it is done, a
 * second processor that the senders need (a third of what a load costs). So the loader asks now and then instead, and
 * leaves the work to the worker.
 */
import { setTimeout } from 'node:timers/promises';
import type { DuckDBConnection, DuckDBPendingResult, DuckDBResult } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

const shortestWaitMs = 1;
const longestWaitMs = 5;
/** Work that takes longer may keep the worker for much longer. */
const takenAfterMs = 300;
/** A commit keeps others waiting, who do not have the worker then. */
const commitTakenAfterMs = 2000;

/** What else uses DuckDB. */
export interface OtherWork {
  /** A writer or maintenance is under way. */
  readonly isWriting: boolean;
  /** How long the oldest work under way has taken; 0 where there is none. */
  readonly oldestWorkMs: number;
}

export class LoadConnection {
  readonly connection: DuckDBConnection;
  readonly #others: OtherWork;
  readonly #hasWorker: boolean;
  readonly #longestLeftMs: number;

  /**
   * `threads` are DuckDB's; one of them is the thread that asks, the others are workers. After `longestLeftMs` the thread
   * that asks joins in, whatever keeps the workers.
   */
  constructor(connection: DuckDBConnection, others: OtherWork, threads: number, longestLeftMs = 10_000) {
    this.connection = connection;
    this.#others = others;
    this.#hasWorker = threads > 1;
    this.#longestLeftMs = longestLeftMs;
  }

  /** Runs a statement that has little to do. */
  run(sql: string): Promise<DuckDBResult> {
    return this.connection.run(sql);
  }

  /** The one row of a query that has little to do. */
  async numbers(sql: string): Promise<readonly number[]> {
    const [row = []] = await this.rows(sql);
    return row;
  }

  async rows(sql: string): Promise<readonly (readonly number[])[]> {
    const result = await this.connection.runAndReadAll(sql);
    return result.getRowsJS().map((row) => row.map(Number));
  }

  /** Runs a statement of one task in DuckDB's worker, or in a thread of ours where the worker has others to serve. */
  runInWorker(sql: string): Promise<DuckDBResult> {
    return this.#leave(sql, takenAfterMs);
  }

  async commit(): Promise<void> {
    await this.#leave('commit', commitTakenAfterMs);
  }

  async #leave(sql: string, patienceMs: number): Promise<DuckDBResult> {
    const others = this.#others;
    // Starting would wait in this thread for the locks of a commit or a checkpoint.
    const isBetterHere = others.isWriting || others.oldestWorkMs >= takenAfterMs;
    if (!this.#hasWorker || isBetterHere) return this.connection.run(sql);
    const pending = await this.connection.start(sql);
    const untilMs = performance.now() + this.#longestLeftMs;
    const isLeft = (): boolean => others.oldestWorkMs < patienceMs && performance.now() < untilMs;
    for (let waitMs = shortestWaitMs; isLeft() && !isOver(pending); ) {
      await setTimeout(waitMs);
      waitMs = Math.min(waitMs * 2, longestWaitMs);
    }
    // Joins in where the statement is not over, and throws what went wrong.
    return pending.getResult();
  }
}

/** Only looks. The API has no public way to do so: `runTask` would execute a task in this thread. */
function isOver(pending: DuckDBPendingResult): boolean {
  const { pending_result } = pending as unknown as { readonly pending_result: duckdb.PendingResult };
  const state = duckdb.pending_execute_check_state(pending_result);
  return duckdb.pending_execution_is_finished(state);
}
