/** Runs one query within its bounds: a turn in the queue, a time limit, an interrupt that is watched. */
import type { Connection, SqlStream } from '../component.ts';
import { spreadColumns } from '../format/index.ts';
import { type Diagnostic, QueryRefusal } from './diagnostic.ts';
import { MemoryWatch } from './memory-watch.ts';
import { QueryStopped } from './problem.ts';
import { QueryQueue } from './query-queue.ts';
import type { QueryRequest } from './query-request.ts';
import type { CompiledSearch, HuntDependencies, QuerySettings } from './settings.ts';
import { checkSql } from './sql-guard.ts';

/** Takes the rows of one query, and the warnings about it. */
export type SendRows = (stream: SqlStream, warnings: readonly Diagnostic[]) => Promise<void>;

type Dependencies = Pick<HuntDependencies, 'database' | 'compileSearch' | 'memory' | 'onStuckQuery' | 'metrics'>;

export class QueryRunner {
  readonly #settings: QuerySettings;
  readonly #dependencies: Dependencies;
  readonly #queue: QueryQueue;
  readonly #memory: MemoryWatch;

  constructor(settings: QuerySettings, dependencies: Dependencies) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#memory = new MemoryWatch(dependencies.memory);
    this.#queue = new QueryQueue(settings.maxConcurrent, settings.maxQueued);
    dependencies.metrics.gauge('pintail_hunt_queries_running', () => this.#queue.running);
    dependencies.metrics.gauge('pintail_hunt_queries_waiting', () => this.#queue.waiting);
  }

  /**
   * Hands the query's rows to `send` and resolves when it has settled. `stop` ends the query: with a reason of its
   * own, or by this runner with QueryStopped at the time or memory limit. Rejects with QueryRefusal for a query that may not
   * run, and with what the database rejects.
   */
  run(request: QueryRequest, stop: AbortController, send: SendRows): Promise<void> {
    return this.#queue.run(stop.signal, async () => {
      const { sql, spread, warnings } =
        request.language === 'spl' ? this.#compile(request) : { sql: request.query, warnings: [] };
      const limit = setTimeout(() => {
        const message = `query: expected an end within ${this.#settings.timeLimitMs} ms (api.query.time_limit), found it still running.`;
        stop.abort(new QueryStopped('time limit', message));
      }, this.#settings.timeLimitMs);
      const watch = this.#watchInterrupt(request, stop.signal);
      const memory = this.#memory.begin(stop);
      try {
        const options = {
          share: 'hunt',
          signal: stop.signal,
          ...(request.window && { window: request.window }),
        } as const;
        await this.#dependencies.database.read(options, async (connection: Connection) => {
          if (request.language === 'sql') await checkSql(connection, sql, this.#settings);
          await send(await spreadColumns(await connection.stream(sql), spread), warnings);
        });
      } finally {
        clearTimeout(limit);
        watch.end();
        memory.end();
      }
    });
  }

  #compile({ query, tokens }: QueryRequest): CompiledSearch & { readonly ok: true } {
    const compiled = this.#dependencies.compileSearch(query, tokens);
    if (!compiled.ok) throw new QueryRefusal(compiled.diagnostics);
    return compiled;
  }

  /** An interrupt does not reach inside one vector (DuckDB 1.5): what lives on must not hold the service. */
  #watchInterrupt(request: QueryRequest, signal: AbortSignal): { end(): void } {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      timer = setTimeout(() => {
        const reason = signal.reason instanceof Error ? signal.reason.message : String(signal.reason);
        this.#dependencies.onStuckQuery({ language: request.language, query: request.query, reason });
      }, this.#settings.stuckAfterMs);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    return {
      end: () => {
        signal.removeEventListener('abort', onAbort);
        clearTimeout(timer);
      },
    };
  }
}
