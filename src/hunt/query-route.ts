/** `POST /api/v1/query`. */
import type { Request, RequestHandler, Response } from 'express';
import { PermanentError, RetryableError } from '../component.ts';
import { QueryRefusal } from './diagnostic.ts';
import { ProblemError, QueryStopped, QueueFull } from './problem.ts';
import { parseQueryRequest, type QueryRequest } from './query-request.ts';
import { negotiateFormat, sendResult, TooManyRows } from './query-response.ts';
import { QueryRunner } from './query-runner.ts';
import type { HuntDependencies, HuntSettings } from './settings.ts';

type Outcome =
  | 'ok'
  | 'refused'
  | 'busy'
  | 'time_limit'
  | 'memory_limit'
  | 'row_limit'
  | 'disconnect'
  | 'shutdown'
  | 'unavailable'
  | 'failed';

const loggedQueryLength = 2_000;

export class QueryRoute {
  readonly #settings: HuntSettings;
  readonly #dependencies: HuntDependencies;
  readonly #runner: QueryRunner;
  readonly #open = new Map<AbortController, Promise<void>>();

  constructor(settings: HuntSettings, dependencies: HuntDependencies) {
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#runner = new QueryRunner(settings.query, dependencies);
  }

  readonly handle: RequestHandler = async (request: Request, response: Response): Promise<void> => {
    if (!request.is('application/json')) {
      const found = request.headers['content-type'] ?? 'none';
      const detail = `Content-Type: expected application/json, found ${found}.`;
      throw new ProblemError({ status: 415, title: 'The request is refused', detail });
    }
    const format = negotiateFormat((types) => request.accepts(types));
    const query = parseQueryRequest(request.body, this.#settings.query.maxRows, this.#dependencies);
    const stop = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished)
        stop.abort(new QueryStopped('disconnect', 'query: expected a reader, found that it has gone.'));
    });
    // What was sent so far must not look like a whole answer.
    stop.signal.addEventListener('abort', () => {
      if (response.headersSent) response.destroy();
    });
    const work = this.#run(query, stop, response, format);
    this.#open.set(
      stop,
      work.catch(() => undefined),
    );
    try {
      await work;
    } finally {
      this.#open.delete(stop);
    }
  };

  /** Waits for the queries in hand, then stops what is left. */
  async drain(timeoutMs: number): Promise<void> {
    const timer = setTimeout(() => {
      const reason = new QueryStopped('shutdown', 'query: expected a running service, found that it is shutting down.');
      for (const stop of this.#open.keys()) stop.abort(reason);
    }, timeoutMs);
    await Promise.all(this.#open.values());
    clearTimeout(timer);
  }

  async #run(
    query: QueryRequest,
    stop: AbortController,
    response: Response,
    format: Parameters<typeof sendResult>[1],
  ): Promise<void> {
    const startedAt = performance.now();
    let rows = 0;
    try {
      await this.#runner.run(query, stop, async (stream, warnings) => {
        const bounds = { ...this.#settings.query, limit: query.limit };
        rows = await sendResult(response, format, { stream, warnings }, bounds, stop.signal);
      });
      this.#report(query, 'ok', rows, startedAt);
    } catch (error: unknown) {
      const cause = stop.signal.aborted ? stop.signal.reason : error;
      this.#report(query, outcomeOf(cause), rows, startedAt, cause);
      if (response.headersSent) response.destroy();
      else throw cause;
    }
  }

  #report(query: QueryRequest, outcome: Outcome, rows: number, startedAt: number, error?: unknown): void {
    const { logger, metrics } = this.#dependencies;
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.add('pintail_hunt_queries_total', 1, { language: query.language, outcome });
    metrics.observe('pintail_hunt_query_seconds', seconds, { language: query.language });
    const fields = { language: query.language, query: query.query.slice(0, loggedQueryLength), outcome, rows, seconds };
    if (outcome === 'failed') logger.error({ ...fields, error }, 'query failed');
    else if (outcome === 'unavailable') logger.warn({ ...fields, error }, 'query failed');
    else logger.info(error instanceof Error ? { ...fields, reason: error.message } : fields, 'query');
  }
}

const stoppedOutcomes = {
  'time limit': 'time_limit',
  'memory limit': 'memory_limit',
  disconnect: 'disconnect',
  shutdown: 'shutdown',
} as const;

function outcomeOf(error: unknown): Outcome {
  if (error instanceof QueryStopped) return stoppedOutcomes[error.reason];
  if (error instanceof TooManyRows) return 'row_limit';
  if (error instanceof QueueFull) return 'busy';
  if (error instanceof QueryRefusal || error instanceof PermanentError) return 'refused';
  return error instanceof RetryableError ? 'unavailable' : 'failed';
}
