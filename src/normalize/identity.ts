/**
 * Identities: 128 bits (the first half of SHA-256) that two copies of one event share.
 *
 * SHA-256 and not a faster hash without collision resistance, because parts of an audit event are the
 * client's to choose, and a collision would let one request hide another.
 * Every part is framed by its length, so no two different lists of parts give the same input.
 */
import { hash } from 'node:crypto';

/** Identity of an audit event; `text` is its text, or its key-sorted JSON where it came as a map. */
export function auditIdentity(
  cluster: string | null,
  auditID: string | null,
  stage: string | null,
  text: string,
): string {
  return identity(`audit ${frame(cluster)}${frame(auditID)}${frame(stage)}${text}`);
}

/** Identity of a log record over its framed parts; `ordinal` counts identical records of one batch from 0. */
export function logIdentity(parts: readonly (string | null)[], ordinals: Map<string, number>): string {
  const first = identity(`log ${parts.map(frame).join('')}`);
  const ordinal = ordinals.get(first) ?? 0;
  ordinals.set(first, ordinal + 1);
  return ordinal === 0 ? first : identity(`copy ${ordinal} of ${first}`);
}

function frame(part: string | null): string {
  return part === null ? '-' : `${part.length}:${part}`;
}

function identity(input: string): string {
  return hash('sha256', input, 'hex').slice(0, 32);
}
