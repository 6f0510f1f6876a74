/** Who a bearer token lets in. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope, TokenConfig } from './config.ts';

/** `unauthenticated`: no or an unknown token (401). `forbidden`: a known token without the scope (403). */
export type Authorization = 'allowed' | 'unauthenticated' | 'forbidden';

/** Decides about one request from its `Authorization` header. */
export type Authorize = (header: string | undefined, scope: Scope) => Authorization;

/**
 * Checks bearer tokens against SHA-256 hashes in constant time; `admin` includes every scope.
 * Answers undefined where no token has the scope in question: that listener then asks for none.
 */
export function createAuthorize(tokens: readonly TokenConfig[], scopes: readonly Scope[]): Authorize | undefined {
  if (!tokens.some((token) => token.scopes.some((scope) => scopes.includes(scope)))) return undefined;
  const known = tokens.map((token) => ({ hash: Buffer.from(token.sha256, 'hex'), scopes: token.scopes }));
  return (header, scope) => {
    const match = /^Bearer +([^\s]+) *$/i.exec(header ?? '');
    if (match === null) return 'unauthenticated';
    const hash = createHash('sha256')
      .update(match[1] ?? '')
      .digest();
    // Every token is compared, so that the time taken does not tell which one came close.
    const found = known.filter((token) => timingSafeEqual(token.hash, hash));
    if (found.length === 0) return 'unauthenticated';
    return found.some((token) => token.scopes.includes(scope) || token.scopes.includes('admin'))
      ? 'allowed'
      : 'forbidden';
  };
}
