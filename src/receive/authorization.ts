/** Whether a sender may send, decided from the header `authorization`. */
import { RefusedError } from './refusal.ts';

/** `unauthenticated`: no token or an unknown one; `forbidden`: a known one that may not send. */
export type Authorization = 'allowed' | 'unauthenticated' | 'forbidden';

/** Throws a refusal where `authorize` does not let the sender in; without `authorize` everybody may send. */
export function checkAuthorization(
  authorize: ((header: string | undefined) => Authorization) | undefined,
  header: string | undefined,
): void {
  const decision = authorize?.(header) ?? 'allowed';
  if (decision === 'allowed') return;
  const expected = decision === 'forbidden' ? 'a token with the scope "ingest"' : '"Bearer" and a known token';
  throw new RefusedError({ reason: decision, message: `authorization: expected ${expected}, found another or none.` });
}
