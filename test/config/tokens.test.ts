import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { createAuthorize, Redacted, type Scope } from '../../src/config/index.ts';

function token(text: string, ...scopes: Scope[]) {
  return { sha256: createHash('sha256').update(text).digest('hex'), scopes };
}

describe('createAuthorize', () => {
  const tokens = [
    token('hunter-token-123', 'hunt'),
    token('admin-token-1234', 'admin'),
    token('ingest-token-123', 'ingest'),
  ];
  const authorize = createAuthorize(tokens, ['hunt', 'admin']);

  test.each([
    ['Bearer hunter-token-123', 'hunt', 'allowed'],
    ['bearer   hunter-token-123', 'hunt', 'allowed'],
    ['Bearer hunter-token-123', 'admin', 'forbidden'],
    ['Bearer admin-token-1234', 'hunt', 'allowed'],
    ['Bearer admin-token-1234', 'ingest', 'allowed'],
    ['Bearer ingest-token-123', 'hunt', 'forbidden'],
    ['Bearer hunter-token-12', 'hunt', 'unauthenticated'],
    ['Bearer hunter-token-123 x', 'hunt', 'unauthenticated'],
    ['Basic hunter-token-123', 'hunt', 'unauthenticated'],
    ['Bearer ', 'hunt', 'unauthenticated'],
    ['', 'hunt', 'unauthenticated'],
    [undefined, 'hunt', 'unauthenticated'],
  ] as const)('%s for %s: %s', (header, scope, decision) => {
    expect(authorize?.(header, scope)).toBe(decision);
  });

  test('asks for nothing where no token has the scope', () => {
    expect(createAuthorize([token('hunter-token-123', 'hunt')], ['ingest'])).toBeUndefined();
    expect(createAuthorize([], ['hunt'])).toBeUndefined();
  });
});

describe('Redacted', () => {
  test('shows its secret nowhere but in reveal()', () => {
    const secret = new Redacted('hunter2');
    expect(secret.reveal()).toBe('hunter2');
    expect(
      [String(secret), `${secret}`, `x${secret as unknown as string}`, JSON.stringify({ secret })].join(),
    ).not.toContain('hunter2');
    expect(inspect({ secret }, { showHidden: true, depth: 9 })).toBe('{ secret: [REDACTED] }');
    expect(Object.values(secret)).toEqual([]);
  });
});
