/**
 * Splunk's reply table, and what of ours becomes which of its replies: the only place.
 *
 * https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector
 * Senders act on it: the Collector's exporter drops a batch on 400 and 401 and retries everything else; Firehose
 * probes with an empty body and expects code 5.
 */
import type { HttpAnswer } from '../http-listener.ts';
import { type Refusal, type RefusalReason, RefusedError, shorten } from '../refusal.ts';

const REPLIES = {
  0: [200, 'Success'],
  1: [403, 'Token disabled'],
  2: [401, 'Token is required'],
  3: [401, 'Invalid authorization'],
  4: [403, 'Invalid token'],
  5: [400, 'No data'],
  6: [400, 'Invalid data format'],
  7: [400, 'Incorrect index'],
  8: [500, 'Internal server error'],
  9: [503, 'Server is busy'],
  10: [400, 'Data channel is missing'],
  11: [400, 'Invalid data channel'],
  12: [400, 'Event field is required'],
  13: [400, 'Event field cannot be blank'],
  14: [400, 'ACK is disabled'],
  15: [400, 'Error in handling indexed fields'],
  16: [400, 'Query string authorization is not enabled'],
  17: [200, 'HEC is healthy'],
  18: [503, 'HEC is unhealthy, queues are full'],
  23: [503, 'Server is shutting down'],
} as const satisfies Readonly<Record<number, readonly [status: number, text: string]>>;

export type ReplyCode = keyof typeof REPLIES;

/** Replies that are a status of HTTP's and no code of Splunk's; it puts the status in the place of the code. */
const PLAIN = {
  wrong_method: [405, 404, 'The requested URL was not found on this server.'],
  unknown_path: [404, 404, 'The requested URL was not found on this server.'],
  too_large: [413, 413, 'Request entity too large'],
  unsupported_encoding: [415, 415, 'Unsupported media type'],
} as const satisfies Partial<Record<RefusalReason, readonly [status: number, code: number, text: string]>>;

const CODES: Readonly<Record<Exclude<RefusalReason, keyof typeof PLAIN>, ReplyCode>> = {
  bad_data: 6,
  permanent: 6,
  unsupported_content_type: 6,
  unauthenticated: 3,
  forbidden: 4,
  busy: 9,
  unavailable: 9,
  timeout: 9,
  internal: 8,
};

/** What stands beside text and code. */
export interface ReplyDetails {
  /** Which event of the request is meant. */
  readonly invalidEventNumber?: number | undefined;
  readonly ackId?: number | undefined;
}

/** A reply with one of Splunk's codes on its way up to the answer. */
export class HecRefusedError extends RefusedError {
  readonly code: ReplyCode;
  readonly details: ReplyDetails;

  /** `why` is for our log; the sender gets Splunk's text. `reason` where one code of Splunk's stands for several of ours. */
  constructor(code: ReplyCode, why: string, details: ReplyDetails = {}, reason: RefusalReason = reasonOf(code)) {
    super({ reason, message: shorten(`hec: ${why}`) });
    this.code = code;
    this.details = details;
  }
}

function reasonOf(code: ReplyCode): RefusalReason {
  if (code === 2 || code === 3 || code === 4) return 'unauthenticated';
  return code === 1 || code === 16 ? 'forbidden' : 'bad_data';
}

/** `{"text":…,"code":…}`, byte for byte as Splunk writes it. */
export function reply(code: ReplyCode, details: ReplyDetails = {}): HttpAnswer {
  const [status, text] = REPLIES[code];
  return print(status, {
    text,
    code,
    ...(details.invalidEventNumber === undefined ? {} : { 'invalid-event-number': details.invalidEventNumber }),
    ...(details.ackId === undefined ? {} : { ackId: details.ackId }),
  });
}

/** The reply to a refused request; `error` is what was refused, sorted as `refusal`. */
export function refusedReply(error: unknown, refusal: Refusal, isShuttingDown: boolean): HttpAnswer {
  if (error instanceof HecRefusedError) return reply(error.code, error.details);
  const { reason } = refusal;
  if (reason in PLAIN) {
    const [status, code, text] = PLAIN[reason as keyof typeof PLAIN];
    return print(status, { text, code });
  }
  const code = CODES[reason as keyof typeof CODES];
  return withRetryAfter(reply(code === 9 && isShuttingDown ? 23 : code), refusal.retryAfterMs);
}

/** Adds Retry-After in whole seconds, the only form that the Collector's exporter reads. */
export function withRetryAfter(answer: HttpAnswer, retryAfterMs: number | undefined): HttpAnswer {
  if (retryAfterMs === undefined) return answer;
  const seconds = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  return { ...answer, headers: { ...answer.headers, 'retry-after': seconds } };
}

/** An answer with a JSON body. */
export function print(status: number, body: object): HttpAnswer {
  const headers = { 'content-type': 'application/json; charset=UTF-8' };
  return { status, headers, body: JSON.stringify(body) };
}
