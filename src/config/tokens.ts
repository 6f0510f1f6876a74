/** Who a bearer token lets in. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Scope, TokenConfig } from './config.ts';

/** `unauthenticated`: no or an unknown token (401). `forbidden`: a known token without the scope (403). */
type Refused = 'unauthenticated' | 'forbidden';

export type Authorization = 'allowed' | Refused;

/** Decides about one request from its `Authorization` header. */
export type Authorize = (header: string | undefined, scope: Scope) => Authorization;

/** The token of one request that has the scope, by its `Authorization` header. */
export type FindToken = (header: string | undefined, scope: Scope) => TokenConfig | Refused;

/**
 * Checks bearer tokens against SHA-256 hashes in constant time; `admin` includes every scope.
 * Answers undefined where no token has the scope in question: that listener then asks for none.
 */
export function createAuthorize(tokens: readonly TokenConfig[], scopes: readonly Scope[]): Authorize | undefined {
  const find = createFindToken(tokens, scopes);
  return (
    find &&
    ((header, scope) => {
      const found = find(header, scope);
      return typeof found === 'object' ? 'allowed' : found;
    })
  );
}

/** As `createAuthorize`, and tells which token it was. */
export function createFindToken(tokens: readonly TokenConfig[], scopes: readonly Scope[]): FindToken | undefined {
  if (!tokens.some((token) => token.scopes.some((scope) => scopes.includes(scope)))) return undefined;
  const known = tokens.map((token) => ({ hash: Buffer.from(token.sha256, 'hex'), token }));
  return (header, scope) => {
    const match = /^Bearer +([^\s]+) *$/i.exec(header ?? '');
    if (match === null) return 'unauthenticated';
    const hash = createHash('sha256')
      .update(match[1] ?? '')
      .digest();
    // Every token is compared, so that the time taken does not tell which one came close.
    const found = known.filter((entry) => timingSafeEqual(entry.hash, hash)).map(({ token }) => token);
    if (found.length === 0) return 'unauthenticated';
    return found.find(({ scopes }) => scopes.includes(scope) || scopes.includes('admin')) ?? 'forbidden';
  };
}
