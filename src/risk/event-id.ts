/**
 * Names that are the same however often the same thing is said, so that a repeated run emits nothing twice.
 */
import { createHash } from 'node:crypto';

/** 128 bits of SHA-256 over the parts, as 32 hex digits. The parts cannot run into one another. */
export function hashId(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
