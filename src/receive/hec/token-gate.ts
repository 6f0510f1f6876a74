/** Who may send: the token of a request, from its Authorization header (Splunk or Basic) or, where allowed, its URL. */
import { TokenTable } from '../token-table.ts';
import { HecRefusedError } from './reply.ts';
import type { HecReceiverSettings, HecToken } from './settings.ts';

/** What is known of a sender who needs no token of the receiver's own. */
const ANYBODY: HecToken = { sha256: '' };

export class TokenGate {
  readonly #tokens: TokenTable<HecToken>;
  readonly #authorize: HecReceiverSettings['authorize'];

  constructor(tokens: readonly HecToken[], authorize: HecReceiverSettings['authorize']) {
    this.#tokens = new TokenTable(tokens);
    this.#authorize = authorize;
  }

  /**
   * The token's entry. Throws HecRefusedError: 2 without a token, 3 for another scheme, 4 for an unknown token or one that may not send, 1 for
   * a disabled one, 16 for a token in the URL of which that is not allowed (Splunk checks the token first).
   */
  admit(authorization: string | undefined, query: URLSearchParams): HecToken {
    if (this.#tokens.size === 0 && this.#authorize === undefined) return ANYBODY;
    const inUrl = query.get('token');
    const hasHeader = authorization !== undefined && authorization.trim() !== '';
    const presented = hasHeader ? readHeader(authorization) : inUrl;
    if (presented === null || presented === '') {
      throw new HecRefusedError(2, 'authorization: expected "Splunk" and a token, found none.');
    }
    const token = this.#find(presented);
    if (inUrl !== null && token.allowQueryString !== true) {
      throw new HecRefusedError(16, 'token: expected it in the authorization header, found it in the URL.');
    }
    return token;
  }

  /** As `admit`, for the access key that Firehose sends in a header of its own. */
  admitKey(key: string | undefined): HecToken {
    if (this.#tokens.size === 0 && this.#authorize === undefined) return ANYBODY;
    if (key === undefined || key.trim() === '') {
      throw new HecRefusedError(2, 'x-amz-firehose-access-key: expected a token, found none.');
    }
    return this.#find(key.trim());
  }

  #find(presented: string): HecToken {
    const token = this.#tokens.find(presented);
    if (token?.isDisabled === true) throw new HecRefusedError(1, 'authorization: found a token that is disabled.');
    if (token !== undefined) return token;
    const decision = this.#authorize?.(`Bearer ${presented}`);
    if (typeof decision === 'object') return { ...ANYBODY, cluster: decision.cluster };
    if (decision === 'forbidden') {
      const why = 'authorization: expected a token with the scope "ingest", found another.';
      throw new HecRefusedError(4, why, {}, 'forbidden');
    }
    throw new HecRefusedError(4, 'authorization: expected a known token, found another.');
  }
}

/** `Splunk <token>`, or `Basic` with the token as the password of any user. */
function readHeader(header: string): string | null {
  const [, scheme = '', value = ''] = /^ *(\S+) *(\S*) *$/.exec(header) ?? [];
  switch (scheme.toLowerCase()) {
    case 'splunk':
      return value === '' ? null : value;
    case 'basic': {
      const pair = Buffer.from(value, 'base64').toString();
      const colon = pair.indexOf(':');
      if (colon >= 0) return pair.slice(colon + 1);
    }
  }
  throw new HecRefusedError(3, 'authorization: expected "Splunk" and a token, found another scheme.');
}
