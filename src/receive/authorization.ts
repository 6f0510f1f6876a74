/** Who sends: whether it may, decided from the header `authorization`, and the cluster that it is bound to. */
import { RefusedError } from './refusal.ts';

/** Somebody who may send. */
export interface Sender {
  /** The only cluster that it may write as, whatever its records claim; undefined: any. */
  readonly cluster?: string | undefined;
}

/** `unauthenticated`: no token or an unknown one; `forbidden`: a known one that may not send. */
export type Authorization = Sender | 'unauthenticated' | 'forbidden';

/** Throws a refusal where `authorize` does not let the sender in; without `authorize` everybody may send. */
export function checkAuthorization(
  authorize: ((header: string | undefined) => Authorization) | undefined,
  header: string | undefined,
): Sender {
  const decision = authorize?.(header) ?? {};
  if (typeof decision === 'object') return decision;
  const expected = decision === 'forbidden' ? 'a token with the scope "ingest"' : '"Bearer" and a known token';
  throw new RefusedError({ reason: decision, message: `authorization: expected ${expected}, found another or none.` });
}

/**
 * The cluster that a sender's proofs of identity (token, certificate) bind it to. Throws a `forbidden` refusal where
 * they name different ones.
 */
export function boundCluster(...proofs: readonly Sender[]): string | undefined {
  const clusters = new Set(proofs.flatMap(({ cluster }) => cluster ?? []));
  if (clusters.size > 1) {
    const message = `authorization: expected token and certificate of one cluster, found ${[...clusters].join(' and ')}.`;
    throw new RefusedError({ reason: 'forbidden', message });
  }
  return [...clusters][0];
}
