/** Tokens by their SHA-256, so that neither memory dumps nor timing tell what they are. */
import { createHash, timingSafeEqual } from 'node:crypto';

export class TokenTable<Entry extends { readonly sha256: string }> {
  readonly #rows: readonly { readonly hash: Buffer; readonly entry: Entry }[];

  /** `sha256` is 64 hexadecimal digits; where two entries have the same, the first counts. */
  constructor(entries: readonly Entry[]) {
    this.#rows = entries.map((entry) => ({ hash: Buffer.from(entry.sha256, 'hex'), entry }));
  }

  get size(): number {
    return this.#rows.length;
  }

  find(token: string): Entry | undefined {
    const hash = createHash('sha256').update(token).digest();
    // Every row is compared, so that the time taken does not tell which one came close.
    return this.#rows.filter((row) => timingSafeEqual(row.hash, hash))[0]?.entry;
  }
}
