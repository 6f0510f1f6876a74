/** Why a request is refused: one vocabulary for all protocols, their counters and their status maps. */
import { PermanentError, RetryableError } from '../component.ts';
import { BadDataError } from './bad-data-error.ts';

/** Also the `reason` label of `pintail_receiver_refused_requests_total`. */
export const refusalReasons = [
  'bad_data', // the bytes are not the request that they claim to be
  'permanent', // the next stage will never take it
  'too_large', // before or after decompression
  'unsupported_encoding',
  'unsupported_content_type',
  'unauthenticated',
  'forbidden',
  'unknown_path',
  'wrong_method',
  'busy', // a bound of the receiver's own is reached
  'unavailable', // the next stage cannot take it now
  'timeout', // the request did not arrive in time
  'internal', // a bug of ours
] as const;

export type RefusalReason = (typeof refusalReasons)[number];

export interface Refusal {
  readonly reason: RefusalReason;
  readonly message: string;
  /** Set exactly where the same request may succeed later. */
  readonly retryAfterMs?: number;
  /** What google.rpc.BadRequest names. */
  readonly violation?: { readonly field: string; readonly description: string };
}

/** A refusal that the receiver itself decides, on its way up to the answer. */
export class RefusedError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export function tooLarge(what: string, limitBytes: number): RefusedError {
  return new RefusedError({
    reason: 'too_large',
    message: `${what}: expected at most ${limitBytes} bytes (the receiver's limit), found more.`,
  });
}

/** Longest message that an answer carries; it bounds header and response size. */
const MAX_MESSAGE_LENGTH = 1024;

/** After a bug the sender is told to wait this long: what fails every time should not spin. */
const INTERNAL_RETRY_MS = 30_000;

/**
 * Sorts any error into a refusal.
 *
 * An error that nobody declared permanent is retryable. OTLP has no code for "our bug, keep your data": INTERNAL and
 * 500 must not be retried, so the Collector would drop the batch although nothing is known against it.
 */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedError) return error.refusal;
  if (error instanceof BadDataError) {
    const violation = { field: error.field, description: shorten(error.description) };
    return { reason: 'bad_data', message: shorten(error.message), violation };
  }
  if (error instanceof PermanentError) return { reason: 'permanent', message: shorten(error.message) };
  if (error instanceof RetryableError) {
    return { reason: 'unavailable', message: shorten(error.message), retryAfterMs: error.retryAfterMs };
  }
  return {
    reason: 'internal',
    message: 'internal error: nothing of this request was acknowledged; see the log of the receiver.',
    retryAfterMs: INTERNAL_RETRY_MS,
  };
}

/** Cuts a message to what an answer may carry, without halving a character. */
export function shorten(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH
    ? message.toWellFormed()
    : `${message.slice(0, MAX_MESSAGE_LENGTH - 1).toWellFormed()}…`;
}
