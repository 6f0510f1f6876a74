/**
 * Errors as `application/problem+json` (RFC 9457). The one place where a failure becomes a status:
 *
 *   QueryRefusal, PermanentError      400, the caller's mistake
 *   QueryStopped                      504 time limit, 507 memory limit, 503 shutdown
 *   QueueFull, RetryableError         429 and 503 with Retry-After
 *   errors of the body parser         their own status (413, 415, 400)
 *   anything else                     500, ours; its text stays in the log
 */
import { PermanentError, RetryableError } from '../component.ts';
import { type Diagnostic, QueryRefusal } from './diagnostic.ts';

export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly diagnostics?: readonly Diagnostic[];
  /** Sent as the header, in whole seconds. */
  readonly retryAfterSeconds?: number;
}

/** An answer that is a problem from the start: wrong path, method, header or parameter. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** A query that was interrupted on purpose. */
export class QueryStopped extends Error {
  override readonly name = 'QueryStopped';
  readonly reason: 'time limit' | 'memory limit' | 'disconnect' | 'shutdown';

  constructor(reason: QueryStopped['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

/** More queries wait than may. */
export class QueueFull extends RetryableError {}

const stoppedStatus = { 'time limit': 504, 'memory limit': 507, disconnect: 503, shutdown: 503 } as const;

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof QueryRefusal) {
    return { status: 400, title: 'The query is refused', detail: error.message, diagnostics: error.diagnostics };
  }
  if (error instanceof QueryStopped) {
    const status = stoppedStatus[error.reason];
    return { status, title: 'The query was stopped', detail: error.message };
  }
  if (error instanceof RetryableError) {
    return {
      status: error instanceof QueueFull ? 429 : 503,
      title: error instanceof QueueFull ? 'Too many queries' : 'Try again',
      detail: error.message,
      retryAfterSeconds: Math.max(1, Math.ceil(error.retryAfterMs / 1000)),
    };
  }
  if (error instanceof PermanentError) {
    return { status: 400, title: 'The request is refused', detail: error.message };
  }
  return bodyProblem(error) ?? internalProblem;
}

const internalProblem: Problem = {
  status: 500,
  title: 'Pintail failed',
  detail: 'request: expected an answer, found a defect of pintail; its log tells more.',
};

/** What express's body parser refuses, in our words. */
function bodyProblem(error: unknown): Problem | undefined {
  const { type, limit, length } = error as { type?: unknown; limit?: unknown; length?: unknown };
  switch (type) {
    case 'entity.too.large':
      return {
        status: 413,
        title: 'The request is too large',
        detail: `request body: expected at most ${String(limit)} bytes (api.max_request_body_size), found ${length === undefined ? 'more' : String(length)}.`,
      };
    case 'entity.parse.failed':
      return {
        status: 400,
        title: 'The request is refused',
        detail: 'request body: expected JSON, found something else.',
      };
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return {
        status: 415,
        title: 'The request is refused',
        detail: `request body: expected UTF-8, plain or compressed with gzip, deflate or br, found another ${String(type).split('.')[0]}.`,
      };
    case 'request.aborted':
    case 'request.size.invalid':
      return {
        status: 400,
        title: 'The request is refused',
        detail: 'request body: expected Content-Length bytes, found fewer.',
      };
    default:
      return undecodableBody(error);
  }
}

/** A body that does not decompress has the decompressor's own error (`Z_DATA_ERROR`, `ZSTD_error_…`). */
function undecodableBody(error: unknown): Problem | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string' || !/^(?:Z_|ZSTD_|ERR_BROTLI_|ERR__ERROR_|ERR_ZSTD|ERR_PADDING)/.test(code))
    return undefined;
  const detail = 'request body: expected what Content-Encoding says, found bytes that do not decompress.';
  return { status: 400, title: 'The request is refused', detail };
}
