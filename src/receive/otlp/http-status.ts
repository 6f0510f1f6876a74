/**
 * Refusal to HTTP answer, the only place. Senders retry 429, 502, 503 and 504 and drop the batch on anything else
 * (OTLP specification, "OTLP/HTTP Response"), so 408 and 500 are never used.
 */
import type { HttpAnswer } from '../http-listener.ts';
import type { Refusal, RefusalReason } from '../refusal.ts';
import { type Encoding, encodeStatus } from './encode-answer.ts';

/** Status, and the google.rpc.Code of its body. */
const STATUS: Readonly<Record<RefusalReason, readonly [status: number, code: number]>> = {
  bad_data: [400, 3], // INVALID_ARGUMENT
  permanent: [400, 3],
  unauthenticated: [401, 16], // UNAUTHENTICATED
  forbidden: [403, 7], // PERMISSION_DENIED
  unknown_path: [404, 5], // NOT_FOUND
  wrong_method: [405, 12], // UNIMPLEMENTED
  too_large: [413, 8], // RESOURCE_EXHAUSTED
  unsupported_encoding: [415, 3],
  unsupported_content_type: [415, 3],
  busy: [429, 14], // UNAVAILABLE
  unavailable: [503, 14],
  timeout: [503, 14],
  internal: [503, 14],
};

/** The body is a google.rpc.Status in the request's encoding. */
export function httpAnswer(refusal: Refusal, encoding: Encoding): HttpAnswer {
  const [status, code] = STATUS[refusal.reason];
  const headers: Record<string, string> = { 'content-type': contentType(encoding) };
  if (refusal.retryAfterMs !== undefined) {
    headers['retry-after'] = String(Math.max(1, Math.ceil(refusal.retryAfterMs / 1000)));
  }
  if (refusal.reason === 'unauthenticated') headers['www-authenticate'] = 'Bearer';
  if (refusal.reason === 'wrong_method') headers.allow = 'POST';
  if (refusal.reason === 'unsupported_encoding') headers['accept-encoding'] = 'gzip, zstd, deflate, identity';
  return { status, headers, body: encodeStatus(code, refusal, encoding) };
}

export function contentType(encoding: Encoding): string {
  return encoding === 'json' ? 'application/json' : 'application/x-protobuf';
}
