/** Refusal to HTTP answer for the audit webhook, the only place. The API server tries again on every one of them. */
import type { HttpAnswer } from '../http-listener.ts';
import type { Refusal, RefusalReason } from '../refusal.ts';

const STATUS: Readonly<Record<RefusalReason, number>> = {
  bad_data: 400,
  permanent: 400,
  unauthenticated: 401,
  forbidden: 403,
  unknown_path: 404,
  wrong_method: 405,
  too_large: 413,
  unsupported_encoding: 415,
  unsupported_content_type: 415,
  busy: 503,
  unavailable: 503,
  timeout: 503,
  internal: 500,
};

/** The body is the message as text: the API server writes it to its log. */
export function refusedAnswer(refusal: Refusal): HttpAnswer {
  const headers: Record<string, string> = { 'content-type': 'text/plain; charset=utf-8' };
  if (refusal.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000)));
  }
  if (refusal.reason === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (refusal.reason === 'wrong_method') headers.allow = 'POST';
  if (refusal.reason === 'unsupported_encoding') headers['accept-encoding'] = 'gzip, zstd, deflate, identity';
  return { status: STATUS[refusal.reason], headers, body: `${refusal.message}\n` };
}
