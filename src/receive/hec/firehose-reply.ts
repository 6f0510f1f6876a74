/**
 * The answers that Amazon Data Firehose expects of an HTTP endpoint, the only place.
 *
 * https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html
 * Only 200 with the request's own id is success, and only as application/json without more. Everything else is sent again until the
 * stream's retry duration is over and then goes to its error bucket; but for 413, of which Firehose keeps nothing anywhere: never that.
 */
import type { HttpAnswer, HttpRequest } from '../http-listener.ts';
import type { Refusal, RefusalReason } from '../refusal.ts';
import { print, withRetryAfter } from './reply.ts';

export const FIREHOSE_PATH = '/firehose';

const STATUS: Readonly<Record<RefusalReason, number>> = {
  bad_data: 400,
  permanent: 400,
  unauthenticated: 401,
  forbidden: 403,
  unknown_path: 404,
  wrong_method: 405,
  too_large: 400,
  unsupported_encoding: 415,
  unsupported_content_type: 415,
  busy: 503,
  unavailable: 503,
  timeout: 503,
  internal: 500,
};

/** `nowMs`: milliseconds since the epoch. */
export function firehoseReply(request: HttpRequest, nowMs: number): HttpAnswer {
  return printed(200, { requestId: requestIdOf(request), timestamp: nowMs });
}

export function firehoseRefusal(request: HttpRequest, refusal: Refusal, nowMs: number): HttpAnswer {
  const body = { requestId: requestIdOf(request), timestamp: nowMs, errorMessage: refusal.message };
  return withRetryAfter(printed(STATUS[refusal.reason], body), refusal.retryAfterMs);
}

function printed(status: number, body: object): HttpAnswer {
  const answer = print(status, body);
  return { ...answer, headers: { ...answer.headers, 'content-type': 'application/json' } };
}

export function isOfFirehose({ path }: HttpRequest): boolean {
  return path.replace(/\/$/, '') === FIREHOSE_PATH;
}

/** A GUID; of whoever sends another one, no more than that much comes back. */
function requestIdOf({ headers }: HttpRequest): string {
  const id = headers['x-amz-firehose-request-id'];
  return typeof id === 'string' ? id.slice(0, 128) : '';
}
